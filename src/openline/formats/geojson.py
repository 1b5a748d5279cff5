"""Activities in GeoJSON (RFC 7946): a FeatureCollection in, a Feature out.

One feature is one activity: Polygon, MultiPolygon, Point with ``radius_m`` or
LineString with ``width_m``, its properties the fields of the form ``activity``.
Which members are refused and which ignored: docs/spec/forms.md, R-FMT.
"""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from functools import lru_cache

from openline.forms.catalog import form
from openline.forms.fields import fill
from openline.forms.jsontext import read_json
from openline.words import limits
from openline.words.errors import OpenlineError

_LENGTHS = {"Point": "radius_m", "LineString": "width_m"}
_GEOMETRIES = ("Polygon", "MultiPolygon", *_LENGTHS)
_FIELDS = [name for name in form("activity").fields if name != "shape"]
PROPERTIES: tuple[str, ...] = (*_FIELDS, *_LENGTHS.values())
"""The properties that mean something to Openline."""
_WGS84 = ("CRS84", "EPSG::4326", "EPSG:4326")
_DEEPEST = 4
"""The lists around a position in a MultiPolygon, and one more to be refused as such."""
_CLOSE = 0.8
"""How alike two names are that are taken for one and its misspelling."""


def read_activities(text: str | bytes) -> list[dict[str, object]]:
    """What to give to ``fill("activity", …)``, one for each feature, in the file's order.

    Every feature has been filled once already, so that a file is taken whole or
    not at all. Raises ``bad-json``, ``bad-geojson`` or what ``fill`` raises; an
    error in a feature names its place in the file, counted from 1, and its ref.
    """
    size = len(text) if isinstance(text, bytes) else len(text.encode("utf-8", "replace"))
    if size > limits.FILE_BYTES:
        advice = f"give at most {limits.FILE_BYTES:,} (FILE_BYTES)"
        raise _bad(f"a file of {size:,} bytes", advice, "02")
    activities = []
    for place, feature in enumerate(_features(read_json(text)), start=1):
        try:
            raw = _activity(feature)
            fill("activity", raw)
        except OpenlineError as error:
            raise in_feature(place, _ref(feature), error) from None
        activities.append(raw)
    return activities


def feature_of(fields: Mapping[str, object]) -> dict[str, object]:
    """The GeoJSON feature of an activity's plain fields, in the vocabulary that is read."""
    properties = {name: value for name, value in fields.items() if name != "shape"}
    shape = fields["shape"]
    assert isinstance(shape, Mapping)
    match shape["type"]:
        case "circle":
            geometry = {"type": "Point", "coordinates": shape["centre"]}
            properties["radius_m"] = shape["radius_m"]
        case "corridor":
            geometry = {"type": "LineString", "coordinates": shape["path"]}
            properties["width_m"] = shape["width_m"]
        case _ if len(shape["polygons"]) == 1:
            geometry = {"type": "Polygon", "coordinates": shape["polygons"][0]}
        case _:
            geometry = {"type": "MultiPolygon", "coordinates": shape["polygons"]}
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def in_feature(place: int, ref: object, error: OpenlineError) -> OpenlineError:
    """`error` with the feature's place in the file, counted from 1, and its ref in front."""
    name = f"feature {place}" + (f" ({ref[: limits.ID_CHARS]})" if isinstance(ref, str) else "")
    return OpenlineError(
        error.code,
        f"{name}: {error.message}",
        whose=error.whose,
        rule=error.rule,
        next=error.next,
    )


def _bad(what: str, advice: str, rule: str) -> OpenlineError:
    return OpenlineError("bad-geojson", what, rule=f"R-FMT-{rule}", next=advice)


def _ref(feature: object) -> object:
    properties = feature.get("properties") if isinstance(feature, Mapping) else None
    return properties.get("ref") if isinstance(properties, Mapping) else None


def _features(document: object) -> list[object]:
    """The features of a collection, or the one feature that the file is."""
    table = document if isinstance(document, Mapping) else {}
    if table.get("type") not in ("FeatureCollection", "Feature"):
        raise _bad(
            "this is no GeoJSON FeatureCollection",
            "put each shape into a Feature and these into a FeatureCollection",
            "03",
        )
    _wgs84(table)
    if table["type"] == "Feature":
        return [table]
    _nothing_misplaced(table, "the FeatureCollection")
    features = table.get("features")
    if not isinstance(features, list) or not features:
        raise _bad("a FeatureCollection without features", "give one for each activity", "03")
    if len(features) > limits.FEATURES:
        advice = f"give at most {limits.FEATURES:,} (FEATURES)"
        raise _bad(f"{len(features):,} features", advice, "02")
    return features


