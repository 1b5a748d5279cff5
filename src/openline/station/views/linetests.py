"""Line tests: their history, what was found after a miss, and how available each line was."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, Table, case, func, select

from openline.forms.phrases import label
from openline.line import probing
from openline.line.linetest import Result
from openline.line.probing import Day
from openline.station.books import findings, humantests, probes
from openline.station.heads import require
from openline.station.linetest_tables import human_tests
from openline.station.station import Station
from openline.station.tables import tests
from openline.station.views.lines import declared_by, human_json, test_json
from openline.words.errors import OpenlineError
from openline.words.moment import DAY_MS, Moment

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


def history(station: Station, peer: str | None, limit: int) -> Json:
    """The newest tests of one line or of all, newest first, and how available each line was."""
    lines = station.engine.lines
    peers = [peer] if peer is not None else list(lines)
    now, found, available = station.now(), [], []
    with station.engine.store.read() as connection:
        for each in peers:
            require(lines, each)
            found += _machines(connection, each, limit)
            found += [
                {"kind": "human", **human_json(row)}
                for row in humantests.of_line(connection, each, limit)
            ]
            available += _availability(connection, each, now)
    found.sort(key=lambda test: str(test["at"]), reverse=True)
    return {"tests": found[:limit], "availability": available, "now": str(now)}


def _machines(connection: Connection, peer: str, limit: int) -> list[Json]:
    query = select(tests).where(tests.c.peer == peer).order_by(tests.c.at.desc()).limit(limit)
    rows = connection.execute(query).all()
    return [
        {
            "kind": "machine",
            "line": peer,
            "scheduled": None if row.scheduled is None else str(Moment(row.scheduled)),
            **test_json(connection, row),
        }
        for row in rows
    ]


def _availability(connection: Connection, peer: str, now: Moment) -> list[Json]:
    """Of each carrier by its probes, of the machine and of the human by their tests."""
    carriers = [
        ("carrier", name, list(probes.days(connection, peer, name)))
        for name in probes.carriers(connection, peer)
    ]
    machine = ("machine", "", _days(connection, tests, peer, now))
    human = ("human", "", _days(connection, human_tests, peer, now))
    return [_row(peer, *each, now) for each in (*carriers, machine, human)]


def _days(connection: Connection, table: Table, peer: str, now: Moment) -> list[Day]:
    """How many tests of that table were over and passed, day by day."""
    t = table.c
    day = (t.at - t.at % DAY_MS).label("day")
    first = now.ms - probing.SPANS[-1] * DAY_MS
    ended = (t.peer == peer, t.result != str(Result.PENDING), t.at >= first)
    passed = func.sum(case((t.result == str(Result.PASSED), 1), else_=0))
    query = select(day, func.count(), passed).where(*ended).group_by(day).order_by(day)
    return [Day(int(at), int(run), int(good)) for at, run, good in connection.execute(query)]


def _row(peer: str, of: str, name: str, days: Sequence[Day], now: Moment) -> Json:
    return {
        "line": peer,
        "of": of,
        "name": name,
        "spans": [
            {"days": s.days, "run": s.run, "answered": s.answered, "share": s.share}
            for s in probing.availability(days, now)
        ],
        "days": [[str(Moment(d.day_ms).day), d.run, d.answered] for d in days],
    }
