"""Activities in one plane, as SQLite's and shapely's side of the comparison holds them.

The plane is azimuthal equidistant about the theatre's middle. It is quick and
wrong: lengths across its edge are half a percent too long, so pairs that lie
within that of their separation may be decided otherwise than by the verdict.
"""

from __future__ import annotations

from typing import NamedTuple

import shapely
from pyproj import Proj
from shapely.geometry.base import BaseGeometry

from benchmarks.crowd.generator import MIDDLE
from openline.conflict.verdict import Planned
from openline.words.volume import Area, Circle, Corridor, Path

PLANE = Proj(proj="aeqd", lon_0=MIDDLE[0], lat_0=MIDDLE[1], ellps="WGS84")
STRETCH = 0.006
"""How much longer than on the earth a length in the plane may be, of the theatre and its rim."""
BEND_M = 20.0
"""How far an edge in the plane may lie from its geodesic."""


class Flat(NamedTuple):
    """One activity: everything within `reach_m` of `core`; its separation is everybody's."""

    core: BaseGeometry
    reach_m: float
    box: tuple[float, float, float, float]
    start: int
    end: int
    lower_mm: int
    upper_mm: int


def flat(planned: Planned) -> Flat:
    """`planned` in the plane."""
    volume, shape = planned.volume, planned.volume.shape
    core: BaseGeometry
    if isinstance(shape, Circle):
        core, reach_m = shapely.Point(*_points((shape.centre,))[0]), shape.radius_mm / 1000
    elif isinstance(shape, Corridor):
        core, reach_m = shapely.LineString(_points(shape.path)), shape.width_mm / 2000
    else:
        assert isinstance(shape, Area)
        core, reach_m = shapely.Polygon(_points(shape.polygons[0].outer)), 0.0
    west, south, east, north = core.bounds
    box = (west - reach_m, south - reach_m, east + reach_m, north + reach_m)
    window, band = volume.window, volume.band
    return Flat(
        core, reach_m, box, window.start.ms, window.end.ms, band.lower_milli, band.upper_milli
    )


def _points(path: Path) -> list[tuple[float, float]]:
    if len(path) == 1:
        return [PLANE(path[0].lon, path[0].lat)]
    return list(zip(*PLANE([p.lon for p in path], [p.lat for p in path]), strict=True))
