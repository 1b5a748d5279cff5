"""The geoid: how high mean sea level stands above the ellipsoid, by the EGM96 grid.

The grid is NGA's, every 15 minutes of arc, as PROJ keeps it in `egm96_15.gtx`
(big-endian: south, west and both steps as float64, rows and columns as int32, then
float32 heights in metres, row by row from south to north). Between its points
heights are interpolated in both directions at once, which errs by up to 1.152 m
against the model itself, 0.04 m in the mean (C. F. F. Karney, GeographicLib,
table of its geoids).

Bytes come as an argument: whoever has a disk finds the file.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from hashlib import sha256
from math import ceil, floor

import numpy as np
from numpy.typing import NDArray

from openline.conflict.core import Core
from openline.conflict.earth import Floats
from openline.conflict.height import Geoid
from openline.words.errors import OpenlineError

ERROR_MM = 1_200
"""Bound on how far a height by the grid is from EGM96's own."""
SLOPE = 5e-4
"""The grid nowhere rises more steeply, in metres a metre; a test holds it to that."""
_HEAD = struct.Struct(">4d2i")
_SHAPE = (721, 1440)
_PER_DEGREE = 4
BYTES = _HEAD.size + 4 * _SHAPE[0] * _SHAPE[1]
SHA256 = "c02a6eb70a7a78efebe5adf3ade626eb75390e170bb8b3f36136a2c28f5326a0"
"""Of the file that PROJ has handed out since it has handed out any."""
_LEAST_RADIUS_M = 6_335_000.0
_LATITUDES_PART_DEG = 0.2
"""Geocentric and geodetic latitude are never further apart."""


@dataclass(frozen=True, slots=True, eq=False)
class GeoidGrid:
    """Heights of the geoid in metres: rows from 90° south to 90° north, columns from 180° west."""

    heights: NDArray[np.float32]

    def at(self, lon: Floats, lat: Floats) -> Floats:
        """The geoid's heights above the ellipsoid at places in degrees, in metres."""
        x = np.mod(lon + 180.0, 360.0) * _PER_DEGREE
        y = (lat + 90.0) * _PER_DEGREE
        row = np.minimum(y.astype(np.int64), _SHAPE[0] - 2)
        column = x.astype(np.int64)
        up, east = y - row, x - column
        west_of, east_of = column % _SHAPE[1], (column + 1) % _SHAPE[1]
        held = self.heights
        south = held[row, west_of] * (1 - east) + held[row, east_of] * east
        north = held[row + 1, west_of] * (1 - east) + held[row + 1, east_of] * east
        found: Floats = south * (1 - up) + north * up
        return found

    def below(self, core: Core) -> Geoid:
        """The lowest and highest geoid below a shape, its radius counted in.

        Two bounds that cannot be wrong, and of both the closer: the grid's points
        around all of it, and its outline's, sloping as steeply as the geoid does.
        """
        within = core.ball.radius_m if core.solid else 0.0
        slack = SLOPE * (within + float(core.half.max()) + core.radius_m)
        outline = self.at(core.lon, core.lat)
        around = self._around(core)
        lowest = max(float(outline.min()) - slack, float(around.min()))
        highest = min(float(outline.max()) + slack, float(around.max()))
        return Geoid(floor(lowest * 1000), ceil(highest * 1000), ERROR_MM)

    def _around(self, core: Core) -> NDArray[np.float32]:
        """The heights at the grid's points around a shape."""
        ball = core.ball
        middle = float(np.linalg.norm((ball.x, ball.y, ball.z)))
        sine = min(1.0, ball.radius_m / middle) if middle else 1.0
        angle = np.arcsin(sine) + core.radius_m / _LEAST_RADIUS_M
        centre_lat = np.arcsin(ball.z / middle) if middle else 0.0
        reach = np.degrees(angle) + _LATITUDES_PART_DEG
        lat = float(np.degrees(centre_lat))
        first = max(0, floor((lat - reach + 90) * _PER_DEGREE))
        last = min(_SHAPE[0] - 1, ceil((lat + reach + 90) * _PER_DEGREE))
        rows = self.heights[first : last + 1]
        if sine >= 1 or abs(lat) + reach >= 90 - _LATITUDES_PART_DEG:
            return rows
        aside = np.degrees(np.arcsin(min(1.0, np.sin(np.radians(reach)) / np.cos(centre_lat))))
        lon = float(np.degrees(np.arctan2(ball.y, ball.x)))
        west = floor((lon - aside + 180) * _PER_DEGREE) - 1
        east = ceil((lon + aside + 180) * _PER_DEGREE) + 1
        return np.take(rows, np.arange(west, east + 1), axis=1, mode="wrap")


def read_gtx(raw: bytes) -> GeoidGrid:
    """The grid in the bytes of `egm96_15.gtx`; raises ``bad-geoid`` (R-GROUND-02)."""
    if len(raw) != BYTES:
        raise _bad(f"it has more or fewer than {BYTES:,} bytes")
    if _HEAD.unpack_from(raw) != (-90.0, -180.0, 0.25, 0.25, *_SHAPE):
        raise _bad("its grid is not the whole earth's every 15 minutes")
    if sha256(raw).hexdigest() != SHA256:
        raise _bad("its contents are not those that NGA published: their SHA-256 is another")
    heights = np.frombuffer(raw, ">f4", offset=_HEAD.size).astype(np.float32)
    return GeoidGrid(heights.reshape(_SHAPE))


def _bad(why: str) -> OpenlineError:
    return OpenlineError(
        "bad-geoid",
        f"this is not the EGM96 grid egm96_15.gtx: {why}",
        rule="R-GROUND-02",
        next="take the file from PROJ's data (Debian: the package proj-data)",
    )
