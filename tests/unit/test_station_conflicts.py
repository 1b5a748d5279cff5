"""Conflicts of two stations: either side's finding stands, and people say what becomes of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import update

from collision_world import Engines, conflicts_of, open_alarms, plan, said, same, settle
from openline.forms.fields import fill
from openline.line.conflictlife import FINDING_WAIT_MS
from openline.station import acts, books, saying, timers, traffic
from openline.station.books import conflictwords
from openline.station.collision_tables import lives
from openline.station.tables import activities, lines
from openline.words.errors import OpenlineError
from openline.words.moment import Moment
from simulation.world import Side, World, joined


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with joined(tmp_path) as world:
        settle(world)
        yield world


@pytest.fixture
def engines(monkeypatch: pytest.MonkeyPatch) -> Engines:
    return Engines(monkeypatch)


def _collide(world: World) -> tuple[str, str]:
    """Two plans that collide, ours and theirs, known to both."""
    ours = world["us"].send("ru", "activity", **plan("ours"))
    theirs = world["ru"].send("us", "activity", **plan("theirs", 22.75))
    return ours, theirs


def _answer(side: Side, id: str, word: str, text: str | None = None) -> str:
    return saying.answer(side, id, word, text, "en")  # type: ignore[arg-type]


@pytest.mark.rule("R-COLL-02")
def test_where_both_find_the_same_one_message_says_so(world: World) -> None:
    _collide(world)
    settle(world)
    settle(world, 2 * FINDING_WAIT_MS)
    (found,) = same(world)
    assert found["state"] == "found"
    assert (said(world["ru"], "us", "finding"), said(world["us"], "ru", "finding")) == (1, 0)
    settle(world, 10 * FINDING_WAIT_MS)
    assert said(world["ru"], "us", "finding") == 1


@pytest.mark.rule("R-COLL-01")
@pytest.mark.parametrize("blind", ["us", "ru"])
def test_what_one_machine_does_not_find_stands_on_both_lists(
    world: World, engines: Engines, blind: str
) -> None:
    engines.blind[blind] = lambda finding: True
    _collide(world)
    settle(world)
    settle(world, FINDING_WAIT_MS)
    (found,) = same(world)
    assert found["state"] == "found" and found["horizontal_m"] == 0
    for side in world.sides.values():
        assert [row.message for row in open_alarms(side, "conflict")] == [found["id"]]
    sees = "ru" if blind == "us" else "us"
    assert (said(world[sees], blind, "finding"), said(world[blind], sees, "finding")) == (1, 0)


@pytest.mark.rule("R-COLL-01")
def test_where_the_machines_measure_otherwise_both_list_the_first_sides_figures(
    world: World, engines: Engines
) -> None:
    us, ru = world["us"], world["ru"]
    engines.sees["us"] = lambda f: f._replace(vertical_m=120.0, flags=("ground",))
    engines.sees["ru"] = lambda f: f._replace(vertical_m=87.5, flags=("datum", "ground"))
    _collide(world)
    settle(world, FINDING_WAIT_MS)
    (found,) = same(world)
    assert (found["vertical_m"], found["flags"]) == (87.5, ["datum", "ground"])
    engines.sees["ru"] = lambda f: f._replace(vertical_m=90.0)  # it has other terrain now
    us.send("ru", "terms", separation={"horizontal_m": 2000, "vertical_m": 300, "time_s": 900})
    settle(world)
    assert same(world)[0]["vertical_m"] == 90
    assert (said(ru, "us", "finding"), said(us, "ru", "finding")) == (2, 0)


@pytest.mark.rule("R-COLL-01")
def test_a_machine_that_changes_its_mind_about_the_same_plans_takes_it_back(
    world: World, engines: Engines
) -> None:
    us, ru = world["us"], world["ru"]
    engines.blind["us"] = lambda finding: True
    _collide(world)
    settle(world)
    assert [c["state"] for c in same(world)] == ["found"]
    engines.blind["ru"] = lambda finding: True  # it has loaded other terrain
    ru.send("us", "terms", separation={"horizontal_m": 2000, "vertical_m": 300, "time_s": 900})
    settle(world)
    assert [c["state"] for c in same(world)] == ["resolved"]
    assert said(ru, "us", "finding") == 2
    engines.blind.clear()
    us.send("ru", "terms", separation={"horizontal_m": 2000, "vertical_m": 300, "time_s": 900})
    settle(world, FINDING_WAIT_MS)
    assert [c["state"] for c in same(world)] == ["found"]


@pytest.mark.rule("R-COLL-05")
@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_found_and_said_and_crosses_both_lists_are_the_same(
    world: World, engines: Engines, seed: int
) -> None:
    dice = Random(seed)
    for party in ("us", "ru"):
        engines.blind[party] = lambda finding, p=party: hash_of(p, finding.a, finding.b) % 3 == 0
    mine: dict[str, list[str]] = {"us": [], "ru": []}
    revisions: dict[str, int] = {}
    for _ in range(24):
        party, peer = dice.choice((("us", "ru"), ("ru", "us")))
        side = world[party]
        deed = dice.choice(("new", "new", "amend", "cancel", "word", "word", "carry", "tick"))
        west = 22.7 + dice.randrange(4) * 0.06
        if deed == "new":
            mine[party].append(side.send(peer, "activity", **plan(f"{party}", west)))
        elif deed == "amend" and mine[party]:
            id = dice.choice(mine[party])
            revisions[id] = revisions.get(id, 0) + 1
            how = {"uid": id.partition("-")[2], "revision": revisions[id]}
            side.submit((peer,), "activity", plan(f"{party} moved", west), **how)
        elif deed == "cancel" and mine[party] and dice.random() < 0.3:
            side.send(peer, "cancel", about=dice.choice(mine[party]))
        elif deed == "word":
            open_ones = [c["id"] for c in conflicts_of(side) if c["state"] != "resolved"]
            if open_ones:
                _answer(side, dice.choice(open_ones), dice.choice(("acknowledged", "accepted")))
        elif deed == "carry":
            world.exchange(party, peer)
        else:
            side.tick()
    settle(world, 100)
    settle(world, FINDING_WAIT_MS)
    settle(world, FINDING_WAIT_MS)
    world.check_quiet()
    assert same(world)


def hash_of(*texts: str) -> int:
    return sum(ord(c) * (n + 1) for n, c in enumerate("|".join(texts)))


@pytest.mark.rule("R-COLL-04")
@pytest.mark.rule("R-COLL-06")
def test_each_side_acknowledges_then_both_accept(world: World) -> None:
    us, ru = world["us"], world["ru"]
    _collide(world)
    settle(world)
    (found,) = same(world)
    _answer(us, found["id"], "acknowledged")
    settle(world)
    (half,) = same(world)
    assert half["state"] == "found"
    assert [(s["party"], s["word"]) for s in half["said"]] == [("us", "acknowledged")]
    assert not open_alarms(us, "conflict") and open_alarms(ru, "conflict")
    _answer(ru, found["id"], "accepted", "We have them in sight.")
    settle(world)
    assert same(world)[0]["state"] == "acknowledged"
    _answer(us, found["id"], "accepted")
    settle(world)
    (done,) = same(world)
    assert done["state"] == "accepted"
    assert {s["text"] for s in done["said"]} == {"", "We have them in sight."}
    _answer(us, found["id"], "acknowledged")  # taken back
    settle(world)
    assert same(world)[0]["state"] == "acknowledged"


@pytest.mark.rule("R-COLL-03")
@pytest.mark.rule("R-COLL-06")
def test_an_amended_plan_is_answered_and_alarmed_anew(world: World) -> None:
    us, ru = world["us"], world["ru"]
    ours, _ = _collide(world)
    settle(world)
    (found,) = same(world)
    for side in (us, ru):
        _answer(side, found["id"], "accepted")
    settle(world)
    assert same(world)[0]["state"] == "accepted"
    uid = ours.partition("-")[2]
    us.submit(("ru",), "activity", plan("ours, nearer", 22.74), uid=uid, revision=1)
    settle(world)
    (anew,) = same(world)
    assert (anew["id"], anew["state"], anew["said"]) == (found["id"], "found", [])
    for side in (us, ru):
        assert len(open_alarms(side, "conflict")) == 1
    us.submit(("ru",), "activity", plan("ours, away", 25.0), uid=uid, revision=2)
    settle(world)
    assert same(world)[0]["state"] == "resolved"
    for side in (us, ru):
        assert not open_alarms(side, "conflict")
    with pytest.raises(OpenlineError) as caught:
        _answer(us, found["id"], "accepted")
    assert caught.value.code == "conflict-over"


@pytest.mark.rule("R-COLL-07")
def test_to_silence_its_alarm_is_to_acknowledge_it(world: World) -> None:
    us, ru = world["us"], world["ru"]
    _collide(world)
    settle(world)
    for side in (us, ru):
        (alarm,) = open_alarms(side, "conflict")
        acts.acknowledge_alarm(side, alarm.id)  # type: ignore[arg-type]
        acts.acknowledge_alarm(side, alarm.id)  # type: ignore[arg-type]
    settle(world)
    assert same(world)[0]["state"] == "acknowledged"
    assert said(us, "ru", "finding-answer") == said(ru, "us", "finding-answer") == 1


@pytest.mark.rule("R-COLL-01")
def test_whoever_speaks_of_a_conflict_says_the_finding_before_it(
    world: World, engines: Engines
) -> None:
    us, ru = world["us"], world["ru"]
    engines.blind["ru"] = lambda finding: True
    _collide(world)
    world.settle()
    (found,) = conflicts_of(us)
    assert conflicts_of(ru) == []
    _answer(us, found["id"], "acknowledged")
    world.settle()
    assert [c["id"] for c in same(world)] == [found["id"]]
    assert [row.form for row in us.ours("ru")][-2:] == ["finding", "finding-answer"]


@pytest.mark.rule("R-COLL-02")
def test_many_findings_share_a_message(world: World) -> None:
    us, ru = world["us"], world["ru"]
    us.send("ru", "activity", **plan("ours"))
    for n in range(70):
        ru.send("us", "activity", **plan(f"theirs {n}"))
    settle(world)
    assert len(same(world)) == 70
    assert said(ru, "us", "finding") == 2


@pytest.mark.rule("R-COLL-02")
def test_an_older_peer_is_told_nothing_until_it_reads_it(world: World) -> None:
    us, ru = world["us"], world["ru"]
    old = conflictwords.LEVEL - 1
    ru.run(lambda tx: tx.run(update(lines).where(lines.c.peer == "us").values(level=old)))
    ru.engine.lines["us"] = replace(ru.engine.lines["us"], level=old)
    _collide(world)
    settle(world)
    (found,) = conflicts_of(ru)
    assert said(ru, "us", "finding") == 0
    with ru.store.read() as connection:
        assert conflictwords.next_due(connection, ru.now()) is None
    with pytest.raises(OpenlineError) as caught:
        _answer(ru, found["id"], "accepted")
    assert caught.value.code == "peer-too-old"
    (alarm,) = open_alarms(ru, "conflict")
    acts.acknowledge_alarm(ru, alarm.id)  # type: ignore[arg-type]
    assert not open_alarms(ru, "conflict") and said(ru, "us", "finding-answer") == 0
    us.test("ru")  # it was upgraded, and a line test says so
    settle(world)
    assert said(ru, "us", "finding") == 1


@pytest.mark.rule("R-COLL-02")
def test_what_is_to_be_said_outlasts_a_crash_and_a_clock_set_back(
    world: World, engines: Engines
) -> None:
    us = world["us"]
    engines.blind["ru"] = lambda finding: True
    _collide(world)
    world.settle()
    us.tick()
    assert said(us, "ru", "finding") == 0
    us.crash()
    with us.store.read() as connection:
        due = timers.next_wake(connection, us.engine.lines, us.now())
    assert due is not None and due.ms <= us.now().ms + FINDING_WAIT_MS
    us.clock.ahead -= 86_400_000
    settle(world)
    assert said(us, "ru", "finding") == 1
    assert [row.due for row in us.rows(lives)] == [None]


@pytest.mark.rule("R-COLL-03")
@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"first": "us-zzzzzzzzzz"}, "bad-finding"),  # both ours
        ({"first": "un-0c5v8t1w6n"}, "bad-finding"),  # of no party of this line
        ({"first": "ru-zzzzzzzzzz"}, "unknown-activity"),
        ({"horizontal_m": None}, "bad-finding"),
    ],
)
def test_a_finding_that_names_other_plans_is_not_understood(
    world: World, monkeypatch: pytest.MonkeyPatch, change: dict[str, object], code: str
) -> None:
    us, ru = world["us"], world["ru"]
    ours = us.send("ru", "activity", **plan("ours"))
    theirs = ru.send("us", "activity", **plan("theirs", 25.0))
    settle(world)
    times = {"start": "2022-03-03T08:00:00Z", "end": "2022-03-03T12:00:00Z"}
    pair = {"verdict": "conflict", "first": theirs, "second": ours, "vertical_m": 0, **times}
    pair = {"horizontal_m": 0, **pair, **change}
    fields = fill("finding", {"pairs": [{k: v for k, v in pair.items() if v is not None}]})
    with monkeypatch.context() as careless:  # their program does not look
        own = {form: book for form, book in books.BOOKS.items() if form != "finding"}
        careless.setattr(books, "BOOKS", own)
        ru.run(lambda tx: traffic.submit(tx, ("us",), "finding", fields))
    settle(world)
    answer = [row for row in us.ours("ru") if row.form == "not-understood"]
    assert len(answer) == 1 and code.encode() in answer[0].raw
    assert conflicts_of(us) == []


@pytest.mark.rule("R-COLL-03")
def test_a_word_on_plans_that_were_amended_meanwhile_does_not_count(world: World) -> None:
    us, ru = world["us"], world["ru"]
    ours, _ = _collide(world)
    settle(world)
    (found,) = same(world)
    uid = ours.partition("-")[2]
    us.submit(("ru",), "activity", plan("ours, nearer", 22.74), uid=uid, revision=1)
    _answer(ru, found["id"], "accepted")  # it crosses the amendment
    settle(world)
    (anew,) = same(world)
    assert (anew["state"], anew["said"]) == ("found", [])
    assert max(row.revision for row in ru.rows(activities)) == 1


@pytest.mark.rule("R-COLL-04")
def test_what_nobody_settles_expires(world: World) -> None:
    _collide(world)
    settle(world)
    settle(world, Moment.parse("2022-03-03T13:00:00Z").ms - world.clock.wall)
    assert [c["state"] for c in same(world)] == ["expired"]


def test_an_unknown_conflict_is_refused(world: World) -> None:
    with pytest.raises(OpenlineError) as caught:
        _answer(world["us"], "x-0000000000", "accepted")
    assert caught.value.code == "unknown-conflict"
