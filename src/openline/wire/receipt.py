"""What is said about a record: receipts, early receipts, and asking for what is lacking."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from openline.record.tree import HASH_BYTES
from openline.wire import cose, statement
from openline.wire.card import Card, read_signed_card
from openline.wire.cardask import CardAsk
from openline.wire.cardask import from_statement as card_ask_from
from openline.wire.cbor import Value, decode, encode
from openline.wire.keys import SigningKey
from openline.wire.message import Message
from openline.wire.message import from_statement as message_from
from openline.words import limits
from openline.words.errors import OpenlineError
from openline.words.moment import Moment
from openline.words.party import Direction

Range = tuple[int, int]
"""Numbers from the first up to, and without, the second."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """The receiver holds all messages below `size`; `root` is their record's root (32 bytes)."""

    direction: Direction
    size: int
    root: bytes
    at: Moment
    key_id: bytes
    raw: bytes


@dataclass(frozen=True, slots=True)
class Early:
    """The receiver holds message `number`, beyond a gap; `leaf` is its leaf hash (32 bytes)."""

    direction: Direction
    number: int
    leaf: bytes
    at: Moment
    key_id: bytes
    raw: bytes


@dataclass(frozen=True, slots=True)
class Ask:
    """The receiver, whose record has `size` messages, asks for those in `ranges`."""

    direction: Direction
    size: int
    ranges: tuple[Range, ...]
    at: Moment
    key_id: bytes
    raw: bytes


@dataclass(frozen=True, slots=True)
class Fetch:
    """The sender, whose own copy has `size` messages, asks for those that it has lost."""

    direction: Direction
    size: int
    ranges: tuple[Range, ...]
    at: Moment
    key_id: bytes
    raw: bytes


Item = Message | Receipt | Early | Ask | Fetch | CardAsk
"""What is said about a line's records. In a parcel a card may stand beside it."""


def write_receipt(
    key: SigningKey, direction: Direction, size: int, root: bytes, at: Moment
) -> Receipt:
    """Sign, as the receiver, that the record `direction` has `size` messages and this root.

    Raises ``bad-direction`` or ``bad-header`` (ours).
    """
    raw = statement.write(key, cose.RECEIPT, direction, size, at, payload=_own_hash(root))
    return Receipt(direction, size, root, at, key.key_id, raw)


def write_early(
    key: SigningKey, direction: Direction, number: int, leaf: bytes, at: Moment
) -> Early:
    """Sign, as the receiver, that message `number` with this leaf hash has come.

    Raises ``bad-direction`` or ``bad-header`` (ours).
    """
    raw = statement.write(key, cose.EARLY, direction, number, at, payload=_own_hash(leaf))
    return Early(direction, number, leaf, at, key.key_id, raw)


def write_ask(
    key: SigningKey, direction: Direction, size: int, ranges: Sequence[Range], at: Moment
) -> Ask:
    """Ask, as the receiver with `size` messages, for those in `ranges`.

    `ranges` are half-open, ascending, with a gap between them, 1 to ASKED_NUMBERS of them.
    Raises ``bad-direction``, ``bad-header`` or ``bad-ask`` (ours).
    """
    raw = statement.write(key, cose.ASK, direction, size, at, payload=_own_ranges(ranges))
    return Ask(direction, size, tuple(ranges), at, key.key_id, raw)


def write_fetch(
    key: SigningKey, direction: Direction, size: int, ranges: Sequence[Range], at: Moment
) -> Fetch:
    """Ask, as the sender of the record, for those of its messages that were lost.

    `ranges` and errors are those of `write_ask`.
    """
    raw = statement.write(key, cose.FETCH, direction, size, at, payload=_own_ranges(ranges))
    return Fetch(direction, size, tuple(ranges), at, key.key_id, raw)


def read_item(raw: bytes) -> Item:
    """The message, receipt, early receipt, ask, fetch or ask for a card in `raw`, by its structure.

    Raises ``bad-cbor``, ``bad-cose`` or ``bad-header`` (theirs).
    """
    said = statement.read(raw)
    return _READERS[said.typ](said)


