"""Shapes in well-known text (OGC 06-103r4), longitude first: how tables carry areas and ways."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import shapely

from openline.formats.draft import Given
from openline.formats.shapes import area, bad_shape, circle, corridor


def read_wkt(text: str, said: Mapping[str, object], given: Given) -> dict[str, Any]:
    """POLYGON, MULTIPOLYGON, LINESTRING with width_m or POINT with radius_m; ``bad-shape``."""
    try:
        shape: Any = shapely.from_wkt(text)
    except (shapely.errors.GEOSException, ValueError, TypeError):
        shape = None
    if shape is None or shape.is_empty or shape.has_z:
        raise bad_shape("its WKT cannot be read", "write it like POLYGON ((22.7 49.8, …))")
    match shape.geom_type:
        case "Point":
            return circle(shape.coords[0], said, given)
        case "LineString":
            return corridor(list(shape.coords), said, given)
        case "Polygon":
            return area([_rings(shape)], said)
        case "MultiPolygon":
            return area([_rings(part) for part in shape.geoms], said)
    raise bad_shape(f"its WKT is a {shape.geom_type}", "give one shape a row")


def _rings(polygon: Any) -> list[Sequence[Sequence[float]]]:
    return [list(ring.coords) for ring in (polygon.exterior, *polygon.interiors)]


def write_wkt(shape: Mapping[str, Any]) -> str:
    """The WKT of a shape's plain fields; its length stands in a column of its own."""
    match shape["type"]:
        case "circle":
            return f"POINT ({_place(shape['centre'])})"
        case "corridor":
            return f"LINESTRING {_ring(shape['path'])}"
    polygons = [f"({', '.join(map(_ring, polygon))})" for polygon in shape["polygons"]]
    if len(polygons) == 1:
        return f"POLYGON {polygons[0]}"
    return f"MULTIPOLYGON ({', '.join(polygons)})"


def _ring(places: Sequence[Sequence[float]]) -> str:
    return f"({', '.join(map(_place, places))})"


def _place(place: Sequence[float]) -> str:
    return f"{place[0]} {place[1]}"
