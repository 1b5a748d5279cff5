"""What is asked of a relay: to hold a sealed parcel for somebody, or to hand over what it holds.

A request is signed but has no number: what it moves is sealed, and moving it
twice does nothing more. A relay learns who asks, for whom, how much and when.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from openline.wire import cose, statement
from openline.wire.cbor import decode, encode
from openline.wire.keys import SigningKey
from openline.words import limits
from openline.words.errors import OpenlineError, Whose
from openline.words.moment import Moment
from openline.words.party import party_id

_DIGEST_BYTES = 32


@dataclass(frozen=True, slots=True)
class Request:
    """`party` asks `relay` to hold `sealed` for the party `to`, or, where `to` is "", to hand over.

    What it was handed before, `taken` names by its SHA-256 (32 bytes each): that is held no more.
    """

    party: str
    relay: str
    to: str
    sealed: bytes
    taken: tuple[bytes, ...]
    key_id: bytes
    signed: bytes
    """The statement that was signed."""


def write_request(
    key: SigningKey,
    party: str,
    relay: str,
    at: Moment,
    to: str = "",
    sealed: bytes = b"",
    taken: Sequence[bytes] = (),
) -> bytes:
    """The signed request as it travels: the statement, and beside it what is to be held."""
    said = encode((to, sha256(sealed).digest() if to else b"", tuple(taken)))
    header: cose.Header = {
        cose.CLAIMS: {cose.ISS: party, cose.SUB: relay},
        cose.TYP: cose.RELAY,
        cose.NUMBER: 0,
        cose.TIME: at.ms,
    }
    return encode((cose.sign(key, header, said), sealed))


def read_request(data: bytes) -> Request:
    """The request in `data`, its signature not yet checked; raises ``bad-request`` (theirs)."""
    try:
        match decode(data, limits.RELAY_BODY_BYTES, 3):
            case [bytes(raw), bytes(sealed)]:
                return _read(raw, sealed)
    except OpenlineError as error:
        raise _bad(error.message) from None
    raise _bad("it is not a statement and what it is about")


def _read(raw: bytes, sealed: bytes) -> Request:
    signed = cose.parse(raw, limits.RELAY_ASK_BYTES)
    if signed.typ != cose.RELAY or signed.number != 0:
        raise _bad("it is another statement than a request to a relay")
    match decode(signed.payload, limits.RELAY_ASK_BYTES, 4 + limits.COLLECTED):
        case [str(to), bytes(digest), list(taken)]:
            names = tuple(name for name in taken if isinstance(name, bytes))
        case _:
            raise _bad("its payload says something else")
    if len(names) != len(taken) or any(len(name) != _DIGEST_BYTES for name in names):
        raise _bad("it names what was taken by something that is no hash")
    if to:
        party_id(to)
    if digest != (sha256(sealed).digest() if to else b"") or bool(sealed) is not bool(to):
        raise _bad("what is to be held is not what was signed")
    issuer, relay = party_id(signed.issuer), party_id(signed.subject)
    return Request(issuer, relay, to, sealed, names, signed.key_id, raw)


def check_request(request: Request, public: bytes) -> None:
    """Pass when `public`'s key signed it; else ``bad-signature`` (theirs)."""
    statement.check(request.signed, public)


def write_held(parcels: Sequence[bytes]) -> bytes:
    """What a relay hands over."""
    return encode(tuple(parcels))


def read_held(data: bytes) -> list[bytes]:
    """The parcels that a relay handed over; raises ``bad-request`` (theirs)."""
    try:
        parcels = decode(data, limits.RELAY_BODY_BYTES, 1 + limits.COLLECTED)
    except OpenlineError as error:
        raise _bad(error.message) from None
    if not isinstance(parcels, list) or not all(isinstance(each, bytes) for each in parcels):
        raise _bad("it hands over something that is no parcel")
    return [each for each in parcels if isinstance(each, bytes)]


def _bad(what: str) -> OpenlineError:
    return OpenlineError(
        "bad-request",
        f"what is asked of a relay, or its answer, cannot be read: {what}",
        whose=Whose.THEIRS,
        rule="R-WIRE-33",
        next="upgrade the older of the two stations",
    )
