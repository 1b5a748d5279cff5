"""Plans that collide, and stations that do not find the same, for tests of conflicts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest

from openline.conflict.verdict import Finding
from openline.station.books import conflicts
from openline.station.engine import Tx
from openline.station.views.collisions import list_conflicts
from simulation.world import Side, World

Json = dict[str, Any]
OWN = ("line", "found_at")
"""What each side's list says in its own words."""


def plan(title: str, west: float = 22.7, **other: Any) -> Json:
    """A flight over one tenth of a degree, 2 km wide, from 08:00 to 12:00 on 3 March."""
    return {
        "ref": title,
        "kind": "flight",
        "title": title,
        "start": "2022-03-03T08:00:00Z",
        "end": "2022-03-03T12:00:00Z",
        "shape": {"type": "corridor", "path": [[west, 49.8], [west + 0.1, 49.8]], "width_m": 2000},
        "lower": 1000,
        "upper": 2000,
        "unit": "m",
        "datum": "AMSL",
        **other,
    }


def conflicts_of(side: Side) -> list[Json]:
    found = list_conflicts(side)["conflicts"]  # type: ignore[arg-type]
    return [{name: value for name, value in each.items() if name not in OWN} for each in found]


def settle(world: World, ms: int = 0) -> None:
    """Let time pass, and all that is due be done and arrive."""
    world.clock.pass_ms(ms)
    for _ in range(3):
        for side in world.sides.values():
            side.tick()
        world.settle()


def same(world: World, a: str = "us", b: str = "ru") -> list[Json]:
    """The conflicts, which both sides list alike.

    What was over on one side before the other could know of it may stand on one list alone.
    """
    here, there = ({c["id"]: c for c in conflicts_of(world[side])} for side in (a, b))
    for id in here.keys() ^ there.keys():
        assert (here.get(id) or there[id])["state"] == "resolved"
    for id in here.keys() & there.keys():
        ours, theirs = here[id], there[id]
        if ours["state"] == theirs["state"] == "resolved":
            continue
        assert ours == theirs
    return list(here.values())


def said(side: Side, peer: str, form: str) -> int:
    """How many messages of a form a side has sent."""
    return sum(1 for row in side.ours(peer) if row.form == form)


def open_alarms(side: Side, what: str) -> list[Any]:
    rows = side.alarms().values()
    return [row for row in rows if row.what == what and row.acknowledged_at is None]


class Engines:
    """Stations whose machines find other things: what `blind` says of a party is not found."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.blind: dict[str, Callable[[Finding], bool]] = {}
        self._found = conflicts.update_found
        monkeypatch.setattr(conflicts, "update_found", self._update)

    def _update(self, tx: Tx, peer: str, thing: str, found: Iterable[Finding]) -> None:
        misses = self.blind.get(tx.engine.party, lambda finding: False)
        self._found(tx, peer, thing, [each for each in found if not misses(each)])
