"""One line's outbox: what leaves next, and when a carrier is tried again.

What waits is in the database; here is only what is under way. A restart
forgets that, and everything without a receipt simply leaves again.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import bindparam, func, select

from openline.forms.precedence import Precedence
from openline.line import delivery, retry
from openline.line.events import Place
from openline.line.records import LineState
from openline.line.retry import Retry
from openline.station.store import Store
from openline.station.tables import messages
from openline.words import limits
from openline.words.errors import OpenlineError
from openline.words.moment import Now

ITEM_OVERHEAD = 5
ROOM = limits.PARCEL_BUCKETS[-1] - 64
"""Bytes of items that one parcel holds."""
RESEND_AFTER_MS = 5_000
"""A message that left and was not receipted leaves again after this."""


@dataclass(slots=True)
class Outbox:
    """The way out to one peer. Times are the station's steady clock, in ms."""

    store: Store
    peer: str
    retry: Retry = field(default_factory=Retry)
    last_ok_ms: int | None = None
    last_error: OpenlineError | None = None
    _under_way: dict[Place, int] = field(default_factory=dict)
    _asked: set[Place] = field(default_factory=set)
    _fetched: tuple[Place, ...] = ()
    _fetch_again_ms: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, now_ms: int, urgent_only: bool = False) -> list[tuple[Place, bytes]]:
        """What leaves now, as (place, bytes): marked, so that no other lane takes it too."""
        with self._lock:
            picked = self._pick(now_ms, urgent_only)
            for place, _ in picked:
                self._under_way[place] = now_ms + RESEND_AFTER_MS
                self._asked.discard(place)
            return picked

    def fetches(self, state: LineState, now: Now) -> tuple[bytes, ...]:
        """What asks for our own lost messages; again when some came, or after a while."""
        lacking = tuple((epoch, sent.size) for epoch, sent in state.sent.items() if sent.lacks)
        with self._lock:
            same = lacking == self._fetched and now.monotonic_ms < self._fetch_again_ms
            self._fetched = lacking
            if not lacking or same:
                return ()
            self._fetch_again_ms = now.monotonic_ms + RESEND_AFTER_MS
        return delivery.requests(state, now)

    def _pick(self, now_ms: int, urgent_only: bool) -> list[tuple[Place, bytes]]:
        """The next parcel's messages: by precedence, then number (R-LINE-04)."""
        query = _WAITING_URGENT if urgent_only else _WAITING
        blocked = {p for p, until in self._under_way.items() if until > now_ms} - self._asked
        picked: list[tuple[Place, bytes]] = []
        size = 0
        with self.store.read() as connection:
            for epoch, number, raw, state in connection.execute(query, self._named):
                place = (epoch, number)
                held = state == "held" and place not in self._asked
                if place in blocked or held:
                    continue
                size += len(raw) + ITEM_OVERHEAD
                if len(picked) == limits.PARCEL_ITEMS or (picked and size > ROOM):
                    break
                picked.append((place, raw))
        return picked

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

    def wait_ms(self, now_ms: int) -> int | None:
        """How long until something that is under way may leave again; None when nothing is."""
        with self._lock:
            times = [*self._under_way.values(), *([self._fetch_again_ms] if self._fetched else [])]
            until = min(times, default=None)
        return None if until is None else max(until - now_ms, 0)

    def queued(self) -> int:
        """How many messages have no receipt yet."""
        with self.store.read() as connection:
            return int(connection.execute(_QUEUED, self._named).scalar_one())

    @property
    def _named(self) -> dict[str, str]:
        return {"p_peer": self.peer}


# Built once: on the path of every message, building a statement costs more than running it.
_m = messages.c
_WAITING = (
    select(_m.epoch, _m.number, _m.raw, _m.state)
    .where(_m.peer == bindparam("p_peer"), _m.waiting)
    .order_by(_m.rank, _m.pk)
)
_QUEUED = select(func.count()).where(_m.peer == bindparam("p_peer"), _m.waiting)
_WAITING_URGENT = _WAITING.where(_m.rank <= Precedence.IMMEDIATE.rank)
