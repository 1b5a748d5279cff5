"""The prober: looks at each carrier of each line by itself, as often as the line's policy says.

A probe is stamped as it leaves, travels alone over one carrier, and is never sent again. What
came of it is kept aside from the record. The answering side stores nothing at all.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import structlog
from sqlalchemy import func, select

from openline.line import linetest, probing
from openline.line.linetest import Measure
from openline.line.probing import Begun
from openline.station import inbox, timers
from openline.station.books import probes
from openline.station.books.policy import policy_of
from openline.station.engine import Engine
from openline.station.heads import Line, require
from openline.station.station import Station
from openline.station.tables import tests
from openline.wire.parcel import seal
from openline.wire.probe import Probe, ProbeAnswer, is_probe, read_probe, write_answer, write_probe
from openline.words import limits
from openline.words.errors import OpenlineError
from openline.words.moment import Moment, Now
from openline.words.party import Direction

trace = structlog.get_logger("openline.probing")
SINCE_LEVEL = 3
"""A peer that speaks an older level of the forms does not know what a probe is."""
DRAWN_BITS = 53
LONGEST_SLEEP_MS = 60_000


@dataclass(frozen=True, slots=True)
class Probed:
    """A carrier of one line, as probes use it."""

    name: str
    send: Callable[[bytes], Awaitable[bytes]]
    """Hands a parcel over; gives the sealed answer, or nothing where that comes by itself."""
    cost: int = probing.CHEAP
    within_ms: int = probing.WITHIN_MS
    """How long an answer over it may take."""
    hops: tuple[tuple[tuple[str, int], ...], ...] = ()
    """Where it begins, as hosts and ports: of each of these one place at least must connect."""
    look: Callable[[], Awaitable[str]] | None = None
    """Looks at where it begins if that is no host; says what is seen, or raises what is wrong."""
    is_round: bool = True
    """Whether an answer can come back by it: what only takes or only brings is not probed."""


class Wanted(NamedTuple):
    """What a line's policy wants probed, and a line test that has just begun."""

    peer: str
    every_ms: int
    test_at: Moment | None


@dataclass(slots=True)
class _UnderWay:
    sent: Now
    answer: asyncio.Future[Measure]


def answer(
    engine: Engine, peer: str, raw: bytes, arrived: Now
) -> tuple[Probe | ProbeAnswer, bytes | None]:
    """What a peer's probe or answer says; to a probe, what to answer, stamped as it leaves.

    Raises what `read_probe` raises, and ``wrong-line`` (theirs). Stores nothing (R-PROBE-02).
    """
    line = require(engine.lines, peer)
    said = read_probe(raw, line.card.signing_key)
    if isinstance(said, Probe):
        line.state.received_at(said.direction)  # it is from this peer to us
        return said, write_answer(engine.signer, said, arrived.wall, engine.clock.now().wall).raw
    line.state.sent_at(said.direction)
    return said, None


