"""Stations in one process: real engines, stores, outboxes and inboxes over faulty carriers.

Nothing here waits, threads or draws randomness of its own: the clocks are moved
by hand, uids are counted, and every fault comes from a seed. A crash drops all
that a station holds in memory, at any statement of a transaction, in its commit
or between that and what follows, and leaves of its files what `disk` says.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import astuple, dataclass, replace
from functools import lru_cache, partial
from hashlib import sha256, shake_256
from pathlib import Path
from random import Random
from typing import Any, ClassVar

import pytest
from sqlalchemy import select

from openline.carriers.memory import Faults, MemoryCarrier
from openline.forms.catalog import CATALOG
from openline.forms.fields import fill
from openline.forms.payload import UID_ALPHABET, UID_CHARS, Payload, write_payload
from openline.forms.precedence import Precedence
from openline.line.events import Place
from openline.station import acts, audit, books, inbox, rotation, timers, traffic
from openline.station.engine import Engine, Job, Notes, Outcome, Tx
from openline.station.generations import newest_card
from openline.station.keys import SEEDS, Keys
from openline.station.mark import Mark
from openline.station.outbox import RESEND_AFTER_MS, Outbox
from openline.station.resume import resume
from openline.station.station import Changes
from openline.station.store import Store
from openline.station.tables import alarms, messages
from openline.wire.card import Card, card_text, fingerprint, write_card
from openline.wire.keys import SigningKey
from openline.wire.parcel import Envelope, seal
from openline.wire.receipt import Item, read_signed
from openline.wire.revocation import write_revocation
from openline.words.errors import OpenlineError
from openline.words.moment import Moment, Now
from simulation.disk import Crash, Disk, Files, Reader

_SHOWN = "SELECT 1 FROM messages WHERE peer=? AND way=? AND epoch=? AND number=? AND shown"
START = Moment.parse("2022-03-01T12:00:00Z")


class ManualClock:
    """A clock that is moved by hand; wall and steady clock may be moved apart."""

    def __init__(self, wall: Moment = START) -> None:
        self.wall, self.steady = wall.ms, 0

    def now(self) -> Now:
        return Now(Moment(self.wall), 1_000, self.steady)

    def on_jump(self, call: Callable[[], None]) -> None:
        """Nobody waits here."""

    def pass_ms(self, ms: int) -> None:
        self.wall += ms
        self.steady += ms


class StationsClock:
    """One station's clock: the world's, and how far it is out of step."""

    def __init__(self, world: ManualClock) -> None:
        self._world, self.ahead = world, 0

    @property
    def steady(self) -> int:
        return self._world.steady

    def now(self) -> Now:
        return Now(Moment(self._world.wall + self.ahead), 1_000, self._world.steady)

    def on_jump(self, call: Callable[[], None]) -> None:
        """Nobody waits here."""


@lru_cache
def keys_of(party: str) -> Keys:
    """The keys that a party's name gives: the same in every run."""
    return Keys(*(shake_256(f"{party} {n}".encode()).digest(length) for n, length in SEEDS.items()))


def root_of(party: str) -> SigningKey:
    return SigningKey(sha256(party.encode()).digest())


def next_card(card: Card, keys: Keys, serial: int, root: SigningKey | None = None) -> Card:
    """A newer card of the same party, signed by its root key or that of another."""
    return write_card(
        root or root_of(card.party),
        card.party,
        card.name,
        keys=keys.public,
        addresses=card.addresses,
        serial=serial,
        issued=START,
    )


@lru_cache
def card_of(party: str) -> Card:
    return write_card(
        root_of(party),
        party,
        f"{party} command",
        keys=keys_of(party).public,
        addresses=(f"https://{party}.example:8440",),
        issued=START,
    )


@dataclass(frozen=True)
class Backup:
    """A copy of one station's database."""

    files: Files
    acted: Counter[tuple[str, str, Place]]


