"""Contact clocks: days are UTC dates subtracted, and silence is counted, not excused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.line.call import CallEvent, requested, step
from openline.line.clock import CERTAINTIES, Contact, clock
from openline.words.moment import DAY_MS, Moment

AUSTIN = Contact("minister", Moment.parse("2022-02-18T00:00:00Z"), "certain", "press release")
MILLEY = Contact("chief", Moment.parse("2022-02-11T00:00:00Z"), "certain", "press release")
CALL = Moment.parse("2022-05-13T14:00:00Z")


def _at(text: str) -> Moment:
    return Moment.parse_date_or_time(text)


@pytest.mark.rule("R-CLOCK-01")
def test_the_silence_of_spring_2022() -> None:
    known = [AUSTIN, MILLEY]
    assert clock("minister", known, [], _at("2022-05-13")).days == 84
    assert clock("chief", known, [], _at("2022-05-13")).days == 91
    after = [*known, Contact("minister", CALL, "confirmed", "call")]
    assert clock("minister", after, [], _at("2022-05-13T23:59:59Z")).days == 0
    assert clock("minister", after, [], _at("2022-05-14")).days == 1
    assert clock("chief", after, [], _at("2022-05-14")).days == 92


@pytest.mark.rule("R-CLOCK-01")
@given(st.integers(0, 10**12), st.integers(0, 10**12))
def test_days_are_dates_subtracted_not_spans_of_24_hours(last: int, later: int) -> None:
    shown = clock("desk", [Contact("desk", Moment(last), "certain", "x")], [], Moment(last + later))
    assert shown.days == (last + later) // DAY_MS - last // DAY_MS


@pytest.mark.rule("R-CLOCK-01")
def test_a_clock_shows_what_was_so_at_that_time() -> None:
    known = [AUSTIN, Contact("minister", CALL, "confirmed", "call")]
    before = clock("minister", known, [], Moment(CALL.ms - 1))
    assert (before.last, before.days) == (AUSTIN, 84)
    never = clock("minister", known, [], _at("2022-01-01"))
    assert (never.last, never.days) == (None, None)
    assert clock("leader", known, [], CALL).last is None


@pytest.mark.rule("R-CLOCK-03")
def test_of_two_contacts_at_one_time_the_more_certain_is_shown() -> None:
    told = [Contact("minister", CALL, certainty, certainty) for certainty in CERTAINTIES]
    for known in (told, told[::-1]):
        shown = clock("minister", known, [], CALL).last
        assert shown is not None and shown.certainty == "confirmed"
    assert CERTAINTIES == ("reported", "claimed", "certain", "confirmed")


@pytest.mark.rule("R-CLOCK-02")
def test_what_was_sought_counts_from_the_last_contact_on() -> None:
    def sought(day: str, event: CallEvent | None = None, level: str = "minister"):  # type: ignore[no-untyped-def]
        call = requested(f"us-{day}", "us", "ru", level, _at(day), None)
        return call if event is None else step(call, event, "ru", _at(day))

    calls = [
        sought("2022-02-01", CallEvent.DECLINE),  # before the last contact
        sought("2022-03-05", CallEvent.DECLINE),
        sought("2022-03-20"),
        sought("2022-05-12"),
        sought("2022-04-01", CallEvent.DECLINE, "chief"),
        sought("2022-05-20"),  # after the time asked for
    ]
    shown = clock("minister", [AUSTIN], calls, _at("2022-05-13"))
    assert (shown.sought, shown.declined, shown.unanswered) == (3, 1, 1)
    after = clock(
        "minister", [AUSTIN, Contact("minister", CALL, "confirmed", "x")], calls, _at("2022-05-14")
    )
    assert (after.sought, after.declined, after.unanswered) == (0, 0, 0)
