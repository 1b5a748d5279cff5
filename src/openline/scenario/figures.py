"""What a play came to: the figures of the contract's `demo --json`."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from typing import Any

from openline.scenario.script import Script
from openline.station.facade import Facade

Json = dict[str, Any]


def figures(script: Script, facades: Mapping[str, Facade]) -> Json:
    """Tests, contacts, conflicts, messages, and whether both ends of every line hold the same.

    A line's tests count once: as run by the side that ran most, as passed by
    the side where fewest passed (R-SCN-10). Contacts are those in the first
    party's books, at the script's two instants, level by level.
    """
    tests = {party: _tests(facade) for party, facade in facades.items()}
    first = facades[script.parties[0].id]
    before, after = (_days(first, str(at)) for at in (script.before, script.after))
    return {
        "tests": {
            "run": max(run for run, _ in tests.values()),
            "passed": min(passed for _, passed in tests.values()),
        },
        "contacts": [
            {"level": level, "before_days": before[level], "after_days": days}
            for level, days in after.items()
            if days is not None
        ],
        "conflicts": _count(facades, "conflicts"),
        "near_misses": _count(facades, "near_misses"),
        "messages": {
            party: sum(line["records"]["out"]["size"] for line in facade.status()["lines"])
            for party, facade in facades.items()
        },
        "records_equal": records_equal(facades),
    }


def records_equal(facades: Mapping[str, Facade]) -> bool:
    """Whether on every line one side's `out` is the other's `in`, both ways."""
    ends = {
        (party, line["line"]): line["records"]
        for party, facade in facades.items()
        for line in facade.status()["lines"]
    }
    for a, b in combinations(facades, 2):
        ours, theirs = ends.pop((a, b), None), ends.pop((b, a), None)
        if (ours is None) != (theirs is None):
            return False
        if ours and theirs and (ours["out"], ours["in"]) != (theirs["in"], theirs["out"]):
            return False
    return not ends


def good(figures: Json) -> bool:
    """Whether every test passed and the records are equal."""
    return bool(figures["records_equal"]) and figures["tests"]["run"] == figures["tests"]["passed"]


def _tests(facade: Facade) -> tuple[int, int]:
    lines = facade.clocks()["tests"]
    return sum(line["run"] for line in lines), sum(line["passed"] for line in lines)


def _days(facade: Facade, at: str) -> dict[str, int | None]:
    """By level, the days since the last contact on any line, as of a time."""
    days: dict[str, int | None] = {}
    for clock in facade.clocks(at)["clocks"]:
        known = [d for d in (days.get(clock["level"]), clock["days"]) if d is not None]
        days[clock["level"]] = min(known, default=None)
    return days


def _count(facades: Mapping[str, Facade], what: str) -> int:
    """Pairs that any side lists, each once: both sides give a pair the same id."""
    return len({pair["id"] for f in facades.values() for pair in getattr(f, what)()[what]})
