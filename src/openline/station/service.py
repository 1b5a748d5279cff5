"""The running station: couriers that drain the outboxes, the listener, the ticker.

All waiting is done here, in one asyncio loop; all writing goes through the one
writer thread. Nothing is sent, answered or shown before its commit.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import structlog

from openline.carriers.base import OneWay
from openline.carriers.https import listener
from openline.station import inbox, relays, serving, timers
from openline.station.alerts import Alerts
from openline.station.aside import Turns, aside
from openline.station.carrying import meet, probed
from openline.station.collector import Collector
from openline.station.courier import STORE_RETRY_MS, Courier
from openline.station.diagnosing import Diagnoser
from openline.station.engine import Notes
from openline.station.generations import renew_certificate
from openline.station.probing import Probed, Prober, answer
from openline.station.settings import KINDS
from openline.station.station import Station
from openline.station.ways import Way
from openline.wire.probe import is_probe
from openline.words.errors import OpenlineError
from openline.words.moment import Now

trace = structlog.get_logger("openline.service")
PROBED = frozenset({"tests", "policy", "lines", "card", "linetest", "linetest-answer"})
"""Topics after which a probe may be due: a test wants one, or a peer said what it can read."""
TIMED = frozenset(
    {
        *("tests", "alarms", "policy", "lines", "card", "keys", "carriers"),
        *("urgency", "watch", "notices", "conflicts", "passings"),
    }
)
"""Topics of a commit after which something may be due at another time, or on a new line, or by
another carrier."""
SHORTEST_SLEEP_S, LONGEST_SLEEP_S = 0.01, 60.0


class Service:
    """One station at work. `start` and `stop` run in the same event loop."""

    def __init__(self, station: Station, is_probing: bool = True) -> None:
        """`is_probing` is off where time is played: a leap of the clock would be measured."""
        self.station = station
        self._loop = asyncio.get_running_loop()
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._couriers: dict[str, dict[str, Courier]] = {}
        """By line, then by the carrier's name."""
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
        self._serving = await serving.run(listener(self._receive, self._relay), sock, certificate)
        self.station.engine.on_known = self._known
        self.station.on_commit = self._noted
        self.station.on_fatal = self._fatal
        self.station.on_answer = self._answered
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
        for couriers in self._couriers.values():
            for courier in couriers.values():
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
        """A parcel of which whoever brings it waits for the answer."""
        peer, answer = await self._take_in(sealed)
        size, engine = sum(map(len, answer)), self.station.engine
        return await aside(size, inbox.seal_answer, engine, peer, answer, sealed)

    async def _relay(self, body: bytes) -> bytes:
        """What another station asks of this one as a relay."""
        request = await aside(len(body), relays.admit, self.station.engine, body)
        answer: bytes = await self.station.run_soon(relays.serving(request))
        return answer

    async def _collected(self, sealed: bytes, by: str) -> None:
        """A parcel that the one-way carrier `by` brought: the answer is a parcel of its own."""
        peer, answer = await self._take_in(sealed)
        if answer:
            self.station.ways.answer(peer, by, answer)
            self._wake(peer)

    async def _take_in(self, sealed: bytes) -> tuple[str, Sequence[bytes]]:
        station, engine = self.station, self.station.engine
        work = len(sealed) * len(engine.lines)  # it is tried against each line's keys
        arrived = station.clock.now()
        peer, raws = await aside(work, inbox.open_from_any, engine, sealed)
        if len(raws) == 1 and is_probe(raws[0]):
            return self._answer_probe(peer, raws[0], arrived)
        if len(raws) < inbox.MANY:
            items = await aside(len(sealed), inbox.admit_all, engine, peer, raws)
            storing = station.start(inbox.arriving(peer, items))
        else:  # the next long one does not overtake it, or it would find a gap
            async with self._turns.taking(peer) as turn:
                items = await aside(len(sealed), inbox.admit_all, engine, peer, raws)
                await turn()
                storing = station.start(inbox.arriving(peer, items))
        answer = await asyncio.wrap_future(storing)
        self._heard(peer)
        for outbox in station.ways.outboxes(peer):
            outbox.covered(engine.lines[peer].state)
        return peer, answer

    def _answer_probe(self, peer: str, raw: bytes, arrived: Now) -> tuple[str, Sequence[bytes]]:
        """A probe is answered at once, or an answer counted; nothing is stored."""
        said, back = answer(self.station.engine, peer, raw, arrived)
        self._prober.answered(peer, said, arrived)
        self._heard(peer)
        return peer, [back] if back else []

    def probed_of(self, peer: str) -> list[Probed]:
        """The carriers of a line, as probes use them."""
        couriers = self._couriers.get(peer, {}).values()
        return [probed(courier.way, courier.carrier) for courier in couriers]

    # ---- what commits lead to --------------------------------------------------------

    def _noted(self, notes: Notes) -> None:
        """Called by the writer thread after a commit."""
        if (
            notes.wake or notes.resend or notes.topics & (TIMED | PROBED)
        ):  # else nothing here has to act
            self._loop.call_soon_threadsafe(self._after_commit, notes)

    def _after_commit(self, notes: Notes) -> None:
        if notes.topics & {"lines", "carriers"}:
            self._add_couriers()
        if "keys" in notes.topics:
            for couriers in self._couriers.values():
                for courier in couriers.values():
                    meet(self.station, courier.way.setting, courier.carrier)
        for peer, numbers in notes.resend.items():
            for outbox in self.station.ways.outboxes(peer):
                outbox.asked(numbers)
        for peer, urgent in notes.wake.items():
            self._wake(peer, urgent)
        if "notices" in notes.topics:
            self._alerts.wake()
        if notes.topics & TIMED:
            self._tick_now.set()
        if notes.topics & PROBED:
            self._prober.wake()
            self._diagnoser.wake()

    def _answered(self, peer: str) -> None:
        """Called by whichever thread has answers for a carrier."""
        self._loop.call_soon_threadsafe(self._wake, peer)

    def _fatal(self, error: BaseException) -> None:
        def end() -> None:
            if not self.failed.done():
                self.failed.set_exception(error)

        self._loop.call_soon_threadsafe(end)

    def _add_couriers(self) -> None:
        """A courier for each carrier that is set; one that is set no more ends."""
        for peer in self.station.engine.lines:
            couriers = self._couriers.setdefault(peer, {})
            ways = {way.setting.name: way for way in self.station.ways.of(peer)}
            for name in [n for n, c in couriers.items() if ways.get(n) is not c.way]:
                self._end(couriers.pop(name))
            for name in ways.keys() - couriers.keys():
                couriers[name] = self._begin(peer, ways[name])
            self._wake(peer)

    def _begin(self, peer: str, way: Way) -> Courier:
        courier = Courier(self.station, way)
        courier.on_turned = lambda: self._wake(peer)
        for lane in courier.lanes:
            self._work(f"{peer} {way.setting.name} {lane.name}", courier.run(lane))
        if isinstance(courier.carrier, OneWay):
            every_s = way.setting.seconds("poll_s", KINDS[way.setting.kind].poll_s)
            collector = Collector(self.station, way, courier.carrier, every_s, self._collected)
            self._work(f"{peer} {way.setting.name} COLLECTOR", collector.run())
        return courier

    def _end(self, courier: Courier) -> None:
        begins = f"{courier.way.setting.peer} {courier.way.setting.name} "
        for name in [name for name in self._tasks if name.startswith(begins)]:
            self._tasks.pop(name).cancel()
        self._tasks[begins] = asyncio.create_task(courier.carrier.close())

    def _wake(self, peer: str, urgent: bool = True) -> None:
        for courier in self._couriers.get(peer, {}).values():
            courier.wake(urgent)

    def _heard(self, peer: str) -> None:
        for courier in self._couriers.get(peer, {}).values():
            courier.heard()

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
