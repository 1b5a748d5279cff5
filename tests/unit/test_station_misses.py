"""A test that was not passed alarms the desk, says what was found, and is over when one is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, update

from openline.forms.phrases import label
from openline.line.diagnosis import About, Conclusion, Finding, Health
from openline.station import acts, alerts, humantesting
from openline.station.books import findings
from openline.station.linetest_tables import human_tests
from openline.station.tables import tests as test_rows
from openline.station.urgent_tables import escalations, notices, people, urgencies, watches
from openline.station.views.alarms import list_alarms
from openline.words.moment import Moment
from simulation.world import Side, World, joined

BLAME = ("cut", "refus", "hostile", "deliberate", "they ", "because", "broken")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with joined(tmp_path) as world:
        world.clock.wall = Moment.parse("2022-03-01T10:00:00Z").ms  # no scheduled hour near
        yield world


def alarms(side: Side, language: str = "en") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = list_alarms(side, language)["alarms"]  # type: ignore[arg-type]
    return found


def missed(world: World) -> str:
    """A line test of `us` that nothing carries; returns its id."""
    us = world["us"]
    id = us.test("ru")
    world.clock.pass_ms(61_000)
    us.tick()
    return id


def shown(side: Side) -> list[tuple[str, str]]:
    """Each alarm that somebody should look at, and what has become of it."""
    return [(a["form"], a["over"]) for a in alarms(side) if a["over"] != "again"]


def sounded(side: Side) -> int:
    return sum(row.sounded for row in side.alarms().values())


@pytest.mark.rule("R-TEST-17")
def test_each_missed_line_test_alarms_in_place_of_the_one_before_until_one_passes(
    world: World,
) -> None:
    us = world["us"]
    first = missed(world)
    assert shown(us) == [("line-late", "")]
    assert us.alarms()[f"ru:{first} missed"].precedence == "immediate"
    second = missed(world)
    assert shown(us) == [("line-down", "")]
    acts.acknowledge_alarm(us, f"ru:{second} missed")  # type: ignore[arg-type]
    third = missed(world)  # an alarm that was acknowledged says nothing of what comes later
    newest = alarms(us)[0]
    assert (newest["form"], newest["message"]) == ("line-down", f"{third} missed")
    assert newest["acknowledged_at"] is None
    world.settle()  # what was late is answered now, and the line is up
    assert shown(us) == [("line-down", "passed")]
    assert alarms(us)[0]["text"].startswith("OVER since 1 March 2022")
    before = sounded(us)
    world.clock.pass_ms(600_000)
    us.tick()
    assert sounded(us) == before  # it sounds no more, and stands there until somebody has seen it
    assert alarms(us)[0]["acknowledged_at"] is None
    acts.acknowledge_alarm(us, newest["id"])  # type: ignore[arg-type]
    assert us.alarms()[newest["id"]].acknowledged_at is not None
    missed(world)
    assert alarms(us)[0]["form"] == "line-late" and alarms(us)[0]["over"] == ""


@pytest.mark.rule("R-TEST-17")
@pytest.mark.rule("R-TEST-12")
@pytest.mark.parametrize("conclusion", list(Conclusion))
def test_the_alarm_says_what_was_found_here_and_never_a_cause(
    world: World, conclusion: Conclusion
) -> None:
    us = world["us"]
    id = missed(world)
    (alarm,) = alarms(us)
    assert (alarm["lead"], alarm["text"]) == (
        "A line test was missed.",
        f"{alarm['lead']} {alarm['found']}",
    )
    assert alarm["text"] == (
        "A line test was missed. The test of 1 March 2022, 10:00 UTC was not answered within its"
        " time. This side is still looking at itself. Why the other side has not answered is not"
        " known here. Ask by voice."
    )
    seen = [Finding(About.DISK, Health.WELL, "it keeps what is written")]
    us.run(lambda tx: findings.keep_check(tx, "ru", id, conclusion, seen))
    for language in ("en", "ru"):
        (alarm,) = alarms(us, language)
        assert label(f"conclusion.{conclusion}", language) in alarm["text"]
        assert not any(word in alarm["text"].lower() for word in BLAME), alarm["text"]


@pytest.mark.rule("R-TEST-17")
def test_a_miss_calls_this_sides_people_as_the_policy_says_and_no_other_desk(world: World) -> None:
    us, now = world["us"], world.clock.wall
    with us.store.write() as connection:
        for place, (name, role) in enumerate({"ada": "officer", "max": "commander"}.items()):
            row = {"name": name, "role": role, "place": place, "ways": 1, "language": "ru"}
            connection.execute(insert(people).values(**row))
        span = {"start": now - 1, "end": now + 43_200_000, "tested_at": now}
        connection.execute(insert(watches).values(person="ada", source="table", **span))
        own = {"peer": "ru", "precedence": "immediate", "desks": '["ru"]'}
        steps = '[["first", 0], ["commander", 120000], ["desks", 180000]]'
        connection.execute(insert(escalations).values(**own, steps=steps))
    missed(world)
    us.tick()
    assert [row.person for row in us.rows(notices)] == ["ada"]
    title, body = alerts.words(us, us.rows(notices)[0])  # type: ignore[arg-type]
    assert title == "Openline us: пропущена проверка линии, ru" and "1 марта 2022" in body
    world.clock.pass_ms(400_000)
    us.tick()
    assert [row.person for row in us.rows(notices)] == ["ada", "max"]
    assert not [row for row in us.ours("ru") if row.form in ("wake", "escalation")]
    world.settle()
    assert us.rows(urgencies) == []  # it is over: nobody else is called
    id = missed(world)
    acts.acknowledge_alarm(us, f"ru:{id} missed")  # type: ignore[arg-type]
    called = len(us.rows(notices))
    world.clock.pass_ms(400_000)
    us.tick()
    assert len(us.rows(notices)) == called


@pytest.mark.rule("R-TEST-17")
def test_a_miss_and_what_becomes_of_it_outlast_a_crash(world: World) -> None:
    us = world["us"]
    missed(world)
    us.crash()
    assert shown(us) == [("line-late", "")]
    before = sounded(us)
    world.clock.pass_ms(60_000)
    us.tick()
    assert sounded(us) == before + 1
    world.settle()
    us.crash()
    assert shown(us) == [("line-late", "passed")]


@pytest.mark.rule("R-TEST-17")
def test_a_test_that_passed_after_the_one_that_was_missed_leaves_no_alarm(world: World) -> None:
    us = world["us"]
    gone = us.test("ru")
    world.clock.pass_ms(1_000)
    later = us.test("ru")
    world.settle()
    with us.store.write() as connection:  # as if the answer to the first were still on its way
        pending = {"result": "pending", "answered_at": None}
        connection.execute(update(test_rows).where(test_rows.c.id == gone).values(**pending))
    world.clock.pass_ms(61_000)
    us.tick()
    results = {row.id: row.result for row in us.rows(test_rows)}
    assert results == {gone: "failed", later: "passed"} and alarms(us) == []


@pytest.mark.rule("R-TEST-18")
@pytest.mark.parametrize("arrives", [True, False])
def test_a_human_test_that_nobody_passes_alarms_with_what_the_machine_has_receipted(
    world: World, arrives: bool
) -> None:
    us, ru = world["us"], world["ru"]
    id = humantesting.begin(us, "ru", "en")  # type: ignore[arg-type]
    if arrives:
        world.settle()
    world.clock.pass_ms(300_000)
    us.tick()
    (alarm,) = alarms(us)
    assert (alarm["form"], alarm["precedence"], alarm["over"]) == ("human-missed", "immediate", "")
    assert ("The machine there received it at 1 March 2022" in alarm["text"]) is arrives
    assert ("No receipt says that it has arrived there" in alarm["text"]) is not arrives
    assert not any(word in alarm["text"].lower() for word in BLAME), alarm["text"]
    if arrives:  # somebody came after all
        (asked,) = us.rows(human_tests)
        humantesting.answer(ru, id, asked.phrase, "en")  # type: ignore[arg-type]
        world.settle()
        assert shown(us) == [("human-missed", "passed")]


@pytest.mark.rule("R-TEST-18")
def test_a_human_test_and_a_line_test_alarm_each_for_itself(world: World) -> None:
    us = world["us"]
    humantesting.begin(us, "ru", "en")  # type: ignore[arg-type]
    world.settle()
    world.clock.pass_ms(300_000)
    us.tick()
    assert shown(us) == [("human-missed", "")]
    missed(world)
    assert sorted(shown(us)) == [("human-missed", ""), ("line-late", "")]
    world.settle()  # the machine answers again; nobody has
    assert sorted(shown(us)) == [("human-missed", ""), ("line-late", "passed")]
