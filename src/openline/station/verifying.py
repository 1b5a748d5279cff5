"""A second officer verifies coordinates: by typing them again, in any notation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select, update

from openline.conflict.earth import GEOD
from openline.formats.coordinates import read_notation
from openline.forms.activity import activity_of
from openline.station.activity_tables import drafts, standings
from openline.station.amending import newest, own_rows, revise
from openline.station.announcing import draft_row, officer
from openline.station.engine import Tx
from openline.station.seats import no_officer
from openline.station.standing import decoded, kind_of, positions_of
from openline.station.station import Station
from openline.wire import cbor
from openline.words import limits
from openline.words.errors import OpenlineError
from openline.words.volume import Position

Fields = Mapping[str, Any]
Read = Sequence[tuple[Position, str]]


# ---- a second officer ------------------------------------------------------------------


def verify(station: Station, id: str, typed: Sequence[str], language: str) -> str:
    """A second officer has typed the coordinates again: a draft is marked so, what was announced
    is announced again with the officer's name. Raises ``same-officer``, ``other-coordinates``.
    """
    read, second = typed_by(typed)

    def job(tx: Tx) -> str:
        kept = draft_row(tx.connection, id)
        if kept is not None:
            fields = verified(decoded(kept.fields), kept.author, second, read)
            encoded = cbor.encode(fields)
            tx.run(update(drafts).where(drafts.c.id == id).values(fields=encoded))
            tx.topics.add("activities")
            return id
        rows = own_rows(tx.connection, tx.engine.party, id, tx.now.wall)
        row = newest(rows)
        s = standings.c
        author = tx.run(select(s.author).where(s.peer == row.peer, s.thing == row.thing))
        fields = verified(decoded(row.fields), author.scalar_one(), second, read)
        return revise(tx, rows, fields, language)

    done: str = station.run(job)
    return done


def typed_by(typed: Sequence[str]) -> tuple[Read, str]:
    """What was typed, with the notation of each, and the officer who did. Raises ``no-officer``."""
    second = officer()
    if not second:
        raise no_officer("verifying coordinates")
    return [read_notation(text) for text in typed], second


def verified(fields: Fields, author: str, officer: str, read: Read) -> dict[str, Any]:
    """The same, verified by `officer`. Raises ``same-officer``, ``other-coordinates``."""
    if author == officer:
        raise OpenlineError(
            "same-officer",
            f"{officer} gave these coordinates",
            rule="R-ACT-14",
            next="let another officer type them again from the source",
        )
    kind = kind_of(fields)
    places = positions_of(activity_of(fields).volume.shape)
    if len(read) != len(places):
        raise OpenlineError(
            "other-coordinates",
            f"{len(read)} positions were typed, where this {kind.name} has {len(places)}",
            rule="R-ACT-15",
            next="type each corner once, in the order of the source, one to a line",
        )
    for place, (stands, (again, _)) in enumerate(zip(places, read, strict=True), 1):
        apart_m = GEOD.inv(stands.lon, stands.lat, again.lon, again.lat)[2]
        if apart_m > limits.VERIFIED_WITHIN_M:
            raise OpenlineError(
                "other-coordinates",
                f"position {place} as typed lies {apart_m:,.0f} m from what was given first",
                rule="R-ACT-15",
                next="compare both with the source, and amend the activity where it is wrong",
            )
    notations = {notation for _, notation in read}
    return {**fields, "verified": {"officer": officer, "notation": min(notations)}}
