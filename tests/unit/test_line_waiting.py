"""What waits on a line: alarms, carriers that are tried again, states that advance."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from openline.line import alarm, progress, retry
from openline.line.alarm import raised, sounded
from openline.line.retry import DOUBLINGS, FIRST_MS, LONGEST_MS, Retry
from openline.words.moment import Moment

AT = Moment.parse("2022-03-10T08:00:00Z")


@pytest.mark.rule("R-ALARM-01")
@pytest.mark.parametrize(
    ("precedence", "seconds"), [("flash", 15), ("immediate", 60), ("priority", 300)]
)
def test_an_alarm_sounds_at_once_and_again(precedence: str, seconds: int) -> None:
    new = raised("ru:ru-0123456789", precedence, AT)
    assert (new.next_at, new.count, new.acknowledged_at) == (AT, 0, None)
    later = Moment(AT.ms + 7)
    again = sounded(new, later)
    assert (again.count, again.next_at) == (1, Moment(later.ms + seconds * 1_000))
    assert sounded(again, later).count == 2


@pytest.mark.rule("R-ALARM-04")
@given(
    st.sampled_from(["flash", "immediate", "priority"]),
    st.integers(0, 5),
    st.lists(st.integers(0, 10**6), max_size=20),
    st.integers(0, 20),
    st.integers(0, 10**9),
)
@example("flash", 1, [30_001], 0, 15_002)
@example("flash", 1, [14_999, 14_999], 1, 14_999)
def test_no_clock_that_is_set_back_silences_an_alarm_for_more_than_two_intervals(
    precedence: str, count: int, waits: list[int], when: int, back: int
) -> None:
    wall, silent = AT.ms + 10**11, 0
    ringing = raised("x", precedence, Moment(wall))
    for _ in range(count):
        ringing = sounded(ringing, Moment(wall))
    # The station wakes when an alarm is due, and so has asked before the clock is set back.
    steps = [(passed, 0) for passed in waits]
    steps.insert(when, (0, back))
    for passed, set_back in steps:
        wall, silent = wall + passed - set_back, silent + passed
        due = alarm.due_at(ringing, Moment(wall)) <= Moment(wall)
        assert due or (ringing.count and silent <= 2 * alarm.REPEAT_MS.get(precedence, 300_000))
        if due:
            ringing, silent = sounded(ringing, Moment(wall)), 0


@pytest.mark.rule("R-ALARM-02")
def test_the_first_acknowledgement_stands() -> None:
    done = alarm.acknowledged(raised("x", "flash", AT), AT)
    assert alarm.acknowledged(done, Moment(AT.ms + 9)).acknowledged_at == AT


@pytest.mark.rule("R-LINE-12")
@given(st.lists(st.floats(0, 1, exclude_max=True), max_size=60), st.integers(0, 10**9))
def test_the_wait_grows_is_bounded_and_ends_when_the_peer_is_heard(
    jitters: list[float], now: int
) -> None:
    state = Retry()
    for failures, jitter in enumerate(jitters):
        state = retry.failed(state, now, jitter)
        span = min(FIRST_MS * 2 ** min(failures, DOUBLINGS), LONGEST_MS)
        assert span // 2 <= state.not_before_ms - now < span
        assert state.failures == failures + 1
    assert retry.heard(state) == Retry()


@pytest.mark.rule("R-LINE-12")
def test_the_longest_wait_is_half_a_minute() -> None:
    state = Retry()
    for _ in range(100):
        state = retry.failed(state, 0, 0.999)
    assert 15_000 <= state.not_before_ms <= 30_000


@pytest.mark.rule("R-LINE-22")
@given(st.lists(st.sampled_from(["sent", "early receipt", "receipt", "opened", "answered"])))
def test_a_message_never_goes_back(happened: list[str]) -> None:
    state = "queued"
    for event in happened:
        after = progress.after(event) if state in progress.before(event) else state
        assert progress.ORDER.index(after) >= progress.ORDER.index(state)
        # What happened has happened, whatever came first.
        assert progress.ORDER.index(after) >= progress.ORDER.index(progress.after(event))
        state = after


@pytest.mark.rule("R-LINE-22")
def test_each_event_moves_on_every_earlier_state_and_no_later_one() -> None:
    for (state, event), target in progress.TRANSITIONS.items():
        assert progress.after(event) == target
        if {state, target} & set(progress.ENDS):
            continue
        assert progress.ORDER.index(state) < progress.ORDER.index(target)
        earlier = progress.ORDER[: progress.ORDER.index(target)]
        assert set(progress.before(event)) - set(progress.ENDS) == set(earlier)


@pytest.mark.rule("R-STATE-01")
@pytest.mark.rule("R-STATE-02")
def test_what_ended_before_it_was_received_goes_on_only_to_a_persons_word() -> None:
    for end, event in zip(progress.ENDS, ("cancelled", "validity over"), strict=True):
        assert progress.after(event) == end
        assert progress.before(event) == (
            "queued",
            "sent",
        )  # not what the other side has signed for
        on = {e: t for (state, e), t in progress.TRANSITIONS.items() if state == end}
        assert on == {"opened": "opened", "answered": "answered"}
