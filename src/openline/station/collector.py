"""A collector takes in what a one-way carrier brings, and lets go of it once it is stored.

What does not open is left where it is and not tried again until it changes: it
may be half a file that somebody is still copying, or nothing of ours.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from openline.carriers.base import Arrived, OneWay
from openline.line import routing
from openline.station.station import Station
from openline.station.ways import Way
from openline.words import limits
from openline.words.errors import OpenlineError, Whose

trace = structlog.get_logger("openline.collector")
TakeIn = Callable[[bytes, str], Awaitable[None]]
"""Has a sealed parcel stored that a carrier of this name brought; raises `OpenlineError`."""


class Collector:
    """Collects from one way of a line, every `poll_s` seconds."""

    def __init__(
        self, station: Station, way: Way, carrier: OneWay, poll_s: float, take_in: TakeIn
    ) -> None:
        self._station = station
        self._way = way
        self._carrier = carrier
        self._poll_s = poll_s
        self._take_in = take_in

    async def run(self) -> None:
        """Collect for ever."""
        while True:
            try:
                arrived = await self._carrier.collect(self._way.unreadable)
            except OpenlineError as error:
                arrived = []
                self._failed(error)
            else:
                self._worked()
            stored = [each.name for each in arrived if await self._stored(each)]
            if stored:
                await self._forget(stored)
            if len(stored) < limits.COLLECTED:
                await asyncio.sleep(self._poll_s)

    async def _stored(self, arrived: Arrived) -> bool:
        """Whether it was stored here; our own trouble leaves it for the next time."""
        setting = self._way.setting
        try:
            await self._take_in(arrived.data, setting.name)
        except OpenlineError as error:
            trace.warning("not taken in", line=setting.peer, by=setting.name, code=error.code)
            if error.whose is not Whose.OURS:
                self._way.not_opened(arrived.name)
            return False
        self._way.parcels_in += 1
        self._way.bytes_in += len(arrived.data)
        self._way.last_used_ms = self._station.now().ms
        return True

    async def _forget(self, names: list[str]) -> None:
        try:
            await self._carrier.forget(names)
        except OpenlineError as error:
            self._failed(error)

    def _worked(self) -> None:
        self._way.in_error = None
        self._became(routing.Event.TOOK)

    def _failed(self, error: OpenlineError) -> None:
        if self._way.in_error is None:
            trace.info("not collected", line=self._way.setting.peer, code=error.code)
        self._way.in_error = error
        self._became(routing.Event.FAILED)
        self._station.changed("carriers")

    def _became(self, event: routing.Event) -> None:
        """What only brings is up as long as it can be looked into: nothing else is known of it."""
        if not self._way.takes and self._station.ways.became(self._way, event):
            self._station.changed("carriers")
