"""The state of the lines."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, func, select

from openline.line.records import LineState, Received, Sent
from openline.station import timers
from openline.station.books import linetests
from openline.station.books.policy import policy_of
from openline.station.heads import Line, require
from openline.station.station import Station
from openline.station.tables import alarms
from openline.station.tables import lines as line_rows
from openline.station.views import carriers
from openline.station.views.collisions import conflicts_on
from openline.station.views.contacts import clocks_on
from openline.words.moment import Moment

Json = dict[str, Any]


def status(station: Station) -> Json:
    """``status --json``."""
    with station.engine.store.read() as connection:
        lines = [
            _line(station, connection, peer, line) for peer, line in station.engine.lines.items()
        ]
    card = station.engine.card
    return {"party": card.party, "name": card.name, "running": station.running, "lines": lines}


def _line(station: Station, connection: Connection, peer: str, line: Line) -> Json:
    now = station.now()
    open_conflicts = [c for c in conflicts_on(connection, peer, now) if c["state"] == "found"]
    alarmed = (alarms.c.peer == peer, alarms.c.acknowledged_at.is_(None))
    clocks = clocks_on(connection, peer, now)
    declared = _declared(station, connection, peer)
    return {
        "line": peer,
        "name": line.card.name,
        "observed": str(linetests.observed(connection, peer)),
        "declared": "suspended" if "suspended" in declared.values() else "open",
        "declared_by": declared,
        "queued": station.ways.outbox(peer).queued(),
        "last_test": _last_test(connection, peer),
        "next_test": str(timers.next_test(connection, peer, now)),
        "records": _records(line.state),
        "lost": sum(max(each.known - each.size, 0) for each in line.state.sent.values()),
        "contacts": [{k: c[k] for k in ("level", "last", "days")} for c in clocks],
        "conflicts": len(open_conflicts),
        "alarms": connection.execute(
            select(func.count()).select_from(alarms).where(*alarmed)
        ).scalar(),
        "carriers": carriers.of_line(station, peer),
        "voice": list(line.card.voice),
    }


def _declared(station: Station, connection: Connection, peer: str) -> Json:
    """What each side declares; a line is open to its parties only while both hold it open."""
    columns = (line_rows.c.declared_ours, line_rows.c.declared_theirs)
    row = connection.execute(select(*columns).where(line_rows.c.peer == peer)).one()
    return {station.engine.party: row.declared_ours, peer: row.declared_theirs}


def _last_test(connection: Connection, peer: str) -> Json | None:
    for row in linetests.newest(connection, peer, 1):
        return test_json(row)
    return None


def test_json(row: Row[Any]) -> Json:
    """One line test."""
    return {
        "id": row.id,
        "at": str(Moment(row.at)),
        "result": row.result,
        "rtt_ms": row.rtt_ms,
        "offset_ms": row.offset_ms,
        "offset_uncertainty_ms": row.offset_uncertainty_ms,
        "records_equal": row.records_equal,
        "why": row.why,
    }


def _records(state: LineState) -> Json:
    """The newest epoch of both records."""
    sides: dict[str, Sent | Received] = {"out": state.out, "in": state.into}
    return {
        way: {
            "epoch": side.direction.epoch,
            "size": side.size,
            "root": side.root().hex(),
        }
        for way, side in sides.items()
    }


def policy(station: Station, peer: str) -> Json:
    """What holds on a line, joined from both sides' terms."""
    require(station.engine.lines, peer)
    with station.engine.store.read() as connection:
        holds = policy_of(connection, peer)
    return {
        "line": peer,
        "ground": {
            "lowest_m": holds.ground.lowest_mm / 1000,
            "highest_m": holds.ground.highest_mm / 1000,
        },
        "separation": {
            "horizontal_m": holds.separation.horizontal_mm / 1000,
            "vertical_m": holds.separation.vertical_mm / 1000,
            "time_s": holds.separation.time_ms / 1000,
        },
        "test_times": list(holds.test_times),
        "sealing": holds.sealing,
        "quantum": holds.quantum,
    }
