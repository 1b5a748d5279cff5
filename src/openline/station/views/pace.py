"""Whether a station has come to rest, and when its next scheduled test is due."""

from __future__ import annotations

from sqlalchemy import func, select

from openline.line.linetest import Result
from openline.station import timers
from openline.station.station import Station
from openline.station.tables import tests


def quiet(station: Station) -> bool:
    """Whether no message lacks its receipt, no test its end, and nothing is overdue."""
    lines = station.engine.lines
    if any(line.state.uncovered for line in lines.values()):
        return False
    with station.engine.store.read() as connection:
        pending = select(func.count()).where(tests.c.result == str(Result.PENDING))
        wake = timers.next_wake(connection, lines, station.now())
        return not connection.execute(pending).scalar() and (wake is None or wake > station.now())


def next_test(station: Station) -> str | None:
    """When the first line of all is tested next by its schedule; None while none is in use."""
    lines = station.engine.lines
    with station.engine.store.read() as connection:
        due = [
            timers.next_test(connection, peer, station.now())
            for peer in lines
            if timers.in_use(lines[peer])
        ]
    return str(min(due)) if due else None
