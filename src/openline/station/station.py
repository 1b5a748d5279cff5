"""A station in one process: its folder, lock, engine, writer and outboxes.

The command line opens one to act offline; `Service` sets it to work. Both go
through the same engine and store.
"""

from __future__ import annotations

import asyncio
import secrets
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, Protocol

from openline.forms.payload import UID_ALPHABET, UID_CHARS
from openline.station.awaited import Awaited
from openline.station.engine import Engine, Job, Notes
from openline.station.folder import Folder, Lock
from openline.station.founding import own_card
from openline.station.generations import fresh_keys, matching_keys, newest_card, tidy
from openline.station.heights import Heights
from openline.station.mark import Mark
from openline.station.resume import resume
from openline.station.seats import bound
from openline.station.store import Store
from openline.station.ways import Way, Ways
from openline.station.writer import Writer
from openline.words.errors import OpenlineError
from openline.words.moment import Moment, Now

CLOCK_UNCERTAINTY_MS = 1_000
"""Assumed of a system clock that nothing has measured."""
POLL_S = 0.05
UID_BITS = 5
UID_MASK = (1 << UID_BITS) - 1
UID_SHIFTS = range(0, UID_BITS * UID_CHARS, UID_BITS)


class StationClock(Protocol):
    """A clock that may be moved, as a scenario's is."""

    def now(self) -> Now:
        """The time as known now."""

    def on_jump(self, call: Callable[[], None]) -> None:
        """Have `call` called whenever the clock is moved."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> Now:
        """Wall clock and steady clock of this machine."""
        wall = Moment(time.time_ns() // 1_000_000)
        return Now(wall, CLOCK_UNCERTAINTY_MS, time.monotonic_ns() // 1_000_000)

    def on_jump(self, call: Callable[[], None]) -> None:
        """The machine's clock is not moved by us."""


def new_uid() -> str:
    """A uid from the system's randomness: 50 bits."""
    bits = secrets.randbits(UID_BITS * UID_CHARS)
    return "".join(UID_ALPHABET[bits >> shift & UID_MASK] for shift in UID_SHIFTS)


