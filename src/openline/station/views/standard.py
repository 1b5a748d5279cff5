"""Exports in standard forms: an RFC 9942 receipt, a C2SP checkpoint."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, select

from openline.evidence.standard import standard_receipt, transparent_statement
from openline.station import discretion, entries, proofs
from openline.station.books import checkpoints
from openline.station.heads import require
from openline.station.station import Station
from openline.station.tables import receipts
from openline.words.errors import OpenlineError

Json = dict[str, Any]


def receipt(station: Station, id: str, line: str | None, with_message: bool) -> Json:
    """The RFC 9942 receipt of a message, or both as a Transparent Statement, in hex."""
    with station.engine.store.read() as connection:
        row = _the_message(connection, id, line)
        covering = _receipt_of(connection, row)
        place = (row.peer, row.way, row.epoch)
        path = proofs.path_to(connection, *place, row.number, covering.size)
    if with_message:
        discretion.require(entries.entry_of(row))
    made = standard_receipt(covering.raw, row.raw, path)
    if with_message:
        made = transparent_statement(row.raw, [made])
    return {"id": row.id, "line": row.peer, "size": covering.size, "bytes": made.hex()}


def checkpoint(station: Station, line: str, record: str) -> Json:
    """The newest checkpoint of a line's record `out` or `in`, with all cosignatures held."""
    state = require(station.engine.lines, line).state
    direction = state.out.direction if record == "out" else state.into.direction
    with station.engine.store.read() as connection:
        newest = checkpoints.newest(connection, str(direction), direction.sender)
    if newest is None:
        raise OpenlineError(
            "no-checkpoint",
            f"no checkpoint of {direction} is held",
            rule="R-HEAD-22",
            next=f"`openline test {line}` signs one; the other side's come with its own tests",
        )
    text = str(newest)
    return {"line": line, "record": str(direction), "size": newest.head.size, "text": text}


def _the_message(connection: Connection, id: str, line: str | None) -> Row[Any]:
    rows = entries.by_id(connection, id, line)
    if not rows:
        raise OpenlineError(
            "unknown-message",
            f"no message {id[:64]!r} is recorded" + (f" on the line to {line}" if line else ""),
            rule="R-LINE-11",
            next="`openline messages` lists the ids",
        )
    if len(rows) > 1:
        raise OpenlineError(
            "several-lines",
            f"{id} travelled on several lines, with a receipt on each",
            rule="R-HEAD-21",
            next=f"choose with --line: {', '.join(row.peer for row in rows)}",
        )
    return rows[0]


def _receipt_of(connection: Connection, row: Row[Any]) -> Row[Any]:
    """The first receipt that covers the message."""
    r = receipts.c
    where = (r.peer == row.peer, r.way == row.way, r.epoch == row.epoch, r.size > row.number)
    found = connection.execute(select(receipts).where(*where).order_by(r.size).limit(1)).first()
    if found is None:
        raise OpenlineError(
            "no-receipt",
            f"{row.id} has no receipt yet",
            rule="R-HEAD-21",
            next="wait until it is received: `openline show` tells",
        )
    return found