class WarmStore(Store):
    """A store that finds SQLAlchemy's engine of its file, without connections, as it was before.

    The statements that it has compiled are no part of what a crash takes, and compiling them
    would be most of a start. All speak one dialect, by which the station keeps its own.
    """

    engines: ClassVar[dict[Path, Any]] = {}

    def __init__(self, path: Path) -> None:
        if path in self.engines:
            self._engine = self.engines[path]
            self._open()
            return
        super().__init__(path)
        for other in self.engines.values():
            self._engine.dialect = other.dialect
        self.engines[path] = self._engine


def forget_files() -> None:
    """Let go of every file that a station has left open."""
    for engine in WarmStore.engines.values():
        engine.dispose()


class Side:
    """One station. What survives a crash is its file; the rest is made anew by `open`.

    It has the attributes of `openline.station.station.Station` that acts, views and the
    audit use.
    """

    running = True
    language = "en"

    def __init__(self, party: str, path: Path, clock: ManualClock, seed: int = 0) -> None:
        self.party, self.path, self.clock = party, path, StationsClock(clock)
        self.changes = Changes()
        self.drawn = self.crashes = 0
        self.acted: Counter[tuple[str, str, Place]] = Counter()
        """How often the books acted on each message (peer, way, place), durably."""
        self.told: list[Notes] = []
        self._acts: list[tuple[str, str, Place]] = []
        self.generations = [keys_of(party)]
        """What lies in the file of keys."""
        self.page = card_of(party)
        """What lies in the file of the card."""
        self.disk = Disk(path, Random(f"{seed} {party}"))
        self.disk.on_durable = self._durable
        if not path.exists():
            Store.create(path, {"party": party, "name": party}).close()
        self.open()

    def open(self) -> None:
        self.store = WarmStore(self.path)
        self.mark = Mark(self.path.with_suffix(".mark"))
        self.reader = Reader(self.path)
        self.page = card = newest_card(self.store, self.page)  # as `tidy` brings the file up
        keys = next(each for each in self.generations if each.public == card.keys)
        self.engine = Engine(self.store, card, keys, self.clock, self.new_uid)
        self.engine.recorder = self  # type: ignore[attr-defined]
        resume(self.engine, self.mark)
        self.engine.on_commit = self._committed
        self.outboxes = {peer: Outbox(self.store, peer, True) for peer in self.engine.lines}

    def crash(self) -> None:
        """Lose everything in memory and whatever the disk had not yet, and come up again."""
        self.store.close()
        self.mark.close()
        self.reader.close()  # the last, and it cannot write: the files stay as they are
        self.disk.restart()
        self.crashes += 1
        # The commit that the crash cut in two either is there or is not.
        acts, self._acts = self._acts, []
        self.open()
        self.acted.update(act for act in acts if self._shows(*act))

    def backup(self) -> Backup:
        """The database as it stands, and what the books had done by then."""
        return Backup(self.disk.files(), self.acted.copy())

    def restore(self, backup: Backup, marked: bool = True) -> None:
        """Come up with an older copy of the database, where it lay or, not `marked`, elsewhere."""
        self.close()
        self.disk.put(backup.files)
        if not marked:
            self.path.with_suffix(".mark").unlink()
        self.acted = backup.acted.copy()
        self.open()

    def close(self) -> None:
        self.reader.close()
        self.store.close()
        self.mark.close()

    def new_uid(self) -> str:
        self.drawn += 1
        bits = int.from_bytes(sha256(f"{self.party} {self.drawn}".encode()).digest()[:8])
        return "".join(UID_ALPHABET[(bits >> (5 * i)) & 31] for i in range(UID_CHARS))

    def now(self) -> Moment:
        return self.clock.now().wall

    def run(self, job: Job) -> Any:
        """What the writer does: one job, one transaction."""

        ((value, error),) = self.run_all([job])
        if error is not None:
            raise error
        return value

    def run_all(self, jobs: Sequence[Job]) -> list[Outcome]:
        """What the writer does with jobs that wait together: one transaction for all."""
        try:
            return self.engine.transact([self._counted(n, job) for n, job in enumerate(jobs)])
        except OpenlineError:  # nothing of it is stored
            self._acts.clear()
            raise

    def _counted(self, place: int, job: Job) -> Job:
        def counted(tx: Tx) -> Any:
            if place == 0:  # all of them may be done again
                self._acts.clear()
            before = len(self._acts)
            try:
                return job(tx)
            except OpenlineError:
                del self._acts[before:]
                raise

        return counted

    def changed(self, *_topics: str) -> None:
        """Nobody watches here."""

    def trouble(self, peer: str) -> str:
        return ""

    def seen(self, peer: str, way: str, place: Place) -> None:
        self._acts.append((peer, way, place))

    def _durable(self) -> None:
        self.acted.update(self._acts)
        self._acts.clear()

    def _shows(self, peer: str, way: str, place: Place) -> bool:
        return bool(self.reader.rows(_SHOWN, peer, way, *place))

    def _committed(self, notes: Notes) -> None:
        for peer in self.engine.lines.keys() - self.outboxes.keys():
            self.outboxes[peer] = Outbox(self.store, peer, True)
        for peer in notes.requeued:
            self.outboxes[peer].read_again()
        for peer, waiting in notes.queued:
            self.outboxes[peer].tell(waiting)
        for peer, numbers in notes.resend.items():
            self.outboxes[peer].asked(numbers)
        self.told.append(notes)

    # ---- what tests ask --------------------------------------------------------------

    def state(self, peer: str) -> Any:
        return self.engine.lines[peer].state

    def rows(self, table: Any, *where: Any) -> list[Any]:
        with self.store.read() as connection:
            return list(connection.execute(select(table).where(*where)).all())

    def ours(self, peer: str) -> list[Any]:
        return self._side(peer, "out")

    def theirs(self, peer: str) -> list[Any]:
        return self._side(peer, "in")

    def _side(self, peer: str, way: str) -> list[Any]:
        m = messages.c
        with self.store.read() as connection:
            query = select(messages).where(m.peer == peer, m.way == way)
            query = query.order_by(m.epoch, m.number)
            return list(connection.execute(query).all())

    def alarms(self) -> dict[str, Any]:
        return {row.id: row for row in self.rows(alarms)}

    def verify(self) -> Any:
        return audit.verify(self)  # type: ignore[arg-type]

    # ---- what an officer does --------------------------------------------------------

    def send(
        self, peer: str, form: str = "text", precedence: str | None = None, **fields: Any
    ) -> str:
        raw = fields or {"text": "hello"}
        return acts.send(self, (peer,), form, raw, precedence, "en")  # type: ignore[arg-type]

    def submit(self, peers: Sequence[str], form: str, raw: Mapping[str, Any], **how: Any) -> str:
        """As `send`, with uid and revision."""
        fields = fill(form, raw)
        return str(self.run(lambda tx: traffic.submit(tx, tuple(peers), form, fields, **how)))

    def rotate(self, lost: bool = False, serial: int = 0, keep_sealing: bool = True) -> None:
        """Change the keys, as `openline keys rotate` does; perhaps what sealing needs is gone."""
        serial = serial or self.engine.card.serial + 1
        old = self.engine.keys
        seeds = astuple(keys_of(f"{self.party} {serial}"))[: len(SEEDS)]
        new = Keys(*seeds, (old.sealing_seed, old.light_seed, *old.old_sealing))
        if not keep_sealing:
            new = replace(new, old_sealing=())
        self.generations.append(new)
        card = next_card(self.engine.card, new, serial)
        self.run(lambda tx: rotation.rotate(tx, card, new, lost))
        self.page = card

    def revoke(self, *keys: bytes, since: Moment) -> None:
        """Take keys back, as `openline keys revoke` does when they are no longer in use."""
        said = []
        for peer, line in self.engine.lines.items():
            own, other = rotation.extents(line.state)
            said.append(
                write_revocation(
                    root_of(self.party),
                    self.party,
                    peer,
                    keys=keys,
                    since=since,
                    at=self.now(),
                    own=own,
                    other=other,
                )
            )
        rotation.revoke(self, said)  # type: ignore[arg-type]

    def tick(self) -> None:
        self.run(partial(timers.tick, why={}))

    def test(self, peer: str, within_ms: int = 60_000) -> str:
        return str(self.run(lambda tx: timers.begin_test(tx, peer, None, within_ms)))


