"""Delivery over one line: what is numbered, stored, shown and receipted, and when.

`step(state, event, now) -> (state, effects)` for the two records of a line.
Rules (docs/SPEC.md, R-LINE):

1. What an officer submits gets the next number at once, and is stored before it is sent.
2. What arrives is recorded when its signature, line, epoch and number fit; content decides nothing.
3. A message beyond a gap is parked within the window; when it is urgent it is shown at once.
4. A message that arrives twice gets the same answer and is shown once.
5. One receipt covers all before it; an early receipt answers a parked message.
6. Two different messages at one position, or two roots of one size, are a fork: kept and alarmed.
7. Where the peer holds more of our newest epoch than we do, our record goes on in another,
   and what we lack is fetched back.

The caller checks signatures before, looks up what the store holds at the
event's position, and performs the effects: all stores in one transaction,
the rest after it.
"""

from __future__ import annotations

from openline.line import incoming, outgoing
from openline.line.events import (
    AskArrived,
    EarlyArrived,
    EpochBegun,
    Event,
    FetchArrived,
    ForkShown,
    MessageArrived,
    MessageReturned,
    ParcelEnded,
    PeerBegan,
    ReceiptArrived,
    Submitted,
)
from openline.line.records import LineState, Step
from openline.wire.cardask import write_card_ask
from openline.wire.receipt import write_fetch
from openline.words import limits
from openline.words.moment import Now


def step(state: LineState, event: Event, now: Now) -> Step:
    """The state after `event`, and what is to be done about it, stores first."""
    match event:
        case Submitted():
            return outgoing.submit(state, event, now)
        case MessageArrived():
            return incoming.message(state, event, now)
        case MessageReturned():
            return outgoing.returned(state, event)
        case ReceiptArrived():
            return outgoing.receipt(state, event)
        case EarlyArrived():
            return outgoing.early(state, event)
        case AskArrived():
            return outgoing.ask(state, event)
        case FetchArrived():
            return incoming.fetch(state, event)
        case EpochBegun():
            return outgoing.begin(state, event.epoch), ()
        case PeerBegan():
            return outgoing.peer_began(state, event)
        case ForkShown():
            return state, outgoing.broken(state, event.epoch)
        case ParcelEnded():
            return incoming.answer(state, event, now)


def requests(state: LineState, now: Now) -> tuple[bytes, ...]:
    """What we ask of the peer by ourselves: our own messages that it holds and we lack, cards."""
    lacking = [sent for sent in state.sent.values() if sent.lacks]
    fetches = tuple(
        write_fetch(
            state.signer, each.direction, each.size, ((each.size, each.known),), now.wall
        ).raw
        for each in lacking[-limits.EPOCHS_TOLD :]
    )
    return (*fetches, *card_asks(state, now))


def card_asks(state: LineState, now: Now) -> tuple[bytes, ...]:
    """What asks the peer for the cards of keys that are not known here."""
    direction = state.into.direction
    return tuple(write_card_ask(state.signer, direction, k, now.wall).raw for k in state.asking)