class Prober:
    """Probes the lines of a running station. All in its event loop."""

    def __init__(
        self,
        station: Station,
        probed_of: Callable[[str], Sequence[Probed]],
        heard: Callable[[str], None],
    ) -> None:
        self._station = station
        self._probed_of = probed_of
        self._heard = heard
        self._wake = asyncio.Event()
        self._begun: dict[tuple[str, str], Begun] = {}
        self._under_way: dict[tuple[str, int], _UnderWay] = {}
        self._tasks: dict[tuple[str, str], asyncio.Task[None]] = {}

    def wake(self) -> None:
        """Lines, tests or policies changed: look whether something is due."""
        self._wake.set()

    def looked(self, peer: str, since: Moment) -> bool:
        """Whether each carrier that answers at once was probed `since` then, and that is over."""
        line = self._station.engine.lines.get(peer)
        if line is None or not self._probes(peer, line):
            return True
        names = [(peer, w.name) for w in self._ways(peer) if w.within_ms <= probing.WITHIN_MS]
        return all(
            of not in self._tasks and (begun := self._begun.get(of)) and begun.wall >= since
            for of in names
        )

    async def look(self, peer: str) -> None:
        """Probe each cheap carrier of a line now, or join what is under way; returns after it."""
        line = self._station.engine.lines.get(peer)
        if line is None or not self._probes(peer, line):
            return
        for way in self._ways(peer):
            if way.cost <= probing.CHEAP and way.within_ms <= probing.WITHIN_MS:
                self._begin(peer, way)
        under_way = [task for (each, _), task in self._tasks.items() if each == peer]
        if under_way:
            await asyncio.wait(under_way)

    def _ways(self, peer: str) -> list[Probed]:
        return [way for way in self._probed_of(peer) if way.is_round]

    def _begin(self, peer: str, way: Probed) -> None:
        of = (peer, way.name)
        if of not in self._tasks:
            now = self._station.clock.now()
            self._begun[of] = Begun(now.monotonic_ms, now.wall)
            self._tasks[of] = asyncio.create_task(self._probe(peer, way))
            self._tasks[of].add_done_callback(partial(self._ended, of))

    def _probes(self, peer: str, line: Line) -> bool:
        """Whether a line is probed: not while the peer lacks the card that a probe is signed by."""
        is_known = peer not in self._station.engine.behind
        return is_known and timers.in_use(line) and line.level >= SINCE_LEVEL

    async def run(self) -> None:
        """Probe for ever."""
        try:
            while True:
                self._wake.clear()
                wait_ms = LONGEST_SLEEP_MS
                try:
                    for wanted in await asyncio.to_thread(self._wanted):
                        wait_ms = min(wait_ms, self._begin_due(wanted))
                except OpenlineError as error:  # our own store: no reason to stop for good
                    trace.error("not probed", code=error.code)
                await self._sleep(wait_ms)
        finally:
            for task in self._tasks.values():
                task.cancel()
            await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def _sleep(self, ms: int) -> None:
        try:
            async with asyncio.timeout(max(ms, 1) / 1_000):
                await self._wake.wait()
        except TimeoutError:
            return

    def _wanted(self) -> list[Wanted]:
        lines = self._station.engine.lines
        t, now = tests.c, self._station.now()
        # What a clock that ran ahead left in the future is none of these.
        lately = (t.at <= now.ms, t.at > now.ms - limits.TEST_FRESH_MS)
        begun = select(func.max(t.at)).where(*lately)
        found = []
        with self._station.engine.store.read() as connection:
            for peer, line in lines.items():
                if self._probes(peer, line):
                    every_ms = policy_of(connection, peer).probe_every_ms
                    at = connection.execute(begun.where(t.peer == peer)).scalar()
                    found.append(Wanted(peer, every_ms, None if at is None else Moment(at)))
        return found

    def _begin_due(self, wanted: Wanted) -> int:
        """Begin what is due on a line; returns how long until more is, in ms."""
        steady_ms, left = self._station.clock.now().monotonic_ms, LONGEST_SLEEP_MS
        for way in self._ways(wanted.peer):
            of = (wanted.peer, way.name)
            wait_ms = probing.wait_ms(
                self._begun.get(of), way.cost, wanted.every_ms, wanted.test_at, steady_ms
            )
            if wait_ms == 0 and of not in self._tasks:
                self._begin(wanted.peer, way)
                wait_ms = wanted.every_ms if way.cost <= probing.CHEAP else None
            left = min(left, wait_ms or LONGEST_SLEEP_MS)
        return left

    def _ended(self, of: tuple[str, str], _task: asyncio.Task[None]) -> None:
        del self._tasks[of]
        self._station.changed("probes")
        self._wake.set()  # a test may have begun meanwhile, and wants another look

    # ---- one probe -------------------------------------------------------------------

    async def _probe(self, peer: str, way: Probed) -> None:
        """Probe one carrier once, and keep what came of it."""
        at, measured, why = self._station.now(), None, ""
        try:
            async with asyncio.timeout(way.within_ms / 1_000):
                at, measured = await self._ask(peer, way)
        except TimeoutError:
            why = f"no answer within {way.within_ms // 1_000} s"
        except OpenlineError as error:
            why = f"{error.message} [{error.whose}]"
        else:
            self._heard(peer)
        try:
            await self._station.run_soon(
                lambda tx: probes.keep(tx, peer, way.name, at, measured, why)
            )
        except OpenlineError as error:  # our own store; the carrier is probed again
            trace.error("probe not kept", line=peer, code=error.code)

    async def _ask(self, peer: str, way: Probed) -> tuple[Moment, Measure]:
        engine = self._station.engine
        line = require(engine.lines, peer)
        drawn, sent = secrets.randbits(DRAWN_BITS), self._station.clock.now()
        direction = Direction(engine.party, peer, line.state.out_epoch)
        probe = write_probe(engine.signer, direction, drawn, sent.wall, way.name)
        under_way = _UnderWay(sent, asyncio.get_running_loop().create_future())
        self._under_way[peer, drawn] = under_way
        try:
            reply = await way.send(seal([probe.raw], engine.envelope_to(peer)))
            arrived = self._station.clock.now()
            raws = inbox.open_reply(engine, peer, reply)
            for raw in filter(is_probe, raws):
                said, _ = answer(engine, peer, raw, arrived)
                self.answered(peer, said, arrived)
            if others := [raw for raw in raws if not is_probe(raw)]:  # its newest card, maybe
                items = inbox.admit_all(engine, peer, others)
                await self._station.run_soon(inbox.replying(peer, items, ()))
            return sent.wall, await under_way.answer
        finally:
            del self._under_way[peer, drawn]

    def answered(self, peer: str, said: Probe | ProbeAnswer, arrived: Now) -> None:
        """An answer came, whichever way: it counts for a probe under way, once (R-PROBE-03)."""
        under_way = self._under_way.get((peer, said.drawn))
        if isinstance(said, Probe) or under_way is None or under_way.answer.done():
            return
        sent = under_way.sent
        # By the steady clock: ours may be set while the probe is away.
        back = sent.wall.plus_ms(arrived.monotonic_ms - sent.monotonic_ms)
        under_way.answer.set_result(linetest.measure(sent.wall, said.received, said.at, back))
