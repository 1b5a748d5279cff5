"""Alarms, most urgent first."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, select

from openline.forms.phrases import label
from openline.forms.precedence import Precedence
from openline.station import entries
from openline.station.station import Station
from openline.station.tables import alarms
from openline.station.views.traffic import message_json
from openline.words.moment import Moment

Json = dict[str, Any]


def list_alarms(station: Station, language: str) -> Json:
    """Alarms that nobody has acknowledged, most urgent first, then the acknowledged."""
    a = alarms.c
    with station.engine.store.read() as connection:
        rows = connection.execute(select(alarms).order_by(a.raised_at)).all()
        found = [_alarm(connection, row, language) for row in rows]
    ranks = [str(p) for p in Precedence]
    found.sort(key=lambda a: (a["acknowledged_at"] is not None, ranks.index(a["precedence"])))
    return {"alarms": found}


def _alarm(connection: Connection, row: Row[Any], language: str) -> Json:
    about = entries.by_id(connection, row.message, row.peer)
    text = (
        message_json(about[0], language)["text"] if about else label(f"alarm.{row.what}", language)
    )
    done = row.acknowledged_at
    return {
        "id": row.id,
        "line": row.peer,
        "message": row.message,
        "precedence": row.precedence,
        "form": row.what,
        "text": text,
        "raised_at": str(Moment(row.raised_at)),
        "count": row.sounded,
        "acknowledged_at": None if done is None else str(Moment(done)),
    }
