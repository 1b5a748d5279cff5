"""What is under way at a station, and what time brings about next."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from openline.line.linetest import Result
from openline.station import timers
from openline.station.station import Station
from openline.station.tables import tests

Json = dict[str, Any]


def pace(station: Station) -> Json:
    """Messages without a receipt, tests without an end, and the next scheduled test.

    ``quiet`` says that nothing of it is left and nothing is overdue.
    """
    now = station.now()
    lines = station.engine.lines
    queued = sum(station.outboxes[peer].queued() for peer in lines)
    with station.engine.store.read() as connection:
        pending = select(func.count()).where(tests.c.result == str(Result.PENDING))
        testing = int(connection.execute(pending).scalar_one())
        due = [timers.next_test(connection, peer) for peer in lines]
        wake = timers.next_wake(connection, lines)
    return {
        "now": str(now),
        "queued": queued,
        "testing": testing,
        "next_test": str(min(due)) if due else None,
        "quiet": not queued and not testing and (wake is None or wake > now),
    }
