"""What a person announces: activities as they were given, drafts, the first version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select

from openline.conflict.validity import check_shape
from openline.forms.activity import Activity, activity_of
from openline.forms.activitykinds import check_own
from openline.forms.fields import fill
from openline.forms.payload import split_id, thing_id
from openline.forms.precedence import Precedence
from openline.line.activity import is_late
from openline.station import traffic
from openline.station.activity_tables import drafts
from openline.station.books.policy import policy_of
from openline.station.engine import Tx
from openline.station.heads import require
from openline.station.seats import taken
from openline.station.standing import decoded
from openline.station.station import Station
from openline.wire import cbor
from openline.words import limits
from openline.words.errors import OpenlineError
from openline.words.moment import Moment

Fields = Mapping[str, Any]


# ---- reading what was given ------------------------------------------------------------


def checked(raw: Fields) -> tuple[dict[str, Any], Activity]:
    """An activity's wire fields and value, as a person gave them. Raises what is wrong with it."""
    fields = fill("activity", raw)
    if "verified" in fields:
        raise OpenlineError(
            "not-yours-to-say",
            "the field verified is the station's to say",
            rule="R-ACT-15",
            next="leave it out; a second officer says it by `openline activity verify`",
        )
    check_own(fields)
    activity = activity_of(fields)
    check_shape(activity.volume.shape, activity.volume.edges)
    return fields, activity


# ---- announcing ------------------------------------------------------------------------


def announce(
    tx: Tx,
    peers: Sequence[str],
    fields: Fields,
    precedence: Precedence | None = None,
    language: str = "en",
    uid: str = "",
    revision: int = 0,
) -> str:
    """Announce one version of an activity; a late notice is immediate unless it is said how.

    To a peer of an older level the fields that it does not know are left unsaid (R-ACT-03).
    """
    if precedence is None and any(_is_late(tx, peer, fields) for peer in peers):
        precedence = Precedence.IMMEDIATE
    how: dict[str, Any] = {"uid": uid, "revision": revision, "language": language}
    return traffic.submit(tx, tuple(peers), "activity", fields, precedence, **how)


def _is_late(tx: Tx, peer: str, fields: Fields) -> bool:
    require(tx.lines, peer)
    notice_ms = policy_of(tx.connection, peer).notice_ms[str(fields["kind"])]
    now = tx.now.wall
    return now.ms < fields["end"] and is_late(now, Moment(fields["start"]), notice_ms)


# ---- drafts ----------------------------------------------------------------------------


def draft(tx: Tx, fields: Fields, author: str) -> str:
    """Keep an activity as a draft; returns the id that it will have."""
    id = thing_id(tx.engine.party, tx.engine.new_uid())
    row = {"id": id, "fields": cbor.encode(dict(fields)), "author": author, "at": tx.now.wall.ms}
    tx.run(insert(drafts).values(**row))
    tx.topics.add("activities")
    return id


def announce_draft(station: Station, id: str, peers: Sequence[str], language: str) -> str:
    """Announce a draft on lines, and keep it as a draft no longer."""

    def job(tx: Tx) -> str:
        row = _draft(tx.connection, id)
        tx.run(delete(drafts).where(drafts.c.id == id))
        uid = split_id(id)[1]
        return announce(tx, peers, decoded(row.fields), language=language, uid=uid)

    done: str = station.run(job)
    return done


def discard(station: Station, id: str) -> None:
    """Forget a draft."""

    def job(tx: Tx) -> None:
        _draft(tx.connection, id)
        tx.run(delete(drafts).where(drafts.c.id == id))
        tx.topics.add("activities")

    station.run(job)


def draft_row(connection: Connection, id: str) -> Row[Any] | None:
    """The draft of that id."""
    found: Row[Any] | None = connection.execute(
        select(drafts).where(drafts.c.id == id)
    ).one_or_none()
    return found


def unknown_activity(id: str) -> OpenlineError:
    """No activity of that id is known, announced or not."""
    return OpenlineError(
        "unknown-activity",
        f"no activity {id[: limits.ID_CHARS]!r} is known here",
        rule="R-ACT-07",
        next="`openline activity list` shows the ids",
    )


def _draft(connection: Connection, id: str) -> Row[Any]:
    row = draft_row(connection, id)
    if row is None:
        raise OpenlineError(
            "unknown-draft",
            f"no draft {id[: limits.ID_CHARS]!r} is kept here",
            rule="R-ACT-06",
            next="`openline activity list` shows drafts with their ids",
        )
    return row


def officer() -> str:
    """The officer who acts, empty where nobody gave a name; to be asked outside a job."""
    seat = taken()
    return seat.officer if seat else ""
