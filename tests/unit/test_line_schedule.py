"""The schedule of line tests: hours in time zones, weekdays, holidays, and clocks that change."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.line.schedule import DEFAULT, WEEKDAYS, Hour, last_due, next_due
from openline.words import limits
from openline.words.moment import DAY_MS, Moment

ZONES = (
    "UTC",
    "Europe/Kyiv",
    "Asia/Seoul",
    "America/New_York",
    "Australia/Lord_Howe",
    "Etc/GMT+12",
)
TIMES = st.builds("{:02}:{:02}".format, st.integers(0, 23), st.integers(0, 59))
DATES = st.dates(date(2021, 1, 1), date(2024, 12, 31))
HOURS = st.builds(
    Hour,
    TIMES,
    st.sampled_from(ZONES),
    st.sets(st.sampled_from(WEEKDAYS), min_size=1).map(lambda days: tuple(sorted(days))),
    st.frozensets(DATES, max_size=4),
)
SCHEDULES = st.lists(HOURS, min_size=1, max_size=5)
MOMENTS = st.datetimes(datetime(2021, 1, 1), datetime(2024, 12, 31)).map(
    lambda at: Moment.parse(f"{at:%Y-%m-%dT%H:%M:%S}Z")
)


def following(*hours: Hour, after: str, count: int = 3) -> list[str]:
    """The next instants of a schedule, without the seconds."""
    at, found = Moment.parse(after), []
    for _ in range(count):
        at = next_due(hours, at, ZoneInfo)
        found.append(str(at)[:16])
    return found


def local(at: Moment, zone: str) -> datetime:
    return datetime.fromtimestamp(at.ms / 1000, UTC).astimezone(ZoneInfo(zone))


@pytest.mark.rule("R-TEST-01")
@given(SCHEDULES, MOMENTS)
def test_between_the_last_and_the_next_hour_there_is_none(hours: list[Hour], at: Moment) -> None:
    last, after = last_due(hours, at, ZoneInfo), next_due(hours, at, ZoneInfo)
    assert last <= at < after
    # Each is the other's neighbour, so no hour is left out and none comes twice.
    assert next_due(hours, last, ZoneInfo) == after
    assert last_due(hours, after, ZoneInfo) == after
    assert last_due(hours, after.plus_ms(-1), ZoneInfo) == last


@pytest.mark.rule("R-TEST-08")
@given(HOURS, MOMENTS)
def test_an_hour_is_kept_by_the_clock_on_the_wall_on_its_days_alone(hour: Hour, at: Moment) -> None:
    due = next_due((hour,), at, ZoneInfo)
    # Half a day suffices to tell the date even where clocks were put forward.
    named = datetime.fromisoformat(f"{local(due, hour.zone):%Y-%m-%d}T{hour.time}")
    told = local(due, hour.zone).replace(tzinfo=None)
    assert timedelta(0) <= told - named <= timedelta(hours=1)
    assert WEEKDAYS[told.weekday()] in hour.weekdays
    assert told.date() not in hour.holidays


@pytest.mark.rule("R-TEST-08")
@given(SCHEDULES, SCHEDULES, MOMENTS)
def test_the_hours_of_both_sides_hold(ours: list[Hour], theirs: list[Hour], at: Moment) -> None:
    apart = (next_due(ours, at, ZoneInfo), next_due(theirs, at, ZoneInfo))
    assert next_due([*ours, *theirs], at, ZoneInfo) == min(apart)


@pytest.mark.rule("R-TEST-01")
def test_the_default_is_twice_a_day() -> None:
    assert following(*DEFAULT, after="2022-03-01T12:00:00Z") == [
        "2022-03-01T15:30",
        "2022-03-02T09:30",
        "2022-03-02T15:30",
    ]
    assert last_due(DEFAULT, Moment(0), ZoneInfo) == Moment(0)  # there was no day before


@pytest.mark.rule("R-TEST-01")
def test_it_may_be_hourly() -> None:
    hourly = [Hour(f"{hour:02}:00") for hour in range(24)]
    assert following(*hourly, after="2022-03-01T22:30:00Z") == [
        "2022-03-01T23:00",
        "2022-03-02T00:00",
        "2022-03-02T01:00",
    ]


@pytest.mark.rule("R-TEST-08")
def test_weekdays_and_holidays_are_those_of_the_place() -> None:
    workdays = WEEKDAYS[:5]
    seoul = Hour("09:00", "Asia/Seoul", workdays, frozenset({date(2022, 10, 3)}))
    # 2022-09-30 was a Friday; 09:00 in Seoul is midnight in UTC; the third was a holiday.
    assert following(seoul, after="2022-09-29T12:00:00Z", count=2) == [
        "2022-09-30T00:00",
        "2022-10-04T00:00",
    ]


@pytest.mark.rule("R-TEST-09")
def test_an_hour_that_the_clocks_skip_is_kept_later_and_one_that_comes_twice_once() -> None:
    # Kyiv put its clocks forward at 03:00 on 27 March 2022 and back at 04:00 on 30 October.
    kyiv = Hour("03:30", "Europe/Kyiv")
    assert following(kyiv, after="2022-03-26T00:00:00Z") == [
        "2022-03-26T01:30",
        "2022-03-27T01:30",  # the clock on the wall says 04:30
        "2022-03-28T00:30",
    ]
    assert following(kyiv, after="2022-10-29T00:00:00Z") == [
        "2022-10-29T00:30",
        "2022-10-30T00:30",  # the first time that it is 03:30
        "2022-10-31T01:30",
    ]


@pytest.mark.rule("R-TEST-09")
@given(TIMES, st.sampled_from(ZONES), DATES)
def test_every_local_day_has_each_hour_once(time: str, zone: str, day: date) -> None:
    hour = Hour(time, zone)
    kept = [hour.on(day + timedelta(days=ahead), ZoneInfo) for ahead in range(3)]
    assert None not in kept
    first, second, third = (at for at in kept if at is not None)
    assert next_due((hour,), first, ZoneInfo) == second
    assert next_due((hour,), second, ZoneInfo) == third
    assert local(second, zone).date() == day + timedelta(days=1)


@pytest.mark.rule("R-TEST-01")
def test_at_either_end_of_the_calendar_nothing_breaks() -> None:
    far = Hour("23:59", "Asia/Seoul", ("mon",))
    assert next_due((far,), Moment(limits.LATEST_MS), ZoneInfo) == Moment(limits.LATEST_MS)
    assert last_due((far,), Moment(DAY_MS), ZoneInfo) == Moment(0)


@pytest.mark.rule("R-TEST-08")
def test_as_many_holidays_as_may_be_named_leave_a_day() -> None:
    mondays = frozenset(date(2022, 1, 3) + timedelta(days=7 * n) for n in range(limits.LIST_ITEMS))
    rare = Hour("09:30", "UTC", ("mon",), mondays)
    (due,) = following(rare, after="2022-01-01T00:00:00Z", count=1)
    assert due == f"{max(mondays) + timedelta(days=7)}T09:30"
