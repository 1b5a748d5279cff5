"""What an officer does so that plans do not collide: passing notices on, cautions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from openline.forms.payload import split_id, thing_id
from openline.station import acts
from openline.station.books.passing import revision_id
from openline.station.station import Station
from openline.station.tables import activities
from openline.words import limits
from openline.words.errors import OpenlineError

Json = dict[str, Any]


def passed_on(station: Station, id: str, raw: Mapping[str, Any], language: str) -> str:
    """Record to which units a notice of the other side was passed; says so to that side."""
    issuer, uid, revision = split_id(id)
    a = activities.c
    with station.engine.store.read() as connection:
        named = (a.peer == issuer, a.thing == thing_id(issuer, uid), a.party == issuer)
        row = connection.execute(select(activities).where(*named)).first()
    if row is None:
        raise _unknown(id, "another side")
    newest = revision_id(row)
    if revision and id != newest:
        raise OpenlineError(
            "amended",
            f"{id} was amended: {newest} stands now",
            rule="R-PASS-05",
            next=f"pass {newest} on, since units that hold the older one hold a wrong plan",
        )
    return acts.send(station, (row.peer,), "passed-on", {"about": newest, **raw}, None, language)


def _unknown(id: str, side: str) -> OpenlineError:
    return OpenlineError(
        "unknown-activity",
        f"no notice {id[: limits.ID_CHARS]} of {side} stands here",
        rule="R-PASS-01",
        next="`openline notices` lists them",
    )


def caution(station: Station, lines: Sequence[str], raw: Mapping[str, Any], language: str) -> str:
    """Send a caution without details."""
    return acts.send(station, lines, "caution", raw, None, language)
