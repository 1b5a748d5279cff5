"""A card: a party's public keys and addresses on one page, signed by its root key.

The page's readable lines are made from the signed bytes at its end, and a page
whose lines say anything else is refused: what a person reads is what was signed.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address, IPv6Address

from openline.wire import cose
from openline.wire.cbor import Value, decode, encode
from openline.wire.fingerprint import fingerprint_of, normalise_fingerprint
from openline.wire.keys import SigningKey, check_public
from openline.wire.parcel import check_sealing_public
from openline.words import limits
from openline.words.errors import OpenlineError, Whose
from openline.words.party import party_id

__all__ = [
    "Card",
    "card_text",
    "fingerprint",
    "normalise_fingerprint",
    "read_card",
    "split_address",
    "write_card",
]

_TITLE = "OPENLINE CARD"
_COLUMNS = 76
_HOST = re.compile(
    r"(?=.{1,253}\Z)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*"
)
_ADDRESS = re.compile(r"https://(\[[0-9a-f:.]+\]|[a-z0-9.-]+):([1-9][0-9]{0,4})")


@dataclass(frozen=True, slots=True)
class Card:
    """Who a party is on the wire.

    The root, signing and TLS keys are Ed25519 (32 bytes), the sealing key is X-Wing (1216
    bytes); `addresses` are ``https://HOST:PORT``, `voice` numbers to call, `version` the
    protocol's; `raw` is what the root key signed.
    """

    party: str
    name: str
    root_key: bytes
    signing_key: bytes
    sealing_key: bytes
    tls_key: bytes
    addresses: tuple[str, ...]
    voice: tuple[str, ...]
    version: int
    raw: bytes


def write_card(
    root: SigningKey,
    party: str,
    name: str,
    signing_key: bytes,
    sealing_key: bytes,
    tls_key: bytes,
    addresses: Sequence[str],
    voice: Sequence[str] = (),
) -> Card:
    """The card of `party`, signed by its root key; all keys are public parts.

    Raises ``bad-card`` (ours), with what is wrong.
    """
    payload = {
        "addresses": tuple(addresses),
        "name": name,
        "root": root.public,
        "sealing": sealing_key,
        "signing": signing_key,
        "tls": tls_key,
        "voice": tuple(voice),
    }
    header: cose.Header = {cose.CLAIMS: {cose.ISS: party, cose.SUB: party}, cose.TYP: cose.CARD}
    try:
        card = _read_signed(cose.sign(root, header, encode(payload)))
    except OpenlineError as error:
        message = f"no card can be made: {error.message}"
        raise OpenlineError("bad-card", message, rule=error.rule, next=error.next) from None
    if len(card_text(card)) > limits.CARD_BYTES:
        raise OpenlineError(
            "bad-card", f"a card longer than {limits.CARD_BYTES} (CARD_BYTES)", rule="R-WIRE-17"
        )
    return card


def card_text(card: Card) -> str:
    """The page: what a person reads, then the signed bytes in base64, with a final newline."""
    block = b64encode(card.raw).decode()
    lines = [
        _TITLE,
        "",
        f"party: {card.party}",
        f"name: {card.name}",
        *(f"address: {address}" for address in card.addresses),
        *(f"voice: {number}" for number in card.voice),
        f"fingerprint: {fingerprint(card)}",
        "",
        *(block[at : at + _COLUMNS] for at in range(0, len(block), _COLUMNS)),
    ]
    return "\n".join(lines) + "\n"


def read_card(text: str) -> Card:
    """The card on a page that `card_text` could have written, its signature checked.

    Line ends may have become CRLF, and the last may be missing or repeated. Raises
    ``bad-card`` (theirs) for anything else. Whether it is the right party's card, only its
    fingerprint tells, compared by voice.
    """
    try:
        return _read_page(text)
    except OpenlineError as error:
        raise OpenlineError(
            "bad-card",
            f"a card is refused: {error.message}",
            whose=Whose.THEIRS,
            rule=error.rule,
            next="ask the other side for its card again, as a file",
        ) from None


def fingerprint(card: Card) -> str:
    """The card's twelve words to compare by voice; they stay as long as its root key does."""
    return fingerprint_of(card.party, card.root_key)


