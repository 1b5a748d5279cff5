"""Planned activities as rows of numbers: all that the index holds of them, back without loss.

A circle is a row alone. Any other shape has its vertices and its traced points
(`core.line`) in pools beside the rows; its row says where.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import cos, radians, sin, sqrt
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from openline.conflict.boxes import LANE, Lane, lane_of
from openline.conflict.core import Line, bound, line, polygons
from openline.conflict.earth import GEOD, Floats, Ints
from openline.conflict.height import Geoid
from openline.conflict.verdict import Planned
from openline.words.moment import Moment, Window
from openline.words.volume import (
    Area,
    Band,
    Circle,
    Corridor,
    Datum,
    Edges,
    Ground,
    Path,
    Polygon,
    Position,
    Separation,
    Shape,
    Unit,
    Volume,
)

CIRCLE, CORRIDOR, AREA = 0, 1, 2
ROW = np.dtype(
    [
        *((axis, np.float64) for axis in "xyz"),  # the ball's centre; of a circle its own
        ("start", np.int64),
        ("end", np.int64),
        ("lon", np.int32),  # of a circle; else the number of its shape in the pools
        ("lat", np.int32),
        ("size_mm", np.int32),  # a circle's radius, a corridor's width
        ("extent_m", np.float32),  # the ball's radius, rounded up; of a circle 0
        ("lower", np.int32),
        ("upper", np.int32),
        ("horizontal_mm", np.int32),
        ("vertical_mm", np.int32),
        ("time_ms", np.int32),
        ("kind", np.uint8),
        ("edges", np.uint8),
        ("unit", np.uint8),
        ("datum", np.uint8),
        ("to_surface", np.uint8),
        ("has_ground", np.uint8),
        ("ground_lowest_mm", np.int32),
        ("ground_highest_mm", np.int32),
        ("geoid_lowest_mm", np.int32),
        ("geoid_highest_mm", np.int32),
        ("geoid_error_mm", np.int32),
    ],
    align=True,
)
"""104 bytes an activity."""
Table = NDArray[np.void]
PLACES = {name: place for place, name in enumerate(ROW.names or ())}
KIND = PLACES["kind"]
_EDGES, _UNITS, _DATUMS = tuple(Edges), tuple(Unit), tuple(Datum)
_EDGE = {edges: number for number, edges in enumerate(_EDGES)}
_UNIT = {unit: number for number, unit in enumerate(_UNITS)}
_DATUM = {datum: number for number, datum in enumerate(_DATUMS)}
_POINTS = 256
"""A shape of more traced points is left to the exact verdict alone."""
_EXTENT_M = 300_000.0
"""So is a wider one: beyond, a gnomonic plane stretches lengths too much."""
_NO_POINTS = np.empty((0, 4))
_NO_GROUND = Ground(0, 0)
_NO_VERTICES = np.empty(0, dtype=np.int32)


class Row(NamedTuple):
    """One activity: its row, its box, its traced points (n, 4) and its vertices.

    The fourth number of a point is 1 where a piece leads from it to the next.
    """

    values: tuple[Any, ...]
    lane: Lane
    points: Floats
    vertices: NDArray[np.int32]


def row_of(planned: Planned, origin: int) -> Row:
    """`planned` as a row; times of its box count from `origin`. Raises what `core_of` raises."""
    volume, separation = planned.volume, planned.separation
    shape, band, window = volume.shape, volume.band, volume.window
    points, vertices = _NO_POINTS, _NO_VERTICES
    if isinstance(shape, Circle):
        kind, size_mm, reach_m, extent_m = CIRCLE, shape.radius_mm, shape.radius_mm / 1000, 0.0
        lon, lat = shape.centre.lon_e7, shape.centre.lat_e7
        centre = place(lon / 1e7, lat / 1e7)
        low = high = list(centre)
    else:
        kind, size_mm, reach_m, lines = _traced(shape, volume.edges)
        lon = lat = 0
        xyz = np.concatenate([each.xyz for each in lines])
        ball = bound(xyz, reach_m)
        centre, extent_m = (ball.x, ball.y, ball.z), ball.radius_m
        low, high = _corners(xyz, kind == AREA, centre, extent_m)
        vertices = _vertices(shape)
        single = isinstance(shape, Corridor) or len(shape.polygons) == 1
        if single and len(xyz) <= _POINTS and extent_m <= _EXTENT_M:
            points = np.column_stack([xyz, np.ones(len(xyz))])
            points[np.cumsum([len(each.lon) for each in lines]) - 1, 3] = 0.0
    start, end, ground = window.start.ms, window.end.ms, planned.ground
    lane = lane_of(
        low, high, reach_m + separation.horizontal_mm / 1000,
        start - separation.time_ms - origin, end + separation.time_ms - origin,
    )  # fmt: skip
    values = (
        *centre, start, end, lon, lat, size_mm,
        extent_m * 1.000001, band.lower_milli, band.upper_milli,
        separation.horizontal_mm, separation.vertical_mm, separation.time_ms,
        kind, _EDGE[volume.edges], _UNIT[band.unit], _DATUM[band.datum],
        planned.to_surface, ground is not None, *_span(ground or _NO_GROUND),
        *_span(planned.geoid), planned.geoid.error_mm,
    )  # fmt: skip
    return Row(values, lane, points, vertices)


def _span(heights: Ground | Geoid) -> tuple[int, int]:
    return heights.lowest_mm, heights.highest_mm


def place(lon: float, lat: float) -> tuple[float, float, float]:
    """`earth.ecef` of one point, in a tenth of the time."""
    lam, phi = radians(lon), radians(lat)
    sin_phi, cos_phi = sin(phi), cos(phi)
    normal = GEOD.a / sqrt(1 - GEOD.es * sin_phi * sin_phi)
    across = normal * cos_phi
    return across * cos(lam), across * sin(lam), normal * (1 - GEOD.es) * sin_phi


def _traced(shape: Area | Corridor, edges: Edges) -> tuple[int, int, float, list[Line]]:
    if isinstance(shape, Corridor):
        return CORRIDOR, shape.width_mm, shape.width_mm / 2000, [line(shape.path, edges)]
    return AREA, 0, 0.0, [ring for rings in polygons(shape, edges) for ring in rings]


def _corners(
    xyz: Floats, solid: bool, centre: tuple[float, float, float], extent_m: float
) -> tuple[list[float], list[float]]:
    """The box of a shape's points and, when `solid`, of the ground between them.

    The ground inside a ring rises above the ring's hull by at most
    a (1 - cos t), where sin t is the extent over b, a and b the earth's axes.
    """
    rise = 10.0 + extent_m**2 / 1.2e7 if solid else 10.0
    low = [float(v) - rise for v in xyz.min(axis=0)]
    high = [float(v) + rise for v in xyz.max(axis=0)]
    narrow = extent_m < 1_000_000
    return (
        [
            max(v, c - extent_m) if narrow else c - extent_m
            for v, c in zip(low, centre, strict=True)
        ],
        [
            min(v, c + extent_m) if narrow else c + extent_m
            for v, c in zip(high, centre, strict=True)
        ],
    )


def _vertices(shape: Area | Corridor) -> NDArray[np.int32]:
    """A shape's vertices, each ring and polygon after its count."""
    if isinstance(shape, Corridor):
        return np.array([n for p in shape.path for n in (p.lon_e7, p.lat_e7)], dtype=np.int32)
    numbers: list[int] = []
    for polygon in shape.polygons:
        numbers.append(1 + len(polygon.holes))
        for ring in (polygon.outer, *polygon.holes):
            numbers.append(len(ring))
            numbers += [n for p in ring for n in (p.lon_e7, p.lat_e7)]
    return np.array(numbers, dtype=np.int32)


