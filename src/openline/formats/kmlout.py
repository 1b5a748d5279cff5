"""Activities as KML 2.2, one placemark each; every field stands in ExtendedData and reads back."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from openline.formats.draft import LENGTHS

_SPACE = "http://www.opengis.net/kml/2.2"


def write_kml(activities: Iterable[Mapping[str, Any]]) -> bytes:
    """The KML of activities' plain fields."""
    root = Element("kml", xmlns=_SPACE)
    document = SubElement(root, "Document")
    for fields in activities:
        placemark = SubElement(document, "Placemark")
        _text(placemark, "name", fields["title"])
        span = SubElement(placemark, "TimeSpan")
        _text(span, "begin", fields["start"])
        _text(span, "end", fields["end"])
        shape = fields["shape"]
        extended = SubElement(placemark, "ExtendedData")
        lengths = {name: shape[name] for name in LENGTHS if name in shape}
        for name, value in ({**fields, **lengths}).items():
            if name != "shape":
                data = SubElement(extended, "Data", name=name)
                _text(data, "value", value if isinstance(value, str) else json.dumps(value))
        _geometry(placemark, shape)
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True))


def _geometry(placemark: Element, shape: Mapping[str, Any]) -> None:
    match shape["type"]:
        case "circle":
            _text(SubElement(placemark, "Point"), "coordinates", _places([shape["centre"]]))
        case "corridor":
            _text(SubElement(placemark, "LineString"), "coordinates", _places(shape["path"]))
        case _:
            several = len(shape["polygons"]) > 1
            holder = SubElement(placemark, "MultiGeometry") if several else placemark
            for rings in shape["polygons"]:
                polygon = SubElement(holder, "Polygon")
                for at, ring in enumerate(rings):
                    side = SubElement(polygon, "innerBoundaryIs" if at else "outerBoundaryIs")
                    _text(SubElement(side, "LinearRing"), "coordinates", _places(ring))


def _places(places: Sequence[Sequence[float]]) -> str:
    return " ".join(f"{lon},{lat}" for lon, lat in places)


def _text(parent: Element, name: str, text: object) -> None:
    SubElement(parent, name).text = str(text)
