"""What cannot wait, as an officer does it: stop, query, accident, and the answers to messages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import shapely
from sqlalchemy import Connection, Row, or_, select

from openline.conflict.outline import outline
from openline.formats.coordinates import read_coordinates
from openline.forms.activity import Activity
from openline.forms.fields import fill
from openline.station import acts, entries, traffic
from openline.station.books import answers, urgent
from openline.station.books.activities import read_activity
from openline.station.engine import Tx
from openline.station.heads import require
from openline.station.station import Station
from openline.station.tables import activities, messages
from openline.words.errors import OpenlineError
from openline.words.volume import Circle

Json = dict[str, Any]


def stop(
    station: Station,
    lines: Sequence[str],
    site: str,
    at: str,
    text: str,
    valid_until: str | None,
    language: str,
) -> str:
    """Say at once, on all `lines`: you are hitting this. `site` was notified, or `at` is typed."""
    if not site and not at:
        raise OpenlineError(
            "missing-place",
            "nothing says what is being hit",
            rule="R-STOP-01",
            next="give --site ID of what was notified, or --at COORDINATES",
        )
    fields: Json = {"text": text or None, "valid_until": valid_until}
    if site:
        with station.engine.store.read() as connection:
            fields |= _site(station, connection, lines, site)
    if at:
        fields["place"] = place_of(at)
    return acts.send(station, lines, "stop", fields, None, language)


def place_of(text: str) -> list[float]:
    """[longitude, latitude] in degrees of coordinates as a person writes them."""
    position = read_coordinates(text)
    return [position.lon_e7 / 10**7, position.lat_e7 / 10**7]


def _site(station: Station, connection: Connection, lines: Sequence[str], site: str) -> Json:
    """Place and name of what was notified under that id, or that reference of ours.

    The id and the name travel only when every one of `lines` was told of it before.
    """
    for peer in lines:
        require(station.engine.lines, peer)
    rows = _notified(station, connection, site)
    if not rows:
        raise OpenlineError(
            "unknown-site",
            f"nothing was notified as {site[:64]!r}",
            rule="R-STOP-01",
            next="give its id or reference, or type the place: --at COORDINATES",
        )
    activity = read_activity(rows[0].fields)
    said: Json = {"place": _within(activity)}
    if set(lines) <= {row.peer for row in rows}:
        said |= {"site": rows[0].thing, "what": activity.title}
    return said


def _notified(station: Station, connection: Connection, site: str) -> list[Row[Any]]:
    a = activities.c
    thing = site.partition(".")[0]
    by_id = select(activities).where(a.thing == thing)
    found = list(connection.execute(by_id).all())
    if not found:
        live = select(activities).where(a.party == station.engine.party).order_by(a.start.desc())
        named = [r for r in connection.execute(live).all() if read_activity(r.fields).ref == site]
        found = [row for row in named if row.thing == named[0].thing]
    return found


def _within(activity: Activity) -> list[float]:
    """A point of the activity: of a circle its centre."""
    shape = activity.volume.shape
    if isinstance(shape, Circle):
        return [shape.centre.lon_e7 / 10**7, shape.centre.lat_e7 / 10**7]
    point = shapely.geometry.shape(outline(activity.volume)).representative_point()
    return [round(point.x, 7), round(point.y, 7)]


def with_places(fields: Mapping[str, Any], *names: str) -> Json:
    """Fields in which `names` are coordinates as people write them."""
    return {n: place_of(v) if n in names and v is not None else v for n, v in fields.items()}


def answer(station: Station, id: str, word: str, raw: Mapping[str, Any], language: str) -> str:
    """Answer a message of the other side with one of the words that `answers_to` lists for it.

    An answer to a stop or a query that is given again is a new revision of the first.
    """
    with station.engine.store.read() as connection:
        row = _theirs(connection, id)
    form, more = _form_of(row.form, word)
    # What is said of a plan is said of one version of it: the newest, unless another is named.
    given = {"about": row.id if row.form == "activity" else id, **more, **raw}
    if form not in urgent.ANSWERS:
        return acts.send(station, (row.peer,), form, given, None, language)
    fields = fill(form, given)

    def job(tx: Tx) -> str:
        uid, revision = urgent.next_revision(tx, row.peer, id, form)
        how: Json = {"uid": uid, "revision": revision, "language": language, "whole": True}
        return traffic.submit(tx, (row.peer,), form, fields, **how)

    done: str = station.run(job)
    return done


def answers_to(form: str) -> tuple[str, ...]:
    """The words with which a message of that form can be answered."""
    return (*urgent.words_for(form), *answers.FORMS)


def _form_of(asked: str, word: str) -> tuple[str, Json]:
    if word not in answers_to(asked):
        raise OpenlineError(
            "bad-answer",
            f"{word[:40]!r} answers no message of the form {asked}",
            rule="R-STOP-03",
            next=f"use one of {', '.join(answers_to(asked))}",
        )
    if word in answers.FORMS:
        return word, {}
    return next(own for own, form in urgent.ANSWERS.items() if form == asked), {"answer": word}


def _theirs(connection: Connection, id: str) -> Row[Any]:
    m = messages.c
    named = (m.way == "in", or_(m.id == id, m.thing == id), m.form != entries.UNREADABLE)
    row = connection.execute(select(messages).where(*named).order_by(m.pk.desc())).first()
    if row is None:
        raise OpenlineError(
            "unknown-message",
            f"no message {id[:64]!r} of another side is recorded here",
            rule="R-LINE-11",
            next="`openline messages` lists the ids",
        )
    return row
