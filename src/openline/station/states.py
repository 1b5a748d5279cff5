"""How far a message of ours has come, also where time alone has changed that (ADR 7)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Row, select

from openline.line import progress
from openline.station import entries
from openline.station.tables import cancels
from openline.words.errors import OpenlineError
from openline.words.moment import Moment

_UNTIL = {"activity": "end", "stop": "valid_until", "query": "valid_until"} | {
    "accident": "valid_until"
}
"""Until when what a form says holds, by form."""


def valid_until(row: Row[Any]) -> Moment | None:
    """Until when a message says that it is valid; None for one that does not say it."""
    field = _UNTIL.get(row.form)
    if field is None:
        return None
    until = entries.entry_of(row).fields.get(field)
    return Moment(until) if isinstance(until, int) else None


def check_valid(fields: Mapping[str, Any], now: Moment) -> None:
    """Raise ``already-over`` for what would be too old as it is sent."""
    until = fields.get("valid_until")
    if until is not None and Moment(until) <= now:
        raise OpenlineError(
            "already-over",
            f"it would be valid until {Moment(until)}, and that is over",
            rule="R-STATE-02",
            next=f"give a later time: here it is {now}",
        )


def is_cancelled(connection: Connection, row: Row[Any]) -> bool:
    """Whether its own side has taken it back."""
    c = cancels.c
    own = c.party == row.peer if row.way == "in" else c.party != row.peer
    named = (c.peer == row.peer, c.thing == row.thing, own)
    return connection.execute(select(c.at).where(*named)).first() is not None


def state_of(connection: Connection, row: Row[Any], now: Moment) -> str:
    """The state as people see it: to its sender also ``withdrawn`` and ``expired``."""
    if row.way == "in" or row.state not in progress.UNREAD:
        return str(row.state)
    if row.received_at is None and is_cancelled(connection, row):
        return progress.after("cancelled")
    until = valid_until(row)
    at = now if row.received_at is None else Moment(row.received_at)
    over = until is not None and at >= until
    return progress.after("validity over") if over else str(row.state)
