"""Messages, as people read them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import repeat
from typing import Any

from sqlalchemy import Connection, Row, or_, select

from openline.forms.catalog import CATALOG
from openline.forms.fields import plain_or_raw
from openline.forms.payload import AUTOMATIC, Payload
from openline.forms.phrases import label, phrase, raw_phrase
from openline.forms.precedence import Precedence
from openline.station import discretion, entries, states
from openline.station.entries import Entry
from openline.station.heads import require
from openline.station.station import Station
from openline.station.tables import messages, receipts
from openline.station.views.keys import all_revocations
from openline.wire.message import read_message
from openline.wire.revocation import Revocation
from openline.words.errors import OpenlineError
from openline.words.moment import Moment

Json = dict[str, Any]


def list_messages(station: Station, line: str | None, limit: int | None, language: str) -> Json:
    """``messages --json``: the newest `limit`, oldest first."""
    m = messages.c
    # What left again in another epoch is listed there: each message once.
    stands = or_(m.way == "in", m.waiting, m.received_at.is_not(None))
    query = select(messages).where(stands).order_by(m.pk.desc())
    if line is not None:
        require(station.engine.lines, line)
        query = query.where(messages.c.peer == line)
    with station.engine.store.read() as connection:
        rows = connection.execute(query.limit(limit) if limit else query).all()
        found = [states.state_of(connection, row, station.now()) for row in rows]
    said = all_revocations(station)
    both = zip(reversed(rows), reversed(found), strict=True)
    return {"messages": [message_json(row, language, said, state) for row, state in both]}


def message_json(
    row: Row[Any], language: str, said: Sequence[Revocation] = (), state: str = ""
) -> Json:
    """One message as the contract shows it; `said` are the revocations that may dispute it.

    Its `state` is as time has made it, where that is given.
    """
    entry = entries.entry_of(row)
    fields, text = _said(entry, language)
    received = row.received_at if row.way == "out" else row.arrived_at
    return {
        "id": row.id,
        "line": row.peer,
        "direction": row.way,
        "number": row.number,
        "form": row.form,
        "precedence": str(list(Precedence)[row.rank]),
        "at": str(entry.at),
        "state": state or row.state,
        **author_json(entry.payload),
        "disputed": bool(said)
        and any(map(Revocation.disputes, said, repeat(read_message(row.raw)))),
        "received_at": None if received is None else str(Moment(received)),
        "fields": fields,
        "text": text,
    }


def author_json(payload: Payload | None) -> Json:
    """``by``, the officer whom a message names, or null; ``automatic``, null where unknown."""
    if payload is None:
        return {"by": None, "automatic": None}
    schema = CATALOG.get(payload.form)
    if payload.by is None:  # of some forms only a machine can be the author, of some only a person
        known = {"machine": True, "person": False}
        return {"by": None, "automatic": known.get(schema.by) if schema else None}
    return {"by": payload.by or None, "automatic": payload.by == AUTOMATIC}


def _said(entry: Entry, language: str) -> tuple[Json, str]:
    """The fields as people read them, by the version that was sent, and the sentence."""
    payload = entry.payload
    if payload is None:
        return {}, raw_phrase(entry.form, {})
    form, version = payload.form, payload.form_version
    fields = plain_or_raw(form, version, payload.fields)
    withheld = False
    if form == "activity":
        fields, withheld = discretion.shown(fields)
    text = phrase(form, fields, language, version=version)
    return fields, f"{text} [{label('mark.withheld', language)}]" if withheld else text


def show(station: Station, id: str, language: str) -> Json:
    """``show ID --json``: a message on each line that it travelled, with hash and receipt."""
    with station.engine.store.read() as connection:
        rows = entries.by_id(connection, id)
        if not rows:
            raise OpenlineError(
                "unknown-message",
                f"no message {id[:64]!r} is recorded",
                rule="R-LINE-11",
                next="`openline messages` lists the ids",
            )
        said = all_revocations(station)
        now = station.now()
        shown = [_shown(connection, row, language, said, now) for row in rows]
    return {**shown[0], "copies": shown} if len(shown) > 1 else shown[0]


def _shown(
    connection: Connection,
    row: Row[Any],
    language: str,
    said: Sequence[Revocation],
    now: Moment,
) -> Json:
    r = receipts.c
    where = (r.peer == row.peer, r.way == row.way, r.epoch == row.epoch, r.size > row.number)
    covering = select(receipts).where(*where).order_by(r.size).limit(1)
    receipt = connection.execute(covering).one_or_none()
    proof = None
    if receipt is not None:
        at = str(Moment(receipt.at))
        proof = {"size": receipt.size, "at": at, "receipt": receipt.raw.hex()}
    return {
        **message_json(row, language, said, states.state_of(connection, row, now)),
        "epoch": row.epoch,
        "hash": row.leaf.hex(),
        "receipt": proof,
        "signed": None if discretion.withholds(entries.entry_of(row)) else row.raw.hex(),
    }
