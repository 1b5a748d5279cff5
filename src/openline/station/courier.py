"""A courier drains one line's outbox through its carrier, in three lanes.

The urgent lane takes flash and immediate alone, so that they never wait for a
request that is under way with ordinary messages. While many wait, a second
parcel is under way beside the first, so that the other side stores the one
while it checks the other.
"""

from __future__ import annotations

import asyncio
import random
from enum import Enum, auto

import structlog

from openline.carriers.https import HttpsCarrier
from openline.line.events import Place
from openline.station import inbox
from openline.station.aside import aside
from openline.station.heads import require
from openline.station.station import Station
from openline.wire.parcel import seal
from openline.words.errors import OpenlineError

trace = structlog.get_logger("openline.courier")


class Lane(Enum):
    """One parcel at a time is under way in each."""

    URGENT = auto()
    ALL = auto()
    MORE = auto()
    """Whatever the precedence, but only while many wait and nothing goes wrong."""


STORE_RETRY_MS = 1_000
"""The outbox is read again this long after that failed."""


class Courier:
    """Carries what is queued on the line to `peer`."""

    def __init__(self, station: Station, peer: str) -> None:
        self._station = station
        self._peer = peer
        self._outbox = station.outboxes[peer]
        self.carrier = HttpsCarrier((), b"")
        self.meet()
        self._wake = {lane: asyncio.Event() for lane in Lane}
        self._heard = {lane: asyncio.Event() for lane in Lane}
        self.wake()

    def meet(self) -> None:
        """Carry to where the peer's newest card says; its card before may still be in use there."""
        ring = require(self._station.engine.lines, self._peer).ring
        self.carrier.meet(ring.newest.addresses, ring.tls_keys)

    def wake(self, urgent: bool = True) -> None:
        """There is something new to send; `urgent` when some of it is."""
        self._wake[Lane.ALL].set()
        if urgent:
            self._wake[Lane.URGENT].set()
        if self._outbox.has(inbox.MANY):
            self._wake[Lane.MORE].set()

    def heard(self) -> None:
        """The peer was heard: what waited for a next try is tried now."""
        self._outbox.heard()
        for event in self._heard.values():
            event.set()

    async def run(self, lane: Lane) -> None:
        """Drain one lane for ever."""
        while True:
            self._wake[lane].clear()
            try:
                while (batch := await self._taken(lane)) != ([], []):
                    await self._carry(*batch, lane)
            except OpenlineError as error:  # our own store: no reason to stop for good
                trace.error("outbox unreadable", line=self._peer, code=error.code)
                await self._wait_for(self._wake[lane], STORE_RETRY_MS)
                continue
            again_ms = None if lane is Lane.MORE else self._outbox.wait_ms(self._now_ms())
            await self._wait_for(self._wake[lane], again_ms)

    def _now_ms(self) -> int:
        return self._station.clock.now().monotonic_ms

    async def _taken(self, lane: Lane) -> tuple[list[Place], list[bytes]]:
        if lane is Lane.MORE and (self._outbox.last_error or not self._outbox.has(inbox.MANY)):
            return [], []
        if self._outbox.must_read(self._now_ms()):
            return await asyncio.to_thread(self._take, lane)
        return self._take(lane)

    def _take(self, lane: Lane) -> tuple[list[Place], list[bytes]]:
        """What leaves now: messages with their places, and what asks for our own lost ones."""
        # The asking goes first: what it brings back waits for a receipt, and could fill parcels.
        state = require(self._station.engine.lines, self._peer).state
        now = self._station.clock.now()
        asking = self._outbox.fetches(state, now) if lane is Lane.ALL else ()
        least = inbox.MANY if lane is Lane.MORE else 1
        batch = self._outbox.take(now.monotonic_ms, lane is Lane.URGENT, least, asking)
        return [place for place, _ in batch], [*asking, *(raw for _, raw in batch)]

    async def _carry(self, places: list[Place], items: list[bytes], lane: Lane) -> None:
        self._heard[lane].clear()
        engine = self._station.engine
        try:
            items = inbox.with_card(engine, self._peer, items)
            size = sum(map(len, items))
            sealed = await aside(size, seal, items, engine.envelope_to(self._peer))
            reply = await self.carrier.send(sealed)
            said = await aside(len(reply), inbox.admit_reply, engine, self._peer, reply)
            await self._station.run_soon(inbox.replying(self._peer, said, places))
            self._outbox.covered(engine.lines[self._peer].state)
        except OpenlineError as error:
            now_ms = self._now_ms()
            self._outbox.failed(places, error, now_ms, random.random())  # noqa: S311 (jitter)
            trace.info("not delivered", line=self._peer, code=error.code)
            self._station.changed("carriers")
            await self._wait_for(self._heard[lane], self._outbox.retry.not_before_ms - now_ms)
        else:
            self._outbox.delivered(self._now_ms())
            if self._outbox.has(inbox.MANY):
                self._wake[Lane.MORE].set()

    async def _wait_for(self, event: asyncio.Event, ms: int | None) -> None:
        try:
            async with asyncio.timeout(None if ms is None else max(ms, 1) / 1000):
                await event.wait()
        except TimeoutError:
            return
