"""An activity as a value: what the conflict room compares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from openline.forms.activitykinds import ACTIVITY_KINDS
from openline.forms.schema import Wire
from openline.forms.shape import shape_of
from openline.forms.typed import band_of, ground_of, separation_of, window_of
from openline.words.volume import Edges, Ground, Separation, Volume


@dataclass(frozen=True, slots=True)
class Activity:
    """What a party will do.

    Without ``separation_given`` the separation is the kind's, and the line's policy may say
    otherwise.
    """

    kind: str
    title: str
    ref: str
    volume: Volume
    separation: Separation
    separation_given: bool
    details: str = ""
    vehicles: int | None = None
    escort: str = ""
    route: str = ""
    ground: Ground | None = None
    """The lowest and highest ground below it, where that was given."""
    contact: str = ""
    site_type: str = ""
    permanent: bool = False


def _ground_of(wire: Mapping[str, Wire]) -> Ground | None:
    if "ground_lowest_m" not in wire or "ground_highest_m" not in wire:
        return None
    return ground_of(wire["ground_lowest_m"], wire["ground_highest_m"])


def activity_of(wire: Mapping[str, Wire]) -> Activity:
    """The activity in the wire fields of the form ``activity``.

    The fields must have passed ``fill`` or ``check_fields``; raises what the
    constructors of openline.words raise.
    """
    volume = Volume(
        shape=shape_of(wire["shape"]),
        edges=Edges(str(wire["edges"])),
        band=band_of(wire["lower"], wire["upper"], wire["unit"], wire["datum"]),
        window=window_of(wire["start"], wire["end"]),
    )
    kind = ACTIVITY_KINDS[str(wire["kind"])]
    given = "separation" in wire
    vehicles = wire.get("vehicles")
    return Activity(
        kind=kind.name,
        title=str(wire["title"]),
        ref=str(wire["ref"]),
        volume=volume,
        separation=separation_of(wire["separation"]) if given else kind.separation,
        separation_given=given,
        details=str(wire.get("details", "")),
        vehicles=vehicles if isinstance(vehicles, int) else None,
        escort=str(wire.get("escort", "")),
        route=str(wire.get("route", "")),
        ground=_ground_of(wire),
        contact=str(wire.get("contact", "")),
        site_type=str(wire.get("site_type", "")),
        permanent=bool(wire.get("permanent", False)),
    )
