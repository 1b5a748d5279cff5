"""The index finds what the plain pass over all pairs finds, with and without numba."""

from __future__ import annotations

import hashlib
import random
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conflict_world import World, away, circle, corridor, planned
from openline.conflict import compiled, kernels, plain
from openline.conflict import index as module
from openline.conflict.boxes import lane_of
from openline.conflict.core import core_of
from openline.conflict.corners import place
from openline.conflict.height import ANY_GEOID, Geoid, height_gap
from openline.conflict.index import Index, conflicts_of, joined
from openline.conflict.pool import Pool
from openline.conflict.rows import Asked, planned_of
from openline.conflict.verdict import Finding, Planned, verdict
from openline.words.moment import Moment, Window
from openline.words.volume import EARTH, Band, Circle, Datum, Ground, Unit

HOUR = 3_600_000
SEARCHES = ["plain", "compiled"]


def search_of(name: str) -> ModuleType:
    return plain if name == "plain" else kernels


@pytest.fixture(scope="module", params=SEARCHES)
def search(request: pytest.FixtureRequest) -> ModuleType:
    return search_of(request.param)


def a_band(chance: random.Random) -> Band:
    datum = chance.choice([Datum.AMSL] * 4 + [Datum.HAE, Datum.AGL])
    low = chance.randrange(-100, 3_000) * 1000
    high = low + chance.choice([0, 1, 300_000, 2_000_000])
    return Band(low, high, chance.choice(list(Unit)), datum)


def stood(chance: random.Random, planned: Planned) -> Planned:
    """The same with a ground, a geoid and weapons, or without."""
    ground = chance.choice([None, Ground(-chance.randrange(400_000), chance.randrange(9_000_000))])
    geoid = chance.choice([ANY_GEOID, Geoid(-40_000, 30_000, 500)])
    return replace(planned, ground=ground, geoid=geoid, to_surface=chance.random() < 0.2)


