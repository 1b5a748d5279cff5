"""The running station: couriers that drain the outboxes, the listener, the ticker.

All waiting is done here, in one asyncio loop; all writing goes through the one
writer thread. Nothing is sent, answered or shown before its commit.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import structlog

from openline.carriers.https import listener
from openline.station import inbox, serving, timers
from openline.station.alerts import Alerts
from openline.station.aside import Turns, aside
from openline.station.courier import STORE_RETRY_MS, Courier, Lane
from openline.station.diagnosing import Diagnoser
from openline.station.engine import Notes
from openline.station.generations import renew_certificate
from openline.station.probing import Probed, Prober, answer
from openline.station.station import Station
from openline.wire.address import split_address
from openline.wire.probe import is_probe
from openline.words.errors import OpenlineError
from openline.words.moment import Now

trace = structlog.get_logger("openline.service")
PROBED = frozenset({"tests", "policy", "lines", "card", "linetest", "linetest-answer"})
"""Topics after which a probe may be due: a test wants one, or a peer said what it can read."""
TIMED = frozenset(
    {*("tests", "alarms", "policy", "lines", "card", "keys"), "urgency", "watch", "notices"}
)
"""Topics of a commit after which something may be due at another time, or on a new line."""
SHORTEST_SLEEP_S, LONGEST_SLEEP_S = 0.01, 60.0


class Service:
    """One station at work. `start` and `stop` run in the same event loop."""

    def __init__(self, station: Station, is_probing: bool = True) -> None:
        """`is_probing` is off where time is played: a leap of the clock would be measured."""
        self.station = station
        self._loop = asyncio.get_running_loop()
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._couriers: dict[str, Courier] = {}
        self._turns = Turns()
        self._prober = Prober(station, self.probed_of, self._heard)
        self._diagnoser = Diagnoser(station, self._prober, self.probed_of)
        self._is_probing = is_probing
        self._tick_now = asyncio.Event()
        self._alerts = Alerts(station)
        self._serving: serving.Serving | None = None
        self.failed: asyncio.Future[None] = self._loop.create_future()
        """Ends with the exception when an invariant broke: the station must stop."""

    async def start(self, host: str, port: int) -> str:
        """Listen and begin to work; returns the address that it listens on."""
        sock = serving.bind(host, port, "--listen")
        certificate = self._certificate()
        self._serving = await serving.run(listener(self._receive), sock, certificate)
        self.station.engine.on_known = self._known
        self.station.on_commit = self._noted
        self.station.on_fatal = self._fatal
        self.station.clock.on_jump(self._jumped)
        self._add_couriers()
        self._work("ticker", self._ticker())
        self._work("alerts", self._alerts.run())
        if self._is_probing:
            self._work("prober", self._prober.run())
            self._work("diagnoser", self._diagnoser.run())
            self.station.looked = self._prober.looked
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

    def _work(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        """Have `work` done; it never ends by itself, and when it breaks, that is heard of."""
        self._tasks[name] = asyncio.create_task(work, name=name)
        self._tasks[name].add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        error = None if task.cancelled() else task.exception()
        if error is not None:
            self._fatal(error)

    def _jumped(self) -> None:
        self._loop.call_soon_threadsafe(self._tick_now.set)

    # ---- our own keys ----------------------------------------------------------------

    def _certificate(self) -> Path:
        """The listener's certificate. The old one serves while a peer may know no newer card."""
        folder, engine = self.station.folder, self.station.engine
        if not engine.behind or not folder.certificate.exists():
            renew_certificate(folder, engine.card, engine.keys)
        return folder.certificate

    def _known(self) -> None:
        """Every peer has our newest card: called by whichever thread learned of the last."""

        def renew() -> None:
            if self._serving is not None:
                self._serving.renew(self._certificate())

        self._loop.call_soon_threadsafe(renew)

    # ---- in --------------------------------------------------------------------------

    async def _receive(self, sealed: bytes) -> bytes | None:
        station, engine = self.station, self.station.engine
        work = len(sealed) * len(engine.lines)  # it is tried against each line's keys
        arrived = station.clock.now()
        peer, raws = await aside(work, inbox.open_from_any, engine, sealed)
        if len(raws) == 1 and is_probe(raws[0]):
            return self._answer_probe(peer, raws[0], arrived, sealed)
        if len(raws) < inbox.MANY:
            items = await aside(len(sealed), inbox.admit_all, engine, peer, raws)
            storing = station.start(inbox.arriving(peer, items))
        else:  # the next long one does not overtake it, or it would find a gap
            async with self._turns.taking(peer) as turn:
                items = await aside(len(sealed), inbox.admit_all, engine, peer, raws)
                await turn()
                storing = station.start(inbox.arriving(peer, items))
        items_back = await asyncio.wrap_future(storing)
        self._heard(peer)
        size = sum(map(len, items_back))
        return await aside(size, inbox.seal_answer, engine, peer, items_back, sealed)

    def _answer_probe(self, peer: str, raw: bytes, arrived: Now, sealed: bytes) -> bytes | None:
        """A probe is answered at once, or an answer counted; nothing is stored."""
        said, back = answer(self.station.engine, peer, raw, arrived)
        self._prober.answered(peer, said, arrived)
        self._heard(peer)
        return inbox.seal_answer(self.station.engine, peer, [back] if back else [], sealed)

    def _heard(self, peer: str) -> None:
        if peer in self._couriers:
            self._couriers[peer].heard()

    def probed_of(self, peer: str) -> list[Probed]:
        """The carriers of a line, as probes use them."""
        courier = self._couriers.get(peer)
        if courier is None:
            return []
        https = courier.carrier
        places = tuple(split_address(address) for address in https.addresses)
        return [Probed(https.name, https.send, places=places)]

    # ---- what commits lead to --------------------------------------------------------

    def _noted(self, notes: Notes) -> None:
        """Called by the writer thread after a commit."""
        if (
            notes.wake or notes.resend or notes.topics & (TIMED | PROBED)
        ):  # else nothing here has to act
            self._loop.call_soon_threadsafe(self._after_commit, notes)

    def _after_commit(self, notes: Notes) -> None:
        if "lines" in notes.topics:
            self._add_couriers()
        if "keys" in notes.topics:
            for courier in self._couriers.values():
                courier.meet()
        for peer, numbers in notes.resend.items():
            self.station.outboxes[peer].asked(numbers)
        for peer in notes.wake.keys() & self._couriers.keys():
            self._couriers[peer].wake(notes.wake[peer])
        if "notices" in notes.topics:
            self._alerts.wake()
        if notes.topics & TIMED:
            self._tick_now.set()
        if notes.topics & PROBED:
            self._prober.wake()
            self._diagnoser.wake()

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
                for lane in Lane:
                    self._work(f"{peer} {lane.name}", courier.run(lane))

    # ---- time ------------------------------------------------------------------------

    async def _ticker(self) -> None:
        while True:
            self._tick_now.clear()
            why = {peer: self.station.trouble(peer) for peer in self._couriers}
            try:
                wait = await asyncio.to_thread(self._do_due, why)
            except OpenlineError as error:
                trace.error("tick failed", code=error.code)
                wait = STORE_RETRY_MS / 1_000
            try:
                async with asyncio.timeout(wait):  # `wait_for` of 3.11 can lose a cancellation
                    await self._tick_now.wait()
            except TimeoutError:
                continue

    def _do_due(self, why: Mapping[str, str]) -> float:
        """Do what is due, if anything is; returns the seconds until something is."""
        wait = self._seconds_to_next()
        if wait > SHORTEST_SLEEP_S:
            return wait
        self.station.run(partial(timers.tick, why=why))
        return self._seconds_to_next()

    def _seconds_to_next(self) -> float:
        station = self.station
        with station.engine.store.read() as connection:
            at = timers.next_wake(connection, station.engine.lines, station.now())
        if at is None:
            return LONGEST_SLEEP_S
        return min(max((at.ms - station.now().ms) / 1000, SHORTEST_SLEEP_S), LONGEST_SLEEP_S)
