"""The state of the lines."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, select

from openline.line.conflictlife import OPEN
from openline.line.records import LineState, Received, Sent
from openline.station import entries, lacking, timers
from openline.station.books import findings, humantests, linetests
from openline.station.books.policy import policy_of
from openline.station.heads import Line, require
from openline.station.station import Station
from openline.station.tables import lines as line_rows
from openline.station.tables import messages
from openline.station.views import carriers, overdue
from openline.station.views.alarms import standing
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
        missing = lacking.listed(connection, station.folder, station.engine.lines)
    card = station.engine.card
    own = {"party": card.party, "name": card.name, "running": station.running}
    lost = {"missing_secrets": missing, "missing_heights": station.heights.missing()}
    return {**own, **lost, "lines": lines}


def _line(station: Station, connection: Connection, peer: str, line: Line) -> Json:
    now = station.now()
    open_conflicts = [c for c in conflicts_on(connection, peer, now) if c["state"] in OPEN]
    clocks = clocks_on(connection, peer, now)
    declared = declared_by(station, connection, peer)
    return {
        "line": peer,
        "name": line.card.name,
        "observed": str(linetests.observed(connection, peer)),
        "declared": "suspended" if "suspended" in declared.values() else "open",
        "declared_by": declared,
        "declarations": declarations(station, connection, peer),
        "queued": station.ways.outbox(peer).queued(),
        "last_test": _last_test(connection, peer),
        "last_human_test": _last_human_test(connection, peer),
        "next_test": str(timers.next_test(connection, peer, now)),
        "records": _records(line.state),
        "lost": sum(max(each.known - each.size, 0) for each in line.state.sent.values()),
        "contacts": [{k: c[k] for k in ("level", "last", "days")} for c in clocks],
        "conflicts": len(open_conflicts),
        "overdue": overdue.counts(connection, peer, now),
        "alarms": standing(connection, peer),
        "carriers": carriers.of_line(station, peer),
        "voice": list(line.card.voice),
    }


def declared_by(station: Station, connection: Connection, peer: str) -> Json:
    """What each side declares; a line is open to its parties only while both hold it open."""
    columns = (line_rows.c.declared_ours, line_rows.c.declared_theirs)
    row = connection.execute(select(*columns).where(line_rows.c.peer == peer)).one()
    return {station.engine.party: row.declared_ours, peer: row.declared_theirs}


def declarations(station: Station, connection: Connection, peer: str) -> list[Json]:
    """Each side's newest declaration about the line: when, what, and why in its words."""
    found = []
    for party, way in ((station.engine.party, "out"), (peer, "in")):
        m = messages.c
        of = (m.peer == peer, m.way == way, m.form == "declaration", m.shown)
        row = connection.execute(select(messages).where(*of).order_by(m.pk.desc()).limit(1)).first()
        if row is not None:
            said = entries.entry_of(row).fields
            at, text = str(Moment(row.at)), said.get("text", "")
            found.append({"party": party, "declared": said["declared"], "at": at, "text": text})
    return found


def _last_test(connection: Connection, peer: str) -> Json | None:
    for row in linetests.newest(connection, peer, 1):
        return test_json(connection, row)
    return None


def _last_human_test(connection: Connection, peer: str) -> Json | None:
    """The newest test of the person on watch there that is over."""
    row = humantests.newest_ended(connection, peer)
    return None if row is None else human_json(row)


def human_json(row: Row[Any]) -> Json:
    """One human test; `seconds` until the answer was here, by our own clock."""
    answered = row.answered_at
    return {
        "id": row.id,
        "line": row.peer,
        "at": str(Moment(row.at)),
        "result": row.result,
        "phrase": row.phrase,
        "answered_at": None if answered is None else str(Moment(answered)),
        "seconds": None if answered is None else (answered - row.at) / 1_000,
        "why": row.why,
    }


def test_json(connection: Connection, row: Row[Any]) -> Json:
    """One line test, with what probes of each carrier came to meanwhile."""
    return {
        "id": row.id,
        "at": str(Moment(row.at)),
        "result": row.result,
        "rtt_ms": row.rtt_ms,
        "offset_ms": row.offset_ms,
        "offset_uncertainty_ms": row.offset_uncertainty_ms,
        "records_equal": row.records_equal,
        "why": row.why,
        "carriers": findings.carriers_of(connection, row.peer, row.id),
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
        "schedule": [
            {
                "time": hour.time,
                "zone": hour.zone,
                "weekdays": list(hour.weekdays),
                "holidays": sorted(map(str, hour.holidays)),
            }
            for hour in holds.schedule
        ],
        "probe_every_s": holds.probe_every_ms // 1_000,
        "answer_within_s": {str(p): ms // 1_000 for p, ms in holds.answer_within_ms.items()},
        "sealing": holds.sealing,
        "quantum": holds.quantum,
    }