def crowd(seed: int, count: int, spread_m: float = 60_000) -> list[Planned]:
    """Activities of every kind about one place of the earth; some share circle, time or band."""
    chance, world = random.Random(seed), World(seed)
    centre = world.place()
    made: list[Planned] = []
    for k in range(count):
        start = chance.randrange(0, 6 * HOUR)
        span = chance.choice([1, HOUR // 2, HOUR, 100 * HOUR, 5_000 * HOUR])
        where = away(*centre, chance.uniform(0, 360), chance.uniform(0, spread_m))
        size = world.size(10, chance.choice([5_000, 20_000, 200_000]))
        shape = circle(*where, size) if chance.random() < 0.5 else world.shape(where, size)
        if made and chance.random() < 0.1:
            shape = chance.choice(made).volume.shape
        made.append(
            stood(
                chance,
                planned(
                    f"{k:04}",
                    shape,
                    edges=world.edges(),
                    band=a_band(chance),
                    window=Window(Moment(start), Moment(start + span)),
                    separation=(
                        chance.choice([0, 0.25, 1_000, chance.uniform(0, 5_000)]),
                        chance.choice([0, 300]),
                        chance.choice([0, 900]),
                    ),
                ),
            )
        )
    return made


def to_the_last_figure(finding: Finding) -> Finding:
    """What equals it but for a hundredth of a millimetre."""
    return finding._replace(horizontal_m=pytest.approx(finding.horizontal_m, abs=1e-5))


def found_plainly(everyone: list[Planned]) -> set[tuple[str, str]]:
    pairs = combinations(everyone, 2)
    return {tuple(sorted((a.id, b.id))) for a, b in pairs if verdict(a, b)}


@pytest.mark.rule("R-CONF-24", "R-CONF-26")
@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_it_finds_what_the_verdict_finds(search: ModuleType, seed: int) -> None:
    everyone = crowd(seed, 30)
    index = Index(everyone[:20], search)
    index.merge()
    for each in everyone[20:]:
        index.add(each)
    for one in everyone:
        expected = [f for o in everyone if o.id != one.id and (f := verdict(one, o))]
        assert index.conflicts(one) == [to_the_last_figure(f) for f in expected]
        assert set(index.ids(one)) == {f.a if f.b == one.id else f.b for f in expected}
        near = list(index.near(one))
        assert sorted(conflicts_of(one, near), key=lambda f: (f.a, f.b)) == expected
        assert {p.id for p in near} == set(index.ids_near(one))
        assert one not in near
    pairs = index.pairs()
    got = [tuple(sorted(pair)) for pair in zip(pairs.a, pairs.b, strict=True)]
    assert len(got) == len(set(got))
    assert set(got) == found_plainly(everyone)


@pytest.mark.rule("R-CONF-26")
@pytest.mark.parametrize("name", SEARCHES)
def test_it_finds_them_in_a_crowd(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Enough for three levels of nodes, and for a merge."""
    monkeypatch.setattr(module, "RECENT", 300)
    everyone = crowd(7, 320, spread_m=150_000)
    index = Index(everyone, search_of(name))
    assert not index.is_due
    for one in everyone[::40]:
        expected = [f for o in everyone if o.id != one.id and (f := verdict(one, o))]
        assert index.conflicts(one) == [to_the_last_figure(f) for f in expected]
        assert sorted(index.ids(one)) == [f.a if f.b == one.id else f.b for f in expected]
    pairs = index.pairs()
    assert len(index) == len(everyone) and len(pairs.a) > 100
    by_id = {each.id: each for each in everyone}
    for a, b, overlap in list(zip(pairs.a, pairs.b, pairs.overlap, strict=True))[::50]:
        finding = verdict(by_id[a], by_id[b])
        assert finding is not None
        assert not overlap or (finding.horizontal_m, finding.flags) == (0.0, ())


@pytest.mark.rule("R-CONF-27")
@settings(max_examples=6, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_any_order_of_changes_and_merges_leaves_the_same(search: ModuleType, seed: int) -> None:
    chance = random.Random(seed)
    everyone, index, held = crowd(seed, 60), Index((), search), {}
    for _ in range(150):
        one = chance.choice(everyone)
        match chance.choice(["add", "amend", "remove", "merge", "merge later"]):
            case "add":
                index.add(one)
                held[one.id] = one
            case "amend":
                other = chance.choice(everyone)
                moved = replace(other, id=one.id)
                index.add(moved)
                held[one.id] = moved
            case "remove":
                index.remove(one.id)
                held.pop(one.id, None)
            case "merge":
                index.merge()
            case "merge later":
                begun = index.begin_merge()
                tree = joined(begun)
                for _ in range(3):
                    gone, come = chance.sample(everyone, 2)
                    index.remove(gone.id)
                    held.pop(gone.id, None)
                    index.add(come)
                    held[come.id] = come
                    assert set(index.ids_near(one)) <= set(held)
                index.end_merge(begun, tree)
        assert len(index) == len(held)
    asked = chance.choice(everyone)
    plainly = [f for o in held.values() if o.id != asked.id and (f := verdict(asked, o))]
    plainly.sort(key=lambda f: (f.a, f.b))
    assert index.conflicts(asked) == [to_the_last_figure(f) for f in plainly]
    pairs = index.pairs()
    got = {tuple(sorted(pair)) for pair in zip(pairs.a, pairs.b, strict=True)}
    assert got == found_plainly(list(held.values()))
    assert len(index) == len(held)


@pytest.mark.rule("R-CONF-28")
@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_a_row_gives_its_activity_back_and_its_box_holds_it(seed: int) -> None:
    (one,) = crowd(seed, 1)
    asked, shapes = Asked(), Pool()
    asked.put(one, 0)
    asked.settle(plain.settle)
    if asked.run.size:
        asked.table["lon"] = shapes.append(asked.run)
    assert planned_of(one.id, asked.table[0], shapes) == one
    core = core_of(one.volume.shape, one.volume.edges)
    lane = asked.lane.astype(np.float64)
    reach = core.radius_m + one.separation.horizontal_mm / 1000
    assert (lane[:3] <= core.xyz.min(axis=0) - reach).all()
    assert (lane[4:7] >= core.xyz.max(axis=0) + reach).all()
    if core.solid:  # the ground in the middle bulges out of the box of its corners
        inner = np.array(core.figure.representative_point().coords)
        (up,) = core.plane.lift(inner)
        ground = up / np.sqrt((up[0] ** 2 + up[1] ** 2) / 6378137.0**2 + (up[2] / 6356752.314) ** 2)
        assert (lane[:3] <= ground).all() and (ground <= lane[4:7]).all()
    window, time_ms = one.volume.window, one.separation.time_ms
    assert lane[3] <= window.start.ms - time_ms and lane[7] >= window.end.ms + time_ms


@pytest.mark.rule("R-CONF-28")
@given(st.lists(st.floats(-7e6, 7e6), min_size=6, max_size=6), st.integers(-(10**15), 10**15))
def test_float32_boxes_are_never_smaller(numbers: list[float], at: int) -> None:
    low, high = numbers[:3], [a + abs(b) for a, b in zip(numbers[:3], numbers[3:], strict=True)]
    lane = np.array(lane_of(*low, *high, 12.5, at, at + 60_000), dtype=np.float32)
    lane = lane.astype(np.float64)
    assert all(lane[k] <= low[k] - 12.5 and lane[k + 4] >= high[k] + 12.5 for k in range(3))
    assert lane[3] <= at and lane[7] >= at + 60_000


@given(st.floats(-180, 180), st.floats(-90, 90))
def test_a_place_is_where_the_earth_has_it(lon: float, lat: float) -> None:
    core = core_of(circle(lon, lat, 1), planned("a", circle(0, 0, 1)).volume.edges)
    at = core.lon[0], core.lat[0]
    assert np.abs(np.array(place(*at)) - core.xyz[0]).max() < 1e-8


@pytest.mark.rule("R-CONF-26")
@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_heights_are_decided_as_the_verdict_does(search: ModuleType, seed: int) -> None:
    """Whatever `height.py` says of two bands, the search agrees with or leaves open."""
    chance = random.Random(seed)
    vertical = chance.choice([0, 0.3048, 300])
    a, b = (
        planned(id, circle(10, 50, 100), band=a_band(chance), separation=(1000, vertical, 0))
        for id in "ab"
    )
    a, b = (stood(chance, each) for each in (a, b))
    near = height_gap(a.standing(EARTH), b.standing(EARTH)).closer_than(a.separation.vertical_mm)
    offered = Index([a], search).ids_near(b)
    assert bool(offered) >= near
    if a.volume.band.datum is b.volume.band.datum and not (a.to_surface or b.to_surface):
        assert bool(offered) == near


@pytest.mark.rule("R-CONF-24")
def test_what_is_far_in_place_or_time_is_not_offered(search: ModuleType) -> None:
    here = planned("a", circle(10, 50, 1_000))
    late = planned("b", circle(10, 50, 1_000), window=Window(Moment(10**8), Moment(10**8 + 1)))
    index = Index([here, planned("c", circle(10.5, 50, 1_000)), late], search)
    assert list(index.near(here)) == []
    assert [p.id for p in index.near(planned("d", circle(10, 50, 10)))] == ["a"]


@pytest.mark.rule("R-CONF-24")
def test_amended_and_withdrawn(search: ModuleType) -> None:
    index = Index([planned("a", circle(10, 50, 1_000))], search)
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


@pytest.mark.rule("R-CONF-24")
@pytest.mark.parametrize("name", SEARCHES)
def test_one_that_conflicts_with_hundreds_is_told_of_all(name: str) -> None:
    everyone = [planned(f"{n:03}", circle(10, 50, 900 + n)) for n in range(300)]
    index = Index(everyone, search_of(name))
    index.merge()
    for each in everyone[:150]:
        index.add(each)
    found = index.conflicts(planned("asked", circle(10, 50, 5)))
    assert [finding.a for finding in found] == [each.id for each in everyone]


@pytest.mark.rule("R-CONF-29")
def test_without_numba_the_plain_search_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "_chosen", plain)
    monkeypatch.setitem(__import__("sys").modules, "openline.conflict.kernels", None)
    monkeypatch.delattr("openline.conflict.kernels", raising=False)
    assert compiled.prepare() is False
    assert compiled.chosen() is plain
    a, b = planned("a", circle(10, 50, 900)), planned("b", corridor(200, (10, 49), (10, 51)))
    assert Index([a]).conflicts(b) == [verdict(a, b)]


@pytest.mark.rule("R-CONF-29")
def test_with_numba_the_compiled_search_is_used_once_it_is_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(compiled, "_chosen", plain)
    index, asked = Index([planned("a", circle(10, 50, 900))]), planned("b", circle(10, 50, 9))
    before = index.conflicts(asked)
    assert compiled.prepare() is True
    assert compiled.chosen() is kernels
    assert index.conflicts(asked) == before != []


def test_the_plain_and_the_compiled_search_know_the_same_of_circles() -> None:
    everyone = [p for p in crowd(3, 400) if isinstance(p.volume.shape, Circle)]
    ours = [Index(everyone, each).pairs() for each in (plain, kernels)]
    pairs = [sorted(zip(p.a, p.b, p.overlap.tolist(), strict=True)) for p in ours]
    assert pairs[0] == pairs[1] and len(pairs[0]) > 100


@pytest.mark.rule("R-CONF-29")
def test_what_is_kept_on_disk_changes_with_every_file_of_kernels() -> None:
    """Numba keeps what it compiled for as long as the one file stays that holds the function."""
    room = Path(kernels.__file__).parent
    sources = b"".join(room.joinpath(f"{name}.py").read_bytes() for name in kernels.FROM)
    assert hashlib.sha256(sources).hexdigest()[:16] == kernels.SOURCES
