"""A shape as the engine holds it: a core (point, path or rings) and a radius around it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from openline.conflict.earth import HALF_VIEW_DEG, RADIUS_M, Floats, Ints, Plane, ecef, sag, trace
from openline.words import limits
from openline.words.errors import OpenlineError
from openline.words.volume import Area, Circle, Corridor, Edges, Path, Shape


@dataclass(frozen=True, slots=True)
class Ball:
    """A ball in space that holds the core, its inside too: centre and radius in metres."""

    x: float
    y: float
    z: float
    radius_m: float

    def gap_m(self, other: Ball) -> float:
        """A lower bound on any distance between the two; negative when the balls meet."""
        dx, dy, dz = self.x - other.x, self.y - other.y, self.z - other.z
        return float((dx * dx + dy * dy + dz * dz) ** 0.5) - self.radius_m - other.radius_m


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """A densified path or ring: degrees (n,), metres (n, 3). No point repeats the one before."""

    lon: Floats
    lat: Floats
    xyz: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Core:
    """Everything within `radius_m` of points, geodesic pieces and, when `solid`, what they enclose.

    Pieces run from point `start[i]` to point `end[i]`; a lone point is a piece
    onto itself. `middle` (n, 3) and `half` (n,) bound each piece by a ball.
    `figure` is the core in its own `plane`.
    """

    lon: Floats
    lat: Floats
    xyz: Floats
    start: Ints
    end: Ints
    middle: Floats
    half: Floats
    ball: Ball
    plane: Plane
    figure: BaseGeometry
    solid: bool
    radius_m: float


def degrees(path: Path) -> tuple[Floats, Floats]:
    """Longitudes and latitudes."""
    e7 = np.array([(p.lon_e7, p.lat_e7) for p in path], dtype=np.float64) / 1e7
    return e7[:, 0], e7[:, 1]


def line(path: Path, edges: Edges, budget: int = limits.PIECES) -> Line:
    """Trace a path or ring in at most `budget` pieces; raises ``too-long`` (R-CONF-23)."""
    lon, lat = trace(*degrees(path), edges is Edges.LONLAT, budget)
    xyz = ecef(lon, lat)
    fresh = np.append(True, (xyz[1:] != xyz[:-1]).any(axis=1))
    return Line(lon[fresh], lat[fresh], xyz[fresh])


def polygons(area: Area, edges: Edges) -> list[list[Line]]:
    """The rings of each polygon, outer first; raises ``empty-area`` or ``too-long``."""
    found: list[list[Line]] = []
    budget = limits.PIECES
    for polygon in area.polygons:
        found.append([])
        for ring in (polygon.outer, *polygon.holes):
            found[-1].append(line(ring, edges, budget))
            budget -= len(found[-1][-1].lon)
    if any(len(ring.lon) < 4 for rings in found for ring in rings):
        raise OpenlineError(
            "empty-area",
            "a ring with fewer than three different corners",
            rule="R-CONF-19",
            next="give a ring that encloses ground, or announce a corridor",
        )
    return found


def fit(xyz: Floats, radius_m: float) -> tuple[Ball, Plane]:
    """Bound points by a ball and find the plane that shows them; raises ``too-wide``."""
    ball = bound(xyz, radius_m)
    return ball, Plane.facing(np.array([ball.x, ball.y, ball.z]))


def bound(xyz: Floats, radius_m: float) -> Ball:
    """Bound points by a ball; raises ``too-wide`` (R-CONF-20)."""
    centre = (xyz.min(axis=0) + xyz.max(axis=0)) / 2
    reach = float(np.linalg.norm(xyz - centre, axis=1).max())
    up = np.linalg.norm(centre)
    if up > 0:
        slope = xyz @ centre / (up * np.linalg.norm(xyz, axis=1))
        angle = np.arccos(np.clip(slope.min(), -1, 1))
    if up == 0 or angle + radius_m / RADIUS_M > np.radians(HALF_VIEW_DEG):
        raise OpenlineError(
            "too-wide",
            "a shape that reaches around half the earth",
            rule="R-CONF-20",
            next=f"announce it in parts, each within {HALF_VIEW_DEG:g} degrees of its middle",
        )
    # Pieces rise above their chords and the ellipsoid is no sphere: a little room for both.
    x, y, z = (float(c) for c in centre)
    return Ball(x, y, z, reach * 1.001 + 10.0)


def flat_polygon(rings: list[Line], plane: Plane) -> shapely.Polygon:
    """The polygon in a plane that shows it."""
    outer, *holes = (plane.project(ring.xyz) for ring in rings)
    return shapely.Polygon(outer, holes)


def core_of(shape: Shape, edges: Edges) -> Core:
    """The core of a shape that `check_shape` accepts, kept for the next question.

    Raises ``too-wide``, ``too-long`` or ``empty-area`` as `check_shape` would.
    """
    size = 1
    if isinstance(shape, Area):
        size = sum(len(r) for p in shape.polygons for r in (p.outer, *p.holes))
    elif isinstance(shape, Corridor):
        size = len(shape.path)
    return (_small if size <= 256 else _large)(shape, edges)


@lru_cache(maxsize=1024)
def _small(shape: Shape, edges: Edges) -> Core:
    return _build(shape, edges)


@lru_cache(maxsize=32)
def _large(shape: Shape, edges: Edges) -> Core:
    return _build(shape, edges)


def _build(shape: Shape, edges: Edges) -> Core:
    match shape:
        case Area():
            parts = polygons(shape, edges)
            lines = [ring for rings in parts for ring in rings]
            radius_m = 0.0
        case Corridor(path, width_mm):
            lines, radius_m = [line(path, edges)], width_mm / 2000
        case Circle(centre, radius_mm):
            lines, radius_m = [line((centre,), edges)], radius_mm / 1000
    xyz = np.concatenate([each.xyz for each in lines])
    ball, plane = fit(xyz, radius_m)
    figure: BaseGeometry
    if isinstance(shape, Area):
        flat = [flat_polygon(rings, plane) for rings in parts]
        figure = flat[0] if len(flat) == 1 else shapely.union_all(flat)
    else:
        points = plane.project(xyz)
        figure = shapely.LineString(points) if len(points) > 1 else shapely.Point(points[0])
    shapely.prepare(figure)
    start, end = _pieces([len(each.lon) for each in lines])
    chord = np.linalg.norm(xyz[end] - xyz[start], axis=1)
    return Core(
        lon=np.concatenate([each.lon for each in lines]),
        lat=np.concatenate([each.lat for each in lines]),
        xyz=xyz,
        start=start,
        end=end,
        middle=(xyz[start] + xyz[end]) / 2,
        half=chord / 2 + sag(chord),
        ball=ball,
        plane=plane,
        figure=figure,
        solid=isinstance(shape, Area),
        radius_m=radius_m,
    )


def _pieces(counts: list[int]) -> tuple[Ints, Ints]:
    """Start and end of each piece of lines that hold `counts` points one after another."""
    if counts == [1]:
        return np.zeros(1, dtype=np.int64), np.zeros(1, dtype=np.int64)
    bounds = np.cumsum([0, *counts])
    start = np.concatenate([np.arange(a, b - 1) for a, b in pairwise(bounds)])
    return start, start + 1
