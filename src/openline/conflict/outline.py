"""A volume's shape as GeoJSON to draw: every edge follows the earth, none spans the map."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from openline.conflict.core import Core, core_of
from openline.conflict.earth import (
    GEOD,
    RADIUS_M,
    Floats,
    Plane,
    ecef,
    lonlat_of,
)
from openline.words.volume import Volume

_CORNERS = 96
_STRAIGHT_M = 1.0
_LEG_M = 500_000.0
_MANY = 250
_FAR = 100.0
_THIN_DEG = 2e-6
_STEP_DEG = 5.0


def outline(volume: Volume) -> dict[str, Any]:
    """A MultiPolygon (RFC 7946) in degrees, cut at the antimeridian; outer rings counter-clockwise.

    Circles and corridors are drawn out to their radius by geodesics. For the
    eye only: corners of 1e-7 degree, circles of 96 sides, and a path of more
    than 250 legs drawn a little wider in its bends. Raises what `core_of`
    raises.
    """
    core = core_of(volume.shape, volume.edges)
    flat = core.figure if core.solid else _widened(core)
    whole = _unrolled(flat, core.plane)
    # Thinned out for the eye, unless nothing were left of it: a sliver is drawn as it is.
    parts = _parts(shapely.simplify(whole, _THIN_DEG)) or _parts(whole)
    return {
        "type": "MultiPolygon",
        "coordinates": [
            [_rounded(ring) for ring in (part.exterior, *part.interiors)]
            for part in (shapely.orient_polygons(part) for part in parts)
        ],
    }


def _parts(figure: BaseGeometry) -> list[shapely.Polygon]:
    """The polygons that are more than a line, their long edges in steps."""
    return [part for part in _polygons(shapely.segmentize(figure, _STEP_DEG)) if part.area > 0]


def _rounded(ring: shapely.LinearRing) -> list[list[float]]:
    return [[round(lon, 7), round(lat, 7)] for lon, lat in ring.coords]


def _polygons(figure: BaseGeometry) -> list[shapely.Polygon]:
    return [p for p in shapely.get_parts(figure) if isinstance(p, shapely.Polygon)]


def _widened(core: Core) -> BaseGeometry:
    """A point or path with its radius, in the core's plane: a union of stretched discs.

    A union of thousands takes minutes: of a path with very many bends, several
    legs at a time are drawn as their convex hull.
    """
    spine = shapely.simplify(core.figure, _STRAIGHT_M / RADIUS_M, preserve_topology=False)
    spine = shapely.segmentize(spine, _LEG_M / RADIUS_M)
    lon, lat = lonlat_of(core.plane.lift(np.array(spine.coords)))
    corners = _CORNERS if len(lon) <= _MANY else _CORNERS // 4
    rim_lon, rim_lat, _ = GEOD.fwd(
        np.repeat(lon, corners),
        np.repeat(lat, corners),
        np.tile(np.linspace(0, 360, corners, endpoint=False), len(lon)),
        np.full(len(lon) * corners, core.radius_m),
    )
    rim = core.plane.project(ecef(rim_lon, rim_lat)).reshape(len(lon), corners, 2)
    at_once = -(-len(lon) // _MANY)
    runs = [
        shapely.MultiPoint(rim[first : first + at_once + 1].reshape(-1, 2))
        for first in range(0, max(1, len(lon) - 1), at_once)
    ]
    return shapely.union_all(shapely.convex_hull(runs))


def _unrolled(flat: BaseGeometry, plane: Plane) -> BaseGeometry:
    """From the plane to longitude and latitude, cut where the antimeridian passes."""
    whole = [_in_degrees(part, plane, 0) for part in _polygons(flat)]
    if any(_jumps(part) for part in whole):
        # The plane of meridian 0 and 180 shows as a straight line through the pole.
        halves = [
            _in_degrees(part, plane, side)
            for side in (1, -1)
            for part in _polygons(shapely.intersection(flat, _half(plane, side)))
        ]
        # By the pole a sliver's rounding can cross itself in degrees: mended, not dropped.
        return shapely.union_all(shapely.make_valid(halves))
    return shapely.MultiPolygon(whole)


def _jumps(part: shapely.Polygon) -> bool:
    rings = (part.exterior, *part.interiors)
    return any(np.abs(np.diff(np.array(ring.coords)[:, 0])).max() > 179.999 for ring in rings)


def _half(plane: Plane, side: int) -> shapely.Polygon:
    """The eastern (1) or western (-1) half of what the plane shows, the pole on its border."""
    up, *axes = plane.frame[:, 1] * side
    steep = np.array(axes)
    square = steep @ steep
    foot = -up * steep / square if square > 1e-12 else np.zeros(2)
    inward = steep / np.sqrt(square) if square > 1e-12 else np.array([0.0, 1.0])
    along = np.array([-inward[1], inward[0]])
    border = [foot - _FAR * along, foot + _FAR * along]
    pole = np.array([[0.0, 0.0, np.copysign(1.0, plane.frame[0, 2])]])
    if plane.shows(pole)[0]:
        border.insert(1, plane.project(pole)[0])
    corners = [*border, border[-1] + _FAR * inward, border[0] + _FAR * inward]
    return shapely.Polygon(corners)


def _in_degrees(part: shapely.Polygon, plane: Plane, side: int) -> shapely.Polygon:
    """A polygon of the plane in degrees; a `side` of 1 lies east of 0, of -1 west."""
    outer, *holes = (
        _ring_in_degrees(np.array(ring.coords), plane, side)
        for ring in (part.exterior, *part.interiors)
    )
    return shapely.Polygon(outer, holes)


def _ring_in_degrees(flat: Floats, plane: Plane, side: int) -> Floats:
    direction = plane.lift(flat[:-1])
    lon, lat = lonlat_of(direction)
    if side:
        # On the border longitude is 0 or 180, whatever sign rounding gave it.
        lon = np.where(np.sign(lon) == -side, np.where(np.abs(lon) > 90, 180.0 * side, 0.0), lon)
        polar = np.hypot(direction[:, 0], direction[:, 1]) < 1e-9 * np.abs(direction[:, 2])
        if polar.any():
            lon, lat = _with_pole(lon, lat, int(np.argmax(polar)))
    ring: Floats = np.stack([lon, lat], axis=1).round(7)
    return np.concatenate([ring, ring[:1]])


def _with_pole(lon: Floats, lat: Floats, at: int) -> tuple[Floats, Floats]:
    """The pole as the map shows it: an edge from its neighbour's longitude to the next one's."""
    before, after = lon[at - 1], lon[(at + 1) % len(lon)]
    pole = np.copysign(90.0, lat[at])
    lon = np.concatenate([lon[:at], [before, after], lon[at + 1 :]])
    lat = np.concatenate([lat[:at], [pole, pole], lat[at + 1 :]])
    return lon, lat
