"""Traffic: performs the delivery machine's effects inside a transaction.

`submit` is the way out, `arrive` the way in. Both step the machine first and
store what it says; content is looked at afterwards and decides nothing about
the record.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import structlog
from sqlalchemy import select

from openline.forms.catalog import form as form_named
from openline.forms.fields import fit
from openline.forms.payload import BY_LEVEL, Payload, message_id, write_payload
from openline.forms.precedence import Precedence
from openline.line import delivery, events
from openline.line.urgency import Event
from openline.station import books, effects, entries, epochs, verified
from openline.station.engine import Tx
from openline.station.officers import author
from openline.station.tables import messages
from openline.station.verified import Arrived, Unknown
from openline.wire.card import Card
from openline.wire.cardask import CardAsk
from openline.wire.message import Message
from openline.wire.receipt import Ask, Early, Fetch, Item, Receipt
from openline.words import limits
from openline.words.errors import BrokenInvariant, OpenlineError

trace = structlog.get_logger("openline.traffic")
_PLAIN = frozenset({str, int, bytes, bool, type(None)})


def submit(
    tx: Tx,
    peers: Sequence[str],
    form: str,
    fields: Mapping[str, Any],
    precedence: Precedence | None = None,
    uid: str = "",
    revision: int = 0,
    language: str = "en",
    whole: bool = False,
) -> str:
    """Number, sign and store one message on the lines to `peers`; returns its id.

    `fields` are wire fields of the form's newest version that were checked. A peer that speaks
    an older level gets an older version; what that lacks is left out unless it is to be said
    `whole`. Raises ``unknown-line``, ``peer-too-old``, ``too-large``; what raises stores nothing
    on any line.
    """
    if len(set(peers)) != len(peers) or not 0 < len(peers) <= limits.ADDRESSEES:
        raise OpenlineError(
            "bad-addressees",
            f"{len(peers)} addressees, or one named twice",
            rule="R-LINE-01",
            next=f"name each line once, at most {limits.ADDRESSEES} (ADDRESSEES)",
        )
    level = min(tx.engine.level, *(tx.line(peer).level for peer in peers))
    newest = form_named(form, tx.engine.catalog)
    by = author(tx.engine.roster, tx.seat, newest)
    schema, fitted = fit(newest, fields, level, whole=whole)
    payload = Payload(
        form,
        schema.version,
        uid or tx.engine.new_uid(),
        revision,
        tuple(peers),
        precedence or schema.precedence,
        language,
        dict(fitted),
        by if level >= BY_LEVEL else None,
    )
    data = write_payload(payload)
    if len(data) > limits.MESSAGE_BYTES - limits.HEADER_BYTES:
        raise OpenlineError(
            "too-large",
            f"the message has {len(data)} bytes",
            rule="R-LINE-03",
            next=f"keep it below {limits.MESSAGE_BYTES - limits.HEADER_BYTES} (MESSAGE_BYTES)",
        )
    # What lists or maps hold is read back, since that is what the other side will read.
    said = payload if all(type(value) in _PLAIN for value in fitted.values()) else None
    for peer in peers:
        _step(tx, peer, events.Submitted(data), said)
        tx.wake[peer] = tx.wake.get(peer, False) or payload.precedence.is_urgent
    tx.topics.add("messages")
    return message_id(tx.engine.party, payload.uid, revision)


def arrive(tx: Tx, peer: str, items: Sequence[Arrived]) -> tuple[bytes, ...]:
    """Step what one opened parcel brought; returns the signed items to answer with.

    A faulty item never holds up the others; when all are faulty the first fault is raised.
    What is signed with a key that no card here has waits until the others have been taken, which
    may bring that card, and is kept while its card is asked for.
    """
    taken = _Taken()
    rings: object = None if any(isinstance(item, Card) for item in items) else _rings(tx, peer)
    for item in sorted(items, key=lambda item: not isinstance(item, Card)):
        if not isinstance(item, Unknown):
            _take(tx, peer, item, taken)
    unknown = [item for item in items if isinstance(item, Unknown)]
    while _rings(tx, peer) != rings:  # a card was learned, or what was asked for was no card
        rings = _rings(tx, peer)
        waiting = (*verified.unpark(tx, peer), *unknown)
        unknown = [item for item in waiting if not _take_again(tx, peer, item, taken)]
        if all(isinstance(item, Card) for item in items):
            unknown = []  # so the peer answered what was asked, and no card explains these
    if unknown:
        taken.back.extend(verified.park(tx, peer, unknown))
    elif taken.faults and not taken.count:
        raise taken.faults[0]
    answer = _step(tx, peer, events.ParcelEnded(tuple(taken.places)))
    if epochs.was_broken(tx.line(peer).state):
        books.retry(tx, peer)
        follow(tx)
        tx.wake.setdefault(peer, False)  # what we still lack is asked for
    if taken.back:  # receipts of many epochs leave room for what was asked for, or it never goes
        answer = answer[: limits.PARCEL_ITEMS // 2]
    return effects.fitting((*answer, *taken.back))


def _rings(tx: Tx, peer: str) -> tuple[int, int]:
    """How many cards are known of us and of `peer`: it changes when one is learned."""
    return len(tx.own.ring.cards), len(tx.line(peer).ring.cards)


@dataclass(slots=True)
class _Taken:
    """What the items of a parcel led to: places of the peer's messages, answers, faults."""

    places: list[events.Place] = field(default_factory=list)
    back: list[bytes] = field(default_factory=list)
    faults: list[OpenlineError] = field(default_factory=list)
    count: int = 0
    """How many were taken."""


