"""The delivery machine by itself: pure, and right for every order of arrival."""

import copy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openline.line.delivery import step
from openline.line.events import (
    Answer,
    Effect,
    GiveReceipt,
    MessageArrived,
    ParcelEnded,
    ReceiptArrived,
    Show,
    StoreParked,
    StoreReceived,
    StoreSent,
    Submitted,
)
from openline.line.records import LineState
from openline.record.tree import EMPTY
from openline.wire.keys import SigningKey
from openline.wire.message import Message, write_message
from openline.wire.receipt import Receipt, read_receipt, write_receipt
from openline.words.moment import Moment, Now
from openline.words.party import Direction

US, RU = SigningKey(b"u" * 32), SigningKey(b"r" * 32)
OUT, INTO = Direction("us", "ru", 1), Direction("ru", "us", 1)
NOW = Now(Moment.parse("2022-03-01T09:30:00Z"), 1_000, 0)
EMPTY_LINE = LineState(US, "us", "ru")
MESSAGES = [write_message(RU, INTO, n, NOW.wall, b"%d" % n) for n in range(8)]


def _arrive(order: list[int], urgent: set[int]) -> tuple[LineState, list[Effect]]:
    """Messages in this order, one parcel each, over a store that is kept by hand."""
    state, effects, stored = EMPTY_LINE, [], {}
    for number in order:
        event = MessageArrived(MESSAGES[number], number in urgent, stored.get(number))
        state, first = step(state, event, NOW)
        state, second = step(state, ParcelEnded(((1, number),)), NOW)
        effects += [*first, *second]
        for effect in first:
            if isinstance(effect, StoreReceived | StoreParked):
                stored[effect.message.number] = effect.message.leaf
    return state, effects


ORDERS = st.permutations(range(8)).flatmap(
    lambda order: st.lists(st.sampled_from(order), max_size=12).map(lambda more: [*order, *more])
)


@pytest.mark.rule("R-LINE-06")
@pytest.mark.rule("R-LINE-08")
@settings(max_examples=50, deadline=None)
@given(ORDERS, st.sets(st.integers(0, 7)))
def test_whatever_the_order_the_record_is_the_senders_and_each_is_shown_once(
    order: list[int], urgent: set[int]
) -> None:
    state, effects = _arrive(order, urgent)
    record = EMPTY
    for message in MESSAGES:
        record = record.append(message.leaf)
    assert state.into.frontier == record and not state.into.parked
    shown = [effect.place[1] for effect in effects if isinstance(effect, Show)]
    assert sorted(shown) == list(range(8))
    # Apart from the urgent ones, what is shown keeps the sender's order.
    plain = [number for number in shown if number not in urgent]
    assert plain == sorted(plain)
    given_ = [effect.size for effect in effects if isinstance(effect, GiveReceipt)]
    assert given_ == sorted(set(given_)) and given_[-1] == 8
    last = next(e for e in reversed(effects) if isinstance(e, Answer))
    assert read_receipt(last.items[0]).root == record.root()


@pytest.mark.rule("R-LINE-07")
@settings(max_examples=30, deadline=None)
@given(ORDERS, st.sets(st.integers(0, 7)))
def test_an_urgent_message_is_shown_as_it_arrives(order: list[int], urgent: set[int]) -> None:
    seen: set[int] = set()
    state = EMPTY_LINE
    for number in dict.fromkeys(order):
        event = MessageArrived(MESSAGES[number], number in urgent, None)
        state, effects = step(state, event, NOW)
        shown = {effect.place[1] for effect in effects if isinstance(effect, Show)}
        assert (number in shown) == (number in urgent or number < state.into.size)
        assert not shown & seen
        seen |= shown


@pytest.mark.rule("R-LINE-21")
@settings(max_examples=30, deadline=None)
@given(ORDERS, st.sets(st.integers(0, 7)))
def test_the_same_events_have_the_same_effects(order: list[int], urgent: set[int]) -> None:
    assert _arrive(order, urgent) == _arrive(list(order), set(urgent))


@pytest.mark.rule("R-LINE-21")
def test_a_step_leaves_the_state_that_it_was_given() -> None:
    state, _ = _arrive([0, 3], {3})
    before = (state.into.frontier, dict(state.into.parked), state.into.given)
    step(state, MessageArrived(MESSAGES[1], False, None), NOW)
    step(state, MessageArrived(MESSAGES[2], False, None), NOW)
    assert (state.into.frontier, dict(state.into.parked), state.into.given) == before


@pytest.mark.rule("R-LINE-08")
@given(st.integers(0, 20))
def test_numbers_are_given_in_order_without_gaps(count: int) -> None:
    state, sent = EMPTY_LINE, list[Message]()
    for n in range(count):
        state, (effect,) = step(state, Submitted(b"%d" % n), NOW)
        assert isinstance(effect, StoreSent)
        sent.append(effect.message)
        assert effect.root == state.out.root()
    assert (
        [message.number for message in sent]
        == list(range(count))
        == [int(message.payload) for message in sent]
    )


@pytest.mark.rule("R-LINE-06")
def test_one_receipt_covers_all_before_it_and_an_older_one_changes_nothing() -> None:
    state, roots = EMPTY_LINE, [EMPTY.root()]
    for n in range(5):
        state, _ = step(state, Submitted(b"%d" % n), NOW)
        roots.append(state.out.root())

    def receipt(size: int) -> Receipt:
        return write_receipt(RU, OUT, size, roots[size], NOW.wall)

    state, effects = step(state, ReceiptArrived(receipt(4), roots[4]), NOW)
    assert (state.out.covered, len(effects)) == (4, 1)
    for size in range(5):
        assert step(state, ReceiptArrived(receipt(size), roots[size]), NOW) == (state, ())
    after, _ = step(state, ReceiptArrived(receipt(5), roots[5]), NOW)
    assert after.out.covered == 5


def test_a_parcel_without_messages_is_not_answered() -> None:
    state, _ = _arrive([0, 3], set())
    assert step(state, ParcelEnded(()), NOW) == (state, ())
    assert copy.copy(state) == state
