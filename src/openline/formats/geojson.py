"""Activities in GeoJSON (RFC 7946): a FeatureCollection in, a Feature out.

One feature is one activity: Polygon, MultiPolygon, Point with ``radius_m`` or
LineString with ``width_m``, its properties the fields of the form ``activity``.
Which members are refused and which ignored: docs/spec/forms.md, R-FMT.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from openline.formats.draft import Draft, Found, Given, Refused, at_place
from openline.formats.likeness import PROPERTIES, resembles
from openline.forms.jsontext import read_json
from openline.words import filelimits, limits
from openline.words.errors import OpenlineError

_LENGTHS = {"Point": "radius_m", "LineString": "width_m"}
_GEOMETRIES = ("Polygon", "MultiPolygon", *_LENGTHS)
_WGS84 = ("CRS84", "EPSG::4326", "EPSG:4326")
_MISPLACED = frozenset(PROPERTIES) - {"title"}
"""A title of the collection or the feature is common, and changes nothing."""
_DEEPEST = 4
"""The lists around a position in a MultiPolygon, and one more to be refused as such."""


def read_geojson(data: bytes, given: Given) -> Iterator[Found]:
    """The features in the file's order; raises ``bad-json``, ``bad-geojson`` for the whole."""
    for place, feature in enumerate(_all_features(data), start=1):
        name, ref = f"feature {place}", _ref(feature)
        try:
            raw = _activity(feature, given)
        except OpenlineError as error:
            yield Refused(name, at_place(name, ref, error))
        else:
            yield Draft(name, ref if isinstance(ref, str) else "", raw)


def _all_features(data: bytes) -> list[object]:
    if data.count(b"{") > filelimits.JSON_OBJECTS:
        # Before it is parsed: a million features would fill the memory first.
        advice = f"give at most {limits.FEATURES:,} features (JSON_OBJECTS)"
        raise _bad(f"a file of more than {filelimits.JSON_OBJECTS:,} objects", advice, "02")
    return _features(read_json(data))


def feature_of(fields: Mapping[str, object]) -> dict[str, object]:
    """The GeoJSON feature of an activity's plain fields, in the vocabulary that is read."""
    properties = {name: value for name, value in fields.items() if name != "shape"}
    shape = fields["shape"]
    assert isinstance(shape, dict)
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


def _bad(what: str, advice: str, rule: str) -> OpenlineError:
    return OpenlineError("bad-geojson", what, rule=f"R-FMT-{rule}", next=advice)


def _ref(feature: object) -> object:
    properties = feature.get("properties") if isinstance(feature, dict) else None
    return properties.get("ref") if isinstance(properties, dict) else None


def _features(document: object) -> list[object]:
    """The features of a collection, or the one feature that the file is."""
    table = document if isinstance(document, dict) else {}
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
    properties = crs.get("properties") if isinstance(crs, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    if crs is not None and not str(name).endswith(_WGS84):
        raise _bad(
            "the file names a reference system other than WGS 84",
            "export it in WGS 84 (EPSG:4326), as RFC 7946 asks",
            "07",
        )


def _activity(feature: object, given: Given) -> dict[str, object]:
    """The raw fields of one feature, not yet held to the form."""
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        raise _bad("this is no Feature", "give a Feature with geometry and properties", "03")
    geometry, properties = feature.get("geometry"), feature.get("properties")
    if not isinstance(geometry, dict):
        raise _bad("it has no geometry", f"give one of {', '.join(_GEOMETRIES)}", "04")
    if not isinstance(properties, dict):
        raise _bad("it has no properties", f"give {', '.join(PROPERTIES)} there", "03")
    _nothing_misplaced(feature, "the Feature")
    _nothing_misplaced(geometry, "the geometry")
    known = {name: value for name, value in properties.items() if _means_something(name)}
    lengths = {name: known.pop(name, None) for name in _LENGTHS.values()}
    wanted = _LENGTHS.get(str(geometry.get("type")))
    if wanted and lengths[wanted] is None:
        lengths[wanted] = given.value(wanted)
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


def _means_something(name: str) -> bool:
    """Whether a property is ours. One that is only spelled like ours is refused."""
    close = resembles(name)
    if close and close != name:
        raise _bad(
            f"the property {name[:40]!r} looks like {close!r}",
            f"call it {close} if that is meant, else rename it or take it out",
            "06",
        )
    return bool(close)


def _nothing_misplaced(members: Mapping[str, object], where: str) -> None:
    if not _MISPLACED.isdisjoint(members):
        misplaced = sorted(_MISPLACED.intersection(members))
        raise _bad(
            f"{', '.join(misplaced)} stands in {where}, where it would have no effect",
            "move it into the properties of the feature",
            "07",
        )
