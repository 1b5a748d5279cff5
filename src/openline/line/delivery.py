"""Delivery over one line: what is numbered, stored, shown and receipted, and when.

`step(state, event, now) -> (state, effects)` for the two records of a line.
Rules (docs/SPEC.md, R-LINE):

1. What an officer submits gets the next number at once, and is stored before it is sent.
2. What arrives is recorded when its signature, line, epoch and number fit; content decides nothing.
3. A message beyond a gap is parked within the window; when it is urgent it is shown at once.
4. A message that arrives twice gets the same answer and is shown once.
5. One receipt covers all before it; an early receipt answers a parked message.
6. Two different messages at one position, or two roots of one size, are a fork: kept and alarmed.

The caller checks signatures before, looks up what the store holds at the
event's position, and performs the effects: all stores in one transaction,
the rest after it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from openline.line.events import (
    Answer,
    AskArrived,
    Cover,
    EarlyArrived,
    Effect,
    Event,
    Fork,
    GiveReceipt,
    MarkHeld,
    MessageArrived,
    ParcelEnded,
    Promote,
    ReceiptArrived,
    Resend,
    Show,
    StoreParked,
    StoreReceived,
    StoreSent,
    Submitted,
)
from openline.record.tree import EMPTY, Frontier
from openline.wire.keys import SigningKey
from openline.wire.message import Message, write_message
from openline.wire.receipt import write_ask, write_early, write_receipt
from openline.words import limits
from openline.words.errors import OpenlineError, Whose
from openline.words.moment import Now
from openline.words.party import Direction


@dataclass(frozen=True, slots=True)
class Parked:
    """A message held beyond a gap: its leaf, whether it was shown, and our early receipt."""

    leaf: bytes
    shown: bool
    early: bytes


@dataclass(frozen=True, slots=True)
class LineState:
    """The small state of one line: both frontiers, what is covered, what is parked."""

    signer: SigningKey
    out: Direction
    into: Direction
    sent: Frontier = EMPTY
    covered: int = 0
    """How many of our messages the peer's newest receipt covers."""
    received: Frontier = EMPTY
    parked: Mapping[int, Parked] = field(default_factory=lambda: MappingProxyType({}))
    given: bytes = b""
    """The newest receipt that we gave, as signed."""
    given_size: int = 0


Step = tuple[LineState, tuple[Effect, ...]]


def step(state: LineState, event: Event, now: Now) -> Step:
    """The state after `event`, and what is to be done about it, stores first."""
    match event:
        case Submitted():
            return _submit(state, event, now)
        case MessageArrived():
            return _message(state, event, now)
        case ReceiptArrived():
            return _receipt(state, event)
        case EarlyArrived():
            return _early(state, event)
        case AskArrived():
            return _ask(state, event)
        case ParcelEnded():
            return _answer(state, event, now)


def _submit(state: LineState, event: Submitted, now: Now) -> Step:
    message = write_message(state.signer, state.out, state.sent.size, now.wall, event.payload)
    sent = state.sent.append(message.leaf)
    return replace(state, sent=sent), (StoreSent(message, sent.root()),)


def _check_direction(found: Direction, expected: Direction) -> None:
    if found != expected:
        raise OpenlineError(
            "wrong-line",
            f"signed for {found}, arrived on {expected}",
            whose=Whose.THEIRS,
            rule="R-LINE-02",
            next="ask the other side which station sent it",
        )


def _message(state: LineState, event: MessageArrived, now: Now) -> Step:
    message = event.message
    _check_direction(message.direction, state.into)
    if event.stored is not None:
        if event.stored == message.leaf:
            return state, ()
        return state, (Fork("two messages at one position", message.raw, message.number),)
    if message.number == state.received.size:
        return _append(state, message)
    return _park(state, event, now)


