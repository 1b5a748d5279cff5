"""A line's policy: what both sides proposed for it, joined so that both compute the same.

Each side's newest `terms` stand. Ground is the widest of both and the default
separation the larger of both, where a side that proposed nothing counts with
the default, so that nothing gets narrower by one side's word alone. Test times
are those of both, sealing is hybrid unless both said otherwise, and heads signed
with ML-DSA-65 go unless both say off (R-LINE-13).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from openline.line.linetest import DEFAULT_TIMES
from openline.station.heads import allows_light
from openline.station.hot import Hot, slot
from openline.station.tables import lines
from openline.wire.sealing import HYBRID, LIGHT
from openline.words.volume import DEFAULT_SEPARATION, EARTH, Ground, Separation


@dataclass(frozen=True, slots=True)
class Policy:
    """What holds on a line."""

    ground: Ground = EARTH
    separation: Separation = DEFAULT_SEPARATION
    test_times: tuple[str, ...] = DEFAULT_TIMES
    sealing: str = HYBRID.name
    quantum: bool = True
    """Whether line tests carry heads signed with ML-DSA-65."""


def policy_of(connection: Connection, peer: str) -> Policy:
    """What holds on the line to `peer` now."""
    sides = _TERMS.run(connection, {"peer": peer}).fetchone()
    ours, theirs = map(json.loads, sides)
    both_light = all(map(allows_light, sides))
    times = {*ours.get("test_times", ()), *theirs.get("test_times", ())}
    return Policy(
        _ground(ours).widest(_ground(theirs)),
        _separation(ours).larger(_separation(theirs)),
        tuple(sorted(times)) or DEFAULT_TIMES,
        LIGHT.name if both_light else HYBRID.name,
        {ours.get("quantum"), theirs.get("quantum")} != {"off"},
    )


def _ground(terms: Mapping[str, Any]) -> Ground:
    if "lowest_m" not in terms:
        return EARTH
    return Ground(int(terms["lowest_m"]), int(terms["highest_m"]))


def _separation(terms: Mapping[str, Any]) -> Separation:
    given = terms.get("separation")
    if given is None:
        return DEFAULT_SEPARATION
    return Separation(given["horizontal_m"], given["vertical_m"], given["time_s"])


_TERMS = Hot(select(lines.c.terms_ours, lines.c.terms_theirs).where(lines.c.peer == slot("peer")))
