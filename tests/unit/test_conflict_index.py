"""The plain index offers all that may conflict."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conflict_world import World, away, circle, planned
from openline.conflict.index import Index, conflicts_of
from openline.conflict.verdict import Planned, verdict
from openline.words.moment import Moment, Window


def crowd(seed: int, count: int) -> list[Planned]:
    chance, world = random.Random(seed), World(seed)
    place = world.place()
    made = []
    for k in range(count):
        start = chance.randrange(0, 20_000_000)
        where = away(*place, chance.uniform(0, 360), chance.uniform(0, 150_000))
        made.append(
            planned(
                f"{k:03}",
                world.shape(where, world.size(500, 20_000)),
                window=Window(Moment(start), Moment(start + chance.randrange(1, 5_000_000))),
                separation=(chance.uniform(0, 5_000), 300, chance.randrange(0, 1800)),
            )
        )
    return made


@pytest.mark.rule("R-CONF-24")
@settings(max_examples=10, deadline=None)
@given(st.integers(0, 2**32))
def test_no_conflict_is_missed(seed: int) -> None:
    everyone = crowd(seed, 25)
    index = Index(everyone)
    for one in everyone:
        all_found = [f for o in everyone if o.id != one.id and (f := verdict(one, o))]
        assert conflicts_of(one, index.near(one)) == all_found
        assert one.id not in {o.id for o in index.near(one)}


@pytest.mark.rule("R-CONF-24")
def test_what_is_far_in_place_or_time_is_not_offered() -> None:
    here = planned("a", circle(10, 50, 1_000))
    late = planned("b", circle(10, 50, 1_000), window=Window(Moment(10**8), Moment(10**8 + 1)))
    index = Index([here, planned("c", circle(10.5, 50, 1_000)), late])
    assert list(index.near(here)) == []
    assert [p.id for p in index.near(planned("d", circle(10, 50, 10)))] == ["a"]


@pytest.mark.rule("R-CONF-24")
def test_amended_and_withdrawn() -> None:
    index = Index([planned("a", circle(10, 50, 1_000))])
    asked = planned("z", circle(20, 50, 1_000))
    assert list(index.near(asked)) == []
    moved = planned("a", circle(20, 50, 500))
    index.add(moved)
    assert list(index.near(asked)) == [moved]
    assert len(index) == 1
    index.remove("a")
    index.remove("never held")
    assert list(index.near(asked)) == []
    assert len(index) == 0