class Changes:
    """A counter that whoever shows something can wait on."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._count = 0
        self._over = False

    def bump(self) -> None:
        """Something changed."""
        with self._condition:
            self._count += 1
            self._condition.notify_all()

    def wait(self, since: int, timeout_s: float) -> int:
        """Block until the counter exceeds `since` or the time is over; returns it."""
        with self._condition:
            self._condition.wait_for(lambda: self._over or self._count > since, timeout_s)
            return self._count

    def end(self) -> None:
        """Nobody waits any more."""
        with self._condition:
            self._over = True
            self._condition.notify_all()


class Station:
    """One station, open for writing. Raises ``station-busy`` while another process has it."""

    def __init__(
        self,
        folder: Folder,
        clock: StationClock | None = None,
        wait_s: float = 0,
        lost_keys: bool = False,
    ) -> None:
        folder.require()
        self.folder = folder
        self.clock: StationClock = clock or SystemClock()
        self._lock = locked(folder, wait_s)
        try:
            self.heights = Heights(folder.heights)
            self.engine = engine_of(folder, self.clock, lost_keys, self.heights)
            self._mark = _resumed(self.engine, folder)
        except BaseException:
            self._lock.release()
            raise
        store = self.engine.store
        self.ways = Ways(store, self.engine.lines, self.clock.now)
        self.changes = Changes()
        self.awaited = Awaited()
        self.running = False
        """Whether a `Service` works on it."""
        self.language = "en"
        """In which its alarms leave to people who have no language of their own."""
        self.ending = False
        """Whether it is about to be closed."""
        self.console_link: Callable[[], str] = _no_console
        self.looked: Callable[[str, Moment], bool] = lambda peer, since: True
        """Whether each carrier of a line was probed since then; set by whoever probes."""
        self.on_commit: Callable[[Notes], None] = lambda notes: None
        self.on_answer: Callable[[str], None] = lambda peer: None
        """Told of a line on which answers wait for a carrier."""
        self.on_fatal: Callable[[BaseException], None] = lambda error: None
        self.engine.on_commit = self._committed
        self._writer = Writer(self.engine, self._fatal)

    def close(self) -> None:
        """Finish what is queued and give the folder up."""
        self._writer.close()
        self.engine.store.close()
        self._mark.close()
        self._lock.release()

    def end_waits(self) -> None:
        """Whoever waits for something to happen here goes on at once: it is about to be closed."""
        self.ending = True
        self.awaited.end()
        self.changes.end()

    def now(self) -> Moment:
        """The station's time."""
        return self.clock.now().wall

    def run(self, job: Job) -> Any:
        """Have the writer run a job; returns when it is durable."""
        return self._writer.run(bound(job))

    def start(self, job: Job) -> Future[Any]:
        """Have the writer run a job; what is returned ends when it is durable, or is refused."""
        return self._writer.put(bound(job))

    async def run_soon(self, job: Job) -> Any:
        """As `run`, for the event loop: nobody blocks."""
        return await asyncio.wrap_future(self.start(job))

    def changed(self, *_topics: str) -> None:
        """Tell whoever shows something."""
        self.changes.bump()

    def carriers_of(self, peer: str) -> list[Way]:
        """The carriers of a line that are to be used, the cheapest first."""
        return self.ways.of(peer)

    def trouble(self, peer: str) -> str:
        """What this side knows of why no carrier of a line works; empty when one does."""
        return self.ways.trouble(peer)

    def _fatal(self, error: BaseException) -> None:
        self.on_fatal(error)

    def _committed(self, notes: Notes) -> None:
        if notes.topics & {"lines", "carriers"}:
            self.ways.reload(self.engine.lines)
        for peer in notes.requeued:
            for outbox in self.ways.outboxes(peer):
                outbox.read_again()
        for peer, waiting in notes.queued:
            for outbox in self.ways.outboxes(peer):
                outbox.tell(waiting)
        for peer, line in self.engine.lines.items():
            self.awaited.covered(peer, line.state)
        self.on_commit(notes)
        self.changes.bump()


def _no_console() -> str:
    raise OpenlineError(
        "not-running",
        "no console runs for this station",
        rule="R-STN-08",
        next="start it with `openline serve`",
    )


def engine_of(
    folder: Folder,
    clock: StationClock | None = None,
    lost_keys: bool = False,
    heights: Heights | None = None,
) -> Engine:
    """The engine over what the folder holds; refuses another version, and keys of another card.

    With `lost_keys` fresh ones take the place of keys that are gone, until their card is there.
    """
    store = Store(folder.database)
    try:
        store.facts()
        store.know_heights(heights or Heights(folder.heights))
        card = newest_card(store, own_card(folder))
        own = fresh_keys(folder) if lost_keys else matching_keys(folder, card)
        if not lost_keys:
            tidy(folder, card, own)
        return Engine(store, card, own, clock or SystemClock(), new_uid)
    except BaseException:
        store.close()
        raise


def _resumed(engine: Engine, folder: Folder) -> Mark:
    """The station's mark; where the database is behind it, new epochs have begun."""
    mark = Mark(folder.mark)
    try:
        resume(engine, mark)
    except BaseException:
        mark.close()
        engine.store.close()
        raise
    return mark


def locked(folder: Folder, wait_s: float = 0) -> Lock:
    """The folder's lock, taken; raises ``station-busy`` when that takes longer than `wait_s`."""
    lock = Lock(folder)
    until = time.monotonic() + wait_s
    while not lock.take():
        if time.monotonic() >= until:
            raise OpenlineError(
                "station-busy",
                f"another process works on {folder.path}",
                rule="R-STN-03",
                next="wait for it to end, or stop it",
            )
        time.sleep(POLL_S)
    return lock