def _down() -> OpenlineError:
    return OpenlineError("carrier-down", "nobody answered")


class World:
    """Stations by party, and one carrier each way between every two of them."""

    def __init__(
        self,
        folder: Path,
        parties: Sequence[str] = ("us", "ru"),
        seed: int = 0,
        faults: Faults | None = None,
    ) -> None:
        self.clock = ManualClock()
        self.sides = {p: Side(p, folder / f"{p}.db", self.clock, seed) for p in parties}
        self.up = True
        self.cut: set[tuple[str, str]] = set()
        """Ways on which nothing gets through, though others do."""
        faults = faults or Faults()
        self.carriers: dict[tuple[str, str], MemoryCarrier] = {
            (a, b): MemoryCarrier(Random(f"{seed} {a} {b}"), faults)
            for a in parties
            for b in parties
            if a != b
        }
        self.answers: list[Sequence[bytes]] = []
        """Every answer that any station gave, opened."""

    def __getitem__(self, party: str) -> Side:
        return self.sides[party]

    def close(self) -> None:
        for side in self.sides.values():
            side.close()

    def join_all(self) -> None:
        """Every two parties join each other's card."""
        for a, b in self.carriers:
            acts.join(self[a], card_text(card_of(b)), fingerprint(card_of(b)))  # type: ignore[arg-type]

    # ---- carrying --------------------------------------------------------------------

    def take(self, a: str, b: str, urgent_only: bool = False) -> tuple[list[Place], bytes]:
        """What leaves `a` for `b` now: the places, and the sealed parcel (empty: nothing)."""
        outbox, now, asking = self[a].outboxes[b], self.clock.now(), ()
        if not urgent_only and b in self[a].engine.lines:
            asking = outbox.fetches(self[a].state(b), now)
        batch = outbox.take(now.monotonic_ms, urgent_only, beside=asking)
        raws = [*asking, *(raw for _, raw in batch)]
        places = [place for place, _ in batch]
        raws = inbox.with_card(self[a].engine, b, raws)
        self[a].disk.point("before sealing")
        return places, seal(raws, self[a].engine.envelope_to(b)) if raws else b""

    def post(self, a: str, b: str, urgent_only: bool = False) -> bool:
        """Hand one parcel to the carrier, as to a letter-box; False when nothing is to go."""
        places, sealed = self.take(a, b, urgent_only)
        if not sealed:
            return False
        outbox = self[a].outboxes[b]
        if not self.carries(a, b):
            outbox.failed(places, _down(), self.clock.steady, 0.5)
            return True
        self.carriers[a, b].send(sealed)
        self[a].disk.point("after posting")
        self[a].run(lambda tx: inbox.mark_sent(tx, b, places))
        outbox.delivered(self.clock.steady)
        return True

    def collect(self, a: str, b: str) -> bool:
        """`b` takes in one parcel that `a` posted; its answer goes back the same way."""
        sealed = self.carriers[a, b].receive()
        if sealed is None:
            return False
        answer = self.hand(b, sealed)
        if answer and self.carries(b, a):
            self.carriers[b, a].send(answer)
        return True

    def hand(self, b: str, sealed: bytes) -> bytes | None:
        """`b` takes a parcel in; its sealed answer."""
        side = self[b]
        peer, answer = inbox.receive(side.engine, side.run, sealed)
        side.disk.point("before answering")
        side.outboxes[peer].heard()
        side.outboxes[peer].covered(side.state(peer))
        return answer

    def exchange(self, a: str, b: str, lose_reply: bool = False, urgent_only: bool = False) -> bool:
        """One request and its answer, as over HTTPS; False when nothing was to go."""
        places, sealed = self.take(a, b, urgent_only)
        if not sealed:
            return False
        side, outbox = self[a], self[a].outboxes[b]
        try:
            if not self.carries(a, b):
                raise _down()
            reply = self._ask(b, sealed)
            if lose_reply or not self.carries(b, a):
                raise _down()
            side.disk.point("before the answer")
            inbox.take_reply(side.engine, side.run, b, reply or b"", places)
        except OpenlineError as error:
            outbox.failed(places, error, self.clock.steady, 0.5)
            return True
        outbox.covered(side.state(b))
        outbox.delivered(self.clock.steady)
        return True

    def _ask(self, b: str, sealed: bytes) -> bytes | None:
        """`hand`, to a side whose crash is nothing but a silence to whoever asks."""
        try:
            return self.hand(b, sealed)
        except Crash as crash:
            if crash.disk is not self[b].disk:
                raise
            self[b].crash()
            raise _down() from None

    def carries(self, a: str, b: str) -> bool:
        """Whether anything gets from `a` to `b`."""
        return self.up and (a, b) not in self.cut

    def settle(self, rounds: int = 200) -> None:
        """Exchange until nobody has anything left to say; fails when that never ends."""
        for _ in range(rounds):
            moved = [self.exchange(a, b) for a, b in self.carriers]
            moved += [self.collect(a, b) for a, b in self.carriers]
            if not any(moved):
                if not any(self._waits(a, b) for a, b in self.carriers):
                    return
                self.clock.pass_ms(RESEND_AFTER_MS)
        raise AssertionError(f"not quiet after {rounds} rounds")

    def _waits(self, a: str, b: str) -> bool:
        """Whether `a` has something for `b`, or has not got all back that it lost."""
        if self[a].outboxes[b].queued():
            return True
        if b not in self[a].engine.lines or a not in self[b].engine.lines:
            return False
        held = self[b].state(a).received
        lacking = (each for each in self[a].state(b).sent.items() if each[1].lacks)
        return any(epoch in held and held[epoch].size > sent.size for epoch, sent in lacking)

    def heal(self) -> None:
        """End all faults and let everything arrive."""
        self.up = True
        self.cut.clear()
        for pair, carrier in self.carriers.items():
            self.carriers[pair] = MemoryCarrier(carrier.random, Faults(), carrier._under_way)
        self.clock.pass_ms(RESEND_AFTER_MS)
        self.settle()

    # ---- a liar's tools --------------------------------------------------------------

    def envelope(self, a: str, b: str) -> Envelope:
        return self[a].engine.envelope_to(b)

    def open_answer(self, b: str, a: str, sealed: bytes) -> list[Item | Card]:
        """What `b` answered to `a`."""
        side = self[a]
        _, raws = inbox.open_from_any(side.engine, sealed)
        return [read_signed(raw, lambda item: None)[0] for raw in raws]

    def say(self, a: str, b: str, *raws: bytes) -> list[Item | Card]:
        """Hand signed items of `a` to `b`; what `b` answers."""
        answer = self.hand(b, seal(raws, self.envelope(a, b)))
        return self.open_answer(b, a, answer) if answer else []

    # ---- what always holds -----------------------------------------------------------

    def check(self) -> None:
        """The invariants of delivery, whatever has happened so far."""
        for a, b in self.carriers:
            _check_record(self[a], self[b])

    def check_quiet(self) -> None:
        """What must hold once everything has arrived."""
        self.check()
        for a, b in self.carriers:
            sent, received = self[a].ours(b), self[b].theirs(a)
            assert [r.raw for r in sent] == [r.raw for r in received]
            assert _heads(self[a].state(b).sent) == _heads(self[b].state(a).received)
            assert all(row.received_at is not None for row in sent)
            assert all(row.shown for row in received)
            assert not any(each.parked for each in self[b].state(a).received.values())
        for side in self.sides.values():
            report = side.verify()
            assert report["holds"], report["faults"]


