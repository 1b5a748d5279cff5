"""Planned activities as rows of numbers: all that the index holds of them, back without loss.

A circle is a row alone. Any other shape has a run of whole numbers in a pool beside the
rows; its row says where. The run is its vertices, after how many numbers they are, then
its traced points (`sketch.py`): x, y, z in centimetres, and 1 where a piece leads on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from struct import Struct

import numpy as np
from numpy.typing import NDArray

from openline.conflict.boxes import LANE, Lanes, lane_of
from openline.conflict.corners import may_be_short, numbers_of, place, survey
from openline.conflict.earth import Floats
from openline.conflict.height import Geoid
from openline.conflict.pool import Pool
from openline.conflict.sketch import rise_m, traced
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
        ("lon", np.int32),  # of a circle; else where its run begins,
        ("lat", np.int32),  # and how long it is
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
        ("short", np.uint8),  # its vertices are enough to measure it by (corners.py)
        ("ground_lowest_mm", np.int32),
        ("ground_highest_mm", np.int32),
        ("geoid_lowest_mm", np.int32),
        ("geoid_highest_mm", np.int32),
        ("geoid_error_mm", np.int32),
    ],
    align=True,
)
"""104 bytes an activity."""
_LANE = ROW.itemsize
_BOX = _LANE + 4 * LANE
_END = _BOX + 8 * 6
Table = NDArray[np.void]
Bytes = NDArray[np.uint8]
"""Rows as numba takes them in half the time."""
_EDGES, _UNITS, _DATUMS = tuple(Edges), tuple(Unit), tuple(Datum)
_CODES = {"f8": "d", "i8": "q", "i4": "i", "f4": "f", "u1": "B"}
_PACKED = Struct("@" + "".join(_CODES[ROW[name].str[1:]] for name in ROW.names or ()))
"""A row's numbers as bytes: numpy aligns them as C does."""
_NO_GROUND = Ground(0, 0)
_UNTRACED = -1.0
NO_RUN = np.empty(0, dtype=np.int32)
FINDING = 7
"""Numbers that a search says of a pair (`kernels.search`)."""
COMPILED = ("settle",)
"""Functions that run compiled as well (`measuring.py`)."""


class Asked:
    """One activity as a row, in buffers that are used again and again.

    `table` is the row, `lane` its box, `run` what the pool would hold; `found` is room for
    what is found.
    """

    def __init__(self) -> None:
        self.bytes: Bytes = np.zeros(_END, dtype=np.uint8)
        """Row, box, and the box of its points: compiled code takes one array sooner than three."""
        self.table: Table = self.bytes[:_LANE].view(ROW)
        self.lane: Lanes = self.bytes[_LANE:_BOX].view(np.float32)
        self._box: Floats = self.bytes[_BOX:].view(np.float64)
        self.buffers = self.table.view(np.uint8).data, self.lane.data
        self.run, self.origin, self.settled = NO_RUN, 0, False
        self.found: Floats = np.empty((64, FINDING))
        self._planned: Planned | None = None

    def put(self, planned: Planned, origin: int) -> None:
        """Take `planned`; times of its box count from `origin`. What follows has to be settled."""
        volume, separation = planned.volume, planned.separation
        shape, band, window = volume.shape, volume.band, volume.window
        ground, geoid = planned.ground or _NO_GROUND, planned.geoid
        lon = lat = 0
        self.run, short = NO_RUN, True
        if isinstance(shape, Circle):
            kind, size_mm = CIRCLE, shape.radius_mm
            lon, lat = shape.centre.lon_e7, shape.centre.lat_e7
        else:
            kind, size_mm = (CORRIDOR, shape.width_mm) if isinstance(shape, Corridor) else (AREA, 0)
            numbers = numbers_of(shape)
            self.run = np.array([len(numbers), *numbers], dtype=np.int32)
            lat, short = len(self.run), may_be_short(shape, volume.edges)
        _PACKED.pack_into(
            self.buffers[0], 0,
            0.0, 0.0, 0.0, window.start.ms, window.end.ms, lon, lat, size_mm,
            0.0 if short else _UNTRACED, band.lower_milli, band.upper_milli,
            separation.horizontal_mm, separation.vertical_mm, separation.time_ms,
            kind, _EDGES.index(volume.edges), _UNITS.index(band.unit), _DATUMS.index(band.datum),
            planned.to_surface, planned.ground is not None, short,
            ground.lowest_mm, ground.highest_mm,
            geoid.lowest_mm, geoid.highest_mm, geoid.error_mm,
        )  # fmt: skip
        self.origin, self.settled, self._planned = origin, False, planned

    def settle(self, settle: Callable[..., bool]) -> None:
        """Work out what follows from the row, if that was not done. Raises what `core_of` raises.

        `settle` is the function below, or the same compiled.
        """
        if not self.settled:
            if not settle(self.bytes, self.run, self.origin):
                self._trace()
                settle(self.bytes, self.run, self.origin)
            self.settled = True

    def _trace(self) -> None:
        """Take a shape's ball, box and points from its trace."""
        assert self._planned is not None
        volume, row = self._planned.volume, self.table[0]
        assert not isinstance(volume.shape, Circle)
        sketch = traced(volume.shape, volume.edges)
        row["x"], row["y"], row["z"] = sketch.centre
        row["extent_m"], row["short"] = sketch.extent_m * 1.000001, 0
        self._box[:] = sketch.box
        self.run = np.concatenate([self.run, np.array(sketch.points, dtype=np.int32)])
        row["lat"] = len(self.run)


