"""Two desks on one line with officers, for what they announce, change and keep to themselves."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from openline.station.facade import Facade
from openline.station.roles import Role
from openline.station.seats import Seat, bound
from simulation.world import Side, World, joined

Json = dict[str, Any]
PASSWORD = "correct horse battery"
KUNDUZ = (68.8589, 36.7181)
"""Longitude and latitude of the trauma centre."""


@contextmanager
def desks(folder: Path, *parties: str) -> Iterator[World]:
    """Stations whose jobs bear the seat of whoever acts, as the writer's do."""
    with joined(folder, parties or ("us", "ru")) as world:
        for side in world.sides.values():
            run = side.run
            side.run = lambda job, run=run: run(bound(job))  # type: ignore[method-assign]
        world.settle()
        yield world


def facade(side: Side) -> Facade:
    return Facade(side)  # type: ignore[arg-type]


def enlist(side: Side, name: str, role: str = "officer") -> Seat:
    """An officer of that desk."""
    facade(side).officer_add(name, role, PASSWORD)
    return Seat(Role(role), name)


def plan(title: str = "Plan", lon: float = KUNDUZ[0], lat: float = KUNDUZ[1], **over: Any) -> Json:
    """A circle of 500 m for two hours of 2 March 2022, 20 hours after the world begins."""
    made: Json = {
        "ref": title,
        "kind": "flight",
        "title": title,
        "start": "2022-03-02T08:00:00Z",
        "end": "2022-03-02T10:00:00Z",
        "shape": {"type": "circle", "centre": [lon, lat], "radius_m": 500},
        "lower": 0,
        "upper": 50,
        "unit": "m",
        "datum": "AGL",
    }
    return {name: value for name, value in (made | over).items() if value is not None}


def site(title: str = "Hospital", **over: Any) -> Json:
    """A site that stays."""
    given = {"kind": "site", "site_type": "hospital", "end": None}
    return plan(title, **(given | over))


def collection(*plans: Json) -> str:
    """The same as a GeoJSON file."""
    features = []
    for each in plans:
        own = dict(each)
        shape = own.pop("shape")
        geometry = {"type": "Point", "coordinates": shape["centre"]}
        own["radius_m"] = shape["radius_m"]
        features.append({"type": "Feature", "geometry": geometry, "properties": own})
    return json.dumps({"type": "FeatureCollection", "features": features})


def stands(side: Side, id: str) -> Json:
    """How an activity stands at a desk, as its list says."""
    found = facade(side).activities()["activities"]
    return next(each for each in found if each["id"] == id)


def open_alarms(side: Side) -> dict[str, str]:
    """What alarms at a desk: the alarm's kind by what it is about."""
    found = facade(side).alarms()["alarms"]
    return {a["message"]: a["form"] for a in found if a["acknowledged_at"] is None}
