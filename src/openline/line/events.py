"""What happens to a line (events) and what is to be done about it (effects).

Everything here is data: the machine in `delivery` turns one into the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from openline.wire.message import Message
from openline.wire.receipt import Ask, Early, Fetch, Receipt
from openline.words.party import Direction

Place = tuple[int, int]
"""Where a message stands in a record: epoch and number."""


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
class MessageReturned:
    """A message of our own that the peer gives back; `stored` is the leaf that we have there."""

    message: Message
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
class FetchArrived:
    """The peer names numbers of its own record that it has lost."""

    fetch: Fetch


@dataclass(frozen=True, slots=True)
class EpochBegun:
    """Our record goes on in a new epoch, whose number is `epoch`."""

    epoch: int


@dataclass(frozen=True, slots=True)
class PeerBegan:
    """The peer's record goes on in `epoch`; `held` is how much it holds of ours, by epoch."""

    epoch: int
    is_newest: bool
    held: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class ForkShown:
    """The peer has proven that we signed two messages at one place of our record's `epoch`."""

    epoch: int


@dataclass(frozen=True, slots=True)
class ParcelEnded:
    """All items of one parcel were stepped: time to answer. `places` are the messages in it."""

    places: tuple[Place, ...]


Event = (
    Submitted
    | MessageArrived
    | MessageReturned
    | ReceiptArrived
    | EarlyArrived
    | AskArrived
    | FetchArrived
    | EpochBegun
    | PeerBegan
    | ForkShown
    | ParcelEnded
)

# ---- effects -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StoreSent:
    """Store our message, with the record's root after it, and put it in the outbox."""

    message: Message
    root: bytes


@dataclass(frozen=True, slots=True)
class StoreReturned:
    """Store a message of ours that we had lost, with the record's root after it."""

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

    place: Place
    root: bytes


@dataclass(frozen=True, slots=True)
class Show:
    """Let people and machines act on the message at this place, once."""

    place: Place


@dataclass(frozen=True, slots=True)
class Cover:
    """Our messages from `first` up to the receipt's size are received: store it."""

    receipt: Receipt
    first: int


@dataclass(frozen=True, slots=True)
class MarkHeld:
    """Our message is held by the peer beyond a gap: store the early receipt."""

    early: Early


@dataclass(frozen=True, slots=True)
class GiveReceipt:
    """Store the receipt that we sign over the peer's record."""

    epoch: int
    raw: bytes
    size: int


@dataclass(frozen=True, slots=True)
class Resend:
    """Send these of our messages again now (half-open ranges)."""

    epoch: int
    ranges: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class QueueAgain:
    """The peer has lost our messages of this epoch from `first` on: they wait to leave again."""

    epoch: int
    first: int


@dataclass(frozen=True, slots=True)
class GiveBack:
    """Answer with these messages of the peer's own record, as many as find room."""

    direction: Direction
    ranges: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class RolledBack:
    """The peer holds more of our newest epoch than we do: our record must go on in another."""

    reason: str


@dataclass(frozen=True, slots=True)
class Renumber:
    """No receipt can cover this epoch any more: what waits in it leaves in the newest one."""

    epoch: int


@dataclass(frozen=True, slots=True)
class Answer:
    """Send these signed items to the peer."""

    items: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Fork:
    """Keep `evidence`, the newer of two contradicting statements, and alarm.

    `what` names the kind of contradiction, `place` is in the record `direction`.
    """

    what: str
    evidence: bytes
    direction: Direction
    number: int


Effect = (
    StoreSent
    | StoreReturned
    | StoreReceived
    | StoreParked
    | Promote
    | Show
    | Cover
    | MarkHeld
    | GiveReceipt
    | Resend
    | QueueAgain
    | GiveBack
    | RolledBack
    | Renumber
    | Answer
    | Fork
)
