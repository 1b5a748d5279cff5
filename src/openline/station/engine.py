"""The station's engine: jobs inside one write transaction, and what follows its commit.

A job is a function of a `Tx`. Several jobs share a transaction (group commit);
each stands or falls alone, the transaction stands or falls with all. Hardly ever
is one refused, so savepoints are set only where one was: the transaction is
given up and all of it done again, with them. In-memory
line states are frozen values, so undoing them is keeping the old ones. What
people and sockets shall learn of (`Notes`) is told after the commit only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple, Protocol

from sqlalchemy import Connection, Executable
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from openline.forms.catalog import CATALOG, FORMS_LEVEL, Catalog, level_of
from openline.line.events import Event, Place
from openline.line.records import LineState
from openline.line.ring import Ring
from openline.station import cards, heads, officers
from openline.station.entries import Entry
from openline.station.heads import Line
from openline.station.keys import Keys
from openline.station.nearby import Change, Nearby, Touched
from openline.station.officers import Roster
from openline.station.own import Own
from openline.station.seats import Seat
from openline.station.store import Store, savepoint
from openline.wire.card import Card
from openline.wire.keys import SigningKey
from openline.wire.parcel import Envelope
from openline.wire.sealing import SealingKey
from openline.words.errors import OpenlineError
from openline.words.moment import Now


class Clock(Protocol):
    """Where a station takes its time from."""

    def now(self) -> Now:
        """The time as known now."""


class Waiting(NamedTuple):
    """A message that waits to leave."""

    rank: int
    """Of its precedence: 0 is flash."""
    place: Place
    raw: bytes


@dataclass(frozen=True, slots=True)
class Notes:
    """What a committed transaction changed."""

    topics: frozenset[str]
    wake: dict[str, bool]
    """Lines with something new to send, and whether some of it is urgent."""
    resend: dict[str, frozenset[Place]]
    """What a peer asked for, by line."""
    queued: Sequence[tuple[str, Waiting]] = ()
    """New messages, with their lines, in the order in which they were signed."""
    requeued: frozenset[str] = frozenset()
    """Lines on which something else of what waits has changed."""


Reply = tuple[str, str, Mapping[str, Any]]


class _Again(BaseException):  # whoever handles errors inside a job must not handle this
    """Something is to be undone in a transaction that has no savepoints."""


@dataclass(slots=True)
class Tx:
    """One write transaction, as a job sees it."""

    engine: Engine
    connection: Connection
    now: Now
    lines: dict[str, Line]
    own: Own
    seat: Seat | None = None
    """From which the job that runs was asked for; None where the station itself asks."""
    has_savepoints: bool = True
    """Whether a part of it can be undone; else the engine does all of it again, when it can."""
    topics: set[str] = field(default_factory=set)
    wake: dict[str, bool] = field(default_factory=dict)
    resend: dict[str, frozenset[Place]] = field(default_factory=dict)
    queued: list[tuple[str, Waiting]] = field(default_factory=list)
    requeued: set[str] = field(default_factory=set)
    fresh: dict[tuple[str, Place], Entry] = field(default_factory=dict)
    """Messages of peers that were recorded in this step and are still to be shown."""
    replies: list[Reply] = field(default_factory=list)
    """What the books let the machine answer; submitted by the traffic that called them."""
    touched: set[Touched] = field(default_factory=set)
    """Activities that it changed or undid; what becomes of them is read before the commit."""
    happened: list[tuple[str, Event]] = field(default_factory=list)
    """What the books learned about a line's records; stepped by the traffic that called them."""

    def reply(self, peer: str, form: str, fields: Mapping[str, Any]) -> None:
        """Let the machine send a message on the line to `peer`."""
        self.replies.append((peer, form, fields))

    def happen(self, peer: str, event: Event) -> None:
        """Let the delivery machine know of something that a message said."""
        self.happened.append((peer, event))

    @contextmanager
    def undoing(self) -> Iterator[None]:
        """When what stands inside raises, undo it: what it stored, line states, replies."""
        if not self.has_savepoints:
            try:
                yield
            except Exception as error:
                if isinstance(error, SQLAlchemyError) and not isinstance(error, IntegrityError):
                    raise  # the disk's trouble, which fails the whole transaction
                raise _Again from error
            return
        lines, fresh, own = dict(self.lines), dict(self.fresh), self.own
        replies, happened, queued = list(self.replies), list(self.happened), len(self.queued)
        try:
            with savepoint(self.connection):
                yield
        except BaseException:
            self.lines, self.fresh, self.own = lines, fresh, own
            self.replies, self.happened = replies, happened
            del self.queued[queued:]
            raise

    def run(self, statement: Executable, values: Mapping[str, Any] | None = None) -> Any:
        """Execute a statement; `values` are those of a statement that was built once."""
        return self.connection.execute(statement, values)

    def notes(self) -> Notes:
        """What it changed, for whoever is told once it is durable."""
        requeued = frozenset(self.requeued)
        return Notes(frozenset(self.topics), self.wake, self.resend, self.queued, requeued)

    def line(self, peer: str) -> Line:
        """The line to `peer`; raises ``unknown-line``."""
        return heads.require(self.lines, peer)

    def set_state(self, peer: str, state: LineState) -> None:
        """The line's new delivery state; written when the transaction ends."""
        self.lines[peer] = replace(self.lines[peer], state=state)

    def set_ring(self, peer: str, ring: Ring) -> None:
        """The cards and revocations of `peer` as they are known now; the caller stores them."""
        self.lines[peer] = replace(self.lines[peer], ring=ring)
        self.topics |= {"lines", "keys"}


