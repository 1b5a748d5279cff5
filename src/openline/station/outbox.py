"""One carrier's outbox on a line: what leaves next by it, and when it is tried again.

What waits is in the database; here is only what is under way. A restart
forgets that, and everything without a receipt simply leaves again. While
nothing goes wrong, what is submitted is handed on from memory as it is
committed, so that the database is not asked for what was just written.
"""

from __future__ import annotations

import heapq
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from openline.forms.precedence import Precedence
from openline.line import delivery, retry
from openline.line.events import Place
from openline.line.records import LineState
from openline.line.retry import Retry
from openline.station import leaving
from openline.station.engine import Waiting
from openline.station.store import Store
from openline.words import limits
from openline.words.errors import OpenlineError
from openline.words.moment import Now

ITEM_OVERHEAD = 5
ROOM = limits.PARCEL_BUCKETS[-1] - limits.CARD_BYTES - 64
"""Bytes of messages in one parcel, beside which our card has room."""
RESEND_AFTER_MS = 5_000
"""A message that left and was not receipted leaves again after this."""
HELD_AGAIN_MS = 60_000
"""And one that the peer holds beyond a gap after this, should the peer have lost it."""
FETCH_AGAIN_MS = 3_600_000
"""What the peer does not give back is asked for again after twice the time, at most this."""
KEPT_BYTES = 4 << 20
"""What is handed on from memory; a longer queue is read from the database."""


