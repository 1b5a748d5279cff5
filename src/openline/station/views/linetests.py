"""Line tests: their history, what was found after a miss, and how available each line was."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Connection, Row, select

from openline.forms.phrases import label
from openline.station.books import findings
from openline.station.station import Station
from openline.station.tables import tests
from openline.station.views.lines import declared_by, test_json
from openline.words.errors import OpenlineError
from openline.words.moment import Moment

Json = dict[str, Any]


def explain(station: Station, id: str, language: str) -> Json:
    """What is known of one test, what our own side found after it, and what is not known.

    Raises ``unknown-test``.
    """
    with station.engine.store.read() as connection:
        row = connection.execute(select(tests).where(tests.c.id == id)).first()
        if row is None:
            raise OpenlineError(
                "unknown-test",
                f"no line test {id[:80]!r} was begun here",
                rule="R-TEST-12",
                next="`openline tests` lists them",
            )
        check = findings.check_of(connection, row.peer, id)
        shown = {"line": row.peer, **test_json(connection, row), **_found(check, language)}
        shown["declared"] = declared_by(station, connection, row.peer)
    shown["unknown"] = label("conclusion.not-known", language) if row.answered_at is None else ""
    return shown


def _found(check: Row[Any] | None, language: str) -> Json:
    if check is None:
        return {"checked_at": None, "findings": [], "conclusion": None, "text": ""}
    return {
        "checked_at": str(Moment(check.at)),
        "findings": json.loads(check.findings),
        "conclusion": check.conclusion,
        "text": label(f"conclusion.{check.conclusion}", language),
    }


def newest(connection: Connection, peer: str, limit: int) -> list[Row[Any]]:
    """A line's newest tests, newest first."""
    query = select(tests).where(tests.c.peer == peer).order_by(tests.c.at.desc()).limit(limit)
    return list(connection.execute(query).all())
