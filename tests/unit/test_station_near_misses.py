"""Near misses: the same pairs by the index as by comparing every pair, and in the same order."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conflict_world import area, circle, planned
from openline.conflict.verdict import Planned, verdict
from openline.station.views.collisions import nearly
from openline.words.moment import Moment, Window
from openline.words.volume import EARTH, Separation


def crowd(chance: random.Random, name: str, count: int) -> list[Planned]:
    """Plans within some tens of kilometres and hours, some of them with holes in between."""
    made = []
    for number in range(count):
        lon, lat = 22 + chance.uniform(0, 0.3), 50 + chance.uniform(0, 0.2)
        corners = [(lon + chance.uniform(0, 0.05), lat + y) for y in (0, 0.03)]
        shape = (
            circle(lon, lat, chance.uniform(100, 2_000))
            if chance.random() < 0.7
            else area((lon, lat), *corners)
        )
        start = Moment(chance.randrange(0, 10_800_000))
        window = Window(start, start.plus_ms(chance.randrange(1, 3_600_000)))
        own = (chance.choice((0, 500, 2_000)), chance.choice((0, 300)), chance.choice((0, 900)))
        made.append(planned(f"{name}-{number}", shape, window=window, separation=own))
    return made


def doubled(each: Planned) -> Planned:
    own = each.separation
    wider = Separation(2 * own.horizontal_mm, 2 * own.vertical_mm, 2 * own.time_ms)
    return replace(each, separation=wider)


@pytest.mark.rule("R-SCN-13")
@settings(max_examples=30)
@given(seed=st.integers(0, 2**32))
def test_near_misses_are_those_of_every_pair_in_its_order(seed: int) -> None:
    chance = random.Random(seed)
    ours, theirs = crowd(chance, "us", 12), crowd(chance, "ru", 12)
    every = [
        verdict(doubled(own), doubled(other))
        for own in ours
        for other in theirs
        if verdict(own, other) is None
    ]
    assert list(nearly(ours, theirs, EARTH)) == [each for each in every if each is not None]
