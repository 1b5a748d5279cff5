"""Shapes that mean nothing, or two things, are refused before they are announced.

A polygon is checked in its gnomonic plane, where its geodesic pieces are
straight, by GEOS with exact predicates, in quasi-linear time.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import shapely

from openline.conflict.core import Line, degrees, fit, flat_polygon, line, polygons
from openline.conflict.earth import GEOD, RADIUS_M, Plane
from openline.words.errors import OpenlineError
from openline.words.volume import Area, Circle, Corridor, Edges, Path, Position, Shape

AMBIGUOUS_M = 19_000_000.0
"""An edge longer than this is near to joining antipodes, where every direction is shortest."""
HALF_TURN_E7 = 1_800_000_000
"""An edge straight in longitude and latitude over so much might lead either way."""
SLIVER_M = 0.02
"""A polygon's mean width is more; the grid of 1e-7 degree is about 0.01 m."""
_FEW = 100


def check_shape(shape: Shape, edges: Edges) -> None:
    """Refuse a shape that has no clear inside, or that the engine cannot hold.

    Raises OpenlineError: ``ambiguous-edge``, ``spike``, ``too-long``,
    ``too-wide``, ``empty-area``, ``self-crossing`` or ``bad-hole``
    (R-CONF-17 to R-CONF-23). Members of a multipolygon may overlap: the area is
    all of them together.
    """
    match shape:
        case Circle():
            pass  # the longest radius (RADIUS_MM) is far from reaching around the earth
        case Corridor(path, width_mm):
            _check_edges(path, edges)
            fit(line(path, edges).xyz, width_mm / 2000)
        case Area():
            for polygon in shape.polygons:
                for ring in (polygon.outer, *polygon.holes):
                    _check_edges(ring, edges)
                    _check_spikes(ring)
            parts = polygons(shape, edges)
            _, plane = fit(np.concatenate([ring.xyz for part in parts for ring in part]), 0.0)
            for polygon, rings in zip(shape.polygons, parts, strict=True):
                for ring, traced in zip((polygon.outer, *polygon.holes), rings, strict=True):
                    _check_ring(ring, traced, plane)
                _check_holes(rings, plane)


def _refuse(code: str, message: str, number: int, next: str) -> OpenlineError:
    return OpenlineError(code, message, rule=f"R-CONF-{number}", next=next)


def _name(position: Position) -> str:
    return f"longitude {position.lon:g}, latitude {position.lat:g}"


def _check_edges(path: Path, edges: Edges) -> None:
    if edges is Edges.LONLAT:
        turns = [abs(a.lon_e7 - b.lon_e7) == HALF_TURN_E7 for a, b in pairwise(path)]
        at, where = (turns.index(True) if any(turns) else None), "halfway around the earth"
    else:
        lon, lat = degrees(path)
        _, _, length = GEOD.inv(lon[:-1], lat[:-1], lon[1:], lat[1:])
        far = length > AMBIGUOUS_M
        at, where = (int(far.argmax()) if far.any() else None), "almost to its antipode"
    if at is not None:
        raise _refuse(
            "ambiguous-edge",
            f"the edge from {_name(path[at])} leads {where}",
            21,
            "put a position between the two, so that the way is clear",
        )


def _check_spikes(ring: Path) -> None:
    """Refuse a corner from which the ring returns to where it came from."""
    corners = [p for p, q in zip(ring, (*ring[1:], ring[0]), strict=True) if p != q]
    if len(corners) < 3:
        return
    befores, afters = corners[-1:] + corners[:-1], corners[1:] + corners[:1]
    for before, at, after in zip(befores, corners, afters, strict=True):
        if before == after:
            raise _refuse(
                "spike",
                f"the ring runs out to {_name(at)} and back the same way",
                22,
                "leave that position out; a ring around a pole needs no seam",
            )


def _check_ring(ring: Path, traced: Line, plane: Plane) -> None:
    flat = flat_polygon([traced], plane)
    valid = flat.is_valid
    # Untangling a ring costs what it has crossings: only for few corners.
    inside = flat if valid or len(ring) > _FEW else shapely.make_valid(flat)
    width = 2 * inside.area / flat.length * RADIUS_M if valid or len(ring) <= _FEW else np.inf
    if width < SLIVER_M:
        raise _refuse(
            "empty-area",
            f"the ring at {_name(ring[0])} encloses no ground",
            19,
            "give a ring that encloses ground, or announce a corridor",
        )
    if not valid:
        raise _refuse(
            "self-crossing",
            f"the ring at {_name(ring[0])} crosses or touches itself",
            17,
            "order its positions along the outline; give separate areas as separate polygons",
        )


def _check_holes(rings: list[Line], plane: Plane) -> None:
    if len(rings) > 1 and not flat_polygon(rings, plane).is_valid:
        raise _refuse(
            "bad-hole",
            "a hole lies outside its outer ring, crosses or lines a ring, or cuts the area in two",
            18,
            "keep every hole inside the outer ring and clear of other holes",
        )
