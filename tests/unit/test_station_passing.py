"""Notices that must be passed on: what is recorded, and when both desks are alarmed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from collision_world import Json, open_alarms, plan, settle
from openline.station import collisions, urgent
from openline.station.views import alarms as alarm_view
from openline.station.views.notices import list_notices
from openline.words.errors import OpenlineError
from openline.words.moment import Moment
from simulation.world import Side, World, joined

HOUR = 3_600_000
NOT_PASSED = "not-passed-on"
START = Moment.parse("2022-03-03T08:00:00Z").ms


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with joined(tmp_path) as world:
        yield world


def _at(world: World, before_h: float) -> None:
    """Let it become so many hours before the window, and all that is due be done."""
    settle(world, START - round(before_h * HOUR) - world.clock.wall)


def _alarms(world: World) -> list[list[str]]:
    """The precedences of what is open, on each side."""
    sides = (world["us"], world["ru"])
    return [[row.precedence for row in open_alarms(side, NOT_PASSED)] for side in sides]


def _pass_on(side: Side, id: str, *units: str, **more: Any) -> str:
    raw = {"units": list(units), **more}
    return collisions.passed_on(side, id, raw, "en")  # type: ignore[arg-type]


def _notice(side: Side) -> Json:
    (found,) = list_notices(side, None, False, "en")["notices"]  # type: ignore[arg-type]
    return found  # type: ignore[no-any-return]


@pytest.mark.rule("R-PASS-02")
def test_both_desks_are_alarmed_a_day_two_hours_and_a_quarter_before(world: World) -> None:
    world["us"].send("ru", "activity", **plan("convoy"))
    _at(world, 30)
    assert _alarms(world) == [[], []]
    for before_h, sounds in ((24, "priority"), (2, "immediate"), (0.25, "flash")):
        _at(world, before_h + 0.01)
        assert sounds not in _alarms(world)[0]
        _at(world, before_h)
        assert _alarms(world) == [[sounds], [sounds]]
    (row,) = open_alarms(world["ru"], NOT_PASSED)
    (text,) = [
        a["text"]
        for a in alarm_view.list_alarms(world["ru"], "en")["alarms"]  # type: ignore[arg-type]
        if a["id"] == row.id
    ]
    assert text.startswith("NOT PASSED ON: we have not told our units. US convoy, 2022-03-03 08:00")
    _at(world, -5)  # it is over
    assert _alarms(world) == [[], []]


@pytest.mark.rule("R-PASS-01")
@pytest.mark.rule("R-PASS-04")
def test_what_was_passed_on_stands_on_both_sides_and_alarms_nobody(world: World) -> None:
    us, ru = world["us"], world["ru"]
    id = us.send("ru", "activity", **plan("convoy"))
    _at(world, 24)
    assert _alarms(world) == [["priority"], ["priority"]]
    _pass_on(ru, id, "3rd Brigade", "Drone squadron", passed_at="2022-03-02T09:00:00Z")
    _pass_on(
        ru,
        id,
        "3rd Brigade",
        acknowledged_by="Duty officer",
        acknowledged_at="2022-03-02T10:00:00Z",
    )
    settle(world)
    assert _alarms(world) == [[], []]
    seen, seen_there = _notice(us)["passing"], _notice(ru)["passing"]
    assert seen == seen_there
    assert (seen["by"], seen["state"], seen["next_alarm"]) == ("ru", "passed", None)
    told = [(u["unit"], u["passed_at"], u["acknowledged_by"]) for u in seen["units"]]
    assert told[:2] == [
        ("3rd Brigade", "2022-03-02T09:00:00Z", ""),
        ("Drone squadron", "2022-03-02T09:00:00Z", ""),
    ]
    assert told[2][::2] == ("3rd Brigade", "Duty officer")
    for before_h in (2, 0.25):
        _at(world, before_h)
        assert _alarms(world) == [[], []]


@pytest.mark.rule("R-PASS-05")
def test_an_amended_notice_is_passed_on_again(world: World) -> None:
    us, ru = world["us"], world["ru"]
    id = us.send("ru", "activity", **plan("convoy"))
    _at(world, 20)
    _pass_on(ru, id, "3rd Brigade")
    settle(world)
    uid = id.partition("-")[2]
    us.submit(("ru",), "activity", plan("convoy, other road"), uid=uid, revision=1)
    ru.send("us", "passed-on", about=id, units=["4th Brigade"])  # of the version before
    settle(world)
    assert _alarms(world) == [["priority"], ["priority"]]
    assert _notice(us)["passing"]["state"] == "open"
    assert [u["current"] for u in _notice(us)["passing"]["units"]] == [False, False]
    us.submit(("ru",), "activity", plan("convoy, a third road"), uid=uid, revision=2)
    settle(world)
    with pytest.raises(OpenlineError) as caught:
        _pass_on(ru, f"{id}.1", "3rd Brigade")
    assert caught.value.code == "amended"
    _pass_on(ru, id, "3rd Brigade")  # the newest, where no version is named
    settle(world)
    assert _alarms(world) == [[], []]
    assert _notice(us)["passing"]["state"] == _notice(ru)["passing"]["state"] == "passed"


@pytest.mark.rule("R-PASS-02")
@pytest.mark.parametrize(
    ("before_h", "sounds"), [(5, "priority"), (1, "immediate"), (0.1, "flash"), (-1, "flash")]
)
def test_a_late_notice_alarms_at_once(world: World, before_h: float, sounds: str) -> None:
    _at(world, before_h)
    world["us"].send("ru", "activity", **plan("convoy"))
    settle(world)
    assert _alarms(world) == [[sounds], [sounds]]
    settle(world, 60_000)
    assert len(world["us"].alarms()) == 1


@pytest.mark.rule("R-PASS-02")
def test_a_site_that_stands_for_months_wakes_nobody_with_a_flash(world: World) -> None:
    _at(world, 0)
    world["us"].send("ru", "activity", **plan("hospital", kind="site"))
    settle(world)
    assert _alarms(world) == [["priority"], ["priority"]]


@pytest.mark.rule("R-PASS-04")
def test_a_cancelled_notice_alarms_no_more(world: World) -> None:
    us = world["us"]
    id = us.send("ru", "activity", **plan("convoy"))
    _at(world, 24)
    us.send("ru", "cancel", about=id)
    settle(world)
    assert _alarms(world) == [[], []]
    _at(world, 0)
    assert _alarms(world) == [[], []]


@pytest.mark.rule("R-PASS-03")
def test_the_timers_outlast_a_crash_and_a_clock_that_ran_ahead(world: World) -> None:
    us, ru = world["us"], world["ru"]
    us.send("ru", "activity", **plan("convoy"))
    _at(world, 40)
    us.clock.ahead = 39 * HOUR
    settle(world)
    assert _alarms(world) == [["immediate"], []]
    us.clock.ahead = 2 * 365 * 24 * HOUR  # far beyond the end
    settle(world)
    assert _alarms(world) == [[], []]
    us.clock.ahead = 0
    settle(world)
    assert _alarms(world) == [[], []]
    for side in (us, ru):
        side.crash()
    for before_h, sounds in ((24, "priority"), (2, "immediate"), (0.25, "flash")):
        _at(world, before_h)
        assert _alarms(world) == [[sounds], [sounds]]


@pytest.mark.rule("R-PASS-01")
def test_only_a_notice_of_the_other_side_is_passed_on(world: World) -> None:
    id = world["us"].send("ru", "activity", **plan("convoy"))
    settle(world)
    with pytest.raises(OpenlineError) as caught:
        _pass_on(world["us"], id, "3rd Brigade")
    assert caught.value.code == "unknown-activity"


@pytest.mark.rule("R-COLL-08")
def test_answers_stand_with_the_notice_and_an_objection_alarms(world: World) -> None:
    us, ru = world["us"], world["ru"]
    id = us.send("ru", "activity", **plan("convoy"))
    settle(world)
    uid = id.partition("-")[2]
    us.submit(("ru",), "activity", plan("convoy, later"), uid=uid, revision=1)
    settle(world)
    for word, more in (
        ("acknowledged", {}),
        ("objection", {"reason": "Our batteries fire there until noon."}),
        ("will-adjust", {"text": "They cease at 08:00."}),
        ("no-objection", {}),
    ):
        urgent.answer(ru, id, word, more, "en")  # type: ignore[arg-type]
    settle(world)
    seen = _notice(us)["answers"]
    assert seen == _notice(ru)["answers"]
    assert [a["answer"] for a in seen] == [
        "acknowledged", "objection", "will-adjust", "no-objection",
    ]  # fmt: skip
    assert {a["revision"] for a in seen} == {f"{id}.1"}
    assert seen[1]["text"] == "Our batteries fire there until noon."
    assert not open_alarms(ru, "objection")
    (alarm,) = alarm_view.list_alarms(us, "en")["alarms"]  # type: ignore[arg-type]
    assert alarm["form"] == "objection" and alarm["text"].startswith("convoy, later: Objection to")


@pytest.mark.rule("R-PASS-06")
def test_notices_are_listed_next_first_with_what_is_open(world: World) -> None:
    us, ru = world["us"], world["ru"]
    day = {"start": "2022-03-05T08:00:00Z", "end": "2022-03-05T12:00:00Z"}
    late = us.send("ru", "activity", **plan("later", **day))
    soon = us.send("ru", "activity", **plan("sooner"))
    gone = us.send("ru", "activity", **plan("cancelled"))
    us.send("ru", "cancel", about=gone)
    _at(world, 30)
    found = list_notices(ru, "us", False, "en")["notices"]  # type: ignore[arg-type]
    assert [n["id"] for n in found] == [soon, late]
    assert [n["passing"]["next_alarm"] for n in found] == [
        "2022-03-02T08:00:00Z", "2022-03-04T08:00:00Z",
    ]  # fmt: skip
    past = list_notices(ru, None, True, "en")["notices"]  # type: ignore[arg-type]
    assert [(n["id"], n["passing"]["state"]) for n in past] == [(gone, "over")]
    with pytest.raises(OpenlineError):
        list_notices(ru, "nobody", False, "en")  # type: ignore[arg-type]
