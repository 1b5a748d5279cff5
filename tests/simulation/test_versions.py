"""Stations of two versions on one line: each is sent what it reads, and nothing blocks the line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from future_forms import FUTURE, LEVEL
from openline.forms.catalog import CATALOG, FORMS_LEVEL, at_level
from openline.forms.catalog import form as form_named
from openline.forms.schema import Form
from openline.station import acts, books, traffic
from openline.station.books import checkpoints
from openline.station.entries import entry_of
from openline.station.tables import tests
from openline.station.views.traffic import message_json
from openline.wire import cose
from openline.wire.card import card_text, fingerprint
from openline.wire.message import write_message
from openline.words.errors import OpenlineError
from openline.words.party import Direction
from simulation.world import Side, World, card_of, joined, payload, recording_acts


def upgrade(side: Side) -> None:
    """Let a station be one of a later release."""
    side.engine.catalog, side.engine.level = FUTURE, LEVEL


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """`us` is a release ahead of `ru`."""
    with recording_acts():
        found = World(tmp_path)
        upgrade(found["us"])
        found.join_all()
        found.settle()
        yield found
        found.close()


def versions(side: Side, peer: str, form: str) -> list[int]:
    """Of the messages of that form which the side sent."""
    entries = [entry_of(row) for row in side.ours(peer)]
    return [e.payload.form_version for e in entries if e.form == form and e.payload is not None]


def sent_forms(side: Side, peer: str) -> list[Form]:
    """The forms, in the versions that were sent, of all that the side sent."""
    said = [entry_of(row).payload for row in side.ours(peer)]
    return [form_named(each.form, FUTURE, each.form_version) for each in said if each is not None]


def forms(side: Side, peer: str) -> list[str]:
    return [row.form for row in side.ours(peer)]


def submit(side: Side, peers: tuple[str, ...], form: str, fields: Any, **how: Any) -> str:
    return str(side.run(lambda tx: traffic.submit(tx, peers, form, fields, **how)))


@pytest.mark.rule("R-UPG-06")
@pytest.mark.rule("R-UPG-07")
def test_a_peer_one_version_older_is_sent_what_it_reads(world: World) -> None:
    us, ru = world["us"], world["ru"]
    assert us.engine.lines["ru"].level == FORMS_LEVEL
    assert ru.engine.lines["us"].level == LEVEL
    tested, back = us.test("ru"), ru.test("us")
    text = submit(us, ("ru",), "text", {"text": "hello", "mood": "good"})
    world.settle()
    assert versions(us, "ru", "linetest") == [CATALOG["linetest"].version]
    assert versions(us, "ru", "linetest-answer") == [CATALOG["linetest-answer"].version]
    results = {row.id: row.result for side in (us, ru) for row in side.rows(tests)}
    assert results == {tested: "passed", back: "passed"}
    (said,) = (entry_of(row) for row in ru.theirs("us") if row.id == text)
    assert said.fields == {"text": "hello"}
    assert "not-understood" not in forms(us, "ru") + forms(ru, "us")
    world.check_quiet()


@pytest.mark.rule("R-UPG-07")
def test_this_version_speaks_with_a_peer_of_the_first_level(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("sign", "cosigned"):  # which the first level's program does not do
        monkeypatch.setattr(checkpoints, name, _since_level_2(getattr(checkpoints, name)))
    with recording_acts():
        world = World(tmp_path)
        us, ru = world["us"], world["ru"]
        ru.engine.catalog, ru.engine.level = at_level(1, CATALOG), 1
        world.join_all()
        world.settle()
        us.test("ru")
        ru.test("us")
        us.send("ru", "terms", test_times=["06:00"])
        world.settle()
        assert {row.result for side in (us, ru) for row in side.rows(tests)} == {"passed"}
        assert "heads" not in entry_of(us.theirs("ru")[-1]).fields
        assert "not-understood" not in forms(us, "ru") + forms(ru, "us")
        with pytest.raises(OpenlineError) as caught:
            us.send("ru", "terms", quantum="off")
        assert caught.value.code == "peer-too-old"
        world.check_quiet()
        world.close()


def _since_level_2(sign: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    return lambda tx, what: sign(tx, what) if tx.engine.level > 1 else {}


@pytest.mark.rule("R-UPG-06")
def test_a_line_test_tells_that_the_peer_has_upgraded(world: World) -> None:
    us, ru = world["us"], world["ru"]
    upgrade(ru)
    us.test("ru")
    world.settle()
    assert us.engine.lines["ru"].level == LEVEL
    submit(us, ("ru",), "text", {"text": "hello", "mood": "good"})
    us.test("ru")
    world.settle()
    old = CATALOG["linetest"].version
    assert versions(us, "ru", "linetest") == [old, old + 1]
    assert entry_of(ru.theirs("us")[-2]).fields["mood"] == "good"
    assert "not-understood" not in forms(ru, "us")
    us.crash()  # and it is not forgotten
    assert us.engine.lines["ru"].level == LEVEL


@pytest.mark.rule("R-UPG-06")
def test_who_has_said_nothing_is_sent_what_every_version_reads(tmp_path: Path) -> None:
    world = World(tmp_path)
    us = world["us"]
    upgrade(us)
    acts.join(us, card_text(card_of("ru")), fingerprint(card_of("ru")))  # type: ignore[arg-type]
    us.test("ru")
    submit(us, ("ru",), "text", {"text": "hello", "mood": "good"})
    assert [form.since for form in sent_forms(us, "ru")] == [1, 1, 1]
    world.close()


@pytest.mark.rule("R-UPG-07")
def test_several_addressees_are_sent_what_the_oldest_of_them_reads(tmp_path: Path) -> None:
    with joined(tmp_path, ("us", "ru", "cn")) as world:
        us = world["us"]
        upgrade(us)
        upgrade(world["cn"])
        world["cn"].test("us")
        world.settle()
        assert us.engine.lines["cn"].level == LEVEL
        for peers in (("cn", "ru"), ("cn",)):
            submit(us, peers, "text", {"text": "hello", "mood": "good"})
        old = CATALOG["text"].version
        assert versions(us, "ru", "text") == [old]
        assert versions(us, "cn", "text") == [old, old + 1]


@pytest.mark.rule("R-UPG-07")
@pytest.mark.parametrize(
    ("form", "fields"),
    [("text", {"text": "hello", "mood": "good"}), ("greeting", {"mood": "good"})],
    ids=["a new field", "a new form"],
)
def test_what_a_person_says_is_said_whole_or_refused(
    world: World, form: str, fields: dict[str, str]
) -> None:
    us = world["us"]
    before = us.ours("ru")
    with pytest.raises(OpenlineError) as caught:
        submit(us, ("ru",), form, fields, whole=True)
    assert (caught.value.code, caught.value.rule) == ("peer-too-old", "R-UPG-07")
    assert us.ours("ru") == before
    assert submit(us, ("ru",), "text", {"text": "hello"}, whole=True)


@pytest.mark.rule("R-UPG-07")
def test_the_machine_sends_no_form_that_the_peer_does_not_read(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    us, ru = world["us"], world["ru"]

    def greet(tx: Any, entry: Any) -> None:
        if entry.way == "in" and tx.engine.party == "us":
            tx.reply(entry.peer, "greeting", {"mood": "good"})

    monkeypatch.setattr(books, "BOOKS", {**books.BOOKS, "text": greet})
    ru.send("us")
    world.settle()
    assert "greeting" not in forms(us, "ru")
    assert ru.ours("us")[-1].state == "received"
    upgrade(ru)
    ru.test("us")
    ru.send("us")
    world.settle()
    assert forms(us, "ru").count("greeting") == 1
    assert "not-understood" not in forms(ru, "us")


@pytest.mark.rule("R-UPG-09")
@pytest.mark.parametrize("form", ["greeting", "text"])
def test_a_form_from_the_future_is_recorded_shown_raw_and_answered(world: World, form: str) -> None:
    us, ru = world["us"], world["ru"]
    us.run(lambda tx: tx.lines.update(ru=_believing(tx.line("ru"))))
    fields = {"mood": "good"} | ({"text": "hello"} if form == "text" else {})
    sent = submit(us, ("ru",), form, fields)
    after = us.send("ru", "declaration", declared="suspended")
    world.settle()
    (row,) = (row for row in ru.theirs("us") if row.id == sent)
    assert (row.form, row.state) == (form, "answered")
    shown = message_json(row, "en")
    assert shown["fields"] == fields and 'mood = "good"' in shown["text"]
    (ours,) = (row for row in us.ours("ru") if row.id == sent)
    assert ours.received_at is not None and ours.state == "answered"
    (answer,) = (entry_of(row) for row in us.theirs("ru") if row.form == "not-understood")
    assert answer.fields["about"] == sent and answer.fields["about_hash"] == ours.leaf
    assert "not-understood" in {alarm.what for alarm in us.alarms().values()}
    assert after in {row.id for row in ru.theirs("us") if row.state == "received"}
    world.check_quiet()


def _believing(line: Any) -> Any:
    """The line of a station that wrongly takes its peer for one of its own release."""
    return replace(line, level=LEVEL)


@pytest.mark.rule("R-UPG-10")
def test_a_statement_of_another_version_of_the_wire_takes_no_number(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    us, ru = world["us"], world["ru"]
    number, at = us.state("ru").out.size, world.clock.now().wall
    content = payload("text", {"text": "hello"}, "aaaaaaaaaa")
    with monkeypatch.context() as patch:
        patch.setattr(cose, "PROTOCOL_VERSION", 2)
        newer = write_message(us.engine.signer, Direction("us", "ru", 1), number, at, content).raw
    before = ru.theirs("us")
    with pytest.raises(OpenlineError) as caught:
        world.say("us", "ru", newer)
    assert caught.value.code == "bad-header"
    assert "version 2" in caught.value.message and "version 1" in caught.value.message
    assert ru.theirs("us") == before and ru.state("us").into.size == number
    # It is no message of the record: the number is still free for one that can be read.
    us.send("ru")
    world.settle()
    assert ru.state("us").into.size == number + 1 and not ru.alarms()
    world.check_quiet()
