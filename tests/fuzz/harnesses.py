"""Every harness by its name."""

from __future__ import annotations

from fuzz import evidence, files, probes, station, wire
from fuzz.harness import Harness

HARNESSES: dict[str, Harness] = {
    **wire.HARNESSES,
    **probes.HARNESSES,
    **evidence.HARNESSES,
    **files.HARNESSES,
    **station.HARNESSES,
}
