"""Planned activities as rows of numbers: all that the index holds of them, back without loss.

A circle is a row alone. Any other shape has its vertices and its traced points
(`core.line`) in pools beside the rows; its row says where.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from openline.conflict.boxes import LANE, Lane, lane_of
from openline.conflict.earth import Floats
from openline.conflict.height import Geoid
from openline.conflict.pool import Pool, room
from openline.conflict.sketch import place, sketch_of
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
        kind, size_mm = (CORRIDOR, shape.width_mm) if isinstance(shape, Corridor) else (AREA, 0)
        reach_m, lon, lat = size_mm / 2000, 0, 0
        centre, extent_m, low, high, points = sketch_of(shape, volume.edges)
        vertices = _vertices(shape)
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
        if at == len(self.table):
            self.table, self.lanes = room(self.table, at + 1), room(self.lanes, at + 1)
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
