"""Schedules of NOTAMs and geozones: each time an activity, or the whole window, and never less."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from formats_world import drafts, refusal, sample
from hypothesis import given
from hypothesis import strategies as st

from openline.formats.draft import Draft
from openline.words import filelimits, limits
from openline.words.moment import Moment

WEEK = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
KIND = {"kind": "exercise"}
Span = tuple[str, str]


def notam(schedule: str, start: str = "2604020600", end: str = "2604091800", no: int = 1) -> str:
    return (
        f"(A{no}/26 NOTAMN\nQ) UKBV/QRTCA/IV/BO/W/000/195/5027N03031E010\n"
        f"A) UKBV B) {start} C) {end}\nD) {schedule}\nE) AREA\nF) SFC G) 900M AGL)\n"
    )


def zones(schedule: Any, start: str, end: str) -> str:
    document = json.loads(sample("zones.json"))
    (zone,) = document["features"]
    zone["geometry"] = zone["geometry"][:1]
    time = {"startDateTime": start, "endDateTime": end, "schedule": schedule}
    zone["applicability"] = [time]
    return json.dumps(document)


def spans(found: tuple[Draft, ...]) -> list[Span]:
    """From when to when, as day, hour and minute."""
    ends = [(str(each.fields["start"]), str(each.fields["end"])) for each in found]
    return [(start[5:16].replace("T", " "), end[5:16].replace("T", " ")) for start, end in ends]


# ---- line D ----------------------------------------------------------------------------------


@pytest.mark.rule("R-FMT-35")
@pytest.mark.parametrize(
    ("schedule", "end", "wanted"),
    [
        (
            "DAILY 0600-1000 AND 1400-1800",
            "2604031600",
            [
                *(("04-02 06:00", "04-02 10:00"), ("04-02 14:00", "04-02 18:00")),
                *(("04-03 06:00", "04-03 10:00"), ("04-03 14:00", "04-03 16:00")),
            ],
        ),
        # 2 April 2026 is a Thursday, which these leave out.
        (
            "FRI 0700-0800, SAT SUN\nH24",
            "2604091800",
            [("04-03 07:00", "04-03 08:00"), ("04-04 00:00", "04-06 00:00")],
        ),
        ("MON-WED 0600-1200", "2604061800", [("04-06 06:00", "04-06 12:00")]),
        (
            "SUN-MON 0600-1200",
            "2604091800",
            [("04-05 06:00", "04-05 12:00"), ("04-06 06:00", "04-06 12:00")],
        ),
        (
            "03 05 07-08 0600-1200",
            "2604091800",
            [(f"04-0{day} 06:00", f"04-0{day} 12:00") for day in (3, 5, 7, 8)],
        ),
        (
            "APR 05-06 2200-0400",
            "2604070200",
            [("04-05 22:00", "04-06 04:00"), ("04-06 22:00", "04-07 02:00")],
        ),
        (
            "APR 30-MAY 01 0600-1200, 03 0900-1000.",
            "2605031800",
            [
                *(("04-30 06:00", "04-30 12:00"), ("05-01 06:00", "05-01 12:00")),
                ("05-03 09:00", "05-03 10:00"),
            ],
        ),
        # What touches is one, and 2359 is the end of the day.
        ("DAILY 0000-2359", "2604091800", [("04-02 06:00", "04-09 18:00")]),
        ("DLY H24", "2604091800", [("04-02 06:00", "04-09 18:00")]),
        # A night that began before the window reaches into it.
        (
            "DAILY 2200-0700",
            "2604030000",
            [("04-02 06:00", "04-02 07:00"), ("04-02 22:00", "04-03 00:00")],
        ),
    ],
)
def test_each_time_of_a_notams_schedule_is_an_activity(
    schedule: str, end: str, wanted: list[Span]
) -> None:
    found = drafts(notam(schedule, end=end), **KIND)
    assert spans(found) == wanted
    assert [[str(note) for note in each.notes[:1]] for each in found] == [
        [f"its line D) is read: times in all {len(found)}"],
        *[[]] * (len(found) - 1),
    ]
    assert len({each.ref for each in found}) == len(found)


@pytest.mark.rule("R-FMT-35")
@pytest.mark.parametrize(
    "schedule",
    [
        *("SR-SS", "DAILY SR-SS", "HJ", "DAILY EXC SUN 0600-1000", "MON-FRI 0600-1000 EXC 03"),
        *("0600-1000", "H24", "DAILY", "DAILY 0600", "DAILY 0660-0700", "DAILY 2500-0600"),
        *("DAILY 2400-0600", "DAILY 0600-1000 MON", "MON 0600-FRI 1800", "03 0600-05 1800"),
        *("SOMETIMES", "MON-FRI 03-05 0600-1000", "DAILY 06-10", "DAILY 0600-10000", ""),
        # Dates that the window has not: the whole of it is safer than the rest.
        *("03 12 0600-1000", "07-12 0600-1000", "05-03 0600-1000", "MAY 03 0600-1000"),
        *("FEB 30 0600-1000", "31 0600-1000", "APR 03-MAY 02 0600-1000", "00 0600-1000"),
        "DAILY " + "0600-0700 " * 40,
    ],
)
def test_what_is_not_understood_whole_stays_the_whole_window(schedule: str) -> None:
    (draft,) = drafts(notam(schedule), **KIND)
    assert spans((draft,)) == [("04-02 06:00", "04-09 18:00")]
    assert draft.ref == "A1/26"
    assert str(draft.notes[0]) == "its line D) is not understood: all of the time is taken"


@pytest.mark.rule("R-FMT-35")
def test_a_schedule_without_a_time_in_the_window_stays_the_whole_window() -> None:
    (draft,) = drafts(notam("MON 0600-1000", end="2604051800"), **KIND)
    assert spans((draft,)) == [("04-02 06:00", "04-05 18:00")] and "D)" in str(draft.notes[0])


@pytest.mark.rule("R-FMT-35")
def test_refs_name_the_time_and_are_the_same_when_it_is_read_again() -> None:
    text = notam("DAILY 0600-1000")
    refs = [each.ref for each in drafts(text, **KIND)]
    assert refs[:2] == ["A1/26-20260402T0600", "A1/26-20260403T0600"]
    assert refs == [each.ref for each in drafts(text, **KIND)]
    # A window that begins later changes no ref of what is still to come.
    later = [each.ref for each in drafts(notam("DAILY 0600-1000", start="2604050700"), **KIND)]
    assert later == refs[3:]


@pytest.mark.rule("R-FMT-35")
def test_times_are_bounded_for_a_schedule_and_for_a_file() -> None:
    (draft,) = drafts(notam("DAILY 0600-1000", end="2607151800"), **KIND)
    assert "OCCURRENCES" in str(draft.notes[0])
    ninety = notam("DAILY 0600-1000", end="2606301800")
    assert len(drafts(ninety, **KIND)) == 90 <= filelimits.OCCURRENCES
    several = "".join(
        notam("DAILY 0600-1000", end="2606301800", no=number) for number in range(1, 14)
    )
    found = drafts(several, **KIND)
    assert limits.FEATURES - 90 < len(found) <= limits.FEATURES
    assert "FEATURES" in str(found[-1].notes[0]) and found[-1].ref == "A13/26"
    (long,) = drafts(notam("DAILY H24", start="1604020600", end="2504020600"), **KIND)
    assert spans((long,)) == [("04-02 06:00", "04-02 06:00")]


@pytest.mark.rule("R-FMT-35")
def test_a_window_from_options_is_cut_into_times_too() -> None:
    text = notam("DAILY 0600-1000", end="PERM")
    found = drafts(text, **KIND, end="2026-04-03T08:00:00Z")
    assert spans(found) == [("04-02 06:00", "04-02 10:00"), ("04-03 06:00", "04-03 08:00")]


@pytest.mark.rule("R-FMT-13", "R-FMT-35")
def test_what_is_refused_is_refused_once_and_not_for_each_time() -> None:
    assert "--kind" in refusal(notam("DAILY 0600-1000")).next
    longer = refusal(notam("DAILY H24", end="9904091800"), **KIND)
    assert longer.rule == "R-WORD-04" and longer.message.startswith("NOTAM 1, line 1 (A1/26): ")


# ---- daily periods ---------------------------------------------------------------------------


@pytest.mark.rule("R-FMT-26", "R-FMT-35")
def test_each_time_of_a_zones_schedule_is_an_activity() -> None:
    schedule = [
        {"day": ["MON", "TUE"], "startTime": "22:00:00.00Z", "endTime": "04:00Z"},
        {"day": "SUN", "startTime": "12:00Z", "endTime": "23:59:59Z"},
    ]
    start, end = "2026-04-02T06:00:00Z", "2026-04-07T02:00:00Z"
    found = drafts(zones(schedule, start, end), kind="site")
    assert spans(found) == [("04-05 12:00", "04-06 00:00"), ("04-06 22:00", "04-07 02:00")]
    assert found[1].ref == "UKR001-20260406T2200"
    assert found[1].place == "zone 1, time 2"
    any_day = [{"day": ["ANY"], "startTime": "00:00:00Z", "endTime": "24:00:00Z"}]
    assert len(drafts(zones(any_day, start, end), kind="site")) == 1


@pytest.mark.rule("R-FMT-35")
@pytest.mark.parametrize(
    "period",
    [
        *({"day": ["MON"]}, {"day": ["MON"], "startTime": "06:00Z"}, 7, {}),
        {"day": ["MON"], "startTime": "06:00", "endTime": "08:00"},
        {"day": ["MON"], "startTime": "06:00+02:00", "endTime": "08:00+02:00"},
        {"day": ["MON"], "startTime": "06:00Z", "endTime": "08:61Z"},
        {"day": ["PUBLIC"], "startTime": "06:00Z", "endTime": "08:00Z"},
        {"day": [], "startTime": "06:00Z", "endTime": "08:00Z"},
        {"day": [["MON"]], "startTime": "06:00Z", "endTime": "08:00Z"},
        {"day": ["MON"], "startTime": "06:00Z", "endTime": "08:00Z", "startEvent": "SR"},
    ],
)
def test_a_period_that_is_not_understood_leaves_the_whole_window(period: Any) -> None:
    sound = {"day": ["MON"], "startTime": "06:00Z", "endTime": "08:00Z"}
    text = zones([sound, period], "2026-04-02T06:00:00Z", "2026-04-07T02:00:00Z")
    (draft,) = drafts(text, kind="site")
    assert spans((draft,)) == [("04-02 06:00", "04-07 02:00")] and draft.ref == "UKR001"
    assert str(draft.notes[0]) == "its schedule is not understood: all of the time is taken"


# ---- the law ---------------------------------------------------------------------------------

HALF_HOURS = st.integers(0, 47)
GROUPS = st.lists(
    st.tuples(
        st.one_of(
            st.just(("DAILY",)),
            st.lists(st.sampled_from(WEEK), min_size=1, max_size=3).map(tuple),
            st.lists(st.integers(3, 8), min_size=1, max_size=3).map(tuple),
        ),
        st.tuples(HALF_HOURS, HALF_HOURS),
    ),
    min_size=1,
    max_size=4,
)


def millis(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def active(group: Any, at: datetime) -> bool:
    """Whether one group holds at a time, said as plainly as can be."""
    days, (start, end) = group
    length = timedelta(minutes=30 * ((end - start) % 48 or 48))
    for day in (at.date(), at.date() - timedelta(days=1)):
        named = {"DAILY", WEEK[day.weekday()], day.day if day.month == 4 else 0}
        begin = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(minutes=30 * start)
        if named & set(days) and begin <= at < begin + length:
            return True
    return False


@pytest.mark.rule("R-FMT-35")
@given(groups=GROUPS, begins=st.integers(0, 95))
def test_exactly_the_times_that_a_schedule_names_are_taken(groups: Any, begins: int) -> None:
    hour = "{:02d}{:02d}".format
    words = [
        " ".join(f"{day:02d}" if isinstance(day, int) else day for day in days)
        + f" {hour(*divmod(30 * start, 60))}-{hour(*divmod(30 * end, 60))}"
        for days, (start, end) in groups
    ]
    first = datetime(2026, 4, 1, tzinfo=UTC) + timedelta(minutes=30 * begins)
    last = datetime(2026, 4, 9, 18, tzinfo=UTC)
    text = notam(" ".join(words), f"{first:%y%m%d%H%M}", f"{last:%y%m%d%H%M}")
    found = drafts(text, **KIND)
    taken = [(each.fields["start"], each.fields["end"]) for each in found]
    windows = [tuple(Moment.parse(str(end)).ms for end in ends) for ends in taken]
    halves = range((last - first) // timedelta(minutes=30))
    times = [first + timedelta(minutes=30 * half) for half in halves]
    wanted = [at for at in times if any(active(group, at) for group in groups)]
    if "not understood" in str(found[0].notes[0]):
        # So it is where no time lies in the window: then all of it is taken.
        assert not wanted and len(found) == 1
        wanted = times
    within = [at for at in times if any(start <= millis(at) < end for start, end in windows)]
    assert within == wanted, words
