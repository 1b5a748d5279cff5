"""What alarms about activities say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Row, select

from openline.forms.phrases import label
from openline.station import discretion
from openline.station.activity_tables import private_activities, private_findings
from openline.station.books import announced, private
from openline.station.standing import decoded, kind_of
from openline.station.tables import activities
from openline.station.views.activities import announced_rows
from openline.words.moment import Moment


def alarm_text(connection: Connection, row: Row[Any], language: str) -> str | None:
    """What an alarm about an activity of ours says; None where it is about none that is known."""
    told = label(f"alarm.{row.what}", language)
    if row.what == private.ALARM:
        return f"{told}{_pair(connection, row)}" if discretion.may_see_private() else told
    if row.what == private.UNVERIFIED:
        return f"{told}{_own(connection, row)}" if discretion.may_see_private() else told
    known = announced_rows(connection, row.message.split(" ")[0])
    here = [each for each in known if each.peer == row.peer]
    if not here:
        return None
    fields = decoded(here[0].fields)
    lacks = ", ".join(label(f"field.{name}", language) for name in kind_of(fields).lacks(fields))
    more = f" ({lacks})" if row.what == "lacking" and lacks else ""
    return f"{told}{more}: {_named(fields)}"


def is_shown_late(connection: Connection, row: Row[Any]) -> bool:
    """Whether the activity of a message stands as a late notice."""
    standing = announced.row_of(connection, row.peer, row.thing)
    return standing is not None and announced.is_late_notice(connection, standing)


def _own(connection: Connection, row: Row[Any]) -> str:
    """Which private activity it is; nothing once it was removed."""
    p = private_activities.c
    id = row.message.split(" ")[0]
    fields = connection.execute(select(p.fields).where(p.id == id)).scalar()
    return f": {_named(decoded(fields))}" if fields else ""


def _named(fields: Mapping[str, Any]) -> str:
    """Reference, title and window."""
    named = " ".join(dict.fromkeys((fields["ref"], fields["title"])))
    return f"{named}, {window_said(fields['start'], fields['end'])}"


def _pair(connection: Connection, row: Row[Any]) -> str:
    private, thing, _ = row.message.split(" ")
    p, a = private_activities.c, activities.c
    own = connection.execute(select(p.fields).where(p.id == private)).scalar()
    named = select(activities).where(a.thing == thing, a.peer == row.peer)
    other = connection.execute(named).one()
    ours = decoded(own)["title"] if own else private
    f = private_findings.c
    found = connection.execute(
        select(private_findings).where(f.private == private, f.thing == thing)
    ).one_or_none()
    when = f", {window_said(found.start, found.end)}" if found else ""
    return f": {ours} / {other.party.upper()} {decoded(other.fields)['title']} ({thing}){when}"


def window_said(start: int, end: int) -> str:
    """A window to the minute, as the console writes it; its day once where it is one."""
    begins, ends = (str(Moment(at))[:16].replace("T", " ") for at in (start, end))
    if begins[:10] == ends[:10]:
        return f"{begins}–{ends[11:]} UTC"
    return f"{begins} UTC – {ends} UTC"
