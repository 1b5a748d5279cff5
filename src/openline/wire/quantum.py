"""Heads of both records of a line, signed by one side with ML-DSA-65.

A head's root covers every earlier leaf, so one such signature a day keeps the
whole record standing should Ed25519 ever be broken. It travels in a line test,
as that message's `heads`.
"""

from __future__ import annotations

from dataclasses import dataclass

from openline.record.tree import HASH_BYTES
from openline.wire import cose
from openline.wire.cbor import decode, encode
from openline.words import limits
from openline.words.errors import OpenlineError, Whose
from openline.words.moment import Moment
from openline.words.party import Direction


@dataclass(frozen=True, slots=True)
class Head:
    """A record's size and its root (32 bytes) at that size."""

    direction: Direction
    size: int
    root: bytes


@dataclass(frozen=True, slots=True)
class SignedHeads:
    """What `out`'s sender signed at `at`: its own record's head, and the peer's as it holds it."""

    out: Head
    into: Head
    at: Moment
    key_id: bytes
    raw: bytes


def write_heads(key: cose.Signer, out: Head, into: Head, at: Moment) -> SignedHeads:
    """Sign both heads as `out`'s sender; another signature at each call.

    Raises ``bad-header`` (ours) when the two are not the records of one line.
    """
    if problem := _problem(out, into):
        raise OpenlineError("bad-header", f"heads cannot be signed: {problem}", rule="R-HEAD-02")
    header: cose.Header = {
        cose.CLAIMS: {cose.ISS: out.direction.sender, cose.SUB: str(out.direction)},
        cose.TYP: cose.HEADS,
        cose.NUMBER: out.size,
        cose.TIME: at.ms,
    }
    payload = {"in": (str(into.direction), into.size, into.root), "out": out.root}
    raw = cose.sign(key, header, encode(payload))
    return SignedHeads(out, into, at, key.key_id, raw)


def read_heads(raw: bytes) -> SignedHeads:
    """The heads in `raw`, the signature not yet checked: `check_heads` does that.

    Raises ``bad-cbor``, ``bad-cose`` or ``bad-header`` (theirs).
    """
    signed = cose.parse(raw, limits.HEADS_BYTES)
    if signed.typ != cose.HEADS:
        raise _refused(f"they are of type {signed.typ}, not {cose.HEADS}", "R-WIRE-06")
    match decode(signed.payload, limits.HEADS_BYTES):
        case {"in": [str(direction), int(size), bytes(in_root)], "out": bytes(root), **others}:
            pass
        case _:
            raise _refused("their payload is no two heads")
    if others:
        raise _refused("their payload is no two heads")
    try:
        out = Head(Direction.parse(signed.subject), signed.number, root)
        into = Head(Direction.parse(direction), size, in_root)
        at = Moment(signed.time_ms)
    except OpenlineError as error:
        raise _refused(error.message, error.rule) from None
    problem = _problem(out, into)
    if not problem and signed.issuer != out.direction.sender:
        problem = "their issuer is not the record's sender"
    if problem:
        raise _refused(problem)
    return SignedHeads(out, into, at, signed.key_id, raw)


def check_heads(heads: SignedHeads, public: bytes) -> None:
    """Pass when the ML-DSA-65 key `public` signed them; else ``bad-signature`` (theirs)."""
    cose.check(cose.parse(heads.raw, limits.HEADS_BYTES), public)


def _problem(out: Head, into: Head) -> str:
    if (out.direction.sender, out.direction.receiver) != (
        into.direction.receiver,
        into.direction.sender,
    ):
        return "the two records are not those of one line"
    if any(len(head.root) != HASH_BYTES or head.size < 0 for head in (out, into)):
        return f"a negative size, or a root that is no hash of {HASH_BYTES} bytes"
    return ""


def _refused(what: str, rule: str = "R-HEAD-02") -> OpenlineError:
    return OpenlineError(
        "bad-header",
        f"signed heads are refused: {what}",
        whose=Whose.THEIRS,
        rule=rule,
        next="keep the bytes for the other side to look at; ask it to send what it meant again",
    )
