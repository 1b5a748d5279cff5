"""The engine against the slow oracle, on random pairs.

Places, antimeridian and poles among them, shapes, slivers and long thin corridors among
them, heights on three datums in two units, instants and months: `conflict_world.World`.
A failure names the seed; `agree(SEED, COUNT)` does the same again.
"""

from __future__ import annotations

import pytest

from conflict_world import GROUND, World, oracle_conflict
from openline.conflict.earth import ERROR_M
from openline.conflict.geometry import horizontal_m
from openline.conflict.validity import check_shape
from openline.conflict.verdict import verdict
from openline.words.errors import OpenlineError
from openline.words.volume import Edges


def agree(seed: int, count: int) -> int:
    """Hold `count` pairs of a seed against the oracle; how many of them conflict."""
    print(f"seed {seed}, {count} pairs")
    world, conflicts = World(seed), 0
    for number in range(count):
        a, b, apart = world.plans()
        told = f"seed {seed}, pair {number}: {a} {b}"
        try:
            for each in (a, b):
                check_shape(each.volume.shape, each.volume.edges)
        except OpenlineError as refused:
            # Straight in degrees, a sliver's long side may bulge until it meets the short ones,
            # and right over a pole it leads either way.
            assert refused.code in ("empty-area", "ambiguous-edge") and Edges.LONLAT in {
                each.volume.edges for each in (a, b)
            }, told
            continue
        found = verdict(a, b, GROUND)
        distance = horizontal_m(a.volume, b.volume)
        assert distance == pytest.approx(apart, abs=ERROR_M / 2), told
        expected = oracle_conflict(a, b, apart)
        assert expected is None or (found is not None) is expected, told
        conflicts += found is not None
    return conflicts


@pytest.mark.rule("R-CONF-01")
@pytest.mark.rule("R-CONF-06")
@pytest.mark.rule("R-CONF-43")
@pytest.mark.parametrize("seed", range(4))
def test_two_thousand_pairs(seed: int) -> None:
    assert 50 < agree(seed, 500) < 450, "both answers are there to be wrong"


@pytest.mark.slow
@pytest.mark.rule("R-CONF-43")
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("seed", range(100, 120))
def test_a_hundred_thousand_pairs(seed: int) -> None:
    assert 500 < agree(seed, 5_000) < 4_500
