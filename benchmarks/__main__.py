"""``python -m benchmarks``: every figure beside its floor or a peer, measured in the same run."""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from benchmarks import conflicts, report, sizes, stations
from benchmarks.figures import Figures, machine
from benchmarks.floor import Floor, echoing
from benchmarks.plan import FULL, QUICK, SENDERS, Plan
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
        Progress(*columns, console=screen, refresh_per_second=2, transient=True) as progress,
    ):
        plan = QUICK if options.quick else FULL
        figures = measure(Path(folder), plan, options.profile, progress)
    if options.json:
        print(json.dumps(asdict(figures), indent=2))
    else:
        console = Console()
        report.show(figures, console)
        console.print(f"measured in {figures.seconds:.0f} s")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument("--profile", action="store_true", help="show where the time goes as well")
    parser.add_argument("--quick", action="store_true", help="tiny counts: shows that it runs")
    parser.add_argument(
        "--folder",
        type=Path,
        help="where the stations lie while they are measured (default: the system's "
        "temporary folder); on a tmpfs nothing is durable and the figures mean little",
    )
    return parser.parse_args()


def measure(folder: Path, plan: Plan, profiled: bool, progress: Progress) -> Figures:
    """Everything. The floor is measured before and after the messages, which it is beside."""
    begun = time.perf_counter()
    here = machine(folder)
    floor = Floor()
    steps = progress.add_task("floor", total=None)
    with (
        stations.two_stations(folder, profiled) as (us, ru),
        echoing(Folder(folder / RECEIVER).certificate) as echo,
    ):
        sealing = sizes.sealing_of(Folder(folder / SENDER), Folder(folder / RECEIVER))

        def floor_once() -> None:
            progress.update(steps, description="floor", total=None, completed=0)
            floor.measure(plan, echo, folder, sealing.message, sealing.seal())

        floor_once()
        hpke = spread(timed(sealing.seal_and_open, plan.parcels))
        weighed = sizes.measure(sealing, echo, sealing.receiver.tls_public)
        line = []
        for senders, count in zip(SENDERS, plan.messages, strict=True):
            progress.update(steps, description=f"messages, {senders} at a time", total=count)
            line.append(
                stations.measure(
                    us, ru, senders, count, lambda done: progress.update(steps, completed=done)
                )
            )
        floor_once()
    progress.update(steps, description="conflicts", total=None)
    found = conflicts.measure(plan)
    floor_ms = floor.sum_ms()
    return Figures(
        machine=here,
        floor=floor.parts(),
        floor_ms=floor_ms,
        hpke=hpke,
        line=line,
        ratio=line[0].latency.p50_ms / floor_ms,
        sizes=weighed,
        conflicts=found,
        seconds=time.perf_counter() - begun,
    )


if __name__ == "__main__":
    main()
