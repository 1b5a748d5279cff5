"""Our own record: what is submitted, what the peer says that it holds, what it lacks."""

from __future__ import annotations

from dataclasses import replace

from openline.line.events import (
    AskArrived,
    Cover,
    EarlyArrived,
    Effect,
    Fork,
    MarkHeld,
    MessageReturned,
    PeerBegan,
    QueueAgain,
    ReceiptArrived,
    Renumber,
    Resend,
    RolledBack,
    StoreReturned,
    StoreSent,
    Submitted,
)
from openline.line.records import LineState, Step, theirs
from openline.wire.message import write_message
from openline.words import limits
from openline.words.moment import Now


def submit(state: LineState, event: Submitted, now: Now) -> Step:
    """The next number, signed and stored before it is sent."""
    sent = state.out
    message = write_message(state.signer, sent.direction, sent.size, now.wall, event.payload)
    sent = replace(sent, frontier=sent.frontier.append(message.leaf))
    return state.with_sent(sent), (StoreSent(message, sent.root()),)


def begin(state: LineState, epoch: int) -> LineState:
    """Our record goes on in a new epoch."""
    return replace(state.with_sent(state.sent_in(epoch)), out_epoch=epoch)


def returned(state: LineState, event: MessageReturned) -> Step:
    """A message of our own comes back: what we lost is stored, what we know changes nothing."""
    message = event.message
    sent = state.sent_at(message.direction)
    newest = sent.direction.epoch == state.out_epoch
    if event.stored == message.leaf or (event.stored is None and message.number > sent.size):
        return state, ()
    if event.stored is not None:
        fork = Fork("messages", message.raw, sent.direction, message.number)
        return state, (*broken(state, sent.direction.epoch), fork)
    sent = replace(sent, frontier=sent.frontier.append(message.leaf))
    stored = StoreReturned(message, sent.root())
    return state.with_sent(sent), (RolledBack("rolled-back"), stored) if newest else (stored,)


def broken(state: LineState, epoch: int) -> tuple[Effect, ...]:
    """An epoch of our record cannot be agreed on: what waits in it goes on in another."""
    anew = (RolledBack("fork"),) if epoch == state.out_epoch else ()
    return (*anew, Renumber(epoch))


def receipt(state: LineState, event: ReceiptArrived) -> Step:
    """The peer says what it holds; where that is more than we have, we have lost some."""
    receipt = event.receipt
    sent = state.sent_at(receipt.direction)
    newest = sent.direction.epoch == state.out_epoch
    if event.root is None:
        if receipt.size > limits.RECORD_MESSAGES:
            raise theirs("receipt-ahead", "a receipt over more than RECORD_MESSAGES", "R-LINE-09")
        sent = replace(sent, known=max(sent.known, receipt.size))
        return state.with_sent(sent), (RolledBack("rolled-back"),) if newest else ()
    if event.root != receipt.root:
        fork = Fork("heads", receipt.raw, sent.direction, receipt.size)
        return state, (*broken(state, sent.direction.epoch), fork)
    if receipt.size <= sent.covered:
        return state, ()
    after = replace(sent, covered=receipt.size, known=max(sent.known, receipt.size))
    return state.with_sent(after), (Cover(receipt, sent.covered),)


def early(state: LineState, event: EarlyArrived) -> Step:
    """The peer holds one message beyond a gap."""
    early = event.early
    sent = state.sent_at(early.direction)
    if event.leaf is None or early.number < sent.covered:
        return state, ()
    if event.leaf != early.leaf:
        what = "leaves"
        return state, (Fork(what, early.raw, sent.direction, early.number),)
    return state, (MarkHeld(early),)


def ask(state: LineState, event: AskArrived) -> Step:
    """The peer misses some: they leave again at once."""
    sent = state.sent_at(event.ask.direction)
    ranges = tuple(
        (first, min(end, sent.size)) for first, end in event.ask.ranges if first < sent.size
    )
    if not ranges:
        return state, ()
    epoch, first = sent.direction.epoch, ranges[0][0]
    if first >= sent.covered:
        return state, (Resend(epoch, ranges),)
    # Its receipt is older than the backup from which it came back, or this is older than that:
    # then its next receipt says so.
    state = state.with_sent(replace(sent, covered=first))
    return state, (QueueAgain(epoch, first), Resend(epoch, ranges))


def peer_began(state: LineState, event: PeerBegan) -> Step:
    """What the peer does not name as held waits again: it may have come back from a backup."""
    if event.is_newest:
        state = replace(state, in_epoch=event.epoch)
    effects: list[Effect] = []
    for epoch, sent in state.sent.items():
        first = event.held.get(epoch, 0)
        if first < sent.covered:
            state = state.with_sent(replace(sent, covered=first))
            effects.append(QueueAgain(epoch, first))
    return state, tuple(effects)
