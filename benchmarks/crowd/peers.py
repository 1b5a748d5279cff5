"""The peers that live in this process: SQLite's R*Tree with shapely, and shapely's STRtree."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Protocol

import numpy as np
import shapely
from pysqlite3 import dbapi2 as sqlite

from benchmarks.crowd.flat import BEND_M, STRETCH, Flat, flat
from openline.conflict.verdict import Planned
from openline.words.volume import DEFAULT_SEPARATION

SEPARATION_M = DEFAULT_SEPARATION.horizontal_mm / 1000
VERTICAL_MM, TIME_MS = DEFAULT_SEPARATION.vertical_mm, DEFAULT_SEPARATION.time_ms
_AT_ONCE = 200
_LATER = 16_384

Pair = tuple[str, str]


class Peer(Protocol):
    """What holds a crowd and says what conflicts."""

    name: str
    doubt: tuple[float, float]
    """How wrong its distances may be: a share of them, and metres."""

    def load(self, crowd: Sequence[Planned]) -> None:
        """Hold all of them."""

    def ask_and_add(self, planned: Planned) -> set[str]:
        """The ids of what `planned` conflicts with; from then on it is held as well."""

    def pairs(self, every: int) -> Iterator[Pair]:
        """Pairs that conflict of which one is each `every`-th of what was loaded."""

    def cpu(self) -> float:
        """Seconds of processor that it has used outside this process."""


class SQLite:
    """An R*Tree over place and time; height and shape are looked at one by one."""

    name = "SQLite R*Tree and shapely"
    doubt = (STRETCH, BEND_M)

    def __init__(self) -> None:
        self._db = sqlite.connect(":memory:", isolation_level=None)
        self._db.execute(
            "CREATE VIRTUAL TABLE boxes USING rtree(id, x1, x2, y1, y2, t1, t2, z1, z2)"
        )
        self._held: list[tuple[str, Flat]] = []
        self._since = 0

    def load(self, crowd: Sequence[Planned]) -> None:
        self._since = crowd[0].volume.window.start.ms
        self._db.execute("BEGIN")
        for planned in crowd:
            self._add(planned.id, flat(planned))
        self._db.execute("COMMIT")

    def _add(self, id: str, one: Flat) -> None:
        west, south, east, north = one.box
        start, end = one.start - self._since, one.end - self._since
        self._db.execute(
            "INSERT INTO boxes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (len(self._held), west, east, south, north, start, end, one.lower_mm, one.upper_mm),
        )
        self._held.append((id, one))

    def ask_and_add(self, planned: Planned) -> set[str]:
        one = flat(planned)
        found = {self._held[number][0] for number in self._near(one)}
        self._add(planned.id, one)
        return found

    def _near(self, one: Flat) -> Iterator[int]:
        west, south, east, north = one.box
        start, end = one.start - self._since - TIME_MS, one.end - self._since + TIME_MS
        rows = self._db.execute(
            "SELECT id FROM boxes WHERE x1 <= ? AND x2 >= ? AND y1 <= ? AND y2 >= ? "
            "AND t1 <= ? AND t2 >= ? AND z1 <= ? AND z2 >= ?",
            (
                *(east + SEPARATION_M, west - SEPARATION_M),
                *(north + SEPARATION_M, south - SEPARATION_M, end, start),
                *(one.upper_mm + VERTICAL_MM, one.lower_mm - VERTICAL_MM),
            ),
        )
        for (number,) in rows:
            other = self._held[number][1]
            if (
                max(one.start, other.start) - min(one.end, other.end) < TIME_MS
                and max(one.lower_mm, other.lower_mm) - min(one.upper_mm, other.upper_mm)
                < VERTICAL_MM
                and shapely.dwithin(
                    one.core, other.core, one.reach_m + other.reach_m + SEPARATION_M
                )
            ):
                yield number

    def pairs(self, every: int) -> Iterator[Pair]:
        for number in range(0, len(self._held), every):
            id, one = self._held[number]
            yield from ((id, self._held[near][0]) for near in self._near(one) if near > number)

    def cpu(self) -> float:
        return 0.0


class STRtree:
    """Shapely's packed tree over boxes in the plane, the rest by numpy. It takes no additions:
    what comes later is compared one by one."""

    name = "shapely STRtree"
    doubt = (STRETCH, BEND_M)

    def load(self, crowd: Sequence[Planned]) -> None:
        held = [flat(planned) for planned in crowd]
        self._ids = [planned.id for planned in crowd]
        self._loaded = len(held)
        room = self._loaded + _LATER
        self._cores = np.empty(room, dtype=object)
        self._cores[: self._loaded] = [each.core for each in held]
        self._numbers = np.zeros((room, 4), dtype=np.int64)
        self._numbers[: self._loaded] = [each[3:] for each in held]
        self._reach = np.zeros(room)
        self._reach[: self._loaded] = [each.reach_m for each in held]
        self._boxes = np.array([each.box for each in held])
        shapely.prepare(self._cores[: self._loaded])
        self._tree = shapely.STRtree(shapely.box(*self._boxes.T))

    def _near(self, one: Flat, chosen: Any) -> Any:
        start, end, lower, upper = self._numbers[chosen].T
        near = (np.maximum(start, one.start) - np.minimum(end, one.end) < TIME_MS) & (
            np.maximum(lower, one.lower_mm) - np.minimum(upper, one.upper_mm) < VERTICAL_MM
        )
        chosen = chosen[near]
        reach = self._reach[chosen] + one.reach_m + SEPARATION_M
        return chosen[shapely.dwithin(self._cores[chosen], one.core, reach)]

    def ask_and_add(self, planned: Planned) -> set[str]:
        one = flat(planned)
        west, south, east, north = one.box
        wide = (west - SEPARATION_M, south - SEPARATION_M, east + SEPARATION_M)
        inside = self._tree.query(shapely.box(*wide, north + SEPARATION_M))
        later = np.arange(self._loaded, len(self._ids))
        found = {self._ids[k] for part in (inside, later) for k in self._near(one, part).tolist()}
        at = len(self._ids)
        self._ids.append(planned.id)
        self._cores[at], self._numbers[at], self._reach[at] = one.core, one[3:], one.reach_m
        return found

    def pairs(self, every: int) -> Iterator[Pair]:
        wide = self._boxes[::every] + np.array([-1, -1, 1, 1]) * SEPARATION_M
        numbers = np.arange(0, len(self._boxes), every)
        for at in range(0, len(numbers), _AT_ONCE):
            mine, others = self._tree.query(shapely.box(*wide[at : at + _AT_ONCE].T))
            a = numbers[mine + at]
            a, b = a[others > a], others[others > a]
            for column, limit in ((0, TIME_MS), (2, VERTICAL_MM)):
                of_a, of_b = self._numbers[a], self._numbers[b]
                gap = np.maximum(of_a[:, column], of_b[:, column]) - np.minimum(
                    of_a[:, column + 1], of_b[:, column + 1]
                )
                a, b = a[gap < limit], b[gap < limit]
            reach = self._reach[a] + self._reach[b] + SEPARATION_M
            near = shapely.dwithin(self._cores[a], self._cores[b], reach)
            for k, other in zip(a[near].tolist(), b[near].tolist(), strict=True):
                yield self._ids[k], self._ids[other]

    def cpu(self) -> float:
        return 0.0
