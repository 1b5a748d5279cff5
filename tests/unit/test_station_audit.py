"""`record verify`: recomputes what is stored, and names whatever was tampered with."""

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Executable, delete, insert, update

from openline.station import audit, recheck
from openline.station.engine import Tx
from openline.station.tables import heads, messages, receipts
from openline.wire.message import write_message
from openline.words.errors import OpenlineError
from openline.words.party import Direction
from simulation.world import Side, World, joined

TABLES = (messages, receipts, heads)
LINE = {"us": ("ru", "out"), "ru": ("us", "in")}
"""Both sides hold the record of us: one as what it signed, one as what it received."""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with joined(tmp_path_factory.mktemp("audit")) as world:
        for n in range(4):
            world["us"].send("ru", text=f"number {n}")
        world.settle()
        yield world


def _altered(raw: bytes) -> bytes:
    """One bit of the payload is another."""
    middle = bytearray(raw)
    middle[-70] ^= 1
    return bytes(middle)


Tampering = Callable[[World, Any, Any, Any], Executable]


def _message(at: int, **values: Any) -> Tampering:
    return lambda world, m, r, h: (
        update(messages).where(*m, messages.c.number == at).values(**values)
    )


def _elsewhere(world: World, m: Any, r: Any, h: Any) -> Executable:
    """A sound message of us, signed for another line."""
    signer, old = world["us"].engine.signer, world["us"].ours("ru")[2]
    raw = write_message(signer, Direction("us", "cn", 1), 2, world.clock.now().wall, b"x").raw
    assert raw != old.raw
    return update(messages).where(*m, messages.c.number == 2).values(raw=raw)


TAMPERING: dict[str, tuple[int, str, Tampering]] = {
    "altered": (
        2,
        "signature",
        lambda world, m, r, h: (
            update(messages)
            .where(*m, messages.c.number == 2)
            .values(raw=_altered(world["us"].ours("ru")[2].raw))
        ),
    ),
    "exchanged": (
        2,
        "signed with the number 3",
        lambda world, m, r, h: (
            update(messages)
            .where(*m, messages.c.number == 2)
            .values(raw=world["us"].ours("ru")[3].raw)
        ),
    ),
    "of another line": (2, "signed for us/cn/1", _elsewhere),
    "unreadable": (2, "", _message(2, raw=b"\xff")),
    "number": (9, "number 4 is missing", _message(4, number=9)),
    "leaf": (2, "stored hash", _message(2, leaf=b"x" * 32)),
    "root": (2, "stored root", _message(2, root=b"x" * 32)),
    "one gone": (
        3,
        "number 2 is missing",
        lambda world, m, r, h: delete(messages).where(*m, messages.c.number == 2),
    ),
    "the last gone": (
        4,
        "the head says 5 messages",
        lambda world, m, r, h: delete(messages).where(*m, messages.c.number == 4),
    ),
    "receipt altered": (
        5,
        "receipt",
        lambda world, m, r, h: update(receipts).where(*r, receipts.c.size == 5).values(raw=b"\xa0"),
    ),
    "receipt of another size": (
        4,
        "receipt's root",
        lambda world, m, r, h: (
            update(receipts)
            .where(*r, receipts.c.size == 1)
            .values(
                raw=next(row.raw for row in world["us"].rows(receipts) if row.size == 5), size=4
            )
        ),
    ),
    "receipt gone": (
        1,
        "newest receipt covers 1",
        lambda world, m, r, h: delete(receipts).where(*r, receipts.c.size == 5),
    ),
    "size": (5, "the head says 6", lambda world, m, r, h: update(heads).where(*h).values(size=6)),
    "frontier": (
        5,
        "the head",
        lambda world, m, r, h: update(heads).where(*h).values(frontier=b"x" * 64),
    ),
    "covered": (
        5,
        "the head says 4",
        lambda world, m, r, h: update(heads).where(*h).values(receipted=4),
    ),
}


def _where(table: Any, peer: str, way: str) -> tuple[Any, ...]:
    return (table.c.peer == peer, table.c.way == way)


def _run(side: Side, *statements: tuple[Executable, Any]) -> None:
    def job(tx: Tx) -> None:
        for statement, rows in statements:
            tx.run(statement, rows)

    side.run(job)


