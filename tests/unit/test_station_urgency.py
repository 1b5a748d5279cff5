"""Who is called when nobody answers, and what both sides see of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import insert

from openline.station import acts
from openline.station.tables import alarms
from openline.station.urgent_door import UrgentDoor
from openline.station.urgent_tables import escalations, notices, people, urgencies, watches
from openline.station.views.alarms import list_alarms
from openline.station.views.traffic import list_messages
from simulation.world import Side, World, joined


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with joined(tmp_path, ("us", "ru", "un")) as world:
        yield world


def door(side: Side) -> UrgentDoor:
    made = UrgentDoor()
    made._station = side  # type: ignore[assignment]
    return made


def on_list(side: Side, **roles: str) -> None:
    """People by name and role, in this order, each with one way of being reached."""
    with side.store.write() as connection:
        for place, (name, role) in enumerate(roles.items()):
            row = {"name": name, "role": role, "place": place, "ways": 1}
            connection.execute(insert(people).values(row))


def on_watch(side: Side, *names: str, hours: int = 12) -> None:
    now = side.now().ms
    with side.store.write() as connection:
        for name in names:
            span = {"start": now - 1, "end": now + hours * 3_600_000}
            row = {"person": name, "source": "table", "tested_at": now, **span}
            connection.execute(insert(watches).values(row))


def pass_s(world: World, seconds: float) -> None:
    """Time passes; both sides' machines do what is due, and the line carries it."""
    world.clock.pass_ms(int(seconds * 1000))
    for party in ("us", "ru", "un"):
        world[party].tick()
    world.settle()


def calls(side: Side) -> list[tuple[str, str]]:
    return [(row.step, row.person) for row in sorted(side.rows(notices), key=lambda r: r.pk)]


def steps(side: Side, id: str) -> list[str]:
    (line,) = door(side).timeline(id)["lines"]
    return [s["step"] if s["form"] != "escalation" else s["text"] for s in line["steps"]]


def told(side: Side, id: str) -> list[tuple[str, int]]:
    """The steps that the record says were taken."""
    found = list_messages(side, None, None, "en")["messages"]  # type: ignore[arg-type]
    mine = [m["fields"] for m in found if m["form"] == "escalation"]
    return [(f["step"], f["called"]) for f in mine if f["about"] == id]


@pytest.mark.rule("R-URG-01")
@pytest.mark.rule("R-URG-02")
@pytest.mark.rule("R-URG-03")
def test_an_unanswered_flash_calls_more_people_and_both_sides_see_each_step(world: World) -> None:
    us, ru = world["us"], world["ru"]
    on_list(ru, ivan="officer", olga="officer", petr="commander", anna="contact")
    on_watch(ru, "ivan", "olga")
    id = us.send("ru", precedence="flash")
    world.settle()
    pass_s(world, 0)
    assert calls(ru) == [("first", "ivan")] and told(us, id) == []
    pass_s(world, 59)
    assert len(calls(ru)) == 1
    pass_s(world, 1)
    assert calls(ru)[1:] == [("watch", "ivan"), ("watch", "olga")]
    pass_s(world, 60)
    assert calls(ru)[3:] == [("commander", "petr")]
    door(ru).answer(id, "opened")
    pass_s(world, 60)
    door(ru).answer(id, "acknowledged")
    pass_s(world, 3_600)
    assert len(calls(ru)) == 4
    assert told(us, id) == told(ru, id) == [("watch", 2), ("commander", 1)]
    assert steps(us, id) == steps(ru, id)
    assert steps(us, id)[:2] == ["sent", "received"]
    assert steps(us, id)[-2:] == ["opened", "acknowledged"]
    ((here,), (there,)) = (door(side).timeline(id)["lines"] for side in (us, ru))
    assert [s["at"] for s in here["steps"]] == [s["at"] for s in there["steps"]]
    assert [s["automatic"] for s in here["steps"]] == [False, True, True, True, False, False]
    # Whom this side called is its own matter; until when a person is to answer is both sides'.
    assert here["waits"]["answer_by"] == there["waits"]["answer_by"] == "2022-03-01T12:01:00Z"
    assert (here["waits"]["calls"], here["waits"]["state"]) == ([], None)
    assert [c["person"] for c in there["waits"]["calls"]] == ["ivan", "ivan", "olga", "petr"]
    assert there["waits"]["state"] == "answered"
    world.check_quiet()


@pytest.mark.rule("R-URG-05")
def test_a_step_that_finds_nobody_is_followed_by_the_next_at_once(world: World) -> None:
    us, ru = world["us"], world["ru"]
    on_list(ru, petr="commander")
    id = us.send("ru", precedence="flash")
    world.settle()
    pass_s(world, 60)
    assert calls(ru) == [("commander", "petr")]
    assert told(us, id) == [("watch", 0), ("commander", 1)]
    # Nobody on watch is a thing that the sender must hear of, with the numbers to call.
    (alarm,) = [a for a in us.alarms().values() if a.what == "nobody-called"]
    assert alarm.message == f"{id} unanswered"


