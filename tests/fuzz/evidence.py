"""Harnesses of what stands up afterwards: signed heads, checkpoints, fork proofs, bundles."""

from __future__ import annotations

import json
from functools import cache

from evidence_world import Line, line
from fuzz.harness import Harness
from openline.evidence.account import account
from openline.evidence.bundle import read_bundle, write_bundle
from openline.evidence.fork import check_fork, contradiction, read_fork, write_fork
from openline.evidence.verify import Result, verify
from openline.wire import cose
from openline.wire.checkpoint import check_checkpoint, check_cosignature, read_checkpoint
from openline.wire.message import write_message
from openline.wire.quantum import read_heads, write_heads
from openline.wire.receipt import write_receipt
from openline.words.errors import OpenlineError
from vectors import golden, golden_heads


def heads(data: bytes) -> bool:
    """Signed heads say what they would say if we had written them."""
    try:
        found = read_heads(data)
    except OpenlineError:
        return False
    ours = cose.parse(write_heads(golden_heads.US, found.out, found.into, found.at).raw)
    theirs = cose.parse(data)
    assert theirs.header == {**ours.header, cose.KID: theirs.key_id}
    assert theirs.payload == ours.payload
    return True


def checkpoint(data: bytes) -> bool:
    """A signed note, as any tool may have written it."""
    try:
        text = data.decode()
        found = read_checkpoint(text)
    except (UnicodeDecodeError, OpenlineError):
        return False
    assert str(found) == text, "what was accepted is written otherwise"
    try:
        check_checkpoint(found, golden_heads.US_CHECKPOINT.public)
        assert found.head == golden_heads.OUT, "what nobody signed passes"
        check_cosignature(found, "ru", golden_heads.RU_CHECKPOINT.public)
    except OpenlineError:
        pass
    return True


def fork(data: bytes) -> bool:
    """A proof of a fork; one that holds was signed by the accused, twice."""
    try:
        found = read_fork(data)
    except OpenlineError:
        return False
    assert write_fork(found) == data, "what was accepted is written otherwise"
    try:
        check_fork(found, [golden.US.public, golden.RU.public])
    except OpenlineError:
        return True
    assert {exhibit.raw for exhibit in found.exhibits} <= _signed_twice(), "nobody signed that"
    return True


def bundle(data: bytes) -> bool:
    """A bundle, with every step of verifying it, and what is told of it."""
    done = verify(data, _line().anchors)
    json.dumps(account(done, "en"), allow_nan=False)
    json.dumps(account(done, "ru"), allow_nan=False)
    if done.result is Result.VERIFIED:
        for given in done.messages:
            assert given.message is None or given.message.raw in _signed(), "nobody signed that"
            assert given.receipt is None or given.receipt.raw in _signed(), "nobody signed that"
    try:
        found = read_bundle(data)
    except OpenlineError:
        assert done.result is Result.FAILED
        return False
    assert write_bundle(found) == data, "what was accepted is written otherwise"
    return True


@cache
def _forks() -> tuple[bytes, bytes]:
    """Two messages at one place, and two receipts of one size."""
    other = write_message(golden.US, golden.DIRECTION, 0, golden.AT, b"another")
    lie = write_receipt(golden.RU, golden.DIRECTION, 1, bytes(32), golden.AT)
    proofs = [
        contradiction(golden.MESSAGE.raw, other.raw),
        contradiction(golden.RECEIPT.raw, lie.raw),
    ]
    messages, receipts = (write_fork(proof) for proof in proofs if proof is not None)
    return messages, receipts


@cache
def _signed_twice() -> frozenset[bytes]:
    return frozenset(exhibit.raw for data in _forks() for exhibit in read_fork(data).exhibits)


@cache
def _line() -> Line:
    """A line with something said, an answer, an early receipt and a rotation."""
    made = line()
    for number in range(6):
        made.say((made.us, made.ru)[number % 2])
    said = made.say(made.us, "activity-cancel", {"about": "us-0000000003"}, uid="0000000003")
    made.hold(made.out(made.us), said.number)
    for party in (made.us, made.ru):
        made.receipt(made.out(party))
    return made


@cache
def _signed() -> frozenset[bytes]:
    made = _line()
    items = [*made.messages.values(), *made.receipts.values(), *made.early.values()]
    return frozenset(item.raw for group in items for item in group)


def _bundles() -> list[bytes]:
    made = _line()
    out, into = (made.out(party) for party in (made.us, made.ru))
    return [
        made.file(),
        made.file(made.record(out, [2, 4])),
        made.file(made.record(into, [1]), made.record(out, [])),
    ]


HARNESSES = {
    "heads": Harness(heads, lambda: [golden_heads.heads().raw]),
    "checkpoint": Harness(
        checkpoint, lambda: [str(golden_heads.SIGNED).encode(), str(golden_heads.COSIGNED).encode()]
    ),
    "fork": Harness(fork, lambda: [*_forks()]),
    "bundle": Harness(bundle, _bundles),
}
