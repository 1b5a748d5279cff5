"""What a person does with an activity that stands: amend it, take it back, confirm it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, select, update

from openline.forms.fields import fill, plain
from openline.forms.payload import split_id, thing_id
from openline.line.activity import phase_at
from openline.station import traffic
from openline.station.activity_tables import drafts
from openline.station.announcing import (
    announce,
    checked,
    draft_row,
    officer,
    unknown_activity,
)
from openline.station.engine import Tx
from openline.station.filing import Filed, remarks, taken, untold
from openline.station.placing import placed
from openline.station.standing import decoded, life_of, same_place
from openline.station.station import Station
from openline.station.tables import activities
from openline.wire import cbor
from openline.words.errors import OpenlineError
from openline.words.moment import Moment

CONFIRM_LEVEL = 3
"""The level of the forms from which a station reads a confirmation."""
Fields = Mapping[str, Any]
Json = dict[str, Any]


# ---- what stands -----------------------------------------------------------------------


def own_rows(connection: Connection, party: str, id: str, now: Moment) -> list[Row[Any]]:
    """Our activity on every line on which it goes on. Raises ``unknown-activity``, and what
    else stands in the way of changing it.
    """
    issuer, uid, _ = split_id(id)
    a, thing = activities.c, thing_id(issuer, uid)
    rows = list(
        connection.execute(select(activities).where(a.thing == thing).order_by(a.peer)).all()
    )
    if not rows:
        raise unknown_activity(id)
    if issuer != party:
        raise OpenlineError(
            "not-yours",
            f"{thing} was announced by {issuer}",
            rule="R-ACT-07",
            next="only who announced it can change it; object to it, or ask them",
        )
    live = [row for row in rows if not phase_at(life_of(row), now).is_over]
    if not live:
        raise OpenlineError(
            "activity-over",
            f"{thing} has ended or was cancelled",
            rule="R-ACT-07",
            next="announce it anew",
        )
    return live


def newest(rows: Sequence[Row[Any]]) -> Row[Any]:
    """The newest version, which stands on every line once they are quiet."""
    return max(rows, key=lambda row: row.revision)


# ---- changing --------------------------------------------------------------------------


def amend(
    station: Station, id: str, changes: Fields | None, file: Mapping[str, Any], language: str
) -> Json:
    """A new version of our activity or draft: `changes` of fields, or a `file` with the whole.

    A change that is null or empty takes the field out.
    """
    filed = None if changes is not None else taken(file, untold, whole=True)
    whole = None if filed is None else single(filed)
    who = officer()

    def job(tx: Tx) -> str:
        kept = draft_row(tx.connection, id)
        if kept is not None:
            return _amend_draft(tx, kept, changed(decoded(kept.fields), changes, whole), who)
        rows = own_rows(tx.connection, tx.engine.party, id, tx.now.wall)
        before = decoded(newest(rows).fields)
        after = changed(before, changes, whole)
        return revise(tx, rows, after, language)

    return {"id": station.run(job), **({} if filed is None else remarks(filed, language))}


def single(filed: Filed) -> Fields:
    """The only activity of a file. Raises ``not-one-activity``."""
    if len(filed.plans) != 1:
        raise OpenlineError(
            "not-one-activity",
            f"the file holds {len(filed.plans)} activities",
            rule="R-ACT-07",
            next="give the one that replaces what stands",
        )
    return filed.plans[0].fields


def changed(before: Fields, changes: Fields | None, whole: Fields | None) -> dict[str, Any]:
    """What stands after `changes` of fields, or after the `whole` of it was given anew.

    A change that is null or empty takes the field out. Coordinates that stay, stay verified.
    """
    if whole is not None:
        after = dict(whole)
    else:
        stood = {n: v for n, v in before.items() if n != "verified"}
        raw = {**plain("activity", stood), **(changes or {})}
        if raw.get("permanent") in (True, "true") and "end" not in (changes or {}):
            del raw["end"]  # it follows from the start
        after, _ = checked(placed(raw))
    if "verified" in before and same_place(before, after):
        after["verified"] = before["verified"]
    return after


def _amend_draft(tx: Tx, row: Row[Any], after: Fields, who: str) -> str:
    author = row.author if same_place(decoded(row.fields), after) else who
    values = {"fields": cbor.encode(dict(after)), "author": author}
    tx.run(update(drafts).where(drafts.c.id == row.id).values(values))
    tx.topics.add("activities")
    return str(row.id)


def revise(tx: Tx, rows: Sequence[Row[Any]], fields: Fields, language: str) -> str:
    """Announce the next version of our activity on the lines on which it goes on."""
    row = newest(rows)
    uid, peers = split_id(row.thing)[1], [each.peer for each in rows]
    return announce(tx, peers, fields, language=language, uid=uid, revision=row.revision + 1)


def cancel(station: Station, id: str, reason: str, language: str) -> str:
    """Take our activity back on every line on which it goes on."""

    def job(tx: Tx) -> str:
        rows = own_rows(tx.connection, tx.engine.party, id, tx.now.wall)
        fields = {"about": rows[0].thing, **({"reason": reason} if reason else {})}
        peers = [row.peer for row in rows]
        wire = fill("cancel", fields)
        return traffic.submit(tx, peers, "cancel", wire, language=language, whole=True)

    done: str = station.run(job)
    return done


def confirm(station: Station, id: str, language: str) -> tuple[str, list[str]]:
    """Say that our activity is still there, to whom reads that; the id, and the lines."""

    def job(tx: Tx) -> tuple[str, list[str]]:
        rows = own_rows(tx.connection, tx.engine.party, id, tx.now.wall)
        peers = [row.peer for row in rows]
        reading = [peer for peer in peers if tx.line(peer).level >= CONFIRM_LEVEL] or peers
        fields = fill("activity-confirm", {"about": rows[0].thing})
        how: dict[str, Any] = {"language": language, "whole": True}
        return traffic.submit(tx, reading, "activity-confirm", fields, **how), reading

    done: tuple[str, list[str]] = station.run(job)
    return done