def _wgs84(document: Mapping[str, object]) -> None:
    crs = document.get("crs")
    properties = crs.get("properties") if isinstance(crs, Mapping) else None
    name = properties.get("name") if isinstance(properties, Mapping) else None
    if crs is not None and not str(name).endswith(_WGS84):
        raise _bad(
            "the file names a reference system other than WGS 84",
            "export it in WGS 84 (EPSG:4326), as RFC 7946 asks",
            "07",
        )


def _activity(feature: object) -> dict[str, object]:
    """The raw fields of one feature, not yet held to the form."""
    if not isinstance(feature, Mapping) or feature.get("type") != "Feature":
        raise _bad("this is no Feature", "give a Feature with geometry and properties", "03")
    geometry, properties = feature.get("geometry"), feature.get("properties")
    if not isinstance(geometry, Mapping):
        raise _bad("it has no geometry", f"give one of {', '.join(_GEOMETRIES)}", "04")
    if not isinstance(properties, Mapping):
        raise _bad("it has no properties", f"give {', '.join(PROPERTIES)} there", "03")
    _nothing_misplaced(feature, "the Feature")
    _nothing_misplaced(geometry, "the geometry")
    known = {name: value for name, value in properties.items() if _means_something(name)}
    lengths = {name: known.pop(name, None) for name in _LENGTHS.values()}
    return {
        **{name: value for name, value in known.items() if value is not None},
        "shape": _shape(geometry, {n: v for n, v in lengths.items() if v is not None}),
    }


def _shape(geometry: Mapping[str, object], lengths: Mapping[str, object]) -> dict[str, object]:
    kind = geometry.get("type")
    if not isinstance(kind, str) or kind not in _GEOMETRIES:
        raise _bad(
            f"its geometry is {str(kind)[:40]!r}",
            f"give one of {', '.join(_GEOMETRIES)}; split others into features",
            "04",
        )
    wanted = _LENGTHS.get(kind)
    if set(lengths) != ({wanted} if wanted else set()):
        need = f"needs {wanted} and no other length" if wanted else "takes no radius_m or width_m"
        raise _bad(f"a {kind} {need}", "correct its properties", "04")
    coordinates = _flat(geometry.get("coordinates"))
    match kind:
        case "Point":
            return {"type": "circle", "centre": coordinates, **lengths}
        case "LineString":
            return {"type": "corridor", "path": coordinates, **lengths}
        case "Polygon":
            return {"type": "area", "polygons": [coordinates]}
    return {"type": "area", "polygons": coordinates}


def _flat(coordinates: object, depth: int = 0) -> object:
    """The coordinates without their third ordinates, which must be zero; latitude looked at."""
    if not isinstance(coordinates, list) or depth > _DEEPEST:
        return coordinates
    if not coordinates or isinstance(coordinates[0], list):
        return [_flat(part, depth + 1) for part in coordinates]
    if len(coordinates) > 2 and any(height != 0 for height in coordinates[2:]):
        raise _bad(
            "a position carries a height",
            "give heights as lower and upper, with unit and datum, and positions without",
            "05",
        )
    lon, lat, *_ = (*coordinates, None, None)
    if _beyond(lat, 90) and not _beyond(lat, 180) and not _beyond(lon, 90):
        raise _bad(
            f"latitude {lat}, longitude {lon}: they seem to have changed places",
            "GeoJSON puts longitude first",
            "08",
        )
    return coordinates[:2]


def _beyond(number: object, bound: int) -> bool:
    return isinstance(number, int | float) and abs(number) > bound


@lru_cache(maxsize=1024)
def _means_something(name: str) -> bool:
    """Whether a property is ours. One that is only spelled like ours is refused."""
    if name in PROPERTIES:
        return True
    plain = {_letters(known): known for known in PROPERTIES}
    close = get_close_matches(_letters(name), plain, 1, _CLOSE)
    if close:
        raise _bad(
            f"the property {name[:40]!r} looks like {plain[close[0]]!r}",
            f"call it {plain[close[0]]} if that is meant, else rename it or take it out",
            "06",
        )
    return False


def _letters(name: str) -> str:
    return "".join(letter for letter in name[: limits.FIELD_CHARS].lower() if letter.isalnum())


def _nothing_misplaced(members: Mapping[str, object], where: str) -> None:
    # A title of the collection or the feature is common, and changes nothing.
    misplaced = sorted(set(members) & set(PROPERTIES) - {"title"})
    if misplaced:
        raise _bad(
            f"{', '.join(misplaced)} stands in {where}, where it would have no effect",
            "move it into the properties of the feature",
            "07",
        )
