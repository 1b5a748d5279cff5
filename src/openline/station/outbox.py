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
from openline.line import retry
from openline.line.retry import Retry
from openline.station.store import Store
from openline.station.tables import messages
from openline.words import limits
from openline.words.errors import OpenlineError

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
    _under_way: dict[int, int] = field(default_factory=dict)
    _asked: set[int] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, now_ms: int, urgent_only: bool = False) -> list[tuple[int, bytes]]:
        """What leaves now, as (number, bytes): marked, so that no other lane takes it too."""
        with self._lock:
            picked = self._pick(now_ms, urgent_only)
            for number, _ in picked:
                self._under_way[number] = now_ms + RESEND_AFTER_MS
                self._asked.discard(number)
            return picked

    def _pick(self, now_ms: int, urgent_only: bool) -> list[tuple[int, bytes]]:
        """The next parcel's messages: by precedence, then number (R-LINE-04)."""
        query = _WAITING_URGENT if urgent_only else _WAITING
        blocked = {n for n, until in self._under_way.items() if until > now_ms} - self._asked
        picked: list[tuple[int, bytes]] = []
        size = 0
        with self.store.read() as connection:
            for number, raw, state in connection.execute(query, {"p_peer": self.peer}):
                held = state == "held" and number not in self._asked
                if number in blocked or held:
                    continue
                size += len(raw) + ITEM_OVERHEAD
                if len(picked) == limits.PARCEL_ITEMS or (picked and size > ROOM):
                    break
                picked.append((number, raw))
        return picked

    def delivered(self, now_ms: int) -> None:
        """The carrier took them and the peer was heard."""
        self.last_ok_ms, self.last_error = now_ms, None
        self.heard()

    def failed(
        self, numbers: Iterable[int], error: OpenlineError, now_ms: int, jitter: float
    ) -> None:
        """The carrier did not take them."""
        self.retry = retry.failed(self.retry, now_ms, jitter)
        self.last_error = error
        with self._lock:
            for number in numbers:
                self._under_way.pop(number, None)

    def heard(self) -> None:
        """The peer was heard on any carrier: nothing holds the next try back."""
        self.retry = retry.heard(self.retry)

    def asked(self, numbers: Iterable[int]) -> None:
        """The peer misses these."""
        with self._lock:
            self._asked.update(numbers)

    def covered(self, size: int) -> None:
        """Forget what the peer's receipt covers."""
        with self._lock:
            self._under_way = {n: until for n, until in self._under_way.items() if n >= size}
            self._asked = {n for n in self._asked if n >= size}

    def wait_ms(self, now_ms: int) -> int | None:
        """How long until something that is under way may leave again; None when nothing is."""
        with self._lock:
            until = min(self._under_way.values(), default=None)
        return None if until is None else max(until - now_ms, 0)

    def queued(self) -> int:
        """How many messages have no receipt yet."""
        m = messages.c
        waiting = (m.peer == self.peer, m.way == "out", m.received_at.is_(None))
        with self.store.read() as connection:
            query = select(func.count()).select_from(messages).where(*waiting)
            return int(connection.execute(query).scalar_one())


# Built once: on the path of every message, building a statement costs more than running it.
_m = messages.c
_WAITING = (
    select(_m.number, _m.raw, _m.state)
    .where(_m.peer == bindparam("p_peer"), _m.way == "out", _m.received_at.is_(None))
    .order_by(_m.rank, _m.number)
)
_WAITING_URGENT = _WAITING.where(_m.rank <= Precedence.IMMEDIATE.rank)
