"""What plans would conflict with if they were announced as they are; nothing is sent or stored."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection

from openline.forms.activity import Activity, activity_of
from openline.station import discretion
from openline.station.amending import changed, newest, own_rows
from openline.station.announcing import draft_row
from openline.station.books import activities
from openline.station.books.policy import policy_of
from openline.station.filing import Progress, remarks, taken
from openline.station.standing import decoded
from openline.station.station import Station
from openline.station.views.private import private_drafts

Fields = Mapping[str, Any]
Json = dict[str, Any]


def of_file(station: Station, file: Mapping[str, Any], language: str, tell: Progress) -> Json:
    """What a file's activities would conflict with on any line."""
    filed = taken(file, tell)
    found: list[Json] = []
    with station.engine.store.read() as connection:
        for number, plan in enumerate(filed.plans, 1):
            found += _found(station, connection, number, plan.activity)
    return {"conflicts": found, **remarks(filed, language)}


def of_one(station: Station, id: str, changes: Fields) -> Json:
    """The same of a draft, or of an activity of ours that goes on, after `changes` of its fields.

    Raises what `amending.amend` raises.
    """
    with station.engine.store.read() as connection:
        row = draft_row(connection, id)
        if row is None:
            row = newest(own_rows(connection, station.engine.party, id, station.now()))
        after = activity_of(changed(decoded(row.fields), changes, None))
        return {"conflicts": list(_found(station, connection, 1, after))}


def _found(
    station: Station, connection: Connection, number: int, activity: Activity
) -> Iterator[Json]:
    party, near = station.engine.party, station.engine.nearby
    for peer in station.engine.lines:
        draft = activities.planned_of(f"draft-{number}", activity, policy_of(connection, peer))
        for finding in activities.find_for(connection, peer, party, draft, near):
            yield activities.draft_json(connection, peer, party, activity.title, finding)
    if discretion.may_see_private():
        yield from private_drafts(station, connection, number, activity)
