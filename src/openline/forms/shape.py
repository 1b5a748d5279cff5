"""A shape as a field: degrees and metres outside, whole 1e-7 degrees and millimetres on the wire.

Wire: ``{"type": "area", "polygons": [[ring, hole…], …]}``,
``{"type": "circle", "centre": [lon, lat], "radius_mm": n}`` or
``{"type": "corridor", "path": [[lon, lat], …], "width_mm": n}``, longitude first.
Outside the same with degrees, ``radius_m`` and ``width_m``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple, cast

from openline.forms.kinds import Kind, scaled, unscaled, whole
from openline.forms.refusal import bad_field, naming, over_limit, shown
from openline.forms.schema import Bound, Wire
from openline.words import limits
from openline.words.volume import Area, Circle, Corridor, Path, Polygon, Position, Shape

DEGREE_PLACES = 7
METRE_PLACES = 3
_RULE = "R-FORM-17"
_NEXT = (
    "give an area with polygons, a circle with centre and radius or a corridor with path and width"
)
_PLACES = {"area": ("polygons", 3), "circle": ("centre", 0), "corridor": ("path", 1)}
"""Of each type: the key of its positions, and how many lists deep a position lies."""
_LENGTHS = {"circle": "radius", "corridor": "width"}

_Leaf = Callable[[object, str], Wire]


class _Way(NamedTuple):
    """How a shape's numbers are carried over, and what its length is named before and after."""

    unit: str
    unit_after: str
    angle: _Leaf
    length: _Leaf


class ShapeKind(Kind):
    """An area, a circle or a corridor."""

    def take(self, raw: object, where: str) -> Wire:
        """Degrees to 1e-7 degree, metres to millimetres, each rounded half to even."""
        return _mapped(raw, where, _IN)

    def check(self, wire: Wire, where: str) -> None:
        """What openline.words accepts as a shape (R-WORD-05 to 07)."""
        with naming(where):
            shape_of(wire)

    def plain(self, wire: Wire) -> object:
        """Degrees and metres as JSON numbers."""
        return _mapped(wire, "shape", _OUT)


class PositionKind(Kind):
    """One position: [longitude, latitude]."""

    def take(self, raw: object, where: str) -> Wire:
        """Degrees to 1e-7 degree."""
        return _nested(raw, 0, where, _degrees_in)

    def check(self, wire: Wire, where: str) -> None:
        """On the earth (R-WORD-05)."""
        with naming(where):
            _position(_nested(wire, 0, "the position", whole))

    def plain(self, wire: Wire) -> object:
        """Degrees."""
        return _nested(wire, 0, "position", _degrees_out)


def shape_of(wire: Wire) -> Shape:
    """The shape on the wire as a value; raises ``bad-field`` or what openline.words raises."""
    # The pass checks structure and whole numbers, so that what follows only builds.
    table = _mapped(wire, "the shape", _AS_IS)
    match table["type"]:
        case "circle":
            return Circle(_position(table["centre"]), cast("int", table["radius_mm"]))
        case "corridor":
            return Corridor(_path(table["path"]), cast("int", table["width_mm"]))
    polygons = []
    for rings in _list(table["polygons"]):
        if not rings:
            raise bad_field("a polygon", "has no ring", "give its outer ring first", _RULE)
        outer, *holes = (_path(ring) for ring in _list(rings))
        polygons.append(Polygon(outer, tuple(holes)))
    return Area(tuple(polygons))


def _mapped(shape: object, where: str, way: _Way) -> dict[str, Wire]:
    """The shape with every coordinate and its length carried over."""
    kind = shape.get("type") if isinstance(shape, dict | Mapping) else None
    if not isinstance(shape, dict | Mapping) or not isinstance(kind, str) or kind not in _PLACES:
        raise bad_field(where, f"is {shown(shape)}, which is no shape", _NEXT, _RULE)
    places, depth = _PLACES[kind]
    name = _LENGTHS.get(kind)
    if set(shape) != {"type", places} | ({f"{name}_{way.unit}"} if name else set()):
        raise bad_field(where, f"has not exactly the parts of a shape of type {kind}", _NEXT, _RULE)
    mapped: dict[str, Wire] = {
        "type": kind,
        places: _nested(shape[places], depth, f"{where}.{places}", way.angle),
    }
    if name:
        given = f"{name}_{way.unit}"
        mapped[f"{name}_{way.unit_after}"] = way.length(shape[given], f"{where}.{given}")
    return mapped


def _nested(places: object, depth: int, where: str, angle: _Leaf) -> list[Wire]:
    """Apply `angle` to every [longitude, latitude] that lies `depth` lists deep."""
    if not isinstance(places, list | tuple):
        raise bad_field(where, f"is {shown(places)}", "give [longitude, latitude] in lists", _RULE)
    if depth == 0:
        if len(places) != 2:
            advice = "give longitude and latitude; heights go into lower and upper"
            raise bad_field(where, f"has {len(places)} numbers", advice, _RULE)
        return [angle(number, where) for number in places]
    if len(places) > limits.VERTICES:
        bound = Bound(limits.VERTICES, "VERTICES")
        raise over_limit(
            where, f"has {len(places):,} parts", bound, f"give at most {limits.VERTICES:,}"
        )
    return [_nested(part, depth - 1, f"{where}[{i}]", angle) for i, part in enumerate(places)]


def _number(raw: object, where: str) -> object:
    if isinstance(raw, str):
        raise bad_field(where, f"is {shown(raw)}", "give numbers, not text", _RULE)
    return raw


def _degrees_in(raw: object, where: str) -> Wire:
    return scaled(_number(raw, where), DEGREE_PLACES, where)


def _metres_in(raw: object, where: str) -> Wire:
    return scaled(raw, METRE_PLACES, where)


def _degrees_out(wire: object, where: str) -> Wire:
    # A JSON value, not a wire value: the only place where a float passes.
    return unscaled(whole(wire, where), DEGREE_PLACES)  # type: ignore[return-value]


def _metres_out(wire: object, where: str) -> Wire:
    return unscaled(whole(wire, where), METRE_PLACES)  # type: ignore[return-value]


_IN = _Way("m", "mm", _degrees_in, _metres_in)
_OUT = _Way("mm", "m", _degrees_out, _metres_out)
_AS_IS = _Way("mm", "mm", whole, whole)


def _list(wire: Wire) -> list[Wire]:
    assert isinstance(wire, list)
    return wire


def _position(wire: object) -> Position:
    lon, lat = cast("list[int]", wire)
    return Position(lon, lat)


def _path(wire: Wire) -> Path:
    return tuple(_position(place) for place in _list(wire))
