"""Signed statements: COSE_Sign1 (RFC 9052, section 4.2), and one way to write each.

Tag 18, `[protected header, {}, payload, signature]`, all of it deterministic
CBOR, the payload attached, no external data. The protected header says what is
signed, by whom and about what; the tables here close it: nothing missing,
nothing unknown, and one algorithm for each type. It is a Signed Statement in
the sense of RFC 9943.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol, cast

from openline.wire import keys, mldsa
from openline.wire.cbor import Value, bstr, decode, encode
from openline.wire.keys import ED25519, KEY_ID_BYTES, key_id
from openline.wire.mldsa import ML_DSA_65
from openline.words import limits
from openline.words.errors import OpenlineError, Whose

Header = dict[int | str, Value]

ALG, KID, CLAIMS, TYP, NUMBER, TIME, VERSION = 1, 4, 15, 16, "n", "t", "v"
"""Labels of RFC 9052 (alg, kid), 9597 (CWT claims), 9596 (typ), and Openline's own."""
TREE, RFC9162_SHA256 = 395, 1
"""RFC 9942's label of the tree that a receipt is about, and its number for ours."""
ISS, SUB = 1, 2
"""Claims of RFC 8392: who signs, and what it is about."""
PROTOCOL_VERSION = 1

LABELS: dict[int | str, type] = {
    ALG: int,
    KID: bytes,
    CLAIMS: dict,
    TYP: str,
    NUMBER: int,
    TIME: int,
    VERSION: int,
}
"""The labels of every header, with the type of each value."""

MESSAGE, RECEIPT, EARLY, ASK, FETCH, CARD, HEADS = (
    f"openline-{name}"
    for name in ("message", "receipt", "early-receipt", "ask", "fetch", "card", "heads")
)
PROBE, PROBE_ANSWER = "openline-probe", "openline-probe-answer"
CARD_ASK, REVOCATION = "openline-card-ask", "openline-revocation"
RELAY = "openline-relay"
TYPES = dict.fromkeys(
    (MESSAGE, RECEIPT, EARLY, ASK, FETCH, CARD, CARD_ASK, REVOCATION, PROBE, PROBE_ANSWER, RELAY),
    ED25519,
) | {HEADS: ML_DSA_65}
"""Every type of statement, with the one algorithm that signs it."""
FIXED: dict[str, Header] = {RECEIPT: {TREE: RFC9162_SHA256}}
"""What the header of a type holds beside LABELS, always the same."""


class Algorithm(NamedTuple):
    """How many bytes a signature has, and what verifies it: (public key, signature, data)."""

    signature_bytes: int
    verify: Callable[[bytes, bytes, bytes], bool]


ALGORITHMS: dict[int, Algorithm] = {
    ED25519: Algorithm(keys.SIGNATURE_BYTES, keys.verify),
    ML_DSA_65: Algorithm(mldsa.SIGNATURE_BYTES, mldsa.verify),
}


class Signer(Protocol):
    """A private key: its algorithm's number, its public key's short name, and what it signs."""

    @property
    def algorithm(self) -> int:
        """One of ALGORITHMS."""

    @property
    def key_id(self) -> bytes:
        """8 bytes."""

    def sign(self, data: bytes) -> bytes:
        """The signature of `data`."""


_TAG = b"\xd2"
_CONTEXT = b"\x84\x6aSignature1"


@dataclass(frozen=True, slots=True)
class Signed:
    """A statement's parts; `raw` is the whole of it. Parsing says nothing about the signature."""

    header: Header
    payload: bytes
    signature: bytes
    raw: bytes
    protected: bytes = field(repr=False)

    @property
    def typ(self) -> str:
        """The type of statement: one of TYPES."""
        return cast(str, self.header[TYP])

    @property
    def key_id(self) -> bytes:
        """The short name of the key that it says it was signed with: 8 bytes."""
        return cast(bytes, self.header[KID])

    @property
    def issuer(self) -> str:
        """Who it says has signed it."""
        return cast(dict[int, str], self.header[CLAIMS])[ISS]

    @property
    def subject(self) -> str:
        """What it is about."""
        return cast(dict[int, str], self.header[CLAIMS])[SUB]

    @property
    def number(self) -> int:
        """A message's number, a record's size or a card's serial number."""
        return cast(int, self.header[NUMBER])

    @property
    def time_ms(self) -> int:
        """The issuer's time in milliseconds since 1970."""
        return cast(int, self.header[TIME])


