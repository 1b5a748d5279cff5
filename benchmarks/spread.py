"""Samples of one figure, and what is said of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Spread:
    """How many samples there were, and two of their percentiles, in milliseconds."""

    samples: int
    p50_ms: float
    p99_ms: float


def spread(seconds: Iterable[float]) -> Spread:
    """The percentiles by nearest rank."""
    ordered = sorted(seconds)
    count = len(ordered)
    return Spread(count, _rank(ordered, 50) * 1e3, _rank(ordered, 99) * 1e3)


def _rank(ordered: Sequence[float], percent: int) -> float:
    return ordered[-(-len(ordered) * percent // 100) - 1]


def timed(act: Callable[[], object], count: int) -> list[float]:
    """The seconds of each of `count` calls, after a tenth of that many to warm up."""
    for _ in range(max(1, count // 10)):
        act()
    taken = []
    for _ in range(count):
        begun = time.perf_counter()
        act()
        taken.append(time.perf_counter() - begun)
    return taken
