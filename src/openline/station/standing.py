"""What the record says of an announced activity beside its newest version.

When its where and when were said, who gave its coordinates, and until when its side's word that
it is there holds. It follows from the activity's versions, and is kept beside them (`standings`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, select

from openline.forms.activitykinds import ACTIVITY_KINDS, ActivityKind
from openline.line.activity import confirm_by
from openline.station import entries
from openline.station.entries import Entry
from openline.station.tables import messages
from openline.wire import cbor
from openline.words import limits
from openline.words.moment import Moment

_WHERE = ("shape", "edges")
_WHERE_AND_WHEN = (*_WHERE, "lower", "upper", "unit", "datum", "start", "end")
Fields = Mapping[str, Any]


def standing_of(
    connection: Connection, row: Row[Any], confirmed_at: int, known: Sequence[Entry] | None = None
) -> dict[str, Any]:
    """The row of `standings` of an activity, as its versions say, which may be known already.

    What a later version leaves as it was, was said and given by whoever said it first.
    """
    versions = known or versions_of(connection, row.peer, row.thing)
    upto = [v for v in versions if v.payload is not None and v.payload.revision <= row.revision]
    newest = upto[-1]
    first = upto[_unchanged_from(upto, _WHERE)]
    confirmed = Moment(max(confirmed_at, newest.at.ms))
    return {
        "peer": row.peer,
        "thing": row.thing,
        "said_at": upto[_unchanged_from(upto, _WHERE_AND_WHEN)].at.ms,
        "author": (first.payload and first.payload.by) or "",
        **confirmed_columns(row, confirmed),
    }


def _unchanged_from(versions: Sequence[Entry], names: Sequence[str]) -> int:
    """Since which version these fields are what they are in the last one."""
    said = [[version.fields.get(name) for name in names] for version in versions]
    place = len(said) - 1
    while place and said[place - 1] == said[-1]:
        place -= 1
    return place


def versions_of(connection: Connection, peer: str, thing: str) -> list[Entry]:
    """Every version of an activity that is recorded on a line, oldest first, each once."""
    m = messages.c
    where = (m.peer == peer, m.thing == thing, m.form == "activity")
    found: dict[int, Entry] = {}
    for row in connection.execute(select(messages).where(*where).order_by(m.pk)).all():
        entry = entries.entry_of(row)
        if entry.payload is not None:
            found.setdefault(entry.payload.revision, entry)
    return [found[revision] for revision in sorted(found)]


def confirmed_columns(row: Row[Any], at: Moment) -> dict[str, Any]:
    """What changes when its side says at `at` that the activity of `row` is there."""
    holds = confirm_by(at, kind_of(decoded(row.fields)).reconfirm_ms)
    until = None if holds is None else holds.ms
    return {"confirmed_at": at.ms, "confirm_by": until, "reminded": False}


def kind_of(fields: Fields) -> ActivityKind:
    """The kind of an activity's fields."""
    return ACTIVITY_KINDS[str(fields["kind"])]


def same_place(one: Fields, other: Fields) -> bool:
    """Whether two versions have the same coordinates."""
    return all(one.get(name) == other.get(name) for name in _WHERE)


def decoded(fields: bytes) -> dict[str, Any]:
    """Stored wire fields."""
    return cbor.decode(fields, limits.MESSAGE_BYTES)  # type: ignore[return-value]
