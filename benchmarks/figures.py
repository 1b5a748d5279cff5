"""Everything that one run found out, and about which machine."""

from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pysqlite3 import dbapi2 as sqlite

from benchmarks.carriers import Carried
from benchmarks.conflicts import Conflicts
from benchmarks.crowd import measure as crowd
from benchmarks.prosody import Peers
from benchmarks.sizes import Sizes
from benchmarks.spread import Spread
from benchmarks.stations import Traffic


@dataclass(frozen=True)
class Machine:
    """What the figures were measured on; other programs' load blurs them."""

    processor: str
    cores: int
    system: str
    python: str
    sqlite: str
    file_system: str
    load_before: float


@dataclass(frozen=True)
class Figures:
    """One run."""

    machine: Machine
    floor: Mapping[str, Spread]
    floor_ms: float
    hpke: Spread
    line: Sequence[Traffic]
    peers: Peers
    ratio: float
    """p50 at one sender over the floor."""
    sizes: Sizes
    conflicts: Conflicts
    crowd: crowd.Figures
    carriers: Sequence[Carried]
    seconds: float


def machine(folder: Path) -> Machine:
    """This machine, and the file system under `folder`."""
    return Machine(
        processor=_processor(),
        cores=os.cpu_count() or 1,
        system=f"{platform.system()} {platform.machine()}",
        python=platform.python_version(),
        sqlite=sqlite.sqlite_version,
        file_system=_file_system(folder),
        load_before=os.getloadavg()[0],
    )


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def _file_system(folder: Path) -> str:
    """Its type as `df` names it; commits are not durable on a ``tmpfs``."""
    asked = subprocess.run(
        ["df", "-P", "-T", str(folder)], capture_output=True, text=True, check=False
    )
    lines = asked.stdout.splitlines()
    return lines[1].split()[1] if asked.returncode == 0 and len(lines) > 1 else "unknown"
