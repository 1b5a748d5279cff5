"""What a person does with private activities: enter, amend, verify and remove them.

As `amending` and `verifying` do with what is announced, except that nothing is sent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from openline.station import verifying
from openline.station.amending import changed, single
from openline.station.announcing import checked, officer
from openline.station.books import private
from openline.station.engine import Tx
from openline.station.filing import remarks, taken, untold
from openline.station.placing import placed
from openline.station.standing import decoded, same_place
from openline.station.station import Station
from openline.words.errors import OpenlineError

Fields = Mapping[str, Any]
Json = dict[str, Any]


def add(station: Station, raw: Fields) -> str:
    """Enter one by its fields; its id."""
    fields, _ = checked(placed(raw))
    author = officer()
    id: str = station.run(lambda tx: private.add(tx, fields, author))
    return id


def amend(
    station: Station, id: str, changes: Fields | None, file: Mapping[str, Any], language: str
) -> Json:
    """A new version: `changes` of fields, or a `file` with the whole. Raises ``unknown-private``,
    ``activity-over``, and what is wrong with what was given.
    """
    filed = None if changes is not None else taken(file, untold, whole=True)
    whole = None if filed is None else single(filed)
    who = officer()

    def job(tx: Tx) -> None:
        row = _going_on(tx, id)
        before = decoded(row.fields)
        after = changed(before, changes, whole)
        private.amend(tx, row, after, row.author if same_place(before, after) else who, who)

    station.run(job)
    return {"id": id, **({} if filed is None else remarks(filed, language))}


def verify(station: Station, id: str, typed: Sequence[str]) -> None:
    """A second officer has typed the coordinates again, which a new version says."""
    read, second = verifying.typed_by(typed)

    def job(tx: Tx) -> None:
        row = _going_on(tx, id)
        fields = verifying.verified(decoded(row.fields), row.author, second, read)
        private.amend(tx, row, fields, row.author, second)

    station.run(job)


def remove(station: Station, id: str) -> None:
    """Forget one, with every version of it."""
    station.run(lambda tx: private.remove(tx, id))


def _going_on(tx: Tx, id: str) -> Any:
    row = private.kept(tx.connection, id)
    if row.end <= tx.now.wall.ms:
        raise OpenlineError(
            "activity-over",
            f"the private activity {id} has ended",
            rule="R-ACT-25",
            next="enter it anew",
        )
    return row