@pytest.mark.rule("R-STORE-04")
@pytest.mark.parametrize("party", ["us", "ru"])
@pytest.mark.parametrize("kind", TAMPERING)
def test_every_kind_of_tampering_is_named(world: World, party: str, kind: str) -> None:
    side, (peer, way) = world[party], LINE[party]
    number, what, tamper = TAMPERING[kind]
    assert side.verify()["holds"]
    kept = {table: side.rows(table, *_where(table, peer, way)) for table in TABLES}
    _run(side, (tamper(world, *(_where(table, peer, way) for table in TABLES)), None))

    report = side.verify()
    assert not report["holds"]
    assert {(f["line"], f["record"]) for f in report["faults"]} == {(peer, way)}
    named = [f["what"] for f in report["faults"] if f["number"] == number]
    assert any(what in text for text in named), report["faults"]
    assert [r["holds"] for r in report["records"] if r["record"] == way] == [False]
    assert all(r["holds"] for r in report["records"] if r["record"] != way)

    undo = [(delete(table).where(*_where(table, peer, way)), None) for table in TABLES]
    again = [(insert(t), [dict(row._mapping) for row in rows]) for t, rows in kept.items()]
    _run(side, *undo, *again)
    assert side.verify()["holds"]


@pytest.mark.rule("R-STORE-04")
def test_a_message_marked_received_without_a_receipt_is_named(tmp_path: Path) -> None:
    with joined(tmp_path) as world:
        us = world["us"]
        us.send("ru")
        mark = update(messages).where(*_where(messages, "ru", "out")).values(received_at=1)
        _run(us, (mark, None))
        (fault,) = us.verify()["faults"]
        assert (fault["number"], "without a receipt" in fault["what"]) == (1, True)


@pytest.mark.rule("R-STORE-04")
def test_an_untouched_record_holds_and_its_sizes_are_told(world: World) -> None:
    for side, other in (("us", "ru"), ("ru", "us")):
        report = world[side].verify()
        assert report["faults"] == []
        assert [(r["line"], r["record"], r["size"]) for r in report["records"]] == [
            (other, "out", 5 if side == "us" else 1),
            (other, "in", 1 if side == "us" else 5),
        ]


def _break_many(side: Side) -> None:
    m, way = messages.c, _where(messages, "ru", "out")
    _run(
        side,
        (update(messages).where(*way, m.number.in_((3, 11))).values(leaf=b"x" * 32), None),
        (update(messages).where(*way, m.number == 7).values(root=b"x" * 32), None),
        (delete(messages).where(*way, m.number == 13), None),
        (update(receipts).where(receipts.c.size == 10).values(raw=b"\xa0"), None),
    )


@pytest.mark.rule("R-STORE-11")
@pytest.mark.parametrize("cores", [1, 2])
@pytest.mark.parametrize("piece", [1, 4, 1_000])
def test_it_finds_the_same_in_pieces_and_by_many_processes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cores: int, piece: int
) -> None:
    with joined(tmp_path) as world:
        us = world["us"]
        for n in range(19):
            us.send("ru", text=f"number {n}")
            world.settle()
        whole = us.verify()
        _break_many(us)
        broken = us.verify()
        assert whole["holds"] and len(broken["faults"]) >= 5
        told: list[tuple[int, int]] = []
        monkeypatch.setattr(audit, "PIECE", piece)
        monkeypatch.setattr(recheck, "POOL_FROM", 0)
        monkeypatch.setattr(recheck, "cores", lambda: cores)
        again = audit.verify(us, lambda done, of: told.append((done, of)))  # type: ignore[arg-type]
    assert again == broken
    # 19 of the 20 that the heads name are left in the record out, and one stands in the record in.
    assert told == sorted(told) and told[-1] == (20, 21)


@pytest.mark.rule("R-STORE-11")
def test_a_process_that_is_ended_from_outside_is_told_plainly(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(recheck, "POOL_FROM", 0)
    monkeypatch.setattr(recheck, "cores", lambda: 2)
    monkeypatch.setattr(recheck, "check", _die)
    with pytest.raises(OpenlineError) as caught:
        list(recheck.check_all(iter([None]), 1))  # type: ignore[list-item]
    assert caught.value.code == "check-cut-off"


def _die(_piece: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)
