"""Activities as a file of a format, or as a page to print."""

from __future__ import annotations

import json
from typing import Any

from openline.documents.activities import activities_pdf
from openline.documents.report import Reader, zone_named
from openline.formats.csvfile import write_csv
from openline.formats.geojson import feature_of
from openline.formats.kmlout import write_kml
from openline.words.errors import OpenlineError
from openline.words.moment import Moment

WRITTEN = ("geojson", "kml", "csv", "pdf")


def written(listed: dict[str, Any], format: str, language: str, zone: str) -> bytes:
    """The bytes of the file; `listed` is what the station lists. Raises ``unknown-format``."""
    fields = [activity["fields"] for activity in listed["activities"]]
    match format:
        case "geojson":
            features = [feature_of(each) for each in fields]
            document = {"type": "FeatureCollection", "features": features}
            return json.dumps(document, ensure_ascii=False, indent=1).encode()
        case "kml":
            return write_kml(fields)
        case "csv":
            # The mark tells spreadsheets that it is UTF-8.
            return b"\xef\xbb\xbf" + write_csv(fields, language).encode()
        case "pdf":
            reader = Reader(language, zone_named(zone))
            return activities_pdf(listed["activities"], Moment.parse(listed["at"]), reader)
    raise OpenlineError(
        "unknown-format",
        f"activities are not written as {format[:40]!r}",
        rule="R-FMT-12",
        next=f"use one of {', '.join(WRITTEN)}",
    )