def _path(numbers: Iterator[int], count: int) -> Path:
    return tuple(Position(next(numbers), next(numbers)) for _ in range(count))


def _area(vertices: NDArray[np.int32]) -> Area:
    numbers = iter(vertices.tolist())
    found = []
    for rings in numbers:
        outer, *holes = (_path(numbers, next(numbers)) for _ in range(rings))
        found.append(Polygon(outer, tuple(holes)))
    return Area(tuple(found))


class Pool:
    """Runs of numbers one after another in one array that grows."""

    def __init__(self, data: NDArray[Any], first: Ints | None = None) -> None:
        self.data = data
        self.first = np.zeros(1, dtype=np.int64) if first is None else first
        """Where each run begins, and where the last one ends."""
        self.runs = len(self.first) - 1

    def append(self, run: NDArray[Any]) -> int:
        """Add a run; returns its number."""
        at = int(self.first[self.runs])
        self.data = _room(self.data, at + len(run))
        self.data[at : at + len(run)] = run
        self.first = _room(self.first, self.runs + 2)
        self.runs += 1
        self.first[self.runs] = at + len(run)
        return self.runs - 1

    def run(self, number: int) -> NDArray[Any]:
        """One run."""
        return self.data[self.first[number] : self.first[number + 1]]

    @classmethod
    def joined(cls, pools: list[tuple[Pool, Ints]]) -> Pool:
        """The chosen runs of several pools, in that order."""
        parts, lengths = [], []
        for pool, chosen in pools:
            length = pool.first[chosen + 1] - pool.first[chosen]
            ends = np.cumsum(length)
            steps = np.arange(ends[-1] if len(ends) else 0)
            parts.append(pool.data[np.repeat(pool.first[chosen] - ends + length, length) + steps])
            lengths.append(length)
        first = np.concatenate([[0], np.cumsum(np.concatenate(lengths))]).astype(np.int64)
        return cls(np.concatenate(parts), first)

    @property
    def bytes(self) -> int:
        """What it takes up."""
        return int(self.data.nbytes + self.first.nbytes)


