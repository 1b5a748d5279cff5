"""Clocks and calls."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from openline.line.call import state_at
from openline.line.clock import LEVELS, clock
from openline.station.books import calls, linetests
from openline.station.station import Station
from openline.words.moment import Moment

Json = dict[str, Any]


def clocks(station: Station, at: str | None) -> Json:
    """``clocks --json``, as of a time or of now."""
    when = Moment.parse_date_or_time(at) if at else station.now()
    with station.engine.store.read() as connection:
        found = [c for peer in station.engine.lines for c in clocks_on(connection, peer, when)]
        tests = [_tests(connection, peer, when) for peer in station.engine.lines]
    return {"at": str(when), "clocks": found, "tests": tests}


def clocks_on(connection: Connection, peer: str, at: Moment) -> list[Json]:
    """The clocks of one line, one for each level."""
    contacts = calls.all_contacts(connection, peer)
    sought = calls.all_calls(connection, peer)
    found = []
    for level in LEVELS:
        shown = clock(level, contacts, sought, at)
        found.append(
            {
                "line": peer,
                "level": level,
                "last": str(shown.last.at) if shown.last else None,
                "days": shown.days,
                "certainty": shown.last.certainty if shown.last else None,
                "source": shown.last.source if shown.last else None,
                "sought": shown.sought,
                "declined": shown.declined,
                "unanswered": shown.unanswered,
            }
        )
    return found


def _tests(connection: Connection, peer: str, at: Moment) -> Json:
    last, run, passed = linetests.counts(connection, peer, at)
    return {"line": peer, "last": str(last) if last else None, "run": run, "passed": passed}


def list_calls(station: Station) -> Json:
    """Every call, with its state as time has made it."""
    now = station.now()
    found = []
    with station.engine.store.read() as connection:
        for peer in station.engine.lines:
            for call in calls.all_calls(connection, peer):
                turns = [{"at": str(t.at), "by": t.by, "state": t.state} for t in call.turns]
                found.append(
                    {
                        "id": call.id,
                        "line": peer,
                        "level": call.level,
                        "seeker": call.seeker,
                        "asked_at": str(call.asked_at),
                        "state": str(state_at(call, now)),
                        "awaits": call.awaits,
                        "turns": turns,
                    }
                )
    return {"calls": found}
