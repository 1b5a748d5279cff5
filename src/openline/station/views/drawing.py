"""Activities as the map shows them: each with its outline."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from openline.conflict.outline import outline
from openline.forms.activity import activity_of
from openline.station import discretion
from openline.station.standing import decoded
from openline.station.station import Station
from openline.station.views.activities import (
    announced_json,
    announced_rows,
    draft_json,
    draft_rows,
)
from openline.station.views.private import private_json, private_rows

Json = dict[str, Any]


def drawn(station: Station, connection: Connection, language: str) -> list[Json]:
    """Every activity with its outline: announced, and for whom may see them the private ones."""
    now = station.now()
    found = [
        (announced_json(connection, row, now, language), row.fields)
        for row in announced_rows(connection)
    ]
    found += [(draft_json(station, row, language), row.fields) for row in draft_rows(connection)]
    if discretion.may_see_private():
        own = private_rows(connection)
        found += [(private_json(station, connection, row, language), row.fields) for row in own]
    return [
        {**said, "kind": said["kind_name"], "geometry": outline(activity_of(decoded(raw)).volume)}
        for said, raw in found
    ]
