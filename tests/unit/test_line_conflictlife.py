"""The life of a conflict: a function of what both sides have said."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.line.conflictlife import (
    FINDING_WAIT_MS,
    TRANSITIONS,
    Event,
    Life,
    State,
    Word,
    due_at,
    event_of,
    figures_of,
    says_first,
    state_at,
    step,
)
from openline.words.moment import Moment

PARTIES = ("us", "ru")
STORED = [state for state in State if state is not State.EXPIRED]
finds = st.frozensets(st.sampled_from(PARTIES))
words = st.dictionaries(st.sampled_from(PARTIES), st.sampled_from(list(Word)))


@pytest.mark.rule("R-COLL-04")
@pytest.mark.parametrize(
    ("found", "said", "state"),
    [
        ((), {"us": "accepted", "ru": "accepted"}, State.RESOLVED),
        (("us",), {}, State.FOUND),
        (("ru",), {"us": "acknowledged"}, State.FOUND),
        (PARTIES, {"us": "accepted"}, State.FOUND),
        (PARTIES, {"us": "acknowledged", "ru": "acknowledged"}, State.ACKNOWLEDGED),
        (("ru",), {"us": "acknowledged", "ru": "accepted"}, State.ACKNOWLEDGED),
        (("ru",), {"us": "accepted", "ru": "accepted"}, State.ACCEPTED),
    ],
)
def test_both_sides_words_make_the_state(found: object, said: object, state: State) -> None:
    life = step(Life(PARTIES), frozenset(found), {p: Word(w) for p, w in said.items()})  # type: ignore
    assert life.state is state


@pytest.mark.rule("R-COLL-05")
@given(finds, words, st.lists(st.tuples(finds, words), max_size=5))
def test_the_way_there_does_not_matter(found, said, before) -> None:
    life = Life(PARTIES)
    for each in before:
        life = step(life, *each)
    assert step(life, found, said) == step(Life(PARTIES), found, said)


@pytest.mark.rule("R-COLL-05")
def test_the_table_leads_from_every_state_to_what_is_true() -> None:
    goal = {
        Event.FOUND: State.FOUND,
        Event.ACKNOWLEDGED: State.ACKNOWLEDGED,
        Event.ACCEPTED: State.ACCEPTED,
        Event.GONE: State.RESOLVED,
    }
    for state, (event, after) in product(STORED, goal.items()):
        assert TRANSITIONS.get((state, event), state) is after
    assert {event_of(step(Life(PARTIES), f, s)) for f, s in ((frozenset(), {}),)} == {Event.GONE}


@pytest.mark.rule("R-COLL-04")
def test_time_ends_what_nobody_has_settled_and_nothing_else() -> None:
    end = Moment(1_000)
    for state in STORED:
        assert state_at(state, end, Moment(999)) is state
        settled = state in (State.ACCEPTED, State.RESOLVED)
        assert state_at(state, end, end) is (state if settled else State.EXPIRED)


@pytest.mark.rule("R-COLL-02")
def test_one_side_speaks_first_and_its_figures_are_listed() -> None:
    assert says_first(PARTIES) == says_first(("ru", "us")) == "ru"
    assert figures_of(PARTIES, frozenset(PARTIES)) == "ru"
    assert figures_of(PARTIES, frozenset({"us"})) == "us"


@pytest.mark.rule("R-COLL-02")
def test_a_clock_set_back_puts_a_finding_off_by_a_minute_at_most() -> None:
    due = Moment(10 * FINDING_WAIT_MS)
    assert due_at(due, Moment(due.ms - FINDING_WAIT_MS)) == due
    assert due_at(due, Moment(due.ms - FINDING_WAIT_MS - 1)).ms == due.ms - FINDING_WAIT_MS - 1
