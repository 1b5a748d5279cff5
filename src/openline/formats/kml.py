"""Activities in KML 2.2 (OGC 07-147r2), and in KMZ, its zipped form: one for each placemark.

A placemark is a Polygon with holes, several of them in a MultiGeometry, a LineString with width_m
or a Point with radius_m. Its fields stand in ExtendedData, by the names of the form; its name is
the title and its TimeSpan the window where ExtendedData has neither. altitudeMode gives the datum.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any
from xml.etree.ElementTree import Element

from openline.formats.draft import FIELDS, LENGTHS, Found, Given, Note, attempt
from openline.formats.levels import GROUND, band
from openline.formats.levels import height as level_of
from openline.formats.likeness import ours
from openline.formats.shapes import area, bad_shape, circle, corridor
from openline.formats.times import read_when
from openline.formats.xmltext import child, children, local, read_xml, text_of
from openline.formats.zipped import names_in, unzip
from openline.words import limits
from openline.words.errors import OpenlineError

_MODES = {"relativeToGround": "AGL", "absolute": "AMSL", "clampToGround": ""}
_SHAPES = ("Polygon", "LineString", "Point", "MultiGeometry")
_OTHERS = ("LinearRing", "Model", "Track", "MultiTrack")
Heights = dict[str, str]
"""By each height that positions carry: the datum that goes with it."""


def read_kmz(data: bytes, given: Given) -> Iterator[Found]:
    """The placemarks of the KML file in a KMZ file; raises ``bad-zip``, ``bad-kml``."""
    inside = [name for name in names_in(data) if name.lower().endswith(".kml")]
    root = [name for name in inside if name == "doc.kml"] or inside
    if len(root) != 1:
        raise _bad(f"it holds {len(root)} KML files", "leave the one that is meant in it")
    return read_kml(unzip(data, root[0]), given)


def read_kml(data: bytes, given: Given) -> Iterator[Found]:
    """The placemarks in the file's order; raises ``bad-xml``, ``bad-kml`` for the whole."""
    root = read_xml(data)
    if local(root) != "kml":
        raise _bad(f"its root is {local(root)[:40]!r} and not kml", "export it as KML 2.2")
    placemarks = []
    for element in root.iter():
        if local(element) in ("NetworkLink", "NetworkLinkControl"):
            raise _bad("it links to another file, and nothing is fetched", "save what it links to")
        if local(element) == "Placemark":
            placemarks.append(element)
    if not placemarks:
        raise _bad("it has no placemark", "give one for each activity")
    if len(placemarks) > limits.FEATURES:
        advice = f"give at most {limits.FEATURES:,} (FEATURES)"
        raise _bad(f"it has {len(placemarks):,} placemarks", advice)
    for number, placemark in enumerate(placemarks, 1):
        yield _found(number, placemark, given)


def _found(number: int, placemark: Element, given: Given) -> Found:
    name = text_of(child(placemark, "name"))
    place = f"placemark {number}" + (f" {name[: limits.ID_CHARS]!r}" if name else "")
    said = dict(_extended(placemark))
    return attempt(place, said.get("ref"), partial(_activity, placemark, name, said, given))


def _extended(placemark: Element) -> Iterator[tuple[str, str]]:
    for holder in children(placemark, "ExtendedData"):
        for data in children(holder, "Data"):
            yield data.get("name", ""), text_of(child(data, "value"))
        for schema in children(holder, "SchemaData"):
            for simple in children(schema, "SimpleData"):
                yield simple.get("name", ""), text_of(simple)


def _activity(
    placemark: Element, name: str, said: Mapping[str, str], given: Given
) -> tuple[dict[str, object], list[Note]]:
    known: dict[str, Any] = {
        key: value for key, value in said.items() if value and ours(key, "ExtendedData")
    }
    fields = {key: value for key, value in known.items() if key in FIELDS}
    fields.setdefault("title", name or None)
    _window(placemark, fields, given)
    heights: Heights = {}
    lengths = {key: known[key] for key in LENGTHS if key in known}
    fields["shape"] = _shape(placemark, lengths, heights, given)
    notes = _band(placemark, fields, heights)
    if text_of(child(placemark, "description")) and "details" not in fields:
        notes.append(Note("kml-description"))
    return fields, notes