def sign(key: Signer, header: Header, payload: bytes) -> bytes:
    """The statement of `payload` under `header`, to which is added what follows from key and type.

    Raises ``bad-header`` (ours) when the header is not what its type asks for.
    """
    fixed = FIXED.get(cast(str, header.get(TYP)), {})
    header = {ALG: key.algorithm, KID: key.key_id, VERSION: PROTOCOL_VERSION, **fixed, **header}
    if problem := _problem(header):
        raise _refused("bad-header", problem, "R-WIRE-06", Whose.OURS)
    protected, content = bstr(encode(header)), bstr(payload)
    signature = key.sign(_to_be_signed(protected, content))
    return b"".join((_TAG, b"\x84", protected, b"\xa0", content, bstr(signature)))


def parse(raw: bytes, max_bytes: int = limits.MESSAGE_BYTES) -> Signed:
    """The parts of the statement `raw`, of at most `max_bytes` bytes.

    Raises ``bad-cbor``, ``bad-cose`` or ``bad-header`` (theirs) for bytes that `sign` would
    not write. The signature is not checked: `check` does that.
    """
    if raw[:1] != _TAG:
        raise _refused("bad-cose", "no COSE_Sign1 (tag 18)", "R-WIRE-05")
    frame = decode(raw[1:], max_bytes - 1)
    match frame:
        case [bytes(protected), {**unprotected}, bytes(payload), bytes(signature)]:
            pass
        case _:
            raise _refused("bad-cose", "no COSE_Sign1 with its four parts", "R-WIRE-05")
    if unprotected:
        raise _refused("bad-cose", "an unprotected header that is not empty", "R-WIRE-05")
    header = decode(protected, limits.HEADER_BYTES)
    if not isinstance(header, dict):
        raise _refused("bad-header", "a protected header that is no map", "R-WIRE-06")
    if problem := _problem(header):
        raise _refused("bad-header", problem, "R-WIRE-06")
    if len(signature) != ALGORITHMS[cast(int, header[ALG])].signature_bytes:
        raise _refused("bad-cose", f"a signature of {len(signature)} bytes", "R-WIRE-05")
    return Signed(header, payload, signature, raw, protected)


def check(signed: Signed, public: bytes) -> None:
    """Pass when the key whose public part is `public` signed it; else ``bad-signature`` (theirs).

    `public` is a key of the statement's algorithm. Raises ``bad-key`` (theirs) for an Ed25519
    key that `keys.check_public` refuses.
    """
    if signed.key_id != key_id(public):
        raise _refused("bad-signature", "it names another signing key", "R-WIRE-07")
    data = _to_be_signed(bstr(signed.protected), bstr(signed.payload))
    verify = ALGORITHMS[cast(int, signed.header[ALG])].verify
    if not verify(public, signed.signature, data):
        raise _refused("bad-signature", "the signature does not fit it", "R-WIRE-07")


def _to_be_signed(protected: bytes, payload: bytes) -> bytes:
    """Sig_structure (RFC 9052, section 4.4) of both, given as byte strings with their heads."""
    return b"".join((_CONTEXT, protected, b"\x40", payload))


def _problem(header: Header) -> str:
    """Why `header` is not one that its type asks for, or nothing."""
    version = header.get(VERSION)
    if type(version) is int and version != PROTOCOL_VERSION:  # its labels may be others too
        return f"protocol version {version}, where version {PROTOCOL_VERSION} is read"
    typ = header.get(TYP)
    if not isinstance(typ, str) or typ not in TYPES:
        return "a type (typ) that Openline does not have"
    fixed = FIXED.get(typ, {})
    if header.keys() != LABELS.keys() | fixed.keys():
        return "a header with a label too many or too few"
    for label, value in header.items():
        if type(value) is not LABELS.get(label, type(fixed.get(label))):
            return f"the label {label} has a value of the wrong type"
    if any(header[label] != value for label, value in fixed.items()):
        return "a tree that is not RFC 9162's with SHA-256"
    if header[ALG] != TYPES[typ]:
        return "an algorithm that is not its type's"
    if len(cast(bytes, header[KID])) != KEY_ID_BYTES:
        return f"a key id (kid) that has not {KEY_ID_BYTES} bytes"
    match header[CLAIMS]:
        case {1: str(), 2: str(), **others} if not others:
            pass
        case _:
            return "claims other than an issuer and a subject"
    if cast(int, header[NUMBER]) < 0 or cast(int, header[TIME]) < 0:
        return "a negative number or time"
    return ""


def _refused(code: str, what: str, rule: str, whose: Whose = Whose.THEIRS) -> OpenlineError:
    return OpenlineError(
        code,
        f"a signed statement is refused: {what}",
        whose=whose,
        rule=rule,
        next="keep the bytes for the other side to look at; ask it to send what it meant again",
    )
