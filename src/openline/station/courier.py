"""A courier drains one outbox of a line through its carrier, in three lanes.

The urgent lane takes flash and immediate alone, so that they never wait for a
request that is under way with ordinary messages. While many wait, a second
parcel is under way beside the first, so that the other side stores the one
while it checks the other. A one-way carrier has no third lane, and what it brings from
the peer is collected beside.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from enum import Enum, auto

import structlog

from openline.carriers.base import OneWay
from openline.line import routing
from openline.line.events import Place
from openline.station import effects, inbox
from openline.station.aside import aside
from openline.station.carrying import carrier_of
from openline.station.heads import require
from openline.station.station import Station
from openline.station.ways import Way
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
    """Carries by one way of a line what waits for its turn there."""

    def __init__(self, station: Station, way: Way) -> None:
        self._station = station
        self._peer = way.setting.peer
        self.way = way
        self._outbox = way.outbox
        self.carrier = carrier_of(station, way.setting)
        self.lanes = self._lanes()
        self._wake = {lane: asyncio.Event() for lane in Lane}
        self._heard = {lane: asyncio.Event() for lane in Lane}
        self.on_turned: Callable[[], None] = lambda: None
        """Called when the carrier began to work, or to fail: others' turns change with it."""
        self.wake()

    def _lanes(self) -> tuple[Lane, ...]:
        if not self.way.takes:
            return ()
        return (Lane.URGENT, Lane.ALL) if isinstance(self.carrier, OneWay) else tuple(Lane)

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
            await self._wait_for(self._wake[lane], await self._again_ms(lane))

    async def _again_ms(self, lane: Lane) -> int | None:
        """How long until something may leave that may not now, unless it is woken."""
        if lane is Lane.MORE:
            return None
        times = [self._outbox.wait_ms(self._now_ms())]
        if not self._station.ways.is_first(self.way):
            times.append(await asyncio.to_thread(self._station.ways.turn_in_ms, self.way))
        return min((each for each in times if each is not None), default=None)

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
        asking: list[bytes] = self.way.answers.take() if lane is Lane.ALL else []
        if lane is Lane.ALL and self._station.ways.is_first(self.way):
            asking += self._outbox.fetches(state, now)
        asking = list(effects.fitting(asking))  # what is left is asked for again
        least = inbox.MANY if lane is Lane.MORE else 1
        batch = self._outbox.take(now.monotonic_ms, lane is Lane.URGENT, least, asking)
        return [place for place, _ in batch], [*asking, *(raw for _, raw in batch)]

    async def _carry(self, places: list[Place], items: list[bytes], lane: Lane) -> None:
        self._heard[lane].clear()
        engine = self._station.engine
        try:
            whole = inbox.with_card(engine, self._peer, items)
            size = sum(map(len, whole))
            sealed = await aside(size, seal, whole, engine.envelope_to(self._peer))
            reply = await self.carrier.send(sealed)
            self._used(sealed, reply)
            said = await aside(len(reply), inbox.admit_reply, engine, self._peer, reply)
            await self._station.run_soon(inbox.replying(self._peer, said, places))
            self._outbox.covered(engine.lines[self._peer].state)
        except OpenlineError as error:
            await self._failed(places, items, error, lane)
        else:
            self._outbox.delivered(self._now_ms())
            if self._station.ways.became(self.way, routing.Event.TOOK):
                self._turned()
            if self._outbox.has(inbox.MANY):
                self._wake[Lane.MORE].set()

    def _used(self, sealed: bytes, reply: bytes) -> None:
        self.way.parcels_in += bool(reply)
        self.way.bytes_in += len(reply)
        self.way.parcels_out += 1
        self.way.bytes_out += len(sealed)
        self.way.last_used_ms = self._station.now().ms

    async def _failed(
        self, places: list[Place], items: list[bytes], error: OpenlineError, lane: Lane
    ) -> None:
        now_ms = self._now_ms()
        self._outbox.failed(places, error, now_ms, random.random())  # noqa: S311 (jitter)
        self.way.answers.put(items[: len(items) - len(places)])
        trace.info("not delivered", line=self._peer, by=self.way.setting.name, code=error.code)
        if self._station.ways.became(self.way, routing.Event.FAILED):
            self._turned()
        self._station.changed("carriers")
        await self._rest(lane, self._outbox.retry.not_before_ms - now_ms)

    def _turned(self) -> None:
        for event in self._heard.values():
            event.set()
        self.on_turned()

    async def _rest(self, lane: Lane, ms: int) -> None:
        """Until the next try: that is when the peer was heard, or the carrier is back, or then."""
        back = asyncio.create_task(self.carrier.back())
        back.add_done_callback(lambda done: None if done.cancelled() else self.heard())
        try:
            await self._wait_for(self._heard[lane], ms)
        finally:
            back.cancel()

    async def _wait_for(self, event: asyncio.Event, ms: int | None) -> None:
        try:
            async with asyncio.timeout(None if ms is None else max(ms, 1) / 1000):
                await event.wait()
        except TimeoutError:
            return
