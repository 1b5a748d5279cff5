"""Private activities as those who may see them read them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, select

from openline.forms.activity import Activity
from openline.forms.fields import plain
from openline.forms.phrases import phrase
from openline.station import discretion
from openline.station.activity_tables import (
    private_activities,
    private_findings,
    private_versions,
)
from openline.station.books import private
from openline.station.books.activities import planned_of, what_if_json
from openline.station.books.policy import Policy, policy_of
from openline.station.standing import decoded
from openline.station.station import Station
from openline.station.tables import activities
from openline.station.views.activities import own_json, written
from openline.words.moment import Moment

Json = dict[str, Any]


def list_private(station: Station, language: str) -> Json:
    """``private list --json``: each with what it collides with."""
    with station.engine.store.read() as connection:
        rows = private_rows(connection)
        return {"private": [private_json(station, connection, row, language) for row in rows]}


def private_rows(connection: Connection) -> list[Row[Any]]:
    """Every private activity, by time."""
    p = private_activities.c
    return list(connection.execute(select(private_activities).order_by(p.start, p.id)).all())


def private_json(station: Station, connection: Connection, row: Row[Any], language: str) -> Json:
    """A private activity, by time announced to nobody, with what it collides with."""
    now, f = station.now(), private_findings.c
    state = "planned" if now.ms < row.start else "active" if now.ms < row.end else "ended"
    found = connection.execute(
        select(private_findings).where(f.private == row.id).order_by(f.start, f.thing)
    )
    collides = [_finding(connection, each, now) for each in found.all()]
    said = own_json(station, state, row, language, private=True, findings=collides)
    marks = [each for each in said["marks"] if each == "unverified" and state != "ended"]
    return {**said, "revision": row.revision, "marks": marks, "lacks": []}


def show(station: Station, id: str, language: str) -> Json:
    """``private show ID --json``: how it stands, what it says, and every version of it."""
    v = private_versions.c
    with station.engine.store.read() as connection:
        row = private.kept(connection, id)
        versions = select(private_versions).where(v.private == id).order_by(v.revision)
        return {
            **private_json(station, connection, row, language),
            **written(decoded(row.fields), language),
            "versions": [_version(each, language) for each in connection.execute(versions)],
        }


def _version(row: Row[Any], language: str) -> Json:
    shown, _ = discretion.shown(plain("activity", decoded(row.fields)))
    return {
        "revision": row.revision,
        "at": str(Moment(row.at)),
        "by": row.by or None,
        "fields": shown,
        "text": phrase("activity", shown, language),
    }


def _finding(connection: Connection, row: Row[Any], now: Moment) -> Json:
    a = activities.c
    named = select(activities).where(a.peer == row.peer, a.thing == row.thing)
    other = connection.execute(named).one()
    state = "expired" if row.end <= now.ms else "found"
    return {
        "id": row.thing,
        "line": row.peer,
        "party": other.party,
        "title": decoded(other.fields)["title"],
        "from": str(Moment(row.start)),
        "to": str(Moment(row.end)),
        "horizontal_m": row.horizontal_mm / 1000,
        "vertical_m": row.vertical_mm / 1000,
        "flags": row.flags.split(),
        "state": state if row.resolved_at is None else "resolved",
        "found_at": str(Moment(row.found_at)),
    }


def private_drafts(
    station: Station, connection: Connection, number: int, activity: Activity
) -> list[Json]:
    """What a draft of ours would collide with of what is private, for our own desk (R-ACT-23).

    Judged by every line's policy, as it would be announced on any.
    """
    found: dict[str, Json] = {}
    policies = [policy_of(connection, peer) for peer in station.engine.lines] or [Policy()]
    for policy in policies:
        draft = planned_of(f"draft-{number}", activity, policy)
        for row, finding in private.colliding_with(connection, draft, policy):
            party = station.engine.party
            said = {"id": row.id, "party": party, "title": decoded(row.fields)["title"]}
            own = {"id": draft.id, "party": party, "title": activity.title}
            found[row.id] = {**what_if_json("", own, said, finding), "private": True}
    return list(found.values())