def read_signed(raw: bytes, signer: Callable[[Item], bytes | None]) -> tuple[Item | Card, bool]:
    """`read_item` and `check_item` in one, or a card: `signer` says with whose public key.

    Returns the item, and whether its signature was checked: not where `signer` knows no key.
    Raises what both raise, and ``bad-card`` (theirs); each item is parsed once.
    """
    signed = cose.parse(raw, limits.MESSAGE_BYTES)
    if signed.typ == cose.CARD:
        return read_signed_card(raw), True
    said = statement.understood(signed)
    item = _READERS[said.typ](said)
    public = signer(item)
    if public is not None:
        cose.check(signed, public)
    return item, public is not None


def read_receipt(raw: bytes) -> Receipt:
    """`read_item` for a receipt; any other type is refused as ``bad-header``."""
    return _receipt(statement.read_as(cose.RECEIPT, raw))


def read_early(raw: bytes) -> Early:
    """`read_item` for an early receipt; any other type is refused as ``bad-header``."""
    return _early(statement.read_as(cose.EARLY, raw))


def read_ask(raw: bytes) -> Ask:
    """`read_item` for an ask; any other type is refused as ``bad-header``."""
    return _ask(statement.read_as(cose.ASK, raw))


def check_item(item: Item, public: bytes) -> None:
    """Pass when `public`'s key signed it; else ``bad-signature`` (theirs)."""
    statement.check(item.raw, public)


def _receipt(said: statement.Statement) -> Receipt:
    root = _their_hash(said.payload)
    return Receipt(said.direction, said.number, root, said.at, said.key_id, said.raw)


def _early(said: statement.Statement) -> Early:
    leaf = _their_hash(said.payload)
    return Early(said.direction, said.number, leaf, said.at, said.key_id, said.raw)


def _ask(said: statement.Statement) -> Ask:
    ranges = _their_ranges(said.payload)
    return Ask(said.direction, said.number, ranges, said.at, said.key_id, said.raw)


def _fetch(said: statement.Statement) -> Fetch:
    ranges = _their_ranges(said.payload)
    return Fetch(said.direction, said.number, ranges, said.at, said.key_id, said.raw)


_READERS: dict[str, Callable[[statement.Statement], Item]] = {
    cose.MESSAGE: message_from,
    cose.RECEIPT: _receipt,
    cose.EARLY: _early,
    cose.ASK: _ask,
    cose.FETCH: _fetch,
    cose.CARD_ASK: card_ask_from,
}


def _own_ranges(ranges: Sequence[Range]) -> bytes:
    if problem := _range_problem(ranges):
        raise OpenlineError("bad-ask", f"cannot ask for messages: {problem}", rule="R-WIRE-11")
    return encode(ranges)


def _their_ranges(payload: bytes) -> tuple[Range, ...]:
    pairs = decode(payload, limits.ASK_BYTES, 1 + 3 * limits.ASKED_NUMBERS)
    ranges = tuple(_range(pair) for pair in pairs) if isinstance(pairs, list) else ()
    if problem := _range_problem(ranges):
        raise statement.refused(f"it asks for messages wrongly: {problem}", "R-WIRE-11")
    return ranges


def _range(pair: Value) -> Range:
    match pair:
        case [int(first), int(end)] if type(first) is type(end) is int:
            return first, end
        case _:
            raise statement.refused("it asks for something that is no range", "R-WIRE-11")


def _range_problem(ranges: Sequence[Range]) -> str:
    if not 1 <= len(ranges) <= limits.ASKED_NUMBERS:
        return f"{len(ranges)} ranges, where 1 to {limits.ASKED_NUMBERS} (ASKED_NUMBERS) may stand"
    edge = -1
    for first, end in ranges:
        if first <= edge or end <= first:
            return "ranges that are empty, touch, or are out of order"
        edge = end
    return ""


def _own_hash(hash32: bytes) -> bytes:
    if len(hash32) != HASH_BYTES:
        raise OpenlineError(
            "bad-header", f"a hash of {len(hash32)} bytes cannot be signed", rule="R-WIRE-09"
        )
    return hash32


def _their_hash(payload: bytes) -> bytes:
    if len(payload) != HASH_BYTES:
        raise statement.refused(f"its payload is no hash of {HASH_BYTES} bytes", "R-WIRE-09")
    return payload
