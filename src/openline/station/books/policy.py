"""A line's policy: what both sides proposed for it, joined so that both compute the same.

Each side's newest `terms` stand. Ground is the widest of both, the default separation
the larger of both, the minimum notice of a kind the longer of both, and probes go and people
answer as soon as the quicker of both says, where a side that proposed nothing counts with the
default, so that nothing gets narrower by one side's word alone. Hours of tests are those of
both, each without its own side's holidays; sealing is hybrid unless both said otherwise, and
heads signed with ML-DSA-65 go unless both say off (R-LINE-13).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import reduce
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, select

from openline.forms.activitykinds import ACTIVITY_KINDS
from openline.forms.precedence import Precedence
from openline.line import schedule
from openline.line.schedule import WEEKDAYS, Hour, Schedule
from openline.station.heads import allows_light
from openline.station.heights import UNKNOWN, Heights, heights_of
from openline.station.hot import Hot, slot
from openline.station.tables import lines
from openline.wire.sealing import HYBRID, LIGHT
from openline.words.volume import DEFAULT_SEPARATION, EARTH, Ground, Separation

PROBE_EVERY_MS = 600_000
"""Ten minutes between two probes of a cheap carrier, unless a side proposes to look more often."""
ANSWER_WITHIN_MS: Mapping[Precedence, int] = MappingProxyType(
    {
        Precedence.FLASH: 60_000,
        Precedence.IMMEDIATE: 300_000,
        Precedence.PRIORITY: 3_600_000,
        Precedence.ROUTINE: 86_400_000,
    }
)
"""How soon a person answers, unless a side proposes sooner."""


def _longest_notice(*proposed: Mapping[str, Any]) -> Mapping[str, int]:
    """The longest notice of each kind; a side that is silent on a kind counts with its own."""
    found = {}
    for name, kind in ACTIVITY_KINDS.items():
        of_sides = [
            max((each["seconds"] * 1000 for each in given), default=kind.notice_ms)
            for terms in proposed
            for given in [[n for n in terms.get("notice", ()) if n["kind"] == name]]
        ]
        found[name] = max(of_sides, default=kind.notice_ms)
    return MappingProxyType(found)


@dataclass(frozen=True, slots=True)
class Policy:
    """What holds on a line."""

    ground: Ground = EARTH
    separation: Separation = DEFAULT_SEPARATION
    schedule: Schedule = schedule.DEFAULT
    sealing: str = HYBRID.name
    quantum: bool = True
    """Whether line tests carry heads signed with ML-DSA-65."""
    probe_every_ms: int = PROBE_EVERY_MS
    answer_within_ms: Mapping[Precedence, int] = field(default_factory=lambda: ANSWER_WITHIN_MS)
    heights: Heights = UNKNOWN
    """What this station knows of the earth's heights: its own affair, agreed with nobody."""
    proposed: frozenset[Separation | None] = frozenset((None,))
    """Both sides' separations; None where a side proposed none, which counts with the kind's."""
    notice_ms: Mapping[str, int] = field(default_factory=_longest_notice)
    """The minimum notice by kind of activity."""

    def separation_of(self, kinds_own: Separation) -> Separation:
        """The separation of an activity that gives none, of a kind whose own this is."""
        return reduce(Separation.larger, (each or kinds_own for each in self.proposed))


def policy_of(connection: Connection, peer: str) -> Policy:
    """What holds on the line to `peer` now."""
    sides = _TERMS.run(connection, {"peer": peer}).fetchone()
    ours, theirs = map(json.loads, sides)
    both_light = all(map(allows_light, sides))
    return Policy(
        _ground(ours).widest(_ground(theirs)),
        _separation(ours).larger(_separation(theirs)),
        joined_hours(ours, theirs) or schedule.DEFAULT,
        LIGHT.name if both_light else HYBRID.name,
        {ours.get("quantum"), theirs.get("quantum")} != {"off"},
        min(_probe_every_ms(ours), _probe_every_ms(theirs)),
        MappingProxyType({p: min(_within(ours, p), _within(theirs, p)) for p in Precedence}),
        heights=heights_of(connection),
        proposed=frozenset((_own_separation(ours), _own_separation(theirs))),
        notice_ms=_longest_notice(ours, theirs),
    )


def joined_hours(*proposed: Mapping[str, Any]) -> Schedule:
    """The hours that any side proposed, each once; the same on both sides."""
    hours = {hour for terms in proposed for hour in _hours(terms)}
    return tuple(sorted(hours, key=lambda h: (h.time, h.zone, h.weekdays, sorted(h.holidays))))


def superseded(before: Mapping[str, Any], said: Mapping[str, Any]) -> dict[str, Any]:
    """A side's terms after it has said more: the newest of `test_times` and `schedule` stands."""
    one_of = {"test_times", "schedule"}
    gone = one_of - said.keys() if one_of & said.keys() else set()
    return {name: value for name, value in before.items() if name not in gone} | dict(said)


def _hours(terms: Mapping[str, Any]) -> list[Hour]:
    holidays = frozenset(date.fromisoformat(day) for day in terms.get("holidays", ()))
    daily = [Hour(at, holidays=holidays) for at in terms.get("test_times", ())]
    return daily + [
        Hour(each["time"], each["zone"], _weekdays(each.get("weekdays", WEEKDAYS)), holidays)
        for each in terms.get("schedule", ())
    ]


def _weekdays(named: Any) -> tuple[str, ...]:
    return tuple(day for day in WEEKDAYS if day in named)


def _probe_every_ms(terms: Mapping[str, Any]) -> int:
    seconds = terms.get("probe_every_s")
    return PROBE_EVERY_MS if seconds is None else int(seconds) * 1_000


def _within(terms: Mapping[str, Any], precedence: Precedence) -> int:
    given = terms.get("answer_within_s")
    return ANSWER_WITHIN_MS[precedence] if given is None else int(given[precedence]) * 1_000


def _ground(terms: Mapping[str, Any]) -> Ground:
    if "lowest_m" not in terms:
        return EARTH
    return Ground(int(terms["lowest_m"]), int(terms["highest_m"]))


def _separation(terms: Mapping[str, Any]) -> Separation:
    return _own_separation(terms) or DEFAULT_SEPARATION


def _own_separation(terms: Mapping[str, Any]) -> Separation | None:
    given = terms.get("separation")
    if given is None:
        return None
    return Separation(given["horizontal_m"], given["vertical_m"], given["time_s"])


_TERMS = Hot(select(lines.c.terms_ours, lines.c.terms_theirs).where(lines.c.peer == slot("peer")))
