"""The running station: couriers that drain the outboxes, the listener, the ticker.

All waiting is done here, in one asyncio loop; all writing goes through the one
writer thread. Nothing is sent, answered or shown before its commit.
"""

from __future__ import annotations

import asyncio
from functools import partial

import structlog

from openline.carriers.https import listener
from openline.station import inbox, serving, timers
from openline.station.courier import LANES, Courier
from openline.station.engine import Notes
from openline.station.station import Station
from openline.words.errors import OpenlineError

trace = structlog.get_logger("openline.service")
LONGEST_SLEEP_S = 60.0


class Service:
    """One station at work. `start` and `stop` run in the same event loop."""

    def __init__(self, station: Station) -> None:
        self.station = station
        self._loop = asyncio.get_running_loop()
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._couriers: dict[str, Courier] = {}
        self._tick_now = asyncio.Event()
        self._serving: serving.Serving | None = None
        self.failed: asyncio.Future[None] = self._loop.create_future()
        """Ends with the exception when an invariant broke: the station must stop."""

    async def start(self, host: str, port: int) -> str:
        """Listen and begin to work; returns the address that it listens on."""
        sock = serving.bind(host, port, "--listen")
        certificate = self.station.folder.certificate
        self._serving = await serving.run(listener(self._receive), sock, certificate)
        self.station.on_commit = self._noted
        self.station.on_fatal = self._fatal
        self.station.clock.on_jump(self._jumped)
        self._add_couriers()
        self._tasks["ticker"] = asyncio.create_task(self._ticker())
        return self._serving.address

    async def stop(self) -> None:
        """Stop taking and sending; what was stored stays."""
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)
        for courier in self._couriers.values():
            await courier.carrier.close()
        if self._serving is not None:
            await self._serving.stop()

    def _jumped(self) -> None:
        self._loop.call_soon_threadsafe(self._tick_now.set)

    # ---- in --------------------------------------------------------------------------

    async def _receive(self, sealed: bytes) -> bytes | None:
        station = self.station
        peer, answer = await asyncio.to_thread(inbox.receive, station.engine, station.run, sealed)
        if peer in self._couriers:
            self._couriers[peer].heard()
        return answer

    # ---- what commits lead to --------------------------------------------------------

    def _noted(self, notes: Notes) -> None:
        """Called by the writer thread after a commit."""
        self._loop.call_soon_threadsafe(self._after_commit, notes)

    def _after_commit(self, notes: Notes) -> None:
        if "lines" in notes.topics:
            self._add_couriers()
        for peer, numbers in notes.resend.items():
            self.station.outboxes[peer].asked(numbers)
        for peer in notes.wake & self._couriers.keys():
            self._couriers[peer].wake()
        if notes.topics & {"tests", "alarms", "policy", "lines", "card"}:
            self._tick_now.set()

    def _fatal(self, error: BaseException) -> None:
        def end() -> None:
            if not self.failed.done():
                self.failed.set_exception(error)

        self._loop.call_soon_threadsafe(end)

    def _add_couriers(self) -> None:
        for peer in self.station.engine.lines:
            if peer not in self._couriers:
                courier = Courier(self.station, peer)
                self._couriers[peer] = courier
                for lane in LANES:
                    self._tasks[f"{peer} {lane}"] = asyncio.create_task(courier.run(lane))

    # ---- time ------------------------------------------------------------------------

    async def _ticker(self) -> None:
        while True:
            self._tick_now.clear()
            why = {peer: self.station.trouble(peer) for peer in self._couriers}
            try:
                await asyncio.to_thread(self.station.run, partial(timers.tick, why=why))
            except OpenlineError as error:
                trace.error("tick failed", code=error.code)
            wait = await asyncio.to_thread(self._seconds_to_next)
            try:
                await asyncio.wait_for(self._tick_now.wait(), wait)
            except TimeoutError:
                continue

    def _seconds_to_next(self) -> float:
        station = self.station
        with station.engine.store.read() as connection:
            at = timers.next_wake(connection, station.engine.lines)
        if at is None:
            return LONGEST_SLEEP_S
        return min(max((at.ms - station.now().ms) / 1000, 0.01), LONGEST_SLEEP_S)
