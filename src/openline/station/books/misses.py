"""The book of misses: a test that was not passed alarms the desk until a later one is answered.

A line has at most one such alarm for its machine and one for its people: a further miss takes the
place of the one before, and an answered test ends it (R-TEST-17, R-TEST-18).
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from openline.forms.precedence import Precedence
from openline.line.linetest import Observed, Result
from openline.station.books import alarms, urgency
from openline.station.engine import Tx
from openline.station.linetest_tables import misses
from openline.station.tables import alarms as alarm_rows

LINE, HUMAN = "line", "human"
PASSED, AGAIN = "passed", "again"
"""Why a miss is over: a test was answered, or another was missed, which alarms in its place."""
_WHAT = {Observed.LATE: "line-late", Observed.DOWN: "line-down"}


def line_seen(tx: Tx, peer: str, observed: Observed, newest: Row[Any]) -> None:
    """What the tests of a line say of it now; `newest` is the row of the newest that is over."""
    if observed in _WHAT:
        _missed(tx, LINE, newest, _WHAT[observed])
    else:
        _over(tx, peer, LINE, PASSED)


def human_seen(tx: Tx, peer: str, newest: Row[Any]) -> None:
    """The same of the human tests of a line."""
    if newest.result == Result.FAILED:
        _missed(tx, HUMAN, newest, "human-missed")
    else:
        _over(tx, peer, HUMAN, PASSED)


def of_alarm(connection: Connection, id: str) -> Row[Any] | None:
    """The miss behind an alarm, with what the alarm is; None behind any other."""
    m, a = misses.c, alarm_rows.c
    query = select(misses, a.what).where(m.alarm == id, a.id == m.alarm)
    return connection.execute(query).one_or_none()


def _missed(tx: Tx, of: str, test: Row[Any], what: str) -> None:
    about = f"{test.id} missed"  # no message's id: nobody answers it, and no peer hears of it
    alarm = f"{test.peer}:{about}"
    if of_alarm(tx.connection, alarm) is not None:
        return
    _over(tx, test.peer, of, AGAIN)
    alarms.raise_alarm(tx, test.peer, about, Precedence.IMMEDIATE, what)
    named = {"alarm": alarm, "peer": test.peer, "of": of, "test": test.id}
    tx.run(insert(misses).values(**named, at=test.at, over=""))
    urgency.begin_here(tx, test.peer, about, Precedence.IMMEDIATE)


def _over(tx: Tx, peer: str, of: str, why: str) -> None:
    m = misses.c
    # What a test has ended stands until it is acknowledged, unless another miss follows.
    standing = m.over == "" if why == PASSED else m.over != AGAIN
    for row in tx.run(select(misses).where(m.peer == peer, m.of == of, standing)).all():
        values = {"over": why, "over_at": row.over_at or tx.now.wall.ms}
        tx.run(update(misses).where(m.alarm == row.alarm).values(**values))
        urgency.drop(tx, peer, f"{row.test} missed")
        tx.topics.add("alarms")
