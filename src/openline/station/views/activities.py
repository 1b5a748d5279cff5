"""Activities as people read them: what is announced, what is drafted, what is private."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, and_, select

from openline.formats.coordinates import notations_of
from openline.forms.activity import activity_of
from openline.forms.fields import plain
from openline.forms.payload import split_id, thing_id
from openline.forms.phrases import band_text, label, phrase
from openline.line.activity import Phase, is_late, phase_at
from openline.station import discretion
from openline.station.activity_tables import drafts, standings
from openline.station.announcing import draft_row, unknown_activity
from openline.station.books.policy import policy_of
from openline.station.standing import decoded, kind_of, life_of, positions_of, versions_of
from openline.station.station import Station
from openline.station.tables import activities
from openline.words.moment import Moment

Json = dict[str, Any]


def list_activities(station: Station, line: str | None, state: str | None, language: str) -> Json:
    """``activity list --json``: drafts, then what is announced on each line, by time."""
    with station.engine.store.read() as connection:
        found = (
            [] if line else [draft_json(station, row, language) for row in draft_rows(connection)]
        )
        found += [
            announced_json(connection, row, station.now(), language)
            for row in announced_rows(connection)
            if line in (None, row.peer)
        ]
    return {"activities": [each for each in found if state in (None, each["state"])]}


def draft_rows(connection: Connection) -> list[Row[Any]]:
    """Every draft, oldest first."""
    return list(connection.execute(select(drafts).order_by(drafts.c.at)).all())


def announced_rows(connection: Connection, thing: str | None = None) -> list[Row[Any]]:
    """Activities with their standings."""
    a, s = activities.c, standings.c
    joined = activities.join(standings, and_(a.peer == s.peer, a.thing == s.thing))
    more = (s.said_at, s.author, s.confirmed_at, s.confirm_by)
    query = select(activities, *more).select_from(joined).order_by(a.start, a.peer)
    if thing is not None:
        query = query.where(a.thing == thing)
    return list(connection.execute(query).all())


def announced_json(connection: Connection, row: Row[Any], now: Moment, language: str) -> Json:
    """What stands on a line, as its row with its standing says."""
    fields = decoded(row.fields)
    kind = kind_of(fields)
    phase = phase_at(life_of(row), now)
    notice_ms = policy_of(connection, row.peer).notice_ms[kind.name]
    confirm_by = None if row.confirm_by is None else Moment(row.confirm_by)
    marks = {
        "late": is_late(Moment(row.said_at), Moment(row.start), notice_ms),
        "unconfirmed": confirm_by is not None and confirm_by < now and not phase.is_over,
        "unverified": kind.verified and "verified" not in fields,
        "lacking": bool(kind.lacks(fields)),
    }
    return {
        "id": row.thing,
        "line": row.peer,
        "party": row.party,
        "direction": "in" if row.party == row.peer else "out",
        "revision": row.revision,
        "state": str(phase),
        "marks": [mark for mark, holds in marks.items() if holds],
        "announced_at": str(Moment(row.said_at)),
        "author": row.author or None,
        "confirmed_at": str(Moment(row.confirmed_at)),
        "confirm_by": None if confirm_by is None else str(confirm_by),
        "private": False,
        **_common(fields, language),
    }


def _common(fields: Mapping[str, Any], language: str) -> Json:
    """What all activities have, announced or not."""
    kind = kind_of(fields)
    low, high = (fields[name] / 1000 for name in ("lower", "upper"))
    verified = fields.get("verified")
    site = fields.get("site_type")
    return {
        "title": fields["title"],
        "ref": fields["ref"],
        "kind": kind.name,
        "kind_name": label(f"site.{site}" if site else f"kind.{kind.name}", language),
        "from": str(Moment(fields["start"])),
        "to": str(Moment(fields["end"])),
        "permanent": bool(fields.get("permanent", False)),
        "band": band_text(low, high, fields["unit"], fields["datum"], language),
        "lacks": list(kind.lacks(fields)),
        "verified": verified,
        "stays_confirmed_s": None if kind.reconfirm_ms is None else kind.reconfirm_ms // 1000,
    }


def own_json(station: Station, state: str, row: Row[Any], language: str, **more: Any) -> Json:
    """What only this station knows of."""
    fields = decoded(row.fields)
    kind = kind_of(fields)
    marks = ["unverified"] if kind.verified and "verified" not in fields else []
    marks += ["lacking"] if kind.lacks(fields) else []
    return {
        "id": row.id,
        "line": "",
        "party": station.engine.party,
        "direction": "out",
        "revision": 0,
        "state": str(state),
        "marks": marks,
        "announced_at": None,
        "author": row.author or None,
        "confirmed_at": None,
        "confirm_by": None,
        "private": False,
        **_common(fields, language),
        **more,
    }


def draft_json(station: Station, row: Row[Any], language: str) -> Json:
    """A draft."""
    return own_json(station, Phase.DRAFT, row, language)


def amiss(station: Station, ids: Sequence[str], language: str) -> list[Json]:
    """What is amiss with activities that were announced a moment ago, in words."""
    found = []
    with station.engine.store.read() as connection:
        for id in ids:
            for row in announced_rows(connection, id)[:1]:
                said = announced_json(connection, row, station.now(), language)
                found += [_told(station, said, mark, language) for mark in said["marks"]]
    return found


def _told(station: Station, said: Json, mark: str, language: str) -> Json:
    lacks = ", ".join(label(f"field.{name}", language) for name in said["lacks"])
    text = label(f"mark.{mark}", language) + (f": {lacks}" if mark == "lacking" else "")
    if mark == "unverified" and not station.engine.roster:
        text += f" ({label('mark.nobody-verifies', language)})"
    return {"id": said["id"], "mark": mark, "text": text}


# ---- one of them -----------------------------------------------------------------------


def show(station: Station, id: str, language: str) -> Json:
    """``activity show ID --json``: how it stands, what it says, and every version of it."""
    issuer, uid, _ = split_id(id)
    thing = thing_id(issuer, uid)
    with station.engine.store.read() as connection:
        draft = draft_row(connection, thing)
        if draft is not None:
            more = written(decoded(draft.fields), language)
            return {**draft_json(station, draft, language), **more, "versions": [], "lines": []}
        rows = announced_rows(connection, thing)
        if not rows:
            raise unknown_activity(id)
        newest = max(rows, key=lambda row: row.revision)
        versions = versions_of(connection, newest.peer, thing)
        return {
            **announced_json(connection, newest, station.now(), language),
            **written(decoded(newest.fields), language),
            "versions": [_version(each, language) for each in versions],
            "lines": [row.peer for row in rows],
        }


def written(fields: Mapping[str, Any], language: str) -> Json:
    """What an activity says, as whoever asks may see it: fields, sentence, places."""
    shown, withheld = discretion.shown(plain("activity", fields))
    places = positions_of(activity_of(fields).volume.shape)
    return {
        "fields": shown,
        "withheld": withheld,
        "text": phrase("activity", shown, language),
        "places": [notations_of(place) for place in places],
    }


def _version(entry: Any, language: str) -> Json:
    version = entry.payload.form_version
    fields = plain("activity", entry.payload.fields, version=version)
    shown, _ = discretion.shown(fields)
    return {
        "id": entry.id,
        "revision": entry.payload.revision,
        "at": str(entry.at),
        "by": entry.payload.by or None,
        "fields": shown,
        "text": phrase("activity", shown, language, version=version),
    }
