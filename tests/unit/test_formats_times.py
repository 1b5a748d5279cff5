"""Times in tables: an instant, or a refusal that says what is unclear."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from openline.formats.times import read_when
from openline.words.errors import OpenlineError

KYIV = "Europe/Kyiv"


@pytest.mark.rule("R-FMT-16")
@pytest.mark.parametrize(
    ("text", "zone", "wanted"),
    [
        ("2026-04-02T08:00:00Z", "", "2026-04-02T08:00:00Z"),
        ("2026-04-02T08:00:00+03:00", "", "2026-04-02T05:00:00Z"),
        ("2026-04-02 08:00 +03:00", "", "2026-04-02T05:00:00Z"),
        ("2026-04-02 08:00Z", "", "2026-04-02T08:00:00Z"),
        ("2026-04-02 08:00", KYIV, "2026-04-02T05:00:00Z"),
        ("2026-01-02 08:00", KYIV, "2026-01-02T06:00:00Z"),
        ("02.04.2026 08:00:30", KYIV, "2026-04-02T05:00:30Z"),
        ("2 April 2026 08:00", "UTC", "2026-04-02T08:00:00Z"),
        ("02-Apr-2026 08:00", "UTC", "2026-04-02T08:00:00Z"),
        ("٢٠٢٦-٠٤-٠٢ ٠٨:٠٠", "Asia/Baghdad", "2026-04-02T05:00:00Z"),
    ],
)
def test_a_time_with_its_offset_or_a_zone_is_an_instant(text: str, zone: str, wanted: str) -> None:
    assert read_when(text, zone) == wanted


@pytest.mark.rule("R-FMT-16")
@pytest.mark.parametrize(
    ("text", "zone", "says"),
    [
        ("2026-04-02 08:00", "", "--zone"),
        ("2026-04-02", KYIV, "time of day"),
        ("08:00", KYIV, "date"),
        ("03/04/2026 08:00", KYIV, "--dates"),
        ("2026-02-30 08:00", KYIV, "no such day"),
        ("2026-04-02 25:00", KYIV, "no such time"),
        ("2026-04-02 24:01", KYIV, "no such time"),
        ("2026-04-02 24:00:01", "UTC", "no such time"),
        ("2026-04-02 23:60", "UTC", "no such time"),
        ("2026-04-02 24:00", "", "--zone"),
        ("9999-12-31 24:00", "UTC", "calendars"),
        ("2026-03-29 03:30", KYIV, "offset"),  # the clocks leap over it
        ("2026-10-25 03:30", KYIV, "offset"),  # it comes twice
        ("2026-04-02 08:00", "EST", "IANA"),
        ("2026-04-02 08:00", "Mars/Olympus", "IANA"),
        ("2026-04-02 08:00", "../../etc/passwd", "IANA"),
        ("9999-12-31 23:59 -10:00", "", "calendars"),
        ("0001-01-01 00:00", "UTC", "calendars"),
        ("tomorrow", KYIV, "date"),
    ],
)
def test_what_names_no_instant_for_certain_is_refused(text: str, zone: str, says: str) -> None:
    with pytest.raises(OpenlineError) as refused:
        read_when(text, zone)
    assert refused.value.rule == "R-FMT-16"
    assert says in str(refused.value)


@pytest.mark.rule("R-FMT-37")
@pytest.mark.parametrize(
    ("text", "zone", "wanted"),
    [
        ("2026-04-02 24:00", "UTC", "2026-04-03T00:00:00Z"),
        ("2026-04-02T24:00:00Z", "", "2026-04-03T00:00:00Z"),
        ("2026-12-31 24:00", KYIV, "2026-12-31T22:00:00Z"),
        ("2024-02-28 24:00 +03:00", "", "2024-02-28T21:00:00Z"),
        ("2026-03-28 24:00", KYIV, "2026-03-28T22:00:00Z"),  # three hours before the clocks change
        # The clocks leap over midnight: the day ends where they do.
        ("2026-04-23 24:00", "Africa/Cairo", "2026-04-23T22:00:00Z"),
        ("2026-09-05 24:00", "America/Santiago", "2026-09-06T04:00:00Z"),
        # Set back at midnight, the day's last hour comes twice, and it ends once.
        ("2026-04-04 24:00", "America/Santiago", "2026-04-05T04:00:00Z"),
        # Set back at one, the next day's first hour comes twice: this one ends at the first.
        ("2026-10-24 24:00", "Atlantic/Azores", "2026-10-25T00:00:00Z"),
    ],
)
def test_24_00_is_where_its_day_ends(text: str, zone: str, wanted: str) -> None:
    assert read_when(text, zone) == wanted


@given(
    st.dates(date(1971, 1, 1), date(2036, 12, 30)),
    st.sampled_from([KYIV, "Africa/Cairo", "America/Santiago", "Atlantic/Azores", "Asia/Beirut"]),
)
def test_24_00_is_the_next_days_midnight_wherever_that_is_one_instant(day: date, zone: str) -> None:
    try:
        midnight = read_when(f"{day + timedelta(days=1)} 00:00", zone)
    except OpenlineError:
        return
    assert read_when(f"{day} 24:00", zone) == midnight


@pytest.mark.rule("R-FMT-16")
def test_day_and_month_change_places_only_as_it_was_said() -> None:
    assert read_when("03/04/2026 08:00", "UTC", "dmy") == "2026-04-03T08:00:00Z"
    assert read_when("03/04/2026 08:00", "UTC", "mdy") == "2026-03-04T08:00:00Z"


@given(
    st.datetimes(datetime(1971, 1, 1), datetime(2037, 1, 1)),
    st.sampled_from([KYIV, "Africa/Khartoum", "America/Santiago", "Asia/Kathmandu"]),
)
def test_a_wall_clock_reads_as_the_zones_own_rules_have_it(at: datetime, zone: str) -> None:
    at = at.replace(second=0, microsecond=0)
    named = ZoneInfo(zone)
    assume(at.replace(tzinfo=named).utcoffset() == at.replace(tzinfo=named, fold=1).utcoffset())
    back = datetime.fromisoformat(read_when(f"{at:%Y-%m-%d %H:%M}", zone))
    assert back.astimezone(named).replace(tzinfo=None) == at
    assert back.utcoffset() == timedelta() and back.tzinfo == UTC


@given(st.text(max_size=40), st.sampled_from(["", KYIV]))
def test_any_text_is_an_instant_or_refused(text: str, zone: str) -> None:
    try:
        read_when(text, zone)
    except OpenlineError as error:
        assert error.rule == "R-FMT-16"
