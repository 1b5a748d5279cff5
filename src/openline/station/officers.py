"""Officers: who may act at this station, with which role."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection, insert, select, update

from openline.forms.payload import AUTOMATIC
from openline.forms.schema import Form
from openline.station.desk_tables import officers
from openline.station.hot import Hot
from openline.station.roles import MAY_SEND, Role, role_named
from openline.station.seats import Seat, no_officer
from openline.words import limits
from openline.words.errors import OpenlineError
from openline.words.moment import Moment


@dataclass(frozen=True, slots=True)
class Officer:
    """One officer. `stamp` rises with every change, which ends what was opened before it."""

    id: str
    name: str
    role: Role
    disabled: bool
    since: Moment
    stamp: int
    hash: str = field(repr=False)

    @property
    def ticket(self) -> str:
        """What stands for a login until something about the officer changes."""
        return f"{self.id}.{self.stamp}"


Roster = Mapping[str, Officer]
"""All officers, the disabled too, by their names as they are compared."""


def load(connection: Connection) -> Roster:
    """The officers as they are stored."""
    found = (
        Officer(id, name, Role(role), bool(disabled), Moment(since), stamp, hash)
        for id, name, role, disabled, since, stamp, hash in _ALL.run(connection, {})
    )
    return {compared(each.name): each for each in found}


def spelled(name: str) -> str:
    """The one spelling of a name; raises ``bad-name``."""
    text = unicodedata.normalize("NFC", " ".join(name.split()))
    if not text or len(text) > limits.OFFICER_CHARS or not text.isprintable():
        raise OpenlineError(
            "bad-name",
            f"an officer's name has 1 to {limits.OFFICER_CHARS} printable characters"
            " (OFFICER_CHARS)",
            rule="R-OFF-01",
            next="give the name as the other side shall read it",
        )
    return text


def compared(name: str) -> str:
    """What two spellings of one name have in common."""
    return unicodedata.normalize("NFKC", " ".join(name.split())).casefold()


def named(roster: Roster, name: str) -> Officer:
    """The officer of that name; raises ``unknown-officer``."""
    found = roster.get(compared(name))
    if found is None:
        raise OpenlineError(
            "unknown-officer",
            f"no officer is named {name[: limits.OFFICER_CHARS]!r}",
            rule="R-OFF-01",
            next="`openline officer list` names them",
        )
    return found


def add(connection: Connection, id: str, name: str, role: str, hashed: str, now: Moment) -> None:
    """Store a new officer; raises ``already-there``: a name in the record never changes hands."""
    roster, text = load(connection), spelled(name)
    if compared(text) in roster:
        raise OpenlineError(
            "already-there",
            f"an officer is named {text} already",
            rule="R-OFF-01",
            next="give another name, or change the one who is there",
        )
    if len(roster) >= limits.OFFICERS:
        raise OpenlineError(
            "too-many-officers",
            f"a station has at most {limits.OFFICERS} officers (OFFICERS)",
            rule="R-OFF-01",
            next="change one who is disabled",
        )
    values = {"id": id, "name": text, "role": role_named(role), "hash": hashed}
    connection.execute(insert(officers).values(**values, disabled=False, since=now.ms, stamp=0))


def change(connection: Connection, name: str, **values: object) -> Officer:
    """Change an officer's role, hash or `disabled`; what was opened with the old ones is over."""
    one = named(load(connection), name)
    new = update(officers).where(officers.c.id == one.id).values(stamp=one.stamp + 1, **values)
    connection.execute(new)
    return named(load(connection), name)


def author(roster: Roster, seat: Seat | None, schema: Form) -> str | None:
    """Whom a message names as the one who says it; None where nothing is to be said.

    Raises ``no-officer``, ``role-too-low``: an answer binds a person (R-OFF-05).
    """
    if seat is not None and schema.name in MAY_SEND:
        seat.require(MAY_SEND[schema.name], f"the form {schema.name}")
    if schema.by == "machine" or not roster:  # the form says so, or nobody could be named
        return None
    if seat is not None and seat.officer:
        return seat.officer
    if schema.by == "person" and schema.about:
        raise no_officer(f"the form {schema.name}")
    return AUTOMATIC


_o = officers.c
_ALL = Hot(
    select(_o.id, _o.name, _o.role, _o.disabled, _o.since, _o.stamp, _o.hash).order_by(
        _o.since, _o.name
    )
)
