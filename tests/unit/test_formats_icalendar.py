"""Watches from iCalendar files."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.formats.icalendar import read_watches
from openline.words import limits
from openline.words.errors import OpenlineError
from openline.words.moment import Moment

SINCE, UNTIL = Moment.parse("2022-03-01T00:00:00Z"), Moment.parse("2022-04-10T00:00:00Z")
BERLIN = """BEGIN:VTIMEZONE
TZID:Europe/Berlin
BEGIN:DAYLIGHT
DTSTART:19700329T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:19701025T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
END:VTIMEZONE
"""


def calendar(*events: str, zones: str = "") -> bytes:
    made = "".join(f"BEGIN:VEVENT\n{each.strip()}\nEND:VEVENT\n" for each in events)
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n{zones}{made}END:VCALENDAR\n"
    return text.replace("\n", "\r\n").encode()


def event(*lines: str, uid: str = "1", summary: str = "ivan") -> str:
    return "\n".join((f"UID:{uid}", f"SUMMARY:{summary}", *lines))


def read(*events: str, zones: str = "") -> list[tuple[str, str, str]]:
    found = read_watches(calendar(*events, zones=zones), SINCE, UNTIL)
    return [(each.person, str(each.start), str(each.end)) for each in found]


def refusal(data: bytes) -> OpenlineError:
    with pytest.raises(OpenlineError) as caught:
        read_watches(data, SINCE, UNTIL)
    assert caught.value.code == "bad-calendar" and caught.value.next
    return caught.value


DAY = ("DTSTART:20220301T060000Z", "DTEND:20220301T180000Z")


@pytest.mark.rule("R-WATCH-02")
def test_a_watch_is_whose_name_its_summary_has_or_of_each_of_several() -> None:
    found = read(event(*DAY), event("DTSTART:20220301T180000Z", "DURATION:PT12H", summary="a\\, b"))
    assert found == [
        ("ivan", "2022-03-01T06:00:00Z", "2022-03-01T18:00:00Z"),
        ("a", "2022-03-01T18:00:00Z", "2022-03-02T06:00:00Z"),
        ("b", "2022-03-01T18:00:00Z", "2022-03-02T06:00:00Z"),
    ]


@pytest.mark.rule("R-WATCH-02")
def test_what_repeats_keeps_its_hour_where_the_clocks_change() -> None:
    weekly = event(
        "DTSTART;TZID=Europe/Berlin:20220305T080000",
        "DTEND;TZID=Europe/Berlin:20220305T160000",
        "RRULE:FREQ=WEEKLY",
    )
    starts = [start for _, start, _ in read(weekly, zones=BERLIN)]
    assert starts == [
        *("2022-03-05T07:00:00Z", "2022-03-12T07:00:00Z", "2022-03-19T07:00:00Z"),
        *("2022-03-26T07:00:00Z", "2022-04-02T06:00:00Z", "2022-04-09T06:00:00Z"),
    ]


@pytest.mark.rule("R-WATCH-02")
def test_times_taken_out_moved_added_and_cancelled_are_followed() -> None:
    daily = event(*DAY, "RRULE:FREQ=DAILY;COUNT=5", "EXDATE:20220302T060000Z")
    moved = event(
        "RECURRENCE-ID:20220303T060000Z",
        *("DTSTART:20220303T080000Z", "DTEND:20220303T090000Z"),
        summary="olga",
    )
    gone = event("RECURRENCE-ID:20220304T060000Z", *DAY, "STATUS:CANCELLED")
    more = event(*DAY, "RDATE:20220320T060000Z", uid="2", summary="anna")
    found = read(daily, moved, gone, more)
    assert sorted((person, start[:13]) for person, start, _ in found) == [
        *(("anna", "2022-03-01T06"), ("anna", "2022-03-20T06")),
        *(("ivan", "2022-03-01T06"), ("ivan", "2022-03-05T06"), ("olga", "2022-03-03T08")),
    ]


@pytest.mark.rule("R-WATCH-02")
def test_only_what_overlaps_the_time_asked_for_is_taken() -> None:
    before = event("DTSTART:20220228T000000Z", "DTEND:20220301T000000Z")
    into = event("DTSTART:20220228T120000Z", "DTEND:20220301T000001Z", uid="2")
    after = event("DTSTART:20220410T000000Z", "DTEND:20220410T060000Z", uid="3")
    assert [start for _, start, _ in read(before, into, after)] == ["2022-02-28T12:00:00Z"]


@pytest.mark.rule("R-WATCH-02")
@pytest.mark.parametrize(
    "lines",
    [
        ("DTSTART:20220301T060000", "DTEND:20220301T180000"),
        ("DTSTART;VALUE=DATE:20220301", "DTEND;VALUE=DATE:20220302"),
        ("DTSTART:20220301T060000Z",),
        ("DTEND:20220301T060000Z",),
        ("DTSTART:20220301T060000Z", "DTEND:20220301T060000Z"),
        ("DTSTART:20220301T060000Z", "DURATION:P8D"),
        (*DAY, "RRULE:FREQ=SECONDLY"),
        (*DAY, "RRULE:FREQ=SOMETIMES"),
        (*DAY, "RRULE:FREQ=DAILY;UNTIL=20220305T000000"),
    ],
)
def test_what_names_no_certain_time_is_refused(lines: tuple[str, ...]) -> None:
    assert "'ivan'" in refusal(calendar(event(*lines))).message


@pytest.mark.rule("R-WATCH-02")
def test_what_is_too_much_or_no_calendar_is_refused() -> None:
    refusal(b"not a calendar")
    refusal(calendar(event(*DAY, summary=" , ")))
    refusal(b"x" * (limits.FILE_BYTES + 1))
    assert "ICALENDAR_EVENTS" in refusal(calendar(*([event(*DAY)] * 5_001))).message
    long = ("DTSTART:20000101T000000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY")
    assert "ICALENDAR_EVENTS" in refusal(calendar(event(*long))).message
    # A rule that never comes true ends all the same.
    for ends in ("", ";COUNT=3"):
        never = (*DAY, f"RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30{ends}")
        assert len(read(event(*never))) == 1


@pytest.mark.rule("R-WATCH-02")
@given(
    st.lists(
        st.sampled_from(
            [
                *(
                    "BEGIN:VEVENT",
                    "END:VEVENT",
                    "SUMMARY:ivan",
                    "UID:1",
                    "DTSTART:20220301T060000Z",
                ),
                *(
                    "DTEND:20220301T070000Z",
                    "DTSTART:x",
                    "RRULE:FREQ=DAILY;COUNT=x",
                    "RRULE:FREQ=DAILY;COUNT=2",
                ),
                *("EXDATE:x", "RDATE:20220301T060000Z", "DURATION:PT1H", "DURATION:x"),
                *("RECURRENCE-ID:20220301T060000Z", "DTSTART;TZID=Nowhere/Atall:20220301T060000"),
            ]
        ),
        max_size=12,
    )
)
def test_nothing_in_a_file_does_more_than_be_refused(lines: list[str]) -> None:
    data = "\r\n".join(("BEGIN:VCALENDAR", "VERSION:2.0", *lines, "END:VCALENDAR", "")).encode()
    try:
        read_watches(data, SINCE, UNTIL)
    except OpenlineError as error:
        assert error.code == "bad-calendar"
