"""Activities as GeoJSON."""

from __future__ import annotations

import json
from typing import Any

from processes import Json


def features(*wanted: Json) -> str:
    """A FeatureCollection."""
    return json.dumps({"type": "FeatureCollection", "features": list(wanted)})


def feature(geometry: Json, **properties: Any) -> Json:
    """One feature with what every activity needs, and what is given."""
    needed = {
        "ref": "C-17",
        "kind": "convoy",
        "title": "Relief convoy 17",
        "start": "2097-04-02T08:00:00Z",
        "end": "2097-04-02T12:00:00Z",
        "lower": 0,
        "upper": 50,
        "unit": "m",
        "datum": "AGL",
    }
    kept = {k: v for k, v in (needed | properties).items() if v is not None}
    return {"type": "Feature", "geometry": geometry, "properties": kept}


def square(west: float, south: float, size: float = 0.1) -> Json:
    """A square of `size` degrees."""
    east, north = round(west + size, 6), round(south + size, 6)
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}