def settle(asked: Bytes, run: Sequence[int], origin: int) -> bool:
    """Work out what follows from a row's numbers: where it is, and its box.

    False of a shape that is not short and was not traced. Of what was traced, the box of its
    points is there already.
    """
    row = asked[:_LANE].view(ROW)[0]
    lane, box = asked[_LANE:_BOX].view(np.float32), asked[_BOX:].view(np.float64)
    reach_m, rise = row["size_mm"] / 2000, 0.0
    if row["kind"] == CIRCLE:
        reach_m = row["size_mm"] / 1000
        x, y, z = place(row["lon"] / 1e7, row["lat"] / 1e7)
        row["x"], row["y"], row["z"] = x, y, z
        box[0], box[1], box[2], box[3], box[4], box[5] = x, y, z, x, y, z
    elif row["short"]:
        fits, x, y, z, extent_m = survey(row["kind"] == AREA, run[1:], box)
        if not fits:
            return False
        row["x"], row["y"], row["z"], row["extent_m"] = x, y, z, extent_m * 1.000001
        rise = rise_m(extent_m, True)
    elif row["extent_m"] == _UNTRACED:
        return False
    else:
        rise = rise_m(float(row["extent_m"]), row["kind"] == AREA)
    if rise > 0:
        # Nothing lies out of the ball.
        extent = float(row["extent_m"])
        box[0] = max(box[0] - rise, row["x"] - extent)
        box[1] = max(box[1] - rise, row["y"] - extent)
        box[2] = max(box[2] - rise, row["z"] - extent)
        box[3] = min(box[3] + rise, row["x"] + extent)
        box[4] = min(box[4] + rise, row["y"] + extent)
        box[5] = min(box[5] + rise, row["z"] + extent)
    begins = float(row["start"] - row["time_ms"] - origin)
    ends = float(row["end"] + row["time_ms"] - origin)
    found = lane_of(
        box[0], box[1], box[2], box[3], box[4], box[5],
        reach_m + row["horizontal_mm"] / 1000, begins, ends,
    )  # fmt: skip
    for k in range(LANE):
        lane[k] = found[k]
    return True


def _path(numbers: Iterator[int], count: int) -> Path:
    return tuple(Position(next(numbers), next(numbers)) for _ in range(count))


def _area(vertices: list[int]) -> Area:
    numbers = iter(vertices)
    found = []
    for rings in numbers:
        outer, *holes = (_path(numbers, next(numbers)) for _ in range(rings))
        found.append(Polygon(outer, tuple(holes)))
    return Area(tuple(found))


def planned_of(id: str, row: np.void, shapes: Pool) -> Planned:
    """The activity behind a row."""
    (
        _, _, _, start, end, lon, lat, size_mm, _, lower, upper, horizontal, vertical, time,
        kind, edges, unit, datum, to_surface, has_ground, _, lowest, highest, *geoid,
    ) = row.item()  # fmt: skip
    shape: Shape
    if kind == CIRCLE:
        shape = Circle(Position(lon, lat), size_mm)
    else:
        numbers = shapes.data[lon + 1 : lon + 1 + int(shapes.data[lon])].tolist()
        if kind == CORRIDOR:
            shape = Corridor(_path(iter(numbers), len(numbers) // 2), size_mm)
        else:
            shape = _area(numbers)
    band = Band(lower, upper, _UNITS[unit], _DATUMS[datum])
    volume = Volume(shape, _EDGES[edges], band, Window(Moment(start), Moment(end)))
    ground = Ground(lowest, highest) if has_ground else None
    separation = Separation(horizontal, vertical, time)
    return Planned(id, volume, separation, ground, Geoid(*geoid), bool(to_surface))
