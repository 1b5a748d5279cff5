"""Signed heads in line tests: carried, checked, cosigned and kept; and exported afterwards."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from openline.record.tree import EMPTY_ROOT
from openline.station import traffic
from openline.station.books import checkpoints, linetests
from openline.station.books.policy import policy_of
from openline.station.tables import signed_heads, tests
from openline.wire.checkpoint import (
    check_checkpoint,
    check_cosignature,
    read_checkpoint,
    sign_checkpoint,
)
from openline.wire.message import write_message
from openline.wire.mldsa import QuantumKey
from openline.wire.quantum import Head, check_heads, read_heads, write_heads
from openline.words.party import Direction
from simulation.world import Crash, World, card_of, joined, keys_of, payload


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with joined(tmp_path) as world:
        yield world


def _kept(world: World, party: str) -> dict[tuple[str, int, str, str], bytes]:
    rows = world[party].rows(signed_heads)
    return {(row.record, row.size, row.kind, row.signer): row.raw for row in rows}


def _test(world: World) -> Any:
    world["us"].test("ru")
    world.settle()
    world.check_quiet()
    return max(world["us"].rows(tests), key=lambda row: row.at)


@pytest.mark.rule("R-HEAD-10")
@pytest.mark.rule("R-HEAD-12")
def test_a_passed_test_leaves_signed_heads_at_both_sides(world: World) -> None:
    assert _test(world).result == "passed"
    us, ru = _kept(world, "us"), _kept(world, "ru")
    own = [("us/ru/1", 1, kind, "us") for kind in ("mldsa", "checkpoint")]
    theirs = [("ru/us/1", 1, kind, "ru") for kind in ("mldsa", "checkpoint")]
    assert set(us) == set(ru) == {*own, *theirs, ("us/ru/1", 1, "cosignature", "ru")}
    assert us == ru
    signed = read_heads(us[own[0]])
    check_heads(signed, card_of("us").mldsa_key)
    assert signed.out == Head(Direction("us", "ru", 1), 1, world["us"].ours("ru")[0].root)
    assert (signed.into.size, read_heads(us[theirs[0]]).into.size) == (1, 2)
    note = read_checkpoint(us[own[1]].decode())
    check_checkpoint(note, card_of("us").checkpoint_key)
    assert note.head == signed.out
    with world["us"].store.read() as connection:
        both = checkpoints.newest(connection, "us/ru/1", "us")
    assert both is not None
    at = check_cosignature(both, "ru", card_of("ru").checkpoint_key)
    assert at.ms == world.clock.wall // 1000 * 1000


@pytest.mark.rule("R-HEAD-10")
def test_what_was_signed_is_stored_before_it_leaves(world: World) -> None:
    us = world["us"]
    for statement in range(1, 50):
        us.disk.crash_in = statement
        try:
            us.test("ru")
        except Crash:
            us.crash()
        else:
            break
        sent = [row for row in us.ours("ru") if row.form == "linetest"]
        assert (us.rows(signed_heads), sent) == ([], [])
    assert statement > 5
    us.crash()
    (carried,) = [row.raw for row in us.ours("ru") if row.form == "linetest"]
    assert all(raw in carried for raw in _kept(world, "us").values())
    world.settle()
    assert [row.result for row in us.rows(tests)] == ["passed"]


@pytest.mark.rule("R-HEAD-10")
@pytest.mark.rule("R-LINE-13")
def test_ml_dsa_goes_unless_both_sides_say_off(world: World) -> None:
    def quantum() -> list[bool]:
        found = []
        for party, peer in (("us", "ru"), ("ru", "us")):
            with world[party].store.read() as connection:
                found.append(policy_of(connection, peer).quantum)
        return found

    assert quantum() == [True, True]
    world["us"].send("ru", "terms", quantum="off")
    world.settle()
    assert quantum() == [True, True]
    world["ru"].send("us", "terms", quantum="off")
    world.settle()
    assert quantum() == [False, False]
    row = _test(world)
    assert (row.result, row.why) == ("passed", "")
    kinds = {kind for _, _, kind, _ in _kept(world, "us")}
    assert kinds == {"checkpoint", "cosignature"}


def _linetest(world: World, **signed: Any) -> None:
    """A truly signed test of `us` with other signed heads."""
    heads = linetests.heads_of(world["us"].state("ru"))
    content = payload("linetest", {**heads, **signed})
    signer = world["us"].engine.signer
    wall = world.clock.now().wall
    world.say("us", "ru", write_message(signer, Direction("us", "ru", 1), 1, wall, content).raw)


def _answer(world: World) -> Any:
    return world["ru"].ours("us")[-1]


def _heads(world: World, key: QuantumKey | None = None, size: int = 1) -> bytes:
    out, into = checkpoints.heads_of(world["us"].state("ru"))
    out = Head(out.direction, size, out.root)
    now = world.clock.now().wall
    return write_heads(key or keys_of("us").mldsa, out, into, now).raw


def _checkpoint(world: World, head: Head | None = None, by: str = "us") -> bytes:
    out, _ = checkpoints.heads_of(world["us"].state("ru"))
    return str(sign_checkpoint(keys_of(by).checkpoint, head or out)).encode()


FRENCH = Head(Direction("us", "fr", 1), 1, b"\1" * 32)
LARGER = Head(Direction("us", "ru", 1), 2, b"\1" * 32)


@pytest.mark.rule("R-HEAD-11")
@pytest.mark.parametrize(
    ("signed", "why", "kept"),
    [
        (lambda w: {"heads": _heads(w, QuantumKey(b"x" * 32))}, "bad-signature", 0),
        (lambda w: {"heads": _heads(w)[:-1] + b"\0"}, "bad-signature", 0),
        (lambda w: {"heads": b"\xd2\x84"}, "bad-cbor", 0),
        (lambda w: {"heads": _heads(w, size=2)}, "other-heads", 1),
        (lambda w: {"checkpoint": _checkpoint(w, by="ru")}, "bad-checkpoint", 0),
        (lambda w: {"checkpoint": b"\xff"}, "bad-checkpoint", 0),
        (lambda w: {"checkpoint": _checkpoint(w, FRENCH)}, "other-heads", 0),
        (lambda w: {"checkpoint": _checkpoint(w, LARGER)}, "other-heads", 1),
    ],
)
def test_signed_heads_that_fail_are_alarmed_and_answered_so(
    world: World, signed: Any, why: str, kept: int
) -> None:
    _linetest(world, **signed(world))
    (alarm,) = world["ru"].alarms().values()
    assert (alarm.what, alarm.precedence) == ("heads-fail", "immediate")
    fields = _fields(_answer(world))
    assert fields["equal"] is True
    assert fields["why"].startswith(f"{why}: ")
    assert "cosignature" not in fields
    assert sum(key[3] == "us" for key in _kept(world, "ru")) == kept


def _fields(row: Any) -> Any:
    from openline.station.entries import entry_of

    return entry_of(row).fields


@pytest.mark.rule("R-HEAD-11")
def test_a_test_fails_when_the_other_side_finds_its_signatures_wrong(world: World) -> None:
    us, ru = world["us"], world["ru"]
    id = us.test("ru")
    heads = linetests.heads_of(ru.state("us"))
    answer = {"about": id, "received": world.clock.wall, "equal": True, **heads}
    why = {"why": "bad-signature: they fit nothing"}
    ru.run(lambda tx: traffic.submit(tx, ("us",), "linetest-answer", {**answer, **why}))
    world.exchange("ru", "us")
    (row,) = us.rows(tests)
    assert (row.result, row.records_equal) == ("failed", True)
    assert row.why == "the other side says: bad-signature: they fit nothing"


@pytest.mark.rule("R-HEAD-11")
@pytest.mark.parametrize("what", ["heads", "checkpoint", "cosignature"])
def test_a_test_fails_when_the_answers_signatures_do(world: World, what: str) -> None:
    us, ru = world["us"], world["ru"]
    id = us.test("ru")

    def answer(tx: Any) -> None:
        out, into = checkpoints.heads_of(tx.line("us").state)
        fields: dict[str, Any] = {"about": id, "received": world.clock.wall, "equal": True}
        fields |= linetests.heads_of(tx.line("us").state) | checkpoints.sign(tx, "us")
        if what == "heads":
            fields["heads"] = write_heads(QuantumKey(b"x" * 32), out, into, tx.now.wall).raw
        elif what == "checkpoint":
            other = Head(out.direction, out.size, EMPTY_ROOT)
            fields["checkpoint"] = str(sign_checkpoint(keys_of("ru").checkpoint, other)).encode()
        else:
            fields["cosignature"] = "— openline/ru AAAAAAAAAAAA".encode()
        traffic.submit(tx, ("us",), "linetest-answer", fields)

    ru.run(answer)
    world.exchange("ru", "us")
    (row,) = us.rows(tests)
    assert row.result == "failed"
    assert row.why.split(":")[0] == {
        "heads": "bad-signature",
        "checkpoint": "other-heads",
        "cosignature": "bad-checkpoint",
    }.get(what)
    assert {alarm.what for alarm in us.alarms().values()} == {"heads-fail", "line-late"}


@pytest.mark.rule("R-HEAD-13")
def test_an_answer_without_the_heads_that_the_terms_ask_for_passes_and_says_so(
    world: World,
) -> None:
    us, ru = world["us"], world["ru"]
    id = us.test("ru")
    heads = linetests.heads_of(ru.state("us"))
    answer = {"about": id, "received": world.clock.wall, "equal": True, **heads}
    ru.run(lambda tx: traffic.submit(tx, ("us",), "linetest-answer", answer))
    world.exchange("ru", "us")
    (row,) = us.rows(tests)
    assert row.result == "passed"
    assert (
        row.why == "the answer carries no heads signed with ML-DSA-65, as the line's terms ask for"
    )


@pytest.mark.rule("R-HEAD-12")
def test_a_head_smaller_than_a_cosigned_one_is_not_cosigned(world: World) -> None:
    us = world["us"]
    for _ in range(2):
        _test(world)
    older = Head(Direction("us", "ru", 1), 1, us.ours("ru")[0].root)
    heads = linetests.heads_of(us.state("ru"))
    heads["out"] = {"epoch": 1, "size": 1, "root": older.root}
    content = {**heads, "checkpoint": _checkpoint(world, older)}
    us.run(lambda tx: traffic.submit(tx, ("ru",), "linetest", content))
    world.settle()
    fields = _fields(_answer(world))
    assert fields["equal"] is True and "why" not in fields
    assert "cosignature" not in fields


@pytest.mark.rule("R-HEAD-12")
def test_records_that_differ_are_not_cosigned(world: World) -> None:
    head = Head(Direction("us", "ru", 1), 1, b"x" * 32)
    heads = linetests.heads_of(world["us"].state("ru"))
    heads["out"] = {"epoch": 1, "size": 1, "root": head.root}
    content = payload("linetest", {**heads, "checkpoint": _checkpoint(world, head)})
    wall = world.clock.now().wall
    signer = world["us"].engine.signer
    world.say("us", "ru", write_message(signer, Direction("us", "ru", 1), 1, wall, content).raw)
    fields = _fields(_answer(world))
    assert fields["equal"] is False and "cosignature" not in fields
    # The contradiction is kept: `us` has signed it.
    assert ("us/ru/1", 1, "checkpoint", "us") in _kept(world, "ru")
