"""Probes: a machine's quick look at one carrier, signed, and no part of any record.

What other statements keep for a number holds the probe's own: drawn at random, so that an answer
fits one probe alone. Four timestamps tell round trip and clock offset (RFC 5905, section 8): when
the probe left, came, when the answer left and came; the two in the middle are signed by whoever
answers.
"""

from __future__ import annotations

from dataclasses import dataclass

from openline.wire import cose, statement
from openline.wire.cbor import decode, encode
from openline.wire.keys import SigningKey
from openline.words import limits
from openline.words.errors import OpenlineError
from openline.words.moment import Moment
from openline.words.party import Direction

_PARTS = 4
"""CBOR items of a probe's or an answer's payload, at the most."""


@dataclass(frozen=True, slots=True)
class Probe:
    """Its sender asks on `carrier` whether the other side's machine is there; `at` it left."""

    direction: Direction
    drawn: int
    carrier: str
    at: Moment
    raw: bytes


@dataclass(frozen=True, slots=True)
class ProbeAnswer:
    """It came `received`, and the answer left `at`; both by the answering side's clock."""

    direction: Direction
    drawn: int
    received: Moment
    at: Moment
    raw: bytes


def write_probe(
    key: SigningKey, direction: Direction, drawn: int, at: Moment, carrier: str
) -> Probe:
    """Sign a probe from the direction's sender; `drawn` below 2**53, `carrier` the name of one.

    Raises ``bad-direction``, ``bad-header`` or ``bad-probe`` (ours).
    """
    if not 0 < len(carrier) <= limits.CARRIER_CHARS or not 0 <= drawn <= limits.RECORD_MESSAGES:
        raise OpenlineError("bad-probe", "no probe can be made of this", rule="R-PROBE-01")
    raw = statement.write(key, cose.PROBE, direction, drawn, at, payload=encode([carrier]))
    return Probe(direction, drawn, carrier, at, raw)


def write_answer(key: SigningKey, probe: Probe, received: Moment, at: Moment) -> ProbeAnswer:
    """Sign, as the direction's receiver, when `probe` came and when this answer leaves."""
    said = encode([received.ms])
    raw = statement.write(key, cose.PROBE_ANSWER, probe.direction, probe.drawn, at, payload=said)
    return ProbeAnswer(probe.direction, probe.drawn, received, at, raw)


def is_probe(raw: bytes) -> bool:
    """Whether `raw` is a statement of one of the two types; no message's content makes it one."""
    if cose.PROBE.encode() not in raw[: limits.HEADER_BYTES]:  # quick, for all other statements
        return False
    try:
        return statement.read(raw).typ in (cose.PROBE, cose.PROBE_ANSWER)
    except OpenlineError:
        return False


def read_probe(raw: bytes, public: bytes) -> Probe | ProbeAnswer:
    """The probe or answer in `raw`, which the key `public` (32 bytes) has signed.

    Raises ``bad-cbor``, ``bad-cose``, ``bad-header`` or ``bad-signature`` (theirs).
    """
    said = statement.read(raw)
    statement.check(raw, public)
    parts = decode(said.payload, limits.HEADER_BYTES, _PARTS)
    match said.typ, parts:
        case cose.PROBE, [str(carrier)] if 0 < len(carrier) <= limits.CARRIER_CHARS:
            return Probe(said.direction, said.number, carrier, said.at, raw)
        case cose.PROBE_ANSWER, [int(ms)] if type(ms) is int and _is_moment(ms):
            return ProbeAnswer(said.direction, said.number, Moment(ms), said.at, raw)
        case _:
            raise statement.refused("it is no probe and no answer to one", "R-PROBE-01")


def _is_moment(ms: int) -> bool:
    return limits.EARLIEST_MS <= ms <= limits.LATEST_MS