def _window(placemark: Element, fields: dict[str, object], given: Given) -> None:
    if child(placemark, "TimeStamp") is not None:
        raise _bad("it has a TimeStamp, which has no end", "give it a TimeSpan", "R-FMT-19")
    span = child(placemark, "TimeSpan")
    for name, inside in (("start", "begin"), ("end", "end")):
        text = text_of(child(span, inside)) if span is not None else ""
        if text and name not in fields:
            fields[name] = read_when(text, given.zone)


def _shape(
    placemark: Element, lengths: Mapping[str, object], heights: Heights, given: Given
) -> dict[str, object]:
    found = [each for each in placemark if local(each) in (*_SHAPES, *_OTHERS)]
    if len(found) != 1 or local(found[0]) in _OTHERS:
        names = ", ".join(local(each) for each in found) or "no geometry"
        raise bad_shape(f"it has {names}", f"give one of {', '.join(_SHAPES)}")
    (geometry,) = found
    match local(geometry):
        case "Point":
            (centre, *more) = _places(geometry, heights)
            if more:
                raise bad_shape("a Point with several positions", "give one")
            return circle(centre, lengths, given)
        case "LineString":
            return corridor(_places(geometry, heights), lengths, given)
        case "Polygon":
            return area([_rings(geometry, heights)], lengths)
    parts = list(geometry)
    if not parts or any(local(part) != "Polygon" for part in parts):
        raise bad_shape("a MultiGeometry of other than Polygons", "make each a placemark")
    return area([_rings(part, heights) for part in parts], lengths)


def _rings(polygon: Element, heights: Heights) -> list[list[list[float]]]:
    outer = list(children(polygon, "outerBoundaryIs"))
    if len(outer) != 1:
        raise bad_shape("a Polygon without exactly one outer boundary", "draw it again")
    rings = []
    for boundary in (*outer, *children(polygon, "innerBoundaryIs")):
        for ring in children(boundary, "LinearRing"):
            rings.append(_places(ring, heights, polygon))
    return rings


def _places(
    geometry: Element, heights: Heights, holder: Element | None = None
) -> list[list[float]]:
    """Its positions, their heights put apart with their datum."""
    mode = text_of(child(holder if holder is not None else geometry, "altitudeMode"))
    if (mode or "clampToGround") not in _MODES:
        raise bad_shape(f"altitudeMode {mode[:40]!r}", f"use one of {', '.join(_MODES)}")
    places = []
    for group in text_of(child(geometry, "coordinates")).split():
        try:
            lon, lat, *more = (float(number) for number in group.split(","))
        except ValueError:
            raise bad_shape(f"{group[:40]!r} is no position", "write longitude,latitude") from None
        if len(more) > 1:
            raise bad_shape(f"{group[:40]!r} is no position", "write longitude,latitude")
        places.append([lon, lat])
        height = repr(more[0]) if more else "0.0"
        if _MODES[mode or "clampToGround"]:
            heights[height] = _MODES[mode]
    if not places:
        raise bad_shape("a geometry without coordinates", "draw it again")
    return places


def _band(placemark: Element, fields: dict[str, object], heights: Heights) -> list[Note]:
    """The band from the heights of positions, where ExtendedData gives none."""
    datum = next(iter(heights.values()), "")
    if "lower" in fields or "upper" in fields:
        if datum:
            fields.setdefault("datum", datum)
        return []
    if not datum:
        return []
    extruded = any(text_of(e) == "1" for e in placemark.iter() if local(e) == "extrude")
    if len(heights) != 1 or not extruded:
        raise bad_shape(
            "its positions carry heights that make no band",
            "extrude one height to the ground, or give lower and upper in ExtendedData",
        )
    (height,) = heights
    return _extruded(fields, float(height), datum)


def _extruded(fields: dict[str, object], height: float, datum: str) -> list[Note]:
    """From the ground up to `height` metres (KML 2.2: extrude)."""
    found, notes = band(GROUND, level_of(height, "m", datum), Given())
    fields.update(found)
    return notes


def _bad(what: str, advice: str, rule: str = "R-FMT-19") -> OpenlineError:
    return OpenlineError("bad-kml", f"the KML is refused: {what}", rule=rule, next=advice)