def _room(array: NDArray[Any], count: int) -> NDArray[Any]:
    """`array`, or a copy twice as long when it has no room for `count`."""
    if count <= len(array):
        return array
    larger = np.zeros((max(count, 2 * len(array), 8), *array.shape[1:]), dtype=array.dtype)
    larger[: len(array)] = array
    return larger


class Rows:
    """Rows with their ids, boxes and pools. `count` of them are filled."""

    def __init__(self) -> None:
        self.table: Table = np.zeros(0, dtype=ROW)
        self.lanes = np.zeros((0, LANE), dtype=np.float32)
        self.ids: list[str] = []
        self.points = Pool(_NO_POINTS)
        self.vertices = Pool(_NO_VERTICES)
        self.count = 0

    def append(self, id: str, row: Row) -> int:
        """Add a row; returns its number."""
        at = self.count
        self.table, self.lanes = _room(self.table, at + 1), _room(self.lanes, at + 1)
        self.table[at] = row.values
        self.lanes[at] = row.lane
        if row.values[KIND] != CIRCLE:
            self.table["lon"][at] = self.points.append(row.points)
            self.vertices.append(row.vertices)
        self.ids.append(id)
        self.count += 1
        return at


def planned_of(id: str, row: np.void, vertices: Pool) -> Planned:
    """The activity behind a row."""
    (
        _, _, _, start, end, lon, lat, size_mm, _, lower, upper, horizontal, vertical, time,
        kind, edges, unit, datum, to_surface, has_ground, lowest, highest, *geoid,
    ) = row.item()  # fmt: skip
    shape: Shape
    if kind == CIRCLE:
        shape = Circle(Position(lon, lat), size_mm)
    elif kind == CORRIDOR:
        numbers = vertices.run(lon)
        shape = Corridor(_path(iter(numbers.tolist()), len(numbers) // 2), size_mm)
    else:
        shape = _area(vertices.run(lon))
    band = Band(lower, upper, _UNITS[unit], _DATUMS[datum])
    volume = Volume(shape, _EDGES[edges], band, Window(Moment(start), Moment(end)))
    ground = Ground(lowest, highest) if has_ground else None
    separation = Separation(horizontal, vertical, time)
    return Planned(id, volume, separation, ground, Geoid(*geoid), bool(to_surface))