def split_address(address: str) -> tuple[str, int]:
    """Host (IPv6 without brackets) and port of ``https://HOST:PORT``, by its text alone.

    Raises ``bad-address`` (ours) for anything else: a path, a user, capitals, no port.
    """
    match = _ADDRESS.fullmatch(address) if len(address) <= limits.ADDRESS_CHARS else None
    if match:
        host, port = match[1].strip("[]"), int(match[2])
        if port < 1 << 16 and _is_host(host, bracketed=match[1] != host):
            return host, port
    raise OpenlineError(
        "bad-address",
        f"{address[:80]!r} is no address of a station",
        rule="R-WIRE-18",
        next="write it as https://HOST:PORT, in lower case and with nothing after the port",
    )


def _is_host(host: str, *, bracketed: bool) -> bool:
    try:
        if bracketed:
            return str(IPv6Address(host)) == host
        if host.rpartition(".")[2].isdigit():
            return str(IPv4Address(host)) == host
    except AddressValueError:
        return False
    return _HOST.fullmatch(host) is not None


def _read_page(text: str) -> Card:
    if len(text) > limits.CARD_BYTES:
        raise _wrong(f"more than {limits.CARD_BYTES} characters (CARD_BYTES)", "R-WIRE-17")
    text = text.replace("\r\n", "\n").rstrip("\n") + "\n"
    block = text.rpartition("\n\n")[2].replace("\n", "")
    try:
        raw = b64decode(block, validate=True)
    except ValueError:
        raise _wrong("the signed bytes at its end are no base64", "R-WIRE-17") from None
    card = _read_signed(raw)
    if card_text(card) != text:
        raise _wrong("its readable lines are not those of what was signed", "R-WIRE-17")
    return card


def _read_signed(raw: bytes) -> Card:
    """The card in the signed bytes `raw`, everything about it checked.

    Its errors are those of what it reads with: the callers make ``bad-card`` of them.
    """
    signed = cose.parse(raw, limits.CARD_BYTES)
    if signed.typ != cose.CARD or signed.issuer != signed.subject:
        raise _wrong("what is signed is no card of its issuer", "R-WIRE-16")
    match decode(signed.payload, limits.CARD_BYTES):
        case {
            "addresses": [*addresses],
            "name": str(name),
            "root": bytes(root),
            "sealing": bytes(sealing),
            "signing": bytes(signing),
            "tls": bytes(tls),
            "voice": [*voice],
            **others,
        } if not others:
            pass
        case _:
            raise _wrong("what is signed has not the parts of a card", "R-WIRE-16")
    for public in (root, signing, tls):
        check_public(public)
    check_sealing_public(sealing)
    if len({root, signing, tls}) != 3:
        raise _wrong("one key serves two purposes", "R-WIRE-16")
    cose.check(signed, root)
    return Card(
        party_id(signed.issuer),
        _line(name, limits.NAME_CHARS),
        root,
        signing,
        sealing,
        tls,
        _addresses(addresses),
        _voice(voice),
        cose.PROTOCOL_VERSION,
        raw,
    )


def _addresses(found: Sequence[Value]) -> tuple[str, ...]:
    addresses = tuple(address for address in found if isinstance(address, str))
    if not 1 <= len(found) == len(set(addresses)) <= limits.ADDRESSES:
        raise _wrong(f"not 1 to {limits.ADDRESSES} different addresses", "R-WIRE-18")
    for address in addresses:
        split_address(address)
    return addresses


def _voice(found: Sequence[Value]) -> tuple[str, ...]:
    numbers = tuple(_line(n, limits.VOICE_CHARS) for n in found if isinstance(n, str))
    if len(found) != len(set(numbers)) or len(found) > limits.VOICE_NUMBERS:
        raise _wrong(f"not up to {limits.VOICE_NUMBERS} different voice numbers", "R-WIRE-16")
    return numbers


def _line(text: str, chars: int) -> str:
    """`text` when a person can read all of it on one line."""
    if not 1 <= len(text) <= chars or not text.isprintable() or text != text.strip():
        raise _wrong(
            f"a name or voice number that is not one line of 1 to {chars} printable characters",
            "R-WIRE-16",
        )
    return text


def _wrong(why: str, rule: str) -> OpenlineError:
    """Why a card is none; `write_card` and `read_card` say whose fault that is."""
    return OpenlineError("bad-card", why, rule=rule, next="correct the card's entries")