@dataclass(slots=True)
class Outbox:
    """The way out to one peer. Times are the station's steady clock, in ms.

    Whoever makes it with `is_told` tells it of every message that is committed (`tell`), and of
    every other change of what waits (`read_again`).
    """

    store: Store
    peer: str
    is_told: bool = False
    latest: Callable[[], Sequence[int]] = lambda: leaving.AT_ANY_TIME
    """By rank of precedence: what was signed up to then may leave this way now."""
    again_after_ms: int = RESEND_AFTER_MS
    room: int = ROOM
    """Bytes of items that one parcel of this carrier holds."""
    retry: Retry = field(default_factory=Retry)
    last_ok_ms: int | None = None
    last_error: OpenlineError | None = None
    _under_way: dict[Place, int] = field(default_factory=dict)
    _asked: set[Place] = field(default_factory=set)
    _fetched: tuple[Place | bytes, ...] = ()
    _fetch_again_ms: int = 0
    _fetch_tries: int = 0
    _held: dict[Place, int] = field(default_factory=dict)
    """Until when to leave what the peer holds beyond a gap to the peer's asking."""
    _kept: list[tuple[int, int, Waiting]] = field(default_factory=list)
    """A heap by precedence, then order of signing."""
    _kept_bytes: int = 0
    _told: int = 0
    _is_whole: bool = False
    """Whether all that waits is kept here, under way, or held by the peer beyond a gap."""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def tell(self, waiting: Waiting) -> None:
        """A message was committed."""
        with self._lock:
            if not self._is_whole or waiting.place in self._under_way:
                return
            self._told += 1
            self._kept_bytes += len(waiting.raw)
            heapq.heappush(self._kept, (waiting.rank, self._told, waiting))
            if self._kept_bytes > KEPT_BYTES:
                self._forget()

    def read_again(self) -> None:
        """What waits is not only what `tell` told of: the database is asked next time."""
        with self._lock:
            self._forget()

    def _forget(self) -> None:
        self._kept.clear()
        self._kept_bytes, self._is_whole = 0, False

    def take(
        self,
        now_ms: int,
        urgent_only: bool = False,
        least: int = 1,
        beside: Sequence[bytes] = (),
    ) -> list[tuple[Place, bytes]]:
        """What leaves now, as (place, bytes): marked, so that no other lane takes it too.

        Nothing while fewer than `least` wait. It finds room in one parcel with the items `beside`.
        """
        with self._lock:
            picked = self._pick(now_ms, urgent_only, least, beside)
            for place, _ in picked:
                self._under_way[place] = now_ms + self.again_after_ms
                self._asked.discard(place)
            return picked

    def fetches(self, state: LineState, now: Now) -> tuple[bytes, ...]:
        """What asks for our own lost messages and for cards; again when some came, or later."""
        lost: list[Place | bytes] = [
            (epoch, sent.size) for epoch, sent in state.sent.items() if sent.lacks
        ]
        lacking = (*lost, *state.asking)
        with self._lock:
            same_lack = lacking == self._fetched
            self._fetched = lacking
            if not lacking or (same_lack and now.monotonic_ms < self._fetch_again_ms):
                return ()
            self._fetch_tries = self._fetch_tries + 1 if same_lack else 0
            wait_ms = min(RESEND_AFTER_MS << min(self._fetch_tries, 16), FETCH_AGAIN_MS)
            self._fetch_again_ms = now.monotonic_ms + wait_ms
        return delivery.requests(state, now)

    def has(self, least: int) -> bool:
        """Whether `least` messages may wait; without asking the database."""
        with self._lock:
            return not self._is_whole or len(self._kept) >= least

    def must_read(self, now_ms: int) -> bool:
        """Whether `take` would ask the database, which takes a while."""
        with self._lock:
            return not self._is_whole or bool(self._asked) or self._is_due(now_ms)

    def _is_due(self, now_ms: int) -> bool:
        return any(
            until <= now_ms for each in (self._under_way, self._held) for until in each.values()
        )

    def _pick(
        self, now_ms: int, urgent_only: bool, least: int, beside: Sequence[bytes]
    ) -> list[tuple[Place, bytes]]:
        """The next parcel's messages: by precedence, then number (R-LINE-04)."""
        latest = self.latest()
        is_routed = latest != leaving.AT_ANY_TIME
        if self._asked or self._is_due(now_ms) or is_routed:
            self._forget()
        self._under_way = {p: until for p, until in self._under_way.items() if until > now_ms}
        if self._is_whole:
            is_enough = len(self._kept) >= least
            return self._pack(self._from_memory(urgent_only), beside)[0] if is_enough else []
        with self.store.read() as connection:
            if is_routed:
                rows = leaving.ROUTED.run(
                    connection, leaving.routed(self.peer, latest, urgent_only)
                )
            else:
                of_peer = {"peer": self.peer, "rank": Precedence.IMMEDIATE.rank}
                rows = (leaving.URGENT if urgent_only else leaving.ALL).run(connection, of_peer)
            picked, is_all = self._pack(self._leaving(rows, now_ms), beside)
        if is_all and len(picked) < least:
            return []
        if is_all and not urgent_only:
            self._asked.clear()  # what is left of them does not wait any more
            self._is_whole = self.is_told and not is_routed
        return picked

    def not_yet(self) -> list[tuple[int, int]]:
        """What waits for this carrier's turn: the rank and time of the oldest of each rank."""
        latest = self.latest()
        if latest == leaving.AT_ANY_TIME:
            return []
        with self.store.read() as connection:
            rows = leaving.OLDEST_LATER.run(connection, leaving.routed(self.peer, latest))
            return [(rank, at) for rank, at in rows]

    def _leaving(
        self, rows: Iterable[tuple[int, int, bytes, str]], now_ms: int
    ) -> Iterator[Waiting]:
        for epoch, number, raw, state in rows:
            place = (epoch, number)
            held = state == "held" and self._is_held(place, now_ms)
            if len(raw) > self.room:
                continue  # it is left to carriers that take more
            if place in self._asked or not (held or place in self._under_way):
                yield Waiting(0, place, raw)

    def _is_held(self, place: Place, now_ms: int) -> bool:
        """Whether to leave it to the peer to ask for it; not for ever, lest the peer lost it."""
        until = self._held.setdefault(place, now_ms + HELD_AGAIN_MS)
        if until <= now_ms:
            del self._held[place]
        return until > now_ms

    def _from_memory(self, urgent_only: bool) -> Iterator[Waiting]:
        """Takes from the heap what it gives."""
        while self._kept and not (urgent_only and self._kept[0][0] > Precedence.IMMEDIATE.rank):
            waiting = self._kept[0][2]
            yield waiting
            heapq.heappop(self._kept)
            self._kept_bytes -= len(waiting.raw)

    def _pack(
        self, leaving: Iterator[Waiting], beside: Sequence[bytes]
    ) -> tuple[list[tuple[Place, bytes]], bool]:
        """As many as one parcel holds besides, and whether they are all."""
        picked: list[tuple[Place, bytes]] = []
        size = sum(len(item) + ITEM_OVERHEAD for item in beside)
        room = limits.PARCEL_ITEMS - len(beside)
        for _, place, raw in leaving:
            size += len(raw) + ITEM_OVERHEAD
            if len(picked) == room or ((picked or beside) and size > self.room):
                return picked, False
            picked.append((place, raw))
        return picked, True

    def delivered(self, now_ms: int) -> None:
        """The carrier took them and the peer was heard."""
        self.last_ok_ms, self.last_error = now_ms, None
        self.heard()

    def failed(
        self, places: Iterable[Place], error: OpenlineError, now_ms: int, jitter: float
    ) -> None:
        """The carrier did not take them."""
        self.retry = retry.failed(self.retry, now_ms, jitter)
        self.last_error = error
        with self._lock:
            for place in places:
                self._under_way.pop(place, None)
            self._forget()

    def heard(self) -> None:
        """The peer was heard on any carrier: nothing holds the next try back."""
        self.retry = retry.heard(self.retry)

    def asked(self, places: Iterable[Place]) -> None:
        """The peer misses these."""
        with self._lock:
            self._asked.update(places)

    def covered(self, state: LineState) -> None:
        """Forget what the peer's receipts cover."""

        def open_(place: Place) -> bool:
            return place[1] >= state.sent_in(place[0]).covered

        with self._lock:
            self._under_way = {p: until for p, until in self._under_way.items() if open_(p)}
            self._asked = {p for p in self._asked if open_(p)}
            self._held = {p: until for p, until in self._held.items() if open_(p)}

    def wait_ms(self, now_ms: int) -> int | None:
        """How long until something that is under way may leave again; None when nothing is."""
        with self._lock:
            times = [*self._under_way.values(), *self._held.values()]
            times += [self._fetch_again_ms] if self._fetched else []
            until = min(times, default=None)
        return None if until is None else max(until - now_ms, 0)

    def under_way(self) -> int:
        """How many messages this carrier has taken lately that have no receipt."""
        with self._lock:
            return len(self._under_way)

    def waiting(self) -> int:
        """How many messages without a receipt may leave this way now, or did."""
        with self.store.read() as connection:
            values = leaving.routed(self.peer, self.latest())
            return int(leaving.ROUTED_COUNT.run(connection, values).fetchone()[0])

    def queued(self) -> int:
        """How many messages have no receipt yet."""
        with self.store.read() as connection:
            return int(leaving.QUEUED.run(connection, {"peer": self.peer}).fetchone()[0])
