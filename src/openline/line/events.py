"""What happens to a line (events) and what is to be done about it (effects).

Everything here is data: the machine in `delivery` turns one into the other.
"""

from __future__ import annotations

from dataclasses import dataclass

from openline.wire.message import Message
from openline.wire.receipt import Ask, Early, Receipt


@dataclass(frozen=True, slots=True)
class Submitted:
    """A payload to go out."""

    payload: bytes


@dataclass(frozen=True, slots=True)
class MessageArrived:
    """A message whose signature holds; `stored` is the leaf that the store has at its number."""

    message: Message
    urgent: bool
    stored: bytes | None


@dataclass(frozen=True, slots=True)
class ReceiptArrived:
    """A receipt whose signature holds; `root` is our record's root at its size, if we reach it."""

    receipt: Receipt
    root: bytes | None


@dataclass(frozen=True, slots=True)
class EarlyArrived:
    """An early receipt whose signature holds; `leaf` is what we sent at its number."""

    early: Early
    leaf: bytes | None


@dataclass(frozen=True, slots=True)
class AskArrived:
    """The peer names numbers that it misses."""

    ask: Ask


@dataclass(frozen=True, slots=True)
class ParcelEnded:
    """All items of one parcel were stepped: time to answer. `numbers` are the messages in it."""

    numbers: tuple[int, ...]


Event = Submitted | MessageArrived | ReceiptArrived | EarlyArrived | AskArrived | ParcelEnded

# ---- effects -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StoreSent:
    """Store our message, with the record's root after it, and put it in the outbox."""

    message: Message
    root: bytes


@dataclass(frozen=True, slots=True)
class StoreReceived:
    """Store the peer's message as recorded, with the record's root after it."""

    message: Message
    root: bytes


@dataclass(frozen=True, slots=True)
class StoreParked:
    """Store the peer's message beyond a gap, with our early receipt."""

    message: Message
    early: bytes


@dataclass(frozen=True, slots=True)
class Promote:
    """A parked message is now recorded; `root` is the record's root after it."""

    number: int
    root: bytes


@dataclass(frozen=True, slots=True)
class Show:
    """Let people and machines act on the message at this number, once."""

    number: int


@dataclass(frozen=True, slots=True)
class Cover:
    """Our messages below the receipt's size are received: store it."""

    receipt: Receipt


@dataclass(frozen=True, slots=True)
class MarkHeld:
    """Our message is held by the peer beyond a gap: store the early receipt."""

    early: Early


@dataclass(frozen=True, slots=True)
class GiveReceipt:
    """Store the receipt that we sign over the peer's record."""

    raw: bytes
    size: int


@dataclass(frozen=True, slots=True)
class Resend:
    """Send these of our messages again now (half-open ranges)."""

    ranges: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """Send these signed items to the peer."""

    items: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Fork:
    """Keep `evidence` and alarm: `what` names the kind of contradiction."""

    what: str
    evidence: bytes
    position: int


Effect = (
    StoreSent
    | StoreReceived
    | StoreParked
    | Promote
    | Show
    | Cover
    | MarkHeld
    | GiveReceipt
    | Resend
    | Answer
    | Fork
)
