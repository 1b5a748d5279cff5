"""A place as a person types it: positions one to a line, in any notation, and a size.

``shape_type`` says what they make: the middle of a circle with ``radius_m``, the path of a corridor
with ``width_m``, or the corners of an area. In an area a line ``hole`` begins a hole in what stands
before it, and a line ``area`` another part.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from openline.conflict.outline import outline
from openline.conflict.validity import check_shape
from openline.formats.coordinates import notations_of, read_notation
from openline.forms.catalog import CATALOG
from openline.forms.compound import kind_of
from openline.forms.refusal import bad_field, naming, over_limit
from openline.forms.schema import Bound
from openline.forms.shape import shape_of
from openline.words import limits
from openline.words.errors import OpenlineError
from openline.words.moment import Moment, Window
from openline.words.volume import Band, Datum, Edges, Position, Unit, Volume

CIRCLE, CORRIDOR, AREA = "circle", "corridor", "area"
HOLE = "hole"
_SIZES = {CIRCLE: "radius_m", CORRIDOR: "width_m"}
_PLACES = {CIRCLE: "centre", CORRIDOR: "path", AREA: "polygons"}
_TYPED = ("shape_type", "place", *_SIZES.values())
_SHAPE = kind_of(CATALOG["activity"].fields["shape"])
_RULE = "R-ACT-19"
Fields = Mapping[str, Any]
Json = dict[str, Any]


def placed(raw: Fields) -> Json:
    """Fields in which what was typed has become the ``shape``.

    Where the type is left out, a size says it, else the shape that stands. What of place and size
    is left out stays as it is in a shape of that type that stands.
    """
    given = {n: v for n, v in raw.items() if v is not None and v != ""}
    typed = {name: given.pop(name) for name in _TYPED if name in given}
    if not typed:
        return given
    stands = given.get("shape")
    return {**given, "shape": _shape(typed, stands if isinstance(stands, Mapping) else {})}


def seen(raw: Fields) -> Json:
    """What was typed as the station reads it: the shape, its outline, each position's notations.

    A shape that is not sound, or not whole yet, is ``refused`` beside its positions, so that it can
    be mended as it is drawn; what is no position is raised.
    """
    edges = Edges.LONLAT if raw.get("edges") == Edges.LONLAT else Edges.GEODESIC
    typed = {name: value for name, value in raw.items() if name in _TYPED and value != ""}
    plain = _shape(typed, {})
    at = [Position(*(round(angle * 10**7) for angle in each)) for each in _typed_in(plain)]
    found: Json = {
        "positions": [{"lon": each.lon, "lat": each.lat, **notations_of(each)} for each in at],
        **{"shape": None, "geometry": None, "refused": None},
    }
    try:
        wire = _SHAPE.take(plain, "shape")
        shape = shape_of(wire)
        check_shape(shape, edges)
    except OpenlineError as error:
        return found | {"refused": error.as_json()["error"]}
    flat, ever = Band(0, 1, Unit.METRE, Datum.AGL), Window(Moment(0), Moment(1))
    drawn = outline(Volume(shape, edges, flat, ever))
    return found | {"shape": _SHAPE.plain(wire), "geometry": drawn}


def _typed_in(shape: Fields) -> list[list[float]]:
    """The positions of a shape in the order in which they are typed; a ring's first once."""
    match shape["type"]:
        case "circle":
            return [shape["centre"]] if "centre" in shape else []
        case "corridor":
            return list(shape.get("path", []))
    rings = [ring for rings in shape.get("polygons", []) for ring in rings]
    return [place for ring in rings for place in (ring[:-1] if len(ring) > 1 else ring)]


def _shape(typed: Fields, stands: Fields) -> Json:
    sized = next((kind for kind, size in _SIZES.items() if size in typed), None)
    kind = str(typed.get("shape_type") or sized or stands.get("type", CIRCLE))
    if kind not in _PLACES:
        raise bad_field(
            "shape_type", "is no type of shape", f"give {', '.join(_PLACES)}", "R-FORM-17"
        )
    shape = {"type": kind, **(stands if stands.get("type") == kind else {})}
    for other, size in _SIZES.items():
        if size in typed and other != kind:
            raise bad_field(size, f"is no size of a shape of type {kind}", "leave it out", _RULE)
        if size in typed:
            shape[size] = typed[size]
    if "place" in typed:
        shape[_PLACES[kind]] = _places(str(typed["place"]), kind)
    return shape


def _places(text: str, kind: str) -> list[Any]:
    """The positions of `text`, as the shape's JSON has them."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) > limits.VERTICES:
        most = Bound(limits.VERTICES, "VERTICES")
        raise over_limit("place", f"has {len(lines):,} lines", most, "give fewer positions")
    if kind == AREA:
        return _polygons(lines)
    found = _positions(lines)
    if kind == CORRIDOR:
        return found
    if len(found) != 1:
        raise bad_field(
            "place", f"has {len(found)} positions, and a circle one middle", "give one", _RULE
        )
    return found[0]


def _polygons(lines: Sequence[str]) -> list[list[list[list[float]]]]:
    begins = bool(lines) and lines[0].lower() == AREA
    parts: list[tuple[str, list[str]]] = [] if begins else [(AREA, [])]
    for line in lines:
        if line.lower() in (HOLE, AREA):
            parts.append((line.lower(), []))
        else:
            parts[-1][1].append(line)
    polygons: list[list[list[list[float]]]] = []
    first = 1
    for begun, ring in parts:
        if not ring:
            advice = "give its corners, one to a line"
            raise bad_field("place", f"has {begun} without corners", advice, _RULE)
        corners = _positions(ring, first)
        closed = corners if corners[0] == corners[-1] else [*corners, corners[0]]
        first += len(ring)
        if begun == AREA:
            polygons.append([closed])
        else:
            polygons[-1].append(closed)
    return polygons


def _positions(lines: Sequence[str], first: int = 1) -> list[list[float]]:
    found = []
    for number, line in enumerate(lines, first):
        with naming(f"position {number}"):
            position, _ = read_notation(line)
        found.append([position.lon_e7 / 10**7, position.lat_e7 / 10**7])
    return found