Job = Callable[[Tx], Any]
"""It may be called again, with another `Tx`, when what the first has done was undone."""
Outcome = tuple[Any, OpenlineError | None]


class Engine:
    """Store, keys, clock and the states of all lines. One thread writes through it."""

    def __init__(
        self,
        store: Store,
        card: Card,
        keys: Keys,
        clock: Clock,
        new_uid: Callable[[], str],
        on_signed: Callable[[Mapping[str, Line]], None] = lambda lines: None,
        catalog: Catalog = CATALOG,
    ) -> None:
        self.store = store
        self.party = card.party
        self.clock = clock
        self.new_uid = new_uid
        self.catalog = catalog
        self.level = FORMS_LEVEL if catalog is CATALOG else level_of(catalog)
        """Of the forms that this station speaks; its peers may speak another."""
        self.on_signed = on_signed
        """Told of the lines after each commit, before anything of it leaves."""
        self.nearby = Nearby()
        self.on_commit: Callable[[Notes], None] = lambda notes: None
        self.on_known: Callable[[], None] = lambda: None
        """Told when every peer has shown that it holds our newest card."""
        if not cards.is_kept(store, card):
            with store.write() as connection:
                cards.keep(connection, card, clock.now().wall)
        with store.read() as connection:
            self.own = Own(card, keys, cards.ring_of(connection, self.party, card))
            self.lines: dict[str, Line] = heads.load(connection, self.party, self.signer)
        self.roster: Roster = self.load_roster()
        self.behind = set(self.lines) if card.serial > 1 else set()
        """Peers that have not shown that they hold our newest card."""

    def load_roster(self) -> Roster:
        """Read the officers anew, after one of them was changed."""
        with self.store.read() as connection:
            self.roster = officers.load(connection)
        return self.roster

    @property
    def card(self) -> Card:
        """Our newest card."""
        return self.own.card

    @property
    def keys(self) -> Keys:
        """The keys of our newest card."""
        return self.own.keys

    @property
    def signer(self) -> SigningKey:
        """What we sign with."""
        return self.own.signer

    @property
    def openers(self) -> tuple[SealingKey, ...]:
        """What opens parcels."""
        return self.own.openers

    def transact(self, jobs: Sequence[Job]) -> list[Outcome]:
        """Run `jobs` in one transaction; each result is a value or the refusal it raised.

        Raises ``disk-full`` or ``storage-failed`` when the transaction itself
        fails: then nothing is stored and all lines are as before (R-STORE-01).
        """
        try:
            tx, outcomes, changes = self._transact(jobs, has_savepoints=False)
        except _Again:
            tx, outcomes, changes = self._transact(jobs, has_savepoints=True)
        self._settle(tx)
        self.nearby.committed(changes)
        self.on_signed(tx.lines)
        if tx.topics or tx.wake or tx.resend:
            self.on_commit(tx.notes())
        return outcomes

    def _transact(
        self, jobs: Sequence[Job], has_savepoints: bool
    ) -> tuple[Tx, list[Outcome], list[Change]]:
        with self.store.write() as connection:
            now, lines = self.clock.now(), dict(self.lines)
            tx = Tx(self, connection, now, lines, self.own, has_savepoints=has_savepoints)
            outcomes = [self._run(tx, job) for job in jobs]
            heads.save(connection, self.lines, tx.lines)
            changes = self.nearby.changes(connection, tx.touched)
        return tx, outcomes, changes

    def _settle(self, tx: Tx) -> None:
        """What was committed holds from now on."""
        if tx.own.card.serial > self.own.card.serial:
            self.behind = set(tx.lines)
        elif tx.own.card.serial > 1:
            self.behind |= tx.lines.keys() - self.lines.keys()
        self.own, self.lines = tx.own, tx.lines

    def heard(self, peer: str, sealed_to: bytes) -> None:
        """A parcel of `peer` shows by the key that it is sealed to which card of ours it holds."""
        card = self.card
        if sealed_to not in (card.sealing_key, card.light_key):
            self.behind.add(peer)
        elif peer in self.behind:
            self.behind.discard(peer)
            if not self.behind:
                self.on_known()

    def do(self, job: Job) -> Any:
        """Run one job in a transaction of its own; its refusal is raised."""
        ((value, error),) = self.transact([job])
        if error is not None:
            raise error
        return value

    def _run(self, tx: Tx, job: Job) -> Outcome:
        try:
            with tx.undoing():
                return job(tx), None
        except OpenlineError as error:
            return None, error

    def envelope_to(self, peer: str, light: bool = True) -> Envelope:
        """How to seal for `peer`: with X25519 alone when both sides' terms, and `light`, say so."""
        line = heads.require(self.lines, peer)
        light = light and line.light_ours and line.light_theirs
        key = line.card.light_key if light else line.card.sealing_key
        return Envelope(self.party, peer, self.card.root_key, key)

    def envelope_from(self, peer: str, key: SealingKey) -> Envelope:
        """How `peer` seals for us, to this key of ours."""
        card = heads.require(self.lines, peer).card
        return Envelope(peer, self.party, card.root_key, key.public)
