"""Looking for the fault after a missed line test: one's own side first, then the other lines."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

import structlog

from openline.line import diagnosis
from openline.line.diagnosis import About, Finding, Health
from openline.line.probing import Outcome
from openline.station import ownside
from openline.station.books import findings, probes
from openline.station.probing import Probed, Prober
from openline.station.station import Station
from openline.words import limits
from openline.words.errors import OpenlineError
from openline.words.moment import Moment

trace = structlog.get_logger("openline.diagnosing")


class Diagnoser:
    """Looks into missed tests, one after another, for as long as the station runs."""

    def __init__(
        self, station: Station, prober: Prober, probed_of: Callable[[str], Sequence[Probed]]
    ) -> None:
        self._station = station
        self._prober = prober
        self._probed_of = probed_of
        self._wake = asyncio.Event()
        self._began = station.clock.now()

    def wake(self) -> None:
        """A test may have been missed."""
        self._wake.set()

    async def run(self) -> None:
        """Look into every miss, for ever."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            try:
                for peer, test, at in await asyncio.to_thread(self._missed):
                    await self._look_into(peer, test, at)
            except OpenlineError as error:  # our own store: the test stays as it is
                trace.error("miss not looked into", code=error.code)

    def _missed(self) -> list[tuple[str, str, Moment]]:
        with self._station.engine.store.read() as connection:
            return findings.unchecked(connection, self._station.now())

    async def _look_into(self, peer: str, test: str, at: Moment) -> None:
        found = await self.look(peer, at)
        conclusion = diagnosis.conclude(found)
        await self._station.run_soon(
            lambda tx: findings.keep_check(tx, peer, test, conclusion, found)
        )

    async def look(self, peer: str, since: Moment) -> list[Finding]:
        """Everything that can be found here about the line to `peer`, own side first."""
        others = [each for each in self._station.engine.lines if each != peer]
        others = others[: limits.LINES_COMPARED]
        found = [await asyncio.to_thread(ownside.disk, self._station.folder.path)]
        began = self._station.now()
        hops = [hop for way in self._probed_of(peer) for hop in ownside.hops(way)]
        looks = [self._prober.look(each) for each in (peer, *others)]
        reached, _ = await asyncio.gather(asyncio.gather(*hops), asyncio.gather(*looks))
        places = [
            place
            for each in (peer, *others)
            for way in self._probed_of(each)
            for hop in way.hops
            for place in hop
        ]
        network = await ownside.network(places)
        return [
            *found,
            await asyncio.to_thread(self._clock, others),
            network,
            *reached,
            *await asyncio.to_thread(self._probes, peer, since),
            *await asyncio.to_thread(self._lines, others, began),
        ]

    def _clock(self, others: Sequence[str]) -> Finding:
        now = self._station.clock.now()
        drift_ms = (now.wall.ms - self._began.wall.ms) - (
            now.monotonic_ms - self._began.monotonic_ms
        )
        offsets = []
        with self._station.engine.store.read() as connection:
            for peer in others:
                for carrier in probes.carriers(connection, peer):
                    row = probes.newest(connection, peer, carrier)
                    if row is not None and row.offset_ms is not None:
                        offsets.append((row.offset_ms, row.offset_uncertainty_ms))
                        break  # one clock counts once
        return diagnosis.clock(drift_ms, offsets, limits.CLOCK_TOLERANCE_MS)

    def _probes(self, peer: str, since: Moment) -> list[Finding]:
        """What probes of this line's carriers have come to since the test began."""
        found = []
        with self._station.engine.store.read() as connection:
            for way in self._probed_of(peer):
                row = probes.newest(connection, peer, way.name, since)
                if row is not None:
                    answered = row.outcome == Outcome.ANSWERED
                    detail = f"answered at {Moment(row.at)}" if answered else row.why
                    state = Health.WELL if answered else Health.ILL
                    found.append(Finding(About.PROBE, state, detail, way.name))
        return found

    def _lines(self, others: Sequence[str], since: Moment) -> list[Finding]:
        """Whether other lines answer just now."""
        found = []
        with self._station.engine.store.read() as connection:
            for peer in others:
                rows = [
                    row
                    for way in self._probed_of(peer)
                    if (row := probes.newest(connection, peer, way.name, since)) is not None
                ]
                state, detail = Health.UNKNOWN, "not looked at: it cannot be probed"
                if rows:
                    good = [row for row in rows if row.outcome == Outcome.ANSWERED]
                    state = Health.WELL if good else Health.ILL
                    detail = f"answered at {Moment(good[0].at)}" if good else rows[0].why
                found.append(Finding(About.LINE, state, detail, peer))
        return found
