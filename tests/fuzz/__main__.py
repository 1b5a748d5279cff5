"""``python -m fuzz``: every harness for some seconds, as many at a time as there are cores.

Inputs that reached something new are kept in the folder and are where the next run begins. An
input that broke a law is kept as well, printed, and makes the exit code 1.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from fuzz.harnesses import HARNESSES

MAX_BYTES = 8_192
"""Of one input: longer ones take time and find nothing else."""
SHOWN_BYTES = 200


@dataclass(frozen=True)
class Outcome:
    """What one harness came to."""

    name: str
    executions: int
    a_second: int
    inputs: int
    broke: Path | None
    said: str


def main() -> int:
    """Run the harnesses that were asked for; 1 when one broke."""
    asked = argparse.ArgumentParser(prog="python -m fuzz", description=__doc__)
    asked.add_argument("--seconds", type=int, default=60, help="for each harness")
    asked.add_argument("--folder", type=Path, default=Path("build/fuzz"), help="keeps the inputs")
    asked.add_argument("--only", choices=sorted(HARNESSES), help="this harness alone")
    given = asked.parse_args()
    names = [given.only] if given.only else list(HARNESSES)
    for name in names:
        _lay_seeds(name, given.folder / name)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        outcomes = list(pool.map(lambda n: _run(n, given.folder.resolve(), given.seconds), names))
    print(f"{'harness':10}{'executions':>12}{'a second':>10}{'inputs':>8}  found")
    for out in outcomes:
        found = out.broke.name if out.broke else "FAILED" if out.said else "nothing"
        print(f"{out.name:10}{out.executions:>12,}{out.a_second:>10,}{out.inputs:>8,}  {found}")
    for out in outcomes:
        if out.broke:
            data = out.broke.read_bytes()
            print(f"\n{out.name}: {len(data)} bytes in {out.broke}\n{data[:SHOWN_BYTES].hex()}")
        if out.said:
            print(out.said)
    return 1 if any(out.said for out in outcomes) else 0


def _lay_seeds(name: str, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(HARNESSES[name].seeds()):
        (folder / f"seed-{number}").write_bytes(seed)


def _run(name: str, folder: Path, seconds: int) -> Outcome:
    kept, broken = folder / name, folder / f"{name}-broken"
    broken.mkdir(exist_ok=True)
    before = set(broken.iterdir())
    options = (f"-max_total_time={seconds}", f"-max_len={MAX_BYTES}", "-print_final_stats=1")
    where = (f"-artifact_prefix={broken}/", str(kept))
    ran = subprocess.run(
        [sys.executable, "-m", "fuzz.one", name, *options, *where],
        capture_output=True,
        check=False,
        encoding="utf-8",
        errors="replace",
    )
    said = ran.stdout + ran.stderr
    found = sorted(set(broken.iterdir()) - before)
    return Outcome(
        name,
        _number(said, "number_of_executed_units"),
        _number(said, "average_exec_per_sec"),
        len(list(kept.iterdir())),
        found[0] if found else None,
        _trouble(said) if ran.returncode else "",
    )


def _number(said: str, stat: str) -> int:
    match = re.search(rf"stat::{stat}:\s+(\d+)", said)
    return int(match[1]) if match else 0


def _trouble(said: str) -> str:
    """From the exception on, or the last that was said."""
    _, found, trouble = said.partition("=== Uncaught Python exception: ===")
    return trouble.partition("\n==")[0].strip() if found else said[-2_000:]


if __name__ == "__main__":
    sys.exit(main())