def _heads(record: Mapping[int, Any]) -> dict[int, bytes]:
    return {epoch: each.root() for epoch, each in record.items() if each.size}


def _check_record(a: Side, b: Side) -> None:
    """`a`'s record for `b`, as both hold it, durably, epoch by epoch."""
    sent, received = a.ours(b.party), b.theirs(a.party)
    ours, theirs = a.state(b.party).sent, b.state(a.party).received
    for epoch in ours.keys() | theirs.keys():
        _check_epoch(
            a,
            b,
            epoch,
            [row for row in sent if row.epoch == epoch],
            [row for row in received if row.epoch == epoch],
        )


def _check_epoch(a: Side, b: Side, epoch: int, sent: list[Any], received: list[Any]) -> None:
    assert [row.number for row in sent] == list(range(a.state(b.party).sent_in(epoch).size))
    roots = [row.root for row in sent]
    recorded = [row for row in received if row.root is not None]
    size = b.state(a.party).received_in(epoch).size
    assert [row.number for row in recorded] == list(range(size))
    # What was received is what was sent: nothing altered, nothing invented, in order.
    both = min(len(recorded), len(sent))  # a station that lost some has fewer for a while
    assert [row.root for row in recorded][:both] == roots[:both]
    held = {row.number: row for row in received}
    for row in received:
        assert row.number >= len(sent) or row.raw == sent[row.number].raw
        urgent = row.rank <= Precedence.IMMEDIATE.rank
        assert row.shown == (row.root is not None or urgent)
        assert b.acted[a.party, "in", (epoch, row.number)] == row.shown  # once, or not yet
        assert (f"{a.party}:{row.id}" in b.alarms()) >= (urgent and row.shown)
    for row in sent:
        assert a.acted[b.party, "out", (epoch, row.number)] == 1
        if row.received_at is not None and not row.waiting:
            assert row.number < len(recorded)  # never a receipt for what is not durable
        if row.early is not None:
            assert row.number in held