def _append(state: LineState, message: Message) -> Step:
    received = state.received.append(message.leaf)
    effects: list[Effect] = [StoreReceived(message, received.root()), Show(message.number)]
    parked = dict(state.parked)
    while (waiting := parked.pop(received.size, None)) is not None:
        number = received.size
        received = received.append(waiting.leaf)
        effects.append(Promote(number, received.root()))
        if not waiting.shown:
            effects.append(Show(number))
    return replace(state, received=received, parked=MappingProxyType(parked)), tuple(effects)


def _park(state: LineState, event: MessageArrived, now: Now) -> Step:
    message = event.message
    beyond = message.number - state.received.size
    if beyond > limits.WINDOW_SPAN or len(state.parked) >= limits.PARKED:
        return state, ()  # not answered, so the peer keeps it and sends it again
    early = write_early(state.signer, state.into, message.number, message.leaf, now.wall).raw
    parked = dict(state.parked)
    parked[message.number] = Parked(message.leaf, event.urgent, early)
    effects: list[Effect] = [StoreParked(message, early)]
    if event.urgent:
        effects.append(Show(message.number))
    return replace(state, parked=MappingProxyType(parked)), tuple(effects)


def _receipt(state: LineState, event: ReceiptArrived) -> Step:
    receipt = event.receipt
    _check_direction(receipt.direction, state.out)
    if event.root is None:
        raise OpenlineError(
            "receipt-ahead",
            f"a receipt for {receipt.size} messages, we signed {state.sent.size}",
            whose=Whose.THEIRS,
            rule="R-LINE-09",
            next="if this station was restored from a backup, say so to the other side",
        )
    if event.root != receipt.root:
        return state, (Fork("two roots of one size", receipt.raw, receipt.size),)
    if receipt.size <= state.covered:
        return state, ()
    return replace(state, covered=receipt.size), (Cover(receipt),)


def _early(state: LineState, event: EarlyArrived) -> Step:
    early = event.early
    _check_direction(early.direction, state.out)
    if event.leaf is None or early.number < state.covered:
        return state, ()
    if event.leaf != early.leaf:
        return state, (Fork("a receipt for what we did not sign", early.raw, early.number),)
    return state, (MarkHeld(early),)


def _ask(state: LineState, event: AskArrived) -> Step:
    _check_direction(event.ask.direction, state.out)
    ranges = tuple(
        (first, min(end, state.sent.size))
        for first, end in event.ask.ranges
        if first < state.sent.size
    )
    return state, (Resend(ranges),) if ranges else ()


def _answer(state: LineState, event: ParcelEnded, now: Now) -> Step:
    if not event.numbers:
        return state, ()
    effects: list[Effect] = []
    size = state.received.size
    given, given_size = state.given, state.given_size
    if size > given_size:
        given, given_size = _sign_head(state, now), size
        effects.append(GiveReceipt(given, size))
    first = [given] if given else []
    last = [_ask_for_gaps(state, now)] if state.parked else []
    early = [state.parked[n].early for n in event.numbers if n in state.parked]
    # What finds no room is sent again by the peer, and answered then.
    room = limits.PARCEL_ITEMS - len(first) - len(last)
    if items := (*first, *early[:room], *last):
        effects.append(Answer(items))
    return replace(state, given=given, given_size=given_size), tuple(effects)


def _sign_head(state: LineState, now: Now) -> bytes:
    root = state.received.root()
    return write_receipt(state.signer, state.into, state.received.size, root, now.wall).raw


def _ask_for_gaps(state: LineState, now: Now) -> bytes:
    """Ask for the numbers missing below the parked ones, nearest first, within the limit."""
    ranges: list[tuple[int, int]] = []
    first = state.received.size
    for number in sorted(state.parked):
        if first < number:
            ranges.append((first, number))
        first = number + 1
        if len(ranges) == limits.ASKED_NUMBERS:
            break
    size = state.received.size
    return write_ask(state.signer, state.into, size, tuple(ranges), now.wall).raw
