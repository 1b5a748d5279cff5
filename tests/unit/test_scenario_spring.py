"""The packaged scenario against the report's dates, and its pairs against the conflict engine."""

from __future__ import annotations

from itertools import combinations

import pytest

from openline.conflict.verdict import Planned, verdict
from openline.forms.activity import activity_of
from openline.forms.fields import fill
from openline.scenario.script import Event, packaged
from openline.words.moment import Moment
from openline.words.volume import Ground, Separation

SPRING = packaged("spring_2022")
GROUND = Ground(0, 1_410_000)
AGREED = Separation(5_000_000, 500_000, 1_800_000)
"""The widest ground and the larger separation of both sides' terms, in mm and ms."""

CONFLICTS = {("RU-0406-2", "US-U-14"), ("RU-0425-1", "US-C-19"), ("RU-0514-1", "US-U-31")}
NEAR_MISSES = {
    ("RU-0328-4", "US-U-11"): "height",
    ("RU-0406-2A", "US-U-14"): "time",
    ("RU-0425-1", "US-C-19A"): "distance",
}


def events(do: str) -> list[Event]:
    return [event for event in SPRING.events if event.do == do]


def pairs(separation: Separation, ground: Ground = GROUND) -> set[tuple[str, str]]:
    """Refs of the pairs of both parties' activities that conflict at this separation."""
    plans = []
    for event in events("activity"):
        activity = activity_of(fill("activity", event.fields))
        assert not activity.separation_given
        plans.append((event.by, Planned(activity.ref, activity.volume, separation)))
    return {
        (found.a, found.b)
        for (by, a), (other, b) in combinations(plans, 2)
        if by != other and (found := verdict(a, b, ground))
    }


def times(separation: Separation, **factors: int) -> Separation:
    return Separation(*(getattr(separation, f) * factors.get(f, 1) for f in Separation.__slots__))


def test_the_terms_are_what_the_pairs_are_measured_with() -> None:
    terms = [event.fields for event in events("terms")]
    lowest, highest = (min(t["lowest_m"] for t in terms), max(t["highest_m"] for t in terms))  # type: ignore[type-var]
    assert (lowest * 1000, highest * 1000) == (GROUND.lowest_mm, GROUND.highest_mm)
    larger = {
        key: max(t["separation"][key] for t in terms)  # type: ignore[index]
        for key in ("horizontal_m", "vertical_m", "time_s")
    }
    assert [v * 1000 for v in larger.values()] == [
        *(AGREED.horizontal_mm, AGREED.vertical_mm, AGREED.time_ms)
    ]


@pytest.mark.rule("R-SCN-13")
def test_the_engine_finds_the_conflicts_and_nothing_else() -> None:
    assert pairs(AGREED) == CONFLICTS


@pytest.mark.rule("R-SCN-13")
def test_near_misses_are_found_at_twice_the_separation() -> None:
    doubled = times(AGREED, horizontal_mm=2, vertical_mm=2, time_ms=2)
    assert pairs(doubled) == CONFLICTS | NEAR_MISSES.keys()


@pytest.mark.parametrize(
    ("way", "factor"),
    [("height", "vertical_mm"), ("time", "time_ms"), ("distance", "horizontal_mm")],
)
def test_each_near_miss_is_missed_in_one_way_alone(way: str, factor: str) -> None:
    found = pairs(times(AGREED, **{factor: 2})) - CONFLICTS
    assert found == {pair for pair, why in NEAR_MISSES.items() if why == way}


@pytest.mark.rule("R-SCN-14")
def test_the_dates_are_the_reports() -> None:
    contacts = {e.fields["level"]: Moment.parse(str(e.fields["at"])) for e in events("contact")}
    (held,) = events("call-held")
    start, end = (Moment.parse(str(held.fields[key])) for key in ("start", "end"))
    assert str(SPRING.start.day) == "2022-03-01"
    assert str(start.day) == "2022-05-13"
    assert start.days_since(contacts["minister"]) == 84
    assert start.days_since(contacts["chief"]) == 91
    assert end.ms - start.ms == 3_600_000
    assert SPRING.before < start < end < SPRING.after
    assert SPRING.before.day == SPRING.after.day == start.day


@pytest.mark.rule("R-SCN-14")
def test_calls_were_sought_at_both_levels_and_none_was_accepted_before_may() -> None:
    statement = Moment.parse("2022-03-24T00:00:00Z")
    sought = {e.fields["level"] for e in events("call-request") if e.at < statement}
    assert sought == {"minister", "chief"}
    assert {e.by for e in events("call-request")} == {"us"}
    answers = [(e.fields["answer"], e.at) for e in events("call-answer")]
    assert {answer for answer, at in answers if at.day.month < 5} == {"decline"}
    assert [answer for answer, at in answers if at.day.month == 5] == ["accept"]


@pytest.mark.rule("R-SCN-14")
def test_the_chiefs_next_call_is_sought_and_has_no_time() -> None:
    last = events("call-request")[-1]
    assert (last.fields["level"], "propose" in last.fields) == ("chief", False)
    assert not [e for e in events("call-answer") if e.at > last.at]