@contextmanager
def recording_acts() -> Iterator[None]:
    """Count what the books act on."""
    act = books.act

    def counted(tx: Tx, entry: Any) -> None:
        recorder = getattr(tx.engine, "recorder", None)
        if recorder is not None:
            recorder.seen(entry.peer, entry.way, (entry.epoch, entry.number))
        act(tx, entry)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(books, "act", counted)
        yield


def make(folder: Path, parties: Sequence[str] = ("us", "ru"), **how: Any) -> World:
    """A world whose lines are open and whose cards have crossed."""
    world = World(folder, parties, **how)
    world.join_all()
    world.settle()
    return world


@contextmanager
def joined(folder: Path, parties: Sequence[str] = ("us", "ru"), **how: Any) -> Iterator[World]:
    """`make`, with what the books act on counted, and closed in the end."""
    with recording_acts():
        world = make(folder, parties, **how)
        yield world
        world.close()


class Template:
    """A joined world on disk, copied for every run: founding it costs more than a run."""

    def __init__(self, folder: Path, parties: Sequence[str] = ("us", "ru")) -> None:
        self.folder, self.parties = folder, parties
        world = make(folder, parties)
        self._after = {p: (s.drawn, s.acted.copy()) for p, s in world.sides.items()}
        self._clock = (world.clock.wall, world.clock.steady)
        world.close()

    def world(self, folder: Path, seed: int = 0, faults: Faults | None = None) -> World:
        for party in self.parties:
            shutil.copy(self.folder / f"{party}.db", folder)
            mark = Mark(folder / f"{party}.mark")  # a copied mark would begin an epoch
            mark.begin({})
            mark.close()
        world = World(folder, self.parties, seed, faults)
        world.clock.wall, world.clock.steady = self._clock
        for party, (drawn, acted) in self._after.items():
            world[party].drawn, world[party].acted = drawn, acted.copy()
        return world


def payload(
    form: str,
    fields: Mapping[str, Any],
    uid: str = "0123456789",
    *,
    revision: int = 0,
    version: int | None = None,
    to: Sequence[str] = ("ru",),
    precedence: Precedence = Precedence.ROUTINE,
) -> bytes:
    """A payload as some other program might write it; `fields` are wire values.

    Without a `version` it is the form's newest, or 1 of a form that there is not.
    """
    if version is None:
        version = CATALOG[form].version if form in CATALOG else 1
    return write_payload(
        Payload(form, version, uid, revision, tuple(to), precedence, "en", dict(fields))
    )
