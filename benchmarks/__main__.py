"""``python -m benchmarks``: every figure beside its floor or a peer, measured in the same run."""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from benchmarks import carriers, conflicts, long, prosody, report, report_long, sizes, stations
from benchmarks.crowd import measure as crowds
from benchmarks.figures import Figures, machine
from benchmarks.floor import Floor, echoing
from benchmarks.plan import FULL, LONG, LONG_QUICK, QUICK, SENDERS, Plan
from benchmarks.spread import spread, timed
from benchmarks.stations import RECEIVER, SENDER
from openline.station.folder import Folder


def main() -> None:
    """Measure, and print tables, or JSON."""
    options = _options()
    screen = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with (
        tempfile.TemporaryDirectory(prefix="openline-bench-", dir=options.folder) as folder,
        Progress(*columns, console=screen, refresh_per_second=2) as progress,
    ):
        figures = _measured(Path(folder), options, Steps(progress))
    if options.json:
        print(json.dumps(asdict(figures), indent=2))
        return
    console = Console()
    if isinstance(figures, long.Long):
        report_long.show(figures, console)
    else:
        report.show(figures, console)
    console.print(f"measured in {figures.seconds:.0f} s")


def _measured(folder: Path, options: argparse.Namespace, steps: Steps) -> Figures | long.Long:
    if options.long:
        plan = LONG_QUICK if options.quick else LONG
        return long.measure(folder, plan, options.peer, steps.begin)
    return measure(folder, QUICK if options.quick else FULL, options.profile, options.peer, steps)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument("--profile", action="store_true", help="show where the time goes as well")
    parser.add_argument("--quick", action="store_true", help="tiny counts: shows that it runs")
    parser.add_argument(
        "--long",
        action="store_true",
        help="what takes minutes instead: a queue of 100,000, a record and a crowd of 1,000,000",
    )
    parser.add_argument(
        "--no-peer",
        dest="peer",
        action="store_false",
        help="leave Prosody and PostGIS out, and install nothing",
    )
    parser.add_argument(
        "--folder",
        type=Path,
        help="where the stations lie while they are measured (default: the system's "
        "temporary folder); on a tmpfs nothing is durable and the figures mean little",
    )
    return parser.parse_args()


class Steps:
    """What is being measured, one bar after the other."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._bar: TaskID | None = None

    def begin(self, what: str, total: int | None = None) -> Callable[[int], None]:
        """End the step before and begin another; the call tells how far it has come."""
        self.end()
        bar = self._bar = self._progress.add_task(what, total=total)
        return lambda done: self._progress.update(bar, completed=done)

    def end(self) -> None:
        """The step is done, however far it came."""
        if self._bar is not None:
            self._progress.update(self._bar, total=1, completed=1)


def measure(folder: Path, plan: Plan, profiled: bool, peer: bool, steps: Steps) -> Figures:
    """Everything. The floor is measured before and after the messages, which it is beside."""
    begun = time.perf_counter()
    here = machine(folder)
    floor = Floor()
    steps.begin("two stations, joined")
    with (
        stations.two_stations(folder, profiled) as (us, ru),
        echoing(Folder(folder / RECEIVER).certificate) as echo,
    ):
        sealing = sizes.sealing_of(Folder(folder / SENDER), Folder(folder / RECEIVER))

        def floor_once(when: str) -> None:
            steps.begin(f"floor, {when}")
            floor.measure(plan, echo, folder, sealing.message, sealing.seal())

        floor_once("before")
        hpke = spread(timed(sealing.seal_and_open, plan.parcels))
        weighed = sizes.measure(sealing, echo, sealing.receiver.tls_public)
        line = []
        for senders, count in zip(SENDERS, plan.messages, strict=True):
            progress = steps.begin(f"messages, {senders} at a time", count)
            line.append(stations.measure(us, ru, senders, count, progress))
        floor_once("after")
    peers = _peers(folder, plan, peer, steps)
    steps.begin("conflicts")
    found = conflicts.measure(plan)
    crowd = crowds.measure(plan.crowd, peer, steps.begin)
    steps.begin("carriers, one message after another")
    carried = carriers.measure(folder / "carriers", plan)
    steps.end()
    floor_ms = floor.sum_ms()
    return Figures(
        machine=here,
        floor=floor.parts(),
        floor_ms=floor_ms,
        hpke=hpke,
        line=line,
        peers=peers,
        ratio=line[0].latency.p50_ms / floor_ms,
        sizes=weighed,
        conflicts=found,
        crowd=crowd,
        carriers=carried,
        seconds=time.perf_counter() - begun,
    )


def _peers(folder: Path, plan: Plan, wanted: bool, steps: Steps) -> prosody.Peers:
    if not wanted:
        return prosody.Peers("", "it was not asked for")
    senders = tuple(zip(SENDERS, plan.messages, strict=True))
    steps.begin("Prosody, if it is here or may be installed")
    return prosody.measure(
        folder,
        senders,
        True,
        lambda at_a_time, count: steps.begin(f"Prosody, {at_a_time} at a time", count),
    )


if __name__ == "__main__":
    main()
