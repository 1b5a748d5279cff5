"""Activities as people read them: a file's before it is sent, and those that were announced."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Row, select

from openline.formats.coordinates import notations_of
from openline.forms.fields import plain
from openline.forms.phrases import band_text, label
from openline.forms.schema import Wire
from openline.station.filing import Filed, Plan
from openline.station.heads import require
from openline.station.station import Station
from openline.station.tables import activities as activity_rows
from openline.wire import cbor
from openline.words import filelimits, limits
from openline.words.moment import Moment
from openline.words.volume import Position

Json = dict[str, Any]


def preview(filed: Filed, language: str) -> Json:
    """``preview --json``: every activity as understood, and the errors, with their number."""
    return {
        "format": filed.format,
        "activities": [_planned(plan, language) for plan in filed.plans],
        "errors": [error.as_json()["error"] for error in filed.errors[: filelimits.PREVIEW_ERRORS]],
        "errors_found": len(filed.errors),
    }


def _planned(plan: Plan, language: str) -> Json:
    said = described(plan.fields, language)
    return {"place": plan.place, **said, "notes": [note.said(language) for note in plan.notes]}


def described(fields: Mapping[str, Wire], language: str) -> Json:
    """One activity: its plain fields, and the same as a person reads them."""
    raw: Any = plain("activity", fields)
    shape: Any = raw["shape"]
    places = _places(shape)
    listed = places[: filelimits.NAMES_LISTED]
    shown = [Position(round(lon * 1e7), round(lat * 1e7)) for lon, lat in listed]
    length = {name: shape[name] for name in ("radius_m", "width_m") if name in shape}
    return {
        "ref": raw["ref"],
        "title": raw["title"],
        "kind": raw["kind"],
        "kind_label": label(f"kind.{raw['kind']}", language),
        "start": raw["start"],
        "end": raw["end"],
        "band": band_text(raw["lower"], raw["upper"], raw["unit"], raw["datum"], language),
        "shape": shape["type"],
        **length,
        "positions": [notations_of(place) for place in shown],
        "positions_found": len(places),
        "fields": raw,
    }


def _places(shape: Json) -> list[Any]:
    """The positions that draw a shape: of areas those of the rings, in their order."""
    if "centre" in shape:
        return [shape["centre"]]
    if "path" in shape:
        return list(shape["path"])
    return [place for polygon in shape["polygons"] for ring in polygon for place in ring]


def listing(
    station: Station, line: str | None, since: str | None, until: str | None, language: str
) -> Json:
    """``activity export``: what was announced and not cancelled, each once, by its start."""
    a = activity_rows.c
    wanted: list[ColumnElement[bool]] = [a.cancelled_at.is_(None)]
    if line is not None:
        require(station.engine.lines, line)
        wanted.append(a.peer == line)
    if since is not None:
        wanted.append(a.end > Moment.parse_date_or_time(since).ms)
    if until is not None:
        wanted.append(a.start < Moment.parse_date_or_time(until).ms)
    query = select(activity_rows).where(*wanted).order_by(a.start, a.thing, a.peer)
    found: dict[str, Json] = {}
    with station.engine.store.read() as connection:
        for row in connection.execute(query):
            if row.thing in found:
                found[row.thing]["lines"].append(row.peer)
            else:
                found[row.thing] = _announced(row, language)
    return {"activities": list(found.values()), "at": str(station.now())}


def _announced(row: Row[Any], language: str) -> Json:
    fields: Any = cbor.decode(row.fields, limits.MESSAGE_BYTES)
    said = described(fields, language)
    return {"id": row.thing, "party": row.party, "lines": [row.peer], **said}
