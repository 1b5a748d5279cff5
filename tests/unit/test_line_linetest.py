"""The line test: its transitions, its schedule, what is observed, and what is measured."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.line.linetest import (
    TRANSITIONS,
    Observed,
    Result,
    TestEvent,
    measure,
    observed,
    step,
)
from openline.words.moment import Moment

P, L, F, W = Result.PASSED, Result.LATE, Result.FAILED, Result.PENDING


@pytest.mark.rule("R-TEST-02")
@pytest.mark.parametrize(("result", "event"), list(product(Result, TestEvent)))
def test_every_result_and_event(result: Result, event: TestEvent) -> None:
    expected = {
        (W, TestEvent.ANSWERED): P,
        (W, TestEvent.TIME_OVER): F,
        (F, TestEvent.ANSWERED): L,
    }
    assert step(result, event) is expected.get((result, event), result)
    assert (result, event) in TRANSITIONS or step(result, event) is result


@pytest.mark.rule("R-TEST-03")
@pytest.mark.parametrize(
    ("newest_first", "state"),
    [
        ([], Observed.UNTESTED),
        ([W], Observed.UNTESTED),
        ([P], Observed.UP),
        ([L, F, F], Observed.UP),
        ([F], Observed.LATE),
        ([F, P], Observed.LATE),
        ([F, L], Observed.LATE),
        ([F, F], Observed.DOWN),
        ([W, F, W, F], Observed.DOWN),
        ([W, F, P, F], Observed.LATE),
        ([P, F, F, F], Observed.UP),
    ],
)
def test_a_line_is_observed_by_its_last_two_ended_tests(
    newest_first: list[Result], state: Observed
) -> None:
    assert observed(newest_first) is state


@pytest.mark.rule("R-TEST-04")
def test_round_trip_and_offset_are_those_of_rfc_5905() -> None:
    # A peer one second ahead, 40 ms each way, 10 ms to answer.
    seen = measure(Moment(10_000), Moment(11_040), Moment(11_050), Moment(10_090))
    assert (seen.rtt_ms, seen.offset_ms, seen.offset_uncertainty_ms) == (80, 1_000, 40)


@pytest.mark.rule("R-TEST-04")
@given(
    st.integers(0, 10**6),
    st.integers(0, 10**6),
    st.integers(0, 10**6),
    st.integers(-(10**9), 10**9),
)
def test_the_true_offset_lies_within_the_uncertainty(
    there: int, answering: int, back: int, offset: int
) -> None:
    sent = 10**10
    received = sent + there + offset
    answered = received + answering
    home = sent + there + answering + back
    seen = measure(Moment(sent), Moment(received), Moment(answered), Moment(home))
    assert seen.rtt_ms == there + back
    assert abs(seen.offset_ms - offset) <= seen.offset_uncertainty_ms + 0.5
