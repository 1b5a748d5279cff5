"""The book of activities: both sides hold the same ones and find the same pairs."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from openline.station.books import activities as book
from openline.station.books.policy import policy_of
from openline.station.tables import activities, conflicts
from openline.station.views.collisions import list_conflicts
from openline.words.errors import OpenlineError
from openline.words.volume import DEFAULT_SEPARATION, EARTH
from simulation.world import Side, World, joined


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with joined(tmp_path) as world:
        yield world


def _plan(title: str, west: float = 22.7, **other: Any) -> dict[str, Any]:
    """A flight over one tenth of a degree, 2 km wide, from 08:00 to 12:00 on 2 March."""
    return {
        "ref": title,
        "kind": "flight",
        "title": title,
        "start": "2022-03-02T08:00:00Z",
        "end": "2022-03-02T12:00:00Z",
        "shape": {"type": "corridor", "path": [[west, 49.8], [west + 0.1, 49.8]], "width_m": 2000},
        "lower": 1000,
        "upper": 2000,
        "unit": "m",
        "datum": "AMSL",
        **other,
    }


def _conflicts(side: Side) -> list[dict[str, Any]]:
    return list_conflicts(side)["conflicts"]  # type: ignore[arg-type]


def _same_on_both(world: World) -> list[dict[str, Any]]:
    world.settle()
    world.check_quiet()
    here, there = _conflicts(world["us"]), _conflicts(world["ru"])
    own = ("line", "found_at")  # each side's own words
    assert [{k: v for k, v in c.items() if k not in own} for c in here] == [
        {k: v for k, v in c.items() if k not in own} for c in there
    ]
    return here


@pytest.mark.rule("R-STN-09")
def test_both_sides_list_the_same_pairs_with_the_same_ids(world: World) -> None:
    ours = world["us"].send("ru", "activity", **_plan("ours"))
    theirs = world["ru"].send("us", "activity", **_plan("theirs", 22.75))
    world["ru"].send("us", "activity", **_plan("far away", 24.0))
    world["us"].send("ru", "activity", **_plan("ours too", 24.5))
    (found,) = _same_on_both(world)
    assert {a["id"] for a in found["activities"]} == {ours, theirs}
    assert found["state"] == "found" and found["horizontal_m"] == 0
    for side, other in (("us", "ru"), ("ru", "us")):
        assert [row.precedence for row in world[side].alarms().values()] == ["priority"]
        assert set(world[side].alarms()) == {f"{other}:{found['id']}"}


@pytest.mark.rule("R-STN-09")
def test_one_partys_own_plans_make_no_pair(world: World) -> None:
    world["us"].send("ru", "activity", **_plan("one"))
    world["us"].send("ru", "activity", **_plan("another"))
    assert _same_on_both(world) == []


@pytest.mark.rule("R-STN-09")
def test_what_two_others_plan_stays_on_their_lines(tmp_path: Path) -> None:
    with joined(tmp_path, ("un", "us", "ru")) as world:
        for peer in ("us", "ru"):
            world[peer].send("un", "activity", **_plan(peer))
        world.settle()
        assert _conflicts(world["un"]) == []
        assert [row.peer for row in world["un"].rows(activities)] == ["us", "ru"]
        assert not world["us"].theirs("ru")[1:] and not world["ru"].theirs("us")[1:]


@pytest.mark.rule("R-STN-10")
def test_an_amendment_is_matched_again_and_an_older_revision_changes_nothing(world: World) -> None:
    us, ru = world["us"], world["ru"]
    ru.send("us", "activity", **_plan("theirs"))
    id = us.send("ru", "activity", **_plan("ours"))
    (before,) = _same_on_both(world)
    uid = id.partition("-")[2]
    us.submit(("ru",), "activity", _plan("ours, moved", 24.0), uid=uid, revision=2)
    (after,) = _same_on_both(world)
    assert (after["id"], after["state"]) == (before["id"], "resolved")
    us.submit(("ru",), "activity", _plan("ours, late", 22.7), uid=uid, revision=1)
    (still,) = _same_on_both(world)
    assert still["state"] == "resolved"
    for side in (us, ru):
        assert [r.revision for r in side.rows(activities) if r.thing == id] == [2]
    us.submit(("ru",), "activity", _plan("ours, back", 22.7), uid=uid, revision=3)
    (again,) = _same_on_both(world)
    assert (again["id"], again["state"]) == (before["id"], "found")
    for side in (us, ru):  # it was over, and so was its alarm: it alarms again
        ended = [row.acknowledged_at is not None for row in side.alarms().values()]
        assert ended == [True, False]


@pytest.mark.rule("R-LINE-14")
def test_a_cancel_resolves_what_the_activity_collided_with(world: World) -> None:
    us = world["us"]
    world["ru"].send("us", "activity", **_plan("theirs"))
    id = us.send("ru", "activity", **_plan("ours"))
    assert [c["state"] for c in _same_on_both(world)] == ["found"]
    us.send("ru", "cancel", about=id)
    assert [c["state"] for c in _same_on_both(world)] == ["resolved"]
    # A revision that comes after it does not bring it back.
    us.submit(("ru",), "activity", _plan("again"), uid=id.partition("-")[2], revision=1)
    assert [c["state"] for c in _same_on_both(world)] == ["resolved"]


@pytest.mark.rule("R-LINE-14")
def test_a_cancel_that_overtakes_its_activity_takes_it_back_all_the_same(world: World) -> None:
    us, ru = world["us"], world["ru"]
    ru.send("us", "activity", **_plan("theirs"))
    id = us.send("ru", "activity", **_plan("ours"))
    world.take("us", "ru")  # lost on its way
    us.send("ru", "cancel", "flash", about=id)
    world.exchange("us", "ru")
    assert [row.party for row in ru.rows(activities)] == ["ru"]
    world.settle()
    for side in (us, ru):
        (row,) = side.rows(activities, activities.c.thing == id)
        assert row.cancelled_at is not None
        assert all(c["state"] == "resolved" for c in _conflicts(side))
    assert f"us:{id}" not in ru.alarms()


@pytest.mark.rule("R-LINE-14")
def test_a_cancel_may_name_a_revision_and_takes_the_thing_back(world: World) -> None:
    us = world["us"]
    id = us.send("ru", "activity", **_plan("ours"))
    later = us.submit(
        ("ru",), "activity", _plan("ours, again"), uid=id.partition("-")[2], revision=1
    )
    assert later == f"{id}.1"
    us.send("ru", "cancel", about=later)
    world.settle()
    for side in world.sides.values():
        assert [row.cancelled_at is not None for row in side.rows(activities)] == [True]


@pytest.mark.rule("R-LINE-14")
def test_only_who_announced_a_thing_cancels_it_and_only_a_thing(world: World) -> None:
    theirs = world["ru"].send("us", "activity", **_plan("theirs"))
    world.settle()
    for about, code in (
        (theirs, "not-yours"),
        ("us-zzzzzzzzzz", "unknown-activity"),
        ("nonsense", "bad-id"),
    ):
        with pytest.raises(OpenlineError) as caught:
            world["us"].send("ru", "cancel", about=about)
        assert caught.value.code == code
    assert len(world["us"].ours("ru")) == 1


@pytest.mark.rule("R-LINE-13")
def test_the_wider_terms_of_both_sides_hold_and_both_compute_the_same(world: World) -> None:
    us, ru = world["us"], world["ru"]
    # 3.6 km between the edges, 300 m of height between the bands.
    us.send("ru", "activity", **_plan("ours"))
    near = _plan("theirs")
    near["shape"] = {**near["shape"], "path": [[22.7, 49.85], [22.8, 49.85]]}
    ru.send("us", "activity", **near)
    assert _same_on_both(world) == []
    us.send("ru", "terms", separation={"horizontal_m": 5000, "vertical_m": 300, "time_s": 900})
    (found,) = _same_on_both(world)
    assert found["state"] == "found"
    # The other side alone cannot make it narrower.
    ru.send("us", "terms", separation={"horizontal_m": 100, "vertical_m": 0, "time_s": 0})
    (still,) = _same_on_both(world)
    assert still["state"] == "found"
    us.send("ru", "terms", separation={"horizontal_m": 100, "vertical_m": 0, "time_s": 0})
    (gone,) = _same_on_both(world)
    assert gone["state"] == "resolved"


def _policy(side: Side, peer: str) -> Any:
    with side.store.read() as connection:
        return policy_of(connection, peer)


@pytest.mark.rule("R-LINE-13")
def test_a_policy_is_what_both_sides_proposed_joined(world: World) -> None:
    us, ru = world["us"], world["ru"]
    fresh = _policy(us, "ru")
    assert (fresh.ground, fresh.separation) == (EARTH, DEFAULT_SEPARATION)
    assert [hour.time for hour in fresh.schedule] == ["09:30", "15:30"]
    us.send("ru", "terms", lowest_m=100, highest_m=900, test_times=["06:00", "18:00"])
    world.settle()
    # One side's word alone makes nothing narrower: the other counts with the default.
    assert _policy(us, "ru").ground == EARTH
    ru.send("us", "terms", lowest_m=-50, highest_m=700, test_times=["18:00", "00:00"])
    us.send("ru", "terms", separation={"horizontal_m": 2000, "vertical_m": 0, "time_s": 1800})
    world.settle()
    both = _policy(us, "ru")
    assert both == _policy(ru, "us")
    assert (both.ground.lowest_mm, both.ground.highest_mm) == (-50_000, 900_000)
    assert [hour.time for hour in both.schedule] == ["00:00", "06:00", "18:00"]
    s = both.separation
    assert (s.horizontal_mm, s.vertical_mm, s.time_ms) == (2_000_000, 300_000, 1_800_000)


@pytest.mark.rule("R-LINE-13")
def test_ground_changes_what_collides_across_datums(world: World) -> None:
    # AGL at most 500 m over ground that is nowhere above 300 m, AMSL from 1,200 m on.
    us, ru = world["us"], world["ru"]
    us.send("ru", "activity", **_plan("low", lower=0, upper=500, datum="AGL"))
    ru.send("us", "activity", **_plan("high", lower=1200))
    (found,) = _same_on_both(world)
    assert found["flags"] == ["ground"]
    for side, peer in ((us, "ru"), (ru, "us")):
        side.send(peer, "terms", lowest_m=100, highest_m=300)
    (gone,) = _same_on_both(world)
    assert gone["state"] == "resolved"


@pytest.mark.rule("R-STN-09")
def test_a_conflict_that_is_over_raises_no_alarm(world: World) -> None:
    world.clock.pass_ms(10 * 86_400_000)
    world["us"].send("ru", "activity", **_plan("ours"))
    world["ru"].send("us", "activity", **_plan("theirs"))
    (found,) = _same_on_both(world)
    assert found["state"] == "expired"
    assert not world["us"].alarms() and not world["ru"].alarms()


@pytest.mark.rule("R-STN-09")
def test_a_pairs_id_does_not_depend_on_who_asks(world: World) -> None:
    world["us"].send("ru", "activity", **_plan("ours"))
    world["ru"].send("us", "activity", **_plan("theirs"))
    world.settle()
    ids = {row.id for side in world.sides.values() for row in side.rows(conflicts)}
    assert len(ids) == 1 and ids.pop().startswith("x-")
    assert len({row.thing for row in world["us"].rows(activities)}) == 2
    assert book.read_activity.cache_info().maxsize == 4096


@pytest.mark.rule("R-LINE-10")
def test_a_shape_that_is_none_is_refused_here_and_not_understood_there(world: World) -> None:
    crossing = [[0.0, 0.0], [1.0, 1.0], [1.0, 0.0], [0.0, 1.0], [0.0, 0.0]]
    plan = _plan("bow tie", shape={"type": "area", "polygons": [{"outer": crossing}]})
    with pytest.raises(OpenlineError) as caught:
        world["us"].send("ru", "activity", **plan)
    assert caught.value.whose == "ours"
    assert len(world["us"].ours("ru")) == 1
