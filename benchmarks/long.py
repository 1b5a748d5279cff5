"""What shows only over many messages: a long queue, a long record, and memory meanwhile."""

from __future__ import annotations

import itertools
import resource
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from benchmarks import history, stations
from benchmarks.crowd import measure as crowds
from benchmarks.figures import Machine, machine
from benchmarks.floor import verifications
from benchmarks.plan import FIELDS, FORM, LongPlan
from benchmarks.spread import Spread, spread
from benchmarks.stations import RECEIVER, SENDER
from openline.forms.fields import fill
from openline.station import proofs, traffic
from openline.station.facade import Facade
from openline.station.folder import Folder
from openline.station.recheck import cores
from openline.station.station import Station

Begin = Callable[[str, int | None], Callable[[int], None]]
QUEUED_AT_ONCE = 1_000
POLL_S = 0.2
STALLED_S = 120
MEMORY_AT = 10
"""Samples of memory, evenly over the messages."""


@dataclass(frozen=True)
class CatchUp:
    """How a queue drained, from the moment that both stations ran until the last receipt."""

    messages: int
    queue_seconds: float
    """How long it took to submit them, without a peer."""
    seconds: float
    per_second: float
    memory_mb: dict[str, list[float]]
    """Of each station's process, at every tenth of the messages."""


@dataclass(frozen=True)
class Verified:
    """`record verify` beside the time that its signatures alone take."""

    messages: int
    seconds: float
    floor_seconds: float
    """Every message's and receipt's signature, shared by all cores."""
    ratio: float
    cores: int
    own_mb: float
    """The most that the verifying process held, above what it held before."""
    worker_mb: float
    """The most that any process that it started held."""


@dataclass(frozen=True)
class Long:
    """One run."""

    machine: Machine
    catch_up: CatchUp
    verified: Verified
    proof: Spread
    proven_size: int
    crowd: crowds.Figures
    seconds: float


def measure(folder: Path, plan: LongPlan, peer: bool, begin: Begin) -> Long:
    """Everything."""
    started = time.perf_counter()
    here = machine(folder)
    caught_up = catch_up(folder / "queue", plan.queued, begin)
    with _long_record(folder / "record", plan.record, begin) as station:
        proof = spread(_proofs(station, plan.proofs))
        verified = verify(station, plan, begin)
        size = station.engine.lines[RECEIVER].state.out.size
    crowd = crowds.measure(plan.crowd, peer, lambda what: begin(what, None))
    seconds = time.perf_counter() - started
    return Long(here, caught_up, verified, proof, size, crowd, seconds)


# ---- a long queue --------------------------------------------------------------------------


def catch_up(folder: Path, count: int, begin: Begin) -> CatchUp:
    """Queue `count` messages while no station runs; then let both run."""
    addresses = stations.found_both(folder)
    with stations.at_work(folder, addresses, profiled=False) as (us, ru):
        stations.join(us, ru)
    queue_seconds = _queue(folder, count, begin(f"queue {count:,} messages", count))
    progress = begin("catch up", count)
    memory: dict[str, list[float]] = {SENDER: [], RECEIVER: []}
    begun = time.perf_counter()
    with stations.at_work(folder, addresses, profiled=False) as (us, ru):
        begun = time.perf_counter()
        last, left = begun, count
        while left:
            time.sleep(POLL_S)
            now_left = us.ask("queued")
            if now_left != left:
                last = time.perf_counter()
            elif time.perf_counter() - last > STALLED_S:
                raise TimeoutError(f"{left} messages still wait after {STALLED_S} s")
            left = now_left
            progress(count - left)
            while len(memory[SENDER]) < MEMORY_AT * (count - left) // count:
                memory[SENDER].append(us.ask("memory"))
                memory[RECEIVER].append(ru.ask("memory"))
        seconds = time.perf_counter() - begun
    return CatchUp(count, queue_seconds, seconds, count / seconds, memory)


def _queue(folder: Path, count: int, progress: Callable[[int], None]) -> float:
    fields = fill(FORM, FIELDS)
    station = Station(Folder(folder / SENDER))
    begun = time.perf_counter()
    try:
        for first in range(0, count, QUEUED_AT_ONCE):
            some = range(min(QUEUED_AT_ONCE, count - first))
            jobs: list[Future[Any]] = [
                station.start(lambda tx: traffic.submit(tx, (RECEIVER,), FORM, fields))
                for _ in some
            ]
            for job in jobs:
                job.result()
            progress(first + len(some))
        return time.perf_counter() - begun
    finally:
        station.close()


# ---- a long record -------------------------------------------------------------------------


@contextmanager
def _long_record(folder: Path, count: int, begin: Begin) -> Iterator[Station]:
    addresses = stations.found_both(folder)
    with stations.at_work(folder, addresses, profiled=False) as (us, ru):
        stations.join(us, ru)
    station = Station(Folder(folder / SENDER))
    try:
        history.grow(
            station, Folder(folder / RECEIVER), count, begin(f"make a record of {count:,}", count)
        )
    finally:
        station.close()
    station = Station(Folder(folder / SENDER))  # which knows of the record that it has now
    try:
        yield station
    finally:
        station.close()


def _proofs(station: Station, count: int) -> Iterator[float]:
    """Seconds of each of `count` inclusion proofs of random messages, read from the database."""
    chance = Random(1)
    size = station.engine.lines[RECEIVER].state.out.size
    with station.engine.store.read() as connection:
        for turn in itertools.count():
            number = chance.randrange(size)
            begun = time.perf_counter()
            proofs.path_to(connection, RECEIVER, "out", 1, number, size)
            if turn >= count // 10:  # the first ones warm up
                yield time.perf_counter() - begun
            if turn == count + count // 10:
                return


def verify(station: Station, plan: LongPlan, begin: Begin) -> Verified:
    """`record verify`, and how long its signatures alone take, before and after."""
    size = station.engine.lines[RECEIVER].state.out.size
    signatures = size + size // history.RECEIPT_EVERY
    progress = begin("record verify", size)
    floor = list(verifications(plan.signatures))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begun = time.perf_counter()
    report = Facade(station).verify(lambda done, of: progress(done))
    seconds = time.perf_counter() - begun
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    if not report["holds"]:
        raise RuntimeError(f"the record does not hold: {report['faults'][:3]}")
    floor += verifications(plan.signatures)
    floor_seconds = spread(floor).p50_ms / 1e3 * signatures / cores()
    workers = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return Verified(
        size, seconds, floor_seconds, seconds / floor_seconds, cores(),
        (after - before) / 1024, workers / 1024,
    )  # fmt: skip
