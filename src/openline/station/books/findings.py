"""The book of findings: what probes of a line test came to, and what its miss let us find here."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from openline.line.diagnosis import Conclusion, Finding
from openline.line.linetest import Result
from openline.station.engine import Tx
from openline.station.linetest_tables import test_carriers, test_checks
from openline.station.tables import tests
from openline.words import limits
from openline.words.moment import Moment


def keep_carrier(tx: Tx, peer: str, carrier: str, at: Moment, found: Mapping[str, Any]) -> None:
    """A probe left `at`: where a line test had just begun, it is that test's (R-TEST-10)."""
    t, c = tests.c, test_carriers.c
    lately = (t.peer == peer, t.at <= at.ms, t.at > at.ms - limits.TEST_FRESH_MS)
    query = select(t.id).where(*lately).order_by(t.at.desc()).limit(1)
    test = tx.run(query).scalar()
    of = (c.peer == peer, c.test == test, c.carrier == carrier)
    if test is None or tx.run(select(c.at).where(*of)).first():
        return
    named = {"peer": peer, "test": test, "carrier": carrier}
    tx.run(insert(test_carriers).values(**named, at=at.ms, **found))
    tx.topics.add("tests")


def carriers_of(connection: Connection, peer: str, test: str) -> list[dict[str, Any]]:
    """What the probes of a line test came to, carrier by carrier."""
    c = test_carriers.c
    of = (c.peer == peer, c.test == test)
    rows = connection.execute(select(test_carriers).where(*of).order_by(c.carrier))
    return [
        {
            "name": row.carrier,
            "at": str(Moment(row.at)),
            "result": row.outcome,
            "rtt_ms": row.rtt_ms,
            "offset_ms": row.offset_ms,
            "offset_uncertainty_ms": row.offset_uncertainty_ms,
            "why": row.why,
        }
        for row in rows
    ]


def unchecked(connection: Connection, now: Moment) -> list[tuple[str, str, Moment]]:
    """The newest test of each line that was just missed and not yet looked into, by line."""
    t, found = tests.c, test_checks.c
    missed = (
        t.result == str(Result.FAILED),
        t.answered_at.is_(None),
        t.deadline <= now.ms,
        t.deadline > now.ms - limits.TEST_FRESH_MS,
    )
    looked = select(found.test).where(found.peer == t.peer, found.test == t.id).exists()
    rows = connection.execute(
        select(t.peer, t.id, t.at).where(*missed, ~looked).order_by(t.at)
    ).all()
    newest = {row.peer: (row.peer, row.id, Moment(row.at)) for row in rows}
    return list(newest.values())


def keep_check(
    tx: Tx, peer: str, test: str, conclusion: Conclusion, found: Sequence[Finding]
) -> None:
    """Keep what our own side found after a missed test; the first look stands."""
    c = test_checks.c
    if tx.run(select(c.at).where(c.peer == peer, c.test == test)).first():
        return
    listed = [
        {
            "about": str(each.about),
            "subject": each.subject,
            "state": str(each.state),
            "detail": each.detail[: limits.FIELD_CHARS],
        }
        for each in found
    ]
    values = {"at": tx.now.wall.ms, "conclusion": str(conclusion), "findings": json.dumps(listed)}
    tx.run(insert(test_checks).values(peer=peer, test=test, **values))
    tx.topics.add("tests")


def check_of(connection: Connection, peer: str, test: str) -> Row[Any] | None:
    """What was found after that test, if anything was looked at."""
    c = test_checks.c
    return connection.execute(
        select(test_checks).where(c.peer == peer, c.test == test)
    ).one_or_none()