@pytest.mark.rule("R-URG-05")
def test_with_nobody_on_the_list_the_sender_learns_it_and_nothing_is_called(world: World) -> None:
    us, ru = world["us"], world["ru"]
    id = us.send("ru", precedence="flash")
    world.settle()
    pass_s(world, 60)
    assert told(us, id) == [("watch", 0), ("commander", 0), ("contacts", 0)]
    assert calls(ru) == []
    found = list_alarms(us, "en")["alarms"]  # type: ignore[arg-type]
    assert [a["form"] for a in found] == ["nobody-called"]
    assert "call by voice: its card has no voice numbers" in found[0]["text"]
    pass_s(world, 3_600)
    assert len(told(us, id)) == 3


@pytest.mark.rule("R-URG-06")
def test_the_policys_other_desks_are_woken_without_a_word_of_line_or_cause(world: World) -> None:
    us, ru, un = (world[party] for party in ("us", "ru", "un"))
    with ru.store.write() as connection:
        row = {"peer": "us", "precedence": "flash", "steps": "", "desks": '["un", "us", "xx"]'}
        connection.execute(insert(escalations).values(row))
    id = us.send("ru", precedence="flash", text="Your convoy is under fire.")
    world.settle()
    pass_s(world, 60)
    assert told(us, id)[-1] == ("desks", 1)
    (wake,) = [row for row in un.theirs("ru") if row.form == "wake"]
    assert wake.rank == 1 and b"convoy" not in wake.raw and b"us" not in wake.raw
    assert [row.form for row in us.theirs("ru")].count("wake") == 0
    (alarm,) = un.rows(alarms)
    assert (alarm.message, alarm.precedence) == (wake.id, "immediate")
    # It needs a person there too, and wakes nobody else in turn.
    pass_s(world, 700)
    assert [row.id for row in un.rows(urgencies)] == [wake.id]
    assert not [row for row in ru.theirs("un") if row.form == "wake"]


@pytest.mark.rule("R-URG-01")
def test_how_soon_is_the_lines_policy_and_the_sooner_of_both_sides(world: World) -> None:
    us = world["us"]
    within = {"flash": 10, "immediate": 20, "priority": 30, "routine": 40}
    us.send("ru", "terms", answer_within_s=within)
    world.settle()
    id = us.send("ru", precedence="flash")
    world.settle()
    pass_s(world, 10)
    assert told(us, id)[0] == ("watch", 0)


@pytest.mark.rule("R-URG-03")
@pytest.mark.parametrize("answer", ["acknowledge", "call-answer"])
def test_any_word_of_a_person_about_it_ends_the_calling(world: World, answer: str) -> None:
    us, ru = world["us"], world["ru"]
    on_list(ru, petr="commander")
    if answer == "acknowledge":
        id = us.send("ru", precedence="flash")
    else:
        id = us.send("ru", "call-request", "flash", level="chief", reason="now")
    world.settle()
    if answer == "acknowledge":
        acts.acknowledge_alarm(ru, f"us:{id}")  # type: ignore[arg-type]
    else:
        ru.send("us", "call-answer", about=id, answer="decline")
    pass_s(world, 3_600)
    assert calls(ru) == [] and told(us, id) == []


@pytest.mark.rule("R-URG-01")
def test_what_the_machine_says_and_what_answers_waits_for_nobody(world: World) -> None:
    us, ru = world["us"], world["ru"]
    id = us.send("ru", precedence="flash")
    us.test("ru")
    world.settle()
    ru.send("us", "objection", "flash", about=id, reason="no")
    world.settle()
    assert us.rows(urgencies) == []
    assert [row.id for row in ru.rows(urgencies)] == [id]


@pytest.mark.rule("R-URG-04")
def test_steps_go_on_after_a_crash(world: World) -> None:
    us, ru = world["us"], world["ru"]
    on_list(ru, petr="commander")
    id = us.send("ru", precedence="flash")
    world.settle()
    ru.crash()
    world.clock.pass_ms(119_000)
    ru.tick()
    ru.crash()
    pass_s(world, 1)
    assert told(us, id) == [("watch", 0), ("commander", 1)]
    assert calls(ru) == [("commander", "petr")]


@pytest.mark.rule("R-URG-07")
def test_a_flash_without_a_receipt_for_30_s_shows_its_sender_whom_to_call(world: World) -> None:
    us = world["us"]
    id = us.send("ru", precedence="flash")
    routine = us.send("ru", precedence="immediate")
    world.clock.pass_ms(29_999)
    us.tick()
    assert us.alarms() == {}
    world.clock.pass_ms(1)
    us.tick()
    us.tick()
    (alarm,) = us.alarms().values()
    assert (alarm.message, alarm.what, alarm.precedence) == (
        f"{id} unreceived",
        "not-received",
        "flash",
    )
    assert routine not in alarm.message
    (shown,) = list_alarms(us, "en")["alarms"]  # type: ignore[arg-type]
    assert "not been received for 30 s" in shown["text"]


@pytest.mark.rule("R-URG-07")
def test_a_flash_that_is_received_in_time_alarms_no_sender(world: World) -> None:
    us = world["us"]
    us.send("ru", precedence="flash")
    world.settle()
    world.clock.pass_ms(30_000)
    us.tick()
    assert us.alarms() == {}
