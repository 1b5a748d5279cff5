"""Who may see what of activities: their details by the kind's role, the private ones by none less.

The seat is asked where something is shown, so that every list, sentence and map keeps to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from openline.forms.activitykinds import ACTIVITY_KINDS, DETAILS
from openline.station.entries import Entry
from openline.station.roles import Role
from openline.station.seats import taken

PRIVATE = Role.OFFICER
"""The least role that sees private activities and what they collide with."""


def may_see(least: Role) -> bool:
    """Whether whoever asks has that role at least; the station itself may see everything."""
    seat = taken()
    return seat is None or seat.role.rank >= least.rank


def may_see_private() -> bool:
    """Whether whoever asks may see private activities."""
    return may_see(PRIVATE)


def details_role(kind: object) -> Role:
    """From which role on the details of this kind are shown; of an unknown kind as of most."""
    known = ACTIVITY_KINDS.get(str(kind))
    return Role(known.details) if known else Role.OFFICER


def withholds(entry: Entry) -> bool:
    """Whether a message says what whoever asks may not see, so that it is not given as signed."""
    return entry.form == "activity" and shown(entry.fields)[1]


def require(entry: Entry) -> None:
    """Raise ``role-too-low`` where a message says what whoever asks may not see."""
    seat = taken()
    if seat is not None and withholds(entry):
        seat.require(details_role(entry.fields.get("kind")), "the details of this activity")


def shown(fields: Mapping[str, Any]) -> tuple[dict[str, Any], bool]:
    """An activity's fields as whoever asks may see them, and whether some were withheld."""
    if may_see(details_role(fields.get("kind"))):
        return dict(fields), False
    left = {name: value for name, value in fields.items() if name not in DETAILS}
    return left, len(left) < len(fields)
