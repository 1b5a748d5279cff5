"""A line's two records as a station holds them in memory: their frontiers, epoch by epoch.

A record goes on in a new epoch after a restore or a fork. Older epochs stay:
what was on its way in them still arrives and is still receipted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from openline.line.events import Effect
from openline.record.tree import EMPTY, Frontier
from openline.wire.keys import SigningKey
from openline.words import limits
from openline.words.errors import OpenlineError, Whose
from openline.words.party import Direction

FIRST_EPOCH = 1


@dataclass(frozen=True, slots=True)
class Parked:
    """A message held beyond a gap: its leaf, whether it was shown, and our early receipt."""

    leaf: bytes
    shown: bool
    early: bytes


@dataclass(frozen=True, slots=True)
class Sent:
    """One epoch of our own record."""

    direction: Direction
    frontier: Frontier = EMPTY
    covered: int = 0
    """How many of its messages the peer holds, by its newest receipt."""
    known: int = 0
    """How many the peer says that it holds: more than ours when we lost some."""

    @property
    def size(self) -> int:
        """How many messages we have of it."""
        return self.frontier.size

    @property
    def lacks(self) -> bool:
        """Whether the peer holds more of it than we do."""
        return self.known > self.size

    def root(self) -> bytes:
        """Its root: 32 bytes."""
        return self.frontier.root()


@dataclass(frozen=True, slots=True)
class Received:
    """One epoch of the peer's record, as far as we have received it."""

    direction: Direction
    frontier: Frontier = EMPTY
    parked: Mapping[int, Parked] = field(default_factory=lambda: MappingProxyType({}))
    given: bytes = b""
    """The newest receipt that we gave, as signed."""
    given_size: int = 0

    @property
    def size(self) -> int:
        """How many messages are recorded without a gap."""
        return self.frontier.size

    def root(self) -> bytes:
        """Its root: 32 bytes."""
        return self.frontier.root()


@dataclass(frozen=True, slots=True)
class LineState:
    """The small state of one line: both records, every epoch of them."""

    signer: SigningKey
    party: str
    peer: str
    out_epoch: int = FIRST_EPOCH
    """The epoch in which our record goes on."""
    in_epoch: int = FIRST_EPOCH
    """The epoch in which the peer's record goes on."""
    sent: Mapping[int, Sent] = field(default_factory=lambda: MappingProxyType({}))
    received: Mapping[int, Received] = field(default_factory=lambda: MappingProxyType({}))
    asking: tuple[bytes, ...] = ()
    """Short names of keys that signed what has come, and that stand on no card that we know."""

    @property
    def out(self) -> Sent:
        """Our record's newest epoch."""
        return self.sent_in(self.out_epoch)

    @property
    def into(self) -> Received:
        """The peer's record's newest epoch."""
        return self.received_in(self.in_epoch)

    def sent_in(self, epoch: int) -> Sent:
        """An epoch of our record: an empty one when we know nothing of it."""
        return self.sent.get(epoch) or Sent(Direction(self.party, self.peer, epoch))

    def received_in(self, epoch: int) -> Received:
        """An epoch of the peer's record: an empty one when we know nothing of it."""
        return self.received.get(epoch) or Received(Direction(self.peer, self.party, epoch))

    @property
    def uncovered(self) -> bool:
        """Whether the peer has not receipted all that we signed, or we lack some of it."""
        return any(each.covered < each.size or each.lacks for each in self.sent.values())

    def sent_at(self, direction: Direction) -> Sent:
        """The epoch of our record that a statement is about.

        Raises ``wrong-line``, ``too-many-epochs`` (theirs).
        """
        _check_parties(direction, self.party, self.peer)
        _check_epochs(direction.epoch, self.sent)
        return self.sent_in(direction.epoch)

    def received_at(self, direction: Direction) -> Received:
        """The epoch of the peer's record that a statement is about; raises as `sent_at`."""
        _check_parties(direction, self.peer, self.party)
        _check_epochs(direction.epoch, self.received)
        return self.received_in(direction.epoch)

    def with_sent(self, sent: Sent) -> LineState:
        """The state with this epoch of our record in its place."""
        return replace(self, sent=MappingProxyType({**self.sent, sent.direction.epoch: sent}))

    def with_received(self, received: Received) -> LineState:
        """The state with this epoch of the peer's record in its place."""
        epochs = {**self.received, received.direction.epoch: received}
        return replace(self, received=MappingProxyType(epochs))


Step = tuple[LineState, tuple[Effect, ...]]


def _check_parties(found: Direction, sender: str, receiver: str) -> None:
    if (found.sender, found.receiver) != (sender, receiver):
        what = f"signed for {found}, arrived as {sender}/{receiver}"
        raise theirs("wrong-line", what, "R-LINE-02")


def _check_epochs(epoch: int, kept: Mapping[int, object]) -> None:
    if epoch not in kept and len(kept) >= limits.EPOCHS_KEPT:
        what = f"epoch {epoch} would be one more than {limits.EPOCHS_KEPT} (EPOCHS_KEPT)"
        raise theirs("too-many-epochs", what, "R-LINE-36")


def theirs(code: str, what: str, rule: str) -> OpenlineError:
    """A fault of the peer's in what it says about a record."""
    return OpenlineError(
        code,
        what,
        whose=Whose.THEIRS,
        rule=rule,
        next="ask the other side which station sent it, and whether it was restored",
    )
