"""The peer's record: recorded, parked beyond a gap, receipted, given back."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

from openline.line.events import (
    Answer,
    Effect,
    FetchArrived,
    Fork,
    GiveBack,
    GiveReceipt,
    MessageArrived,
    ParcelEnded,
    Promote,
    Show,
    StoreParked,
    StoreReceived,
)
from openline.line.records import FIRST_EPOCH, LineState, Parked, Received, Step
from openline.wire.receipt import write_ask, write_early, write_receipt
from openline.words import limits
from openline.words.moment import Now


def message(state: LineState, event: MessageArrived, now: Now) -> Step:
    """Record what fits, park what stands beyond a gap, keep what contradicts."""
    message = event.message
    received = state.received_at(message.direction)
    if event.stored is not None:
        if event.stored == message.leaf:
            return state, ()
        what = "messages"
        return state, (Fork(what, message.raw, received.direction, message.number),)
    if message.number == received.size:
        return _append(state, received, event)
    return _park(state, received, event, now)


def _append(state: LineState, received: Received, event: MessageArrived) -> Step:
    message, epoch = event.message, received.direction.epoch
    frontier = received.frontier.append(message.leaf)
    effects: list[Effect] = [
        StoreReceived(message, frontier.root()),
        Show((epoch, message.number)),
    ]
    parked = dict(received.parked)
    while (waiting := parked.pop(frontier.size, None)) is not None:
        place = (epoch, frontier.size)
        frontier = frontier.append(waiting.leaf)
        effects.append(Promote(place, frontier.root()))
        if not waiting.shown:
            effects.append(Show(place))
    received = replace(received, frontier=frontier, parked=MappingProxyType(parked))
    return state.with_received(received), tuple(effects)


def _park(state: LineState, received: Received, event: MessageArrived, now: Now) -> Step:
    message = event.message
    beyond = message.number - received.size
    held = sum(len(each.parked) for each in state.received.values())
    if beyond > limits.WINDOW_SPAN or held >= limits.PARKED:
        return state, ()  # not answered, so the peer keeps it and sends it again
    direction = received.direction
    early = write_early(state.signer, direction, message.number, message.leaf, now.wall).raw
    parked = dict(received.parked)
    parked[message.number] = Parked(message.leaf, event.urgent, early)
    effects: list[Effect] = [StoreParked(message, early)]
    if event.urgent:
        effects.append(Show((direction.epoch, message.number)))
    received = replace(received, parked=MappingProxyType(parked))
    return state.with_received(received), tuple(effects)


def fetch(state: LineState, event: FetchArrived) -> Step:
    """Give the peer back what it has lost of its own record."""
    received = state.received_at(event.fetch.direction)
    ranges = tuple(
        (first, min(end, received.size))
        for first, end in event.fetch.ranges
        if first < received.size
    )
    return state, (GiveBack(received.direction, ranges),) if ranges else ()


def answer(state: LineState, event: ParcelEnded, now: Now) -> Step:
    """What one parcel is answered with: receipts, early receipts, and what we miss."""
    effects: list[Effect] = []
    first: list[bytes] = []
    last: list[bytes] = []
    for epoch in _touched(state, event):
        received = state.received_in(epoch)
        if received.size > received.given_size:
            raw = _sign_head(state, received, now)
            received = replace(received, given=raw, given_size=received.size)
            state = state.with_received(received)
            effects.append(GiveReceipt(epoch, raw, received.size))
        first += [received.given] if received.given else []
        last += [_ask_for_gaps(state, received, now)] if received.parked else []
    early = [
        parked.early
        for epoch, number in event.places
        if (parked := state.received_in(epoch).parked.get(number)) is not None
    ]
    # What finds no room is sent again by the peer, and answered then.
    room = max(limits.PARCEL_ITEMS - len(first) - len(last), 0)
    if items := (*first, *early[:room], *last):
        effects.append(Answer(items[: limits.PARCEL_ITEMS]))
    return state, tuple(effects)


def _touched(state: LineState, event: ParcelEnded) -> list[int]:
    """The epochs to answer for: all of them when one begins, since the peer may have lost some.

    Answers get lost, so the newest few are told of with every other one as well.
    """
    epochs = dict.fromkeys(epoch for epoch, _ in event.places)
    if epochs:
        epochs |= dict.fromkeys([*state.received][-limits.EPOCHS_TOLD :])
    if any(number == 0 and epoch != FIRST_EPOCH for epoch, number in event.places):
        epochs |= dict.fromkeys(state.received)
    return list(epochs)


def _sign_head(state: LineState, received: Received, now: Now) -> bytes:
    root = received.root()
    return write_receipt(state.signer, received.direction, received.size, root, now.wall).raw


def _ask_for_gaps(state: LineState, received: Received, now: Now) -> bytes:
    """Ask for the numbers missing below the parked ones, nearest first, within the limit."""
    ranges: list[tuple[int, int]] = []
    first = received.size
    for number in sorted(received.parked):
        if first < number:
            ranges.append((first, number))
        first = number + 1
        if len(ranges) == limits.ASKED_NUMBERS:
            break
    direction, size = received.direction, received.size
    return write_ask(state.signer, direction, size, tuple(ranges), now.wall).raw
