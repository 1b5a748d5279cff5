"""``python -m benchmarks.crowd``: the index and its peers alone, and the chart of growth."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from rich.console import Console

from benchmarks.crowd import chart, report
from benchmarks.crowd.measure import measure
from benchmarks.figures import machine
from benchmarks.plan import LONG, CrowdPlan
from benchmarks.report import machine_line


def main() -> None:
    """Measure; print tables or JSON, and draw what was asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.crowd", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=LONG.crowd.sizes)
    parser.add_argument("--asked", type=int, default=LONG.crowd.asked)
    parser.add_argument(
        "--shares", type=int, nargs="+", default=LONG.crowd.shares,
        help="of each size the peers find the pairs of one activity in so many",
    )  # fmt: skip
    parser.add_argument("--no-peer", dest="peer", action="store_false", help="leave PostGIS out")
    parser.add_argument("--json", type=Path, help="write the figures to a file as well")
    parser.add_argument("--chart", type=Path, help="draw p50 over the sizes to an SVG file")
    options = parser.parse_args()
    plan = CrowdPlan(tuple(options.sizes), options.asked, tuple(options.shares))
    here = machine(Path(tempfile.gettempdir()))
    figures = measure(plan, options.peer, lambda what: print(what, file=sys.stderr))
    console = Console()
    console.print(machine_line(here))
    report.show(figures, console)
    found = {"machine": asdict(here), **asdict(figures)}
    if options.json:
        options.json.write_text(json.dumps(found, indent=1) + "\n")
    if options.chart:
        options.chart.write_text(chart.drawn(found["crowds"]))


if __name__ == "__main__":
    main()
