"""What the statements on a line share: a direction, a number, a time, and who may issue them.

The subject of each is the direction of the record that it is about. The
record's sender writes messages into it; its receiver signs what it holds and
asks for what it lacks.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from openline.wire import cose
from openline.wire.keys import SigningKey
from openline.words import limits
from openline.words.errors import OpenlineError, Whose
from openline.words.moment import Moment
from openline.words.party import Direction

_BY_THE_SENDER = frozenset({cose.MESSAGE, cose.FETCH, cose.PROBE})
_BY_THE_RECEIVER = frozenset({cose.RECEIPT, cose.EARLY, cose.ASK, cose.CARD_ASK, cose.PROBE_ANSWER})
_ON_A_LINE = _BY_THE_SENDER | _BY_THE_RECEIVER


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement on a line, before its payload is understood."""

    typ: str
    direction: Direction
    number: int
    at: Moment
    key_id: bytes
    payload: bytes
    raw: bytes


def write(
    key: SigningKey, typ: str, direction: Direction, number: int, at: Moment, *, payload: bytes
) -> bytes:
    """The signed bytes of a statement of `typ`, issued by the party to which it falls.

    Raises ``bad-direction``, ``bad-header`` or ``too-large`` (ours).
    """
    subject = str(direction)
    issuer = _issuer(typ, _direction(subject))
    raw = cose.sign(
        key,
        {
            cose.CLAIMS: {cose.ISS: issuer, cose.SUB: subject},
            cose.TYP: typ,
            cose.NUMBER: number,
            cose.TIME: at.ms,
        },
        payload,
    )
    if len(raw) > limits.MESSAGE_BYTES:
        raise OpenlineError(
            "too-large",
            f"a message of {len(raw)} bytes; {limits.MESSAGE_BYTES} are allowed (MESSAGE_BYTES)",
            rule="R-WIRE-03",
            next="send less in one message",
        )
    return raw


def read(raw: bytes) -> Statement:
    """The statement that `raw` is, its signature not yet checked.

    Raises ``bad-cbor``, ``bad-cose`` or ``bad-header`` (theirs).
    """
    return understood(cose.parse(raw, limits.MESSAGE_BYTES))


def understood(signed: cose.Signed) -> Statement:
    """`read`, for what is parsed already."""
    if signed.typ not in _ON_A_LINE:
        raise refused("it does not belong on a line", "R-WIRE-06")
    try:
        direction, at = _direction(signed.subject), Moment(signed.time_ms)
    except OpenlineError as error:
        raise refused(error.message, error.rule) from None
    if signed.issuer != _issuer(signed.typ, direction):
        raise refused("its issuer is not the party that may say it", "R-WIRE-08")
    return Statement(
        signed.typ, direction, signed.number, at, signed.key_id, signed.payload, signed.raw
    )


def read_as(typ: str, raw: bytes) -> Statement:
    """`read`, for a caller that takes one type only."""
    statement = read(raw)
    if statement.typ != typ:
        raise refused(f"it is of type {statement.typ}, not {typ}", "R-WIRE-06")
    return statement


def check(raw: bytes, public: bytes) -> None:
    """Pass when `public`'s key signed `raw`; else ``bad-signature`` (theirs)."""
    cose.check(cose.parse(raw, limits.MESSAGE_BYTES), public)


def refused(what: str, rule: str) -> OpenlineError:
    """The ``bad-header`` (theirs) of a statement that breaks `rule`."""
    return OpenlineError(
        "bad-header",
        f"a statement is refused: {what}",
        whose=Whose.THEIRS,
        rule=rule,
        next="keep the bytes for the other side to look at; ask it to send what it meant again",
    )


@lru_cache(maxsize=4 * limits.LINES)
def _direction(subject: str) -> Direction:
    return Direction.parse(subject)


def _issuer(typ: str, direction: Direction) -> str:
    return direction.sender if typ in _BY_THE_SENDER else direction.receiver