def _take(tx: Tx, peer: str, item: Item | Card, taken: _Taken) -> None:
    try:
        with tx.undoing():
            if isinstance(item, Card):
                books.keys.learn(tx, peer, item)
            else:
                verified.ring_for(tx.own.ring, tx.line(peer).ring, item).check(item)
                if isinstance(item, CardAsk):
                    # Before what is signed with the key that it brings.
                    taken.back.insert(0, verified.answer(tx, peer, item))
                else:
                    taken.back.extend(_step(tx, peer, _event(tx, peer, item)))
    except OpenlineError as error:
        trace.warning("refused", line=peer, code=error.code)
        taken.faults.append(error)
    else:
        taken.count += 1
        if isinstance(item, Message) and item.direction.sender == peer:
            taken.places.append((item.direction.epoch, item.number))


def _take_again(tx: Tx, peer: str, item: Unknown, taken: _Taken) -> bool:
    """Take in what waited for its key; whether there is an end to the waiting."""
    try:
        known = verified.admit(item.raw, tx.own.ring, tx.line(peer).ring)
    except OpenlineError as error:
        trace.warning("refused", line=peer, code=error.code)
        taken.faults.append(error)
        return True
    if not isinstance(known, Unknown):
        _take(tx, peer, known, taken)
    return not isinstance(known, Unknown)


def _event(tx: Tx, peer: str, item: Item) -> events.Event:
    """What the machine is told: the item, and what the store holds at its place."""
    state, db = tx.line(peer).state, tx.connection
    epoch = item.direction.epoch
    match item:
        case Message() if item.direction.sender == tx.engine.party:
            stored = entries.leaf_at(db, peer, "out", epoch, item.number)
            return events.MessageReturned(item, stored)
        case Message():
            received = state.received_in(epoch)
            stored = None
            if item.number != received.size or received.parked:
                stored = entries.leaf_at(db, peer, "in", epoch, item.number)
            payload = entries.payload_of(item)
            urgent = payload is not None and payload.precedence.is_urgent
            return events.MessageArrived(item, urgent, stored)
        case Receipt():
            root = entries.root_at(db, peer, "out", epoch, item.size)
            return events.ReceiptArrived(item, root)
        case Early():
            stored = entries.leaf_at(db, peer, "out", epoch, item.number)
            return events.EarlyArrived(item, stored)
        case Ask():
            return events.AskArrived(item)
        case Fetch():
            return events.FetchArrived(item)
        case CardAsk():
            raise BrokenInvariant("an ask for a card is none of the machine's business")


def begin_epoch(tx: Tx, peer: str, reason: str, floor: int = 0) -> None:
    """Let our record go on in a new epoch: no number of an older one is used any more.

    Its number is greater than every epoch known here and than `floor`.
    """
    state = tx.line(peer).state
    fields = {"reason": reason, **epochs.heads_known(state)}
    _step(tx, peer, events.EpochBegun(epochs.draw(tx, state, floor)))
    submit(tx, (peer,), "epoch", fields)


def begin_anew(tx: Tx, peer: str, reason: str) -> None:
    """Begin a new epoch, in which what waits in the one before leaves again."""
    before = tx.line(peer).state.out_epoch
    begin_epoch(tx, peer, reason)
    _renumber(tx, peer, before)


def _step(tx: Tx, peer: str, event: events.Event, said: Payload | None = None) -> tuple[bytes, ...]:
    """Step the machine, perform what it says, and let the books act on what is shown."""
    state, wanted = delivery.step(tx.line(peer).state, event, tx.now)
    tx.set_state(peer, state)
    answer: tuple[bytes, ...] = ()
    for effect in wanted:
        match effect:
            case events.Answer(items):
                answer = items
            case events.GiveBack(direction, ranges):
                answer = effects.given_back(tx, peer, direction, ranges)
            case events.RolledBack(reason):
                begin_epoch(tx, peer, reason)
            case events.Renumber(epoch):
                _renumber(tx, peer, epoch)
            case _:
                entry = effects.perform(tx, peer, effect, said)
                if entry is not None:
                    books.act(tx, entry)
                follow(tx)
    return answer


def _renumber(tx: Tx, peer: str, epoch: int) -> None:
    """What waits in `epoch` leaves in the newest; the books have acted on it already."""
    for payload in effects.take_waiting(tx, peer, epoch):
        event = events.Submitted(payload)
        state, wanted = delivery.step(tx.line(peer).state, event, tx.now)
        tx.set_state(peer, state)
        for effect in wanted:
            effects.perform(tx, peer, effect)
    tx.wake[peer] = True


def follow(tx: Tx) -> None:
    """What the books let happen, and what they let the machine answer."""
    happened, tx.happened = tx.happened, []
    for peer, event in happened:
        _step(tx, peer, event)
    replies, tx.replies = tx.replies, []
    for to, form, fields in replies:
        try:
            submit(tx, (to,), form, fields)
        except OpenlineError as error:
            if error.code != "peer-too-old":
                raise
            trace.info("not said", line=to, form=form, code=error.code)


def acknowledge(tx: Tx, peer: str, about: str) -> None:
    """Silence the alarm about something; a message is answered `acknowledged` by the same act."""
    m = messages.c
    named = (m.peer == peer, m.way == "in", m.id == about)
    # A human test is answered by its phrase alone: to silence it is no answer.
    readable = m.form.not_in((entries.UNREADABLE, "human-test"))
    row = tx.run(select(m.state).where(*named, readable)).first()
    if row is not None and row.state != "answered":
        submit(tx, (peer,), "acknowledged", {"about": about})
    books.alarms.acknowledge(tx, peer, about)
    books.urgency.move(tx, peer, about, Event.ANSWERED)
