"""Line tests and alarms at a station: on schedule, answered by the machine, kept by both."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from openline.line.linetest import Observed
from openline.station import acts, timers, traffic
from openline.station.books import linetests
from openline.station.tables import tests
from openline.wire.card import card_text, fingerprint
from openline.wire.message import write_message
from openline.words.errors import OpenlineError
from openline.words.moment import Moment
from openline.words.party import Direction
from simulation.world import World, card_of, joined, payload


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with joined(tmp_path) as world:
        yield world


def _observed(world: World, party: str = "us", peer: str = "ru") -> Observed:
    with world[party].store.read() as connection:
        return linetests.observed(connection, peer)


def _results(world: World) -> list[str]:
    return [row.result for row in sorted(world["us"].rows(tests), key=lambda row: row.at)]


@pytest.mark.rule("R-TEST-02")
@pytest.mark.rule("R-TEST-05")
def test_a_test_passes_when_the_other_machine_answers_with_equal_records(world: World) -> None:
    assert _observed(world) is Observed.UNTESTED
    id = world["us"].test("ru")
    world.settle()
    world.check_quiet()
    (row,) = world["us"].rows(tests)
    assert (row.id, row.result, row.records_equal, row.why) == (id, "passed", True, "")
    assert (row.rtt_ms, row.offset_ms) == (0, 0)
    assert _observed(world) is Observed.UP
    assert [r.form for r in world["ru"].ours("us")] == ["card", "linetest-answer"]
    # One's own tests alone say what is observed.
    assert _observed(world, "ru", "us") is Observed.UNTESTED


@pytest.mark.rule("R-TEST-02")
@pytest.mark.rule("R-TEST-03")
def test_unanswered_tests_fail_and_an_answer_after_that_makes_them_late(world: World) -> None:
    us = world["us"]
    for state in (Observed.LATE, Observed.DOWN):
        us.test("ru")
        world.clock.pass_ms(60_000)
        us.run(partial(timers.tick, why={"ru": "the carrier is cut"}))
        assert _observed(world) is state
    assert _results(world) == ["failed", "failed"]
    assert {row.why for row in us.rows(tests)} == {"the carrier is cut"}
    world.settle()
    assert _results(world) == ["late", "late"]
    assert _observed(world) is Observed.UP
    us.tick()
    assert _results(world) == ["late", "late"]


@pytest.mark.rule("R-TEST-02")
def test_a_test_fails_at_its_deadline_not_before(world: World) -> None:
    us = world["us"]
    us.test("ru", within_ms=10_000)
    world.clock.pass_ms(9_999)
    us.tick()
    assert _results(world) == ["pending"]
    with us.store.read() as connection:
        assert timers.next_wake(connection, us.engine.lines, us.now()) == Moment(
            world.clock.wall + 1
        )
    world.clock.pass_ms(1)
    us.tick()
    assert _results(world) == ["failed"]
    assert [row.why for row in us.rows(tests)] == ["no answer"]


@pytest.mark.rule("R-TEST-01")
@pytest.mark.rule("R-TEST-06")
def test_a_line_is_tested_at_its_hours_once_and_never_twice_for_one(world: World) -> None:
    us = world["us"]
    us.tick()
    assert us.rows(tests) == []  # joined at noon; the morning's hour was before that
    world.clock.pass_ms(210 * 60_000)
    for _ in range(3):
        us.tick()
        us.crash()
    (row,) = us.rows(tests)
    assert str(Moment(row.scheduled)) == "2022-03-01T15:30:00Z"
    # A station that was away for days makes up for the last hour alone.
    world.clock.pass_ms(3 * 86_400_000)
    us.tick()
    assert len(us.rows(tests)) == 2
    with us.store.read() as connection:
        assert str(timers.next_test(connection, "ru", us.now())) == "2022-03-05T09:30:00Z"
        last, run, passed = linetests.counts(connection, "ru", us.now())
    assert (run, passed) == (1, 0) and last is not None  # the second is still pending


@pytest.mark.rule("R-TEST-07")
def test_a_clock_that_ran_ahead_stops_no_later_test(world: World) -> None:
    us = world["us"]
    world.clock.pass_ms(30 * 86_400_000)
    us.tick()
    world.clock.wall -= 30 * 86_400_000
    world.clock.pass_ms(210 * 60_000)
    us.tick()
    kept = sorted(str(Moment(row.scheduled)) for row in us.rows(tests))
    assert kept == ["2022-03-01T15:30:00Z", "2022-03-31T09:30:00Z"]


@pytest.mark.rule("R-TEST-06")
def test_before_both_sides_have_joined_there_is_nothing_to_test(tmp_path: Path) -> None:
    world = World(tmp_path)
    card = card_of("ru")
    acts.join(world["us"], card_text(card), fingerprint(card))  # type: ignore[arg-type]
    world.clock.pass_ms(86_400_000)
    world["us"].tick()
    assert world["us"].rows(tests) == []
    world.close()


def _linetest(world: World, root: bytes) -> bytes:
    """A test from `us` that names another head of its own record."""
    heads = linetests.heads_of(world["us"].state("ru"))
    content = payload("linetest", {**heads, "out": {"epoch": 1, "size": 1, "root": root}})
    signer = world["us"].engine.signer
    return write_message(signer, Direction("us", "ru", 1), 1, world.clock.now().wall, content).raw


@pytest.mark.rule("R-TEST-05")
def test_heads_that_differ_are_answered_so_and_alarmed(world: World) -> None:
    world.say("us", "ru", _linetest(world, b"x" * 32))
    answer = world["ru"].ours("us")[-1]
    assert answer.form == "linetest-answer"
    raised = world["ru"].alarms()["us:us-0123456789"]
    assert (raised.what, raised.precedence) == ("records-differ", "immediate")


@pytest.mark.rule("R-TEST-05")
@pytest.mark.parametrize("equal", [True, False])
def test_an_answer_over_other_records_fails_the_test(world: World, equal: bool) -> None:
    us, ru = world["us"], world["ru"]
    id = us.test("ru")
    heads = linetests.heads_of(ru.state("us"))
    if equal:  # it says that all is well, over a head that is not ours
        heads = {**heads, "in": {"epoch": 1, "size": 1, "root": b"x" * 32}}
    fields: dict[str, Any] = {
        "about": id,
        "received": world.clock.wall,
        "equal": equal,
        **heads,
    }
    ru.run(lambda tx: traffic.submit(tx, ("us",), "linetest-answer", fields))
    world.exchange("ru", "us")
    (row,) = us.rows(tests)
    assert (row.result, row.records_equal) == ("failed", False)
    assert row.why == "the two sides' records differ"
    assert {a.what for a in us.alarms().values()} == {"records-differ", "line-late"}
    world.settle()  # the machine's own answer comes after that, and changes nothing
    assert [r.result for r in us.rows(tests)] == ["failed"]


@pytest.mark.rule("R-ALARM-04")
def test_an_alarm_sounds_though_the_clock_is_set_back_a_day(world: World) -> None:
    us, ru = world["us"], world["ru"]
    us.send("ru", precedence="flash")
    world.settle()
    ru.tick()
    ru.clock.ahead = -86_400_000
    with ru.store.read() as connection:
        assert timers.next_wake(connection, ru.engine.lines, ru.now()) <= ru.now()
    ru.tick()
    assert [a.sounded for a in ru.alarms().values()] == [2]


@pytest.mark.rule("R-ALARM-01")
@pytest.mark.rule("R-ALARM-03")
def test_alarms_sound_until_acknowledged_and_outlive_a_restart(world: World) -> None:
    us, ru = world["us"], world["ru"]
    for precedence in ("flash", "immediate", "priority", "routine"):
        us.send("ru", precedence=precedence)
    world.settle()
    assert [a.precedence for a in ru.alarms().values()] == ["flash", "immediate"]
    for _ in range(3):
        ru.tick()
        ru.crash()
        world.clock.pass_ms(15_000)
    assert [a.sounded for a in ru.alarms().values()] == [3, 1]
    flash, immediate = ru.alarms()
    at = acts.acknowledge_alarm(ru, flash)  # type: ignore[arg-type]
    assert at == ru.now()
    world.clock.pass_ms(60_000)
    ru.tick()
    assert [a.sounded for a in ru.alarms().values()] == [3, 2]
    world.settle()
    world.check_quiet()
    # The sender learns that a person took note; acknowledging again says nothing more.
    states = {row.id: row.state for row in us.ours("ru")}
    assert states[ru.alarms()[flash].message] == "answered"
    assert states[ru.alarms()[immediate].message] == "received"
    sent = len(ru.ours("us"))
    assert acts.acknowledge_alarm(ru, flash) == at  # type: ignore[arg-type]
    assert len(ru.ours("us")) == sent


@pytest.mark.rule("R-ALARM-02")
def test_an_alarm_that_is_not_there_cannot_be_acknowledged(world: World) -> None:
    with pytest.raises(OpenlineError) as caught:
        acts.acknowledge_alarm(world["us"], "ru:nothing")  # type: ignore[arg-type]
    assert (caught.value.code, caught.value.rule) == ("unknown-alarm", "R-ALARM-02")


@pytest.mark.rule("R-ALARM-02")
def test_an_answer_silences_the_alarm_of_what_it_answers(world: World) -> None:
    ru = world["ru"]
    id = world["us"].send("ru", precedence="flash")
    world.settle()
    ru.send("us", "opened", about=id)
    assert ru.alarms()[f"us:{id}"].acknowledged_at is None  # seen is not answered
    ru.send("us", "objection", about=id, reason="not there")
    assert ru.alarms()[f"us:{id}"].acknowledged_at is not None


@pytest.mark.rule("R-LINE-11")
def test_only_a_message_of_the_other_side_can_be_answered(world: World) -> None:
    us = world["us"]
    own = us.send("ru")
    for about in (own, "ru-zzzzzzzzzz"):
        with pytest.raises(OpenlineError) as caught:
            us.send("ru", "acknowledged", about=about)
        assert (caught.value.code, caught.value.rule) == ("unknown-message", "R-LINE-11")


@pytest.mark.rule("R-LINE-15")
@pytest.mark.parametrize("form", ["card", "linetest-answer", "not-understood"])
def test_a_person_cannot_send_the_machines_forms(world: World, form: str) -> None:
    with pytest.raises(OpenlineError) as caught:
        world["us"].send("ru", form, text="x")
    assert (caught.value.code, caught.value.rule) == ("machines-form", "R-LINE-15")


@pytest.mark.rule("R-STN-12")
def test_the_first_message_signs_the_cards(world: World) -> None:
    for side, peer in (("us", "ru"), ("ru", "us")):
        assert world[side].ours(peer)[0].form == "card"
    assert not world["us"].alarms()


@pytest.mark.rule("R-STN-12")
def test_a_first_message_that_signs_another_card_is_alarmed(tmp_path: Path) -> None:
    world = World(tmp_path)
    for side, peer in (("us", "ru"), ("ru", "us")):
        card = card_of(peer)
        acts.join(world[side], card_text(card), fingerprint(card))  # type: ignore[arg-type]
    other = payload("card", {"peer_card": b"x" * 32, "own_card": b"y" * 32})
    signer = world["us"].engine.signer
    raw = write_message(signer, Direction("us", "ru", 1), 0, world.clock.now().wall, other).raw
    world.say("us", "ru", raw)
    assert [row.what for row in world["ru"].alarms().values()] == ["card-differs"]
    world.close()
