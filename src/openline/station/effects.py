"""What the delivery machine wants done, done inside the transaction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import case, func, select, update

from openline.forms.payload import Payload
from openline.line import events, progress
from openline.line.events import Place
from openline.station import entries, forks
from openline.station.engine import Tx, Waiting
from openline.station.entries import Entry
from openline.station.hot import Hot, fixed, hot_insert, slot
from openline.station.tables import messages, receipts
from openline.wire.message import Message, read_message
from openline.wire.parcel import fits
from openline.wire.receipt import Receipt
from openline.words import limits
from openline.words.party import Direction


def perform(tx: Tx, peer: str, effect: events.Effect, said: Payload | None = None) -> Entry | None:
    """Perform one effect; returns the message on which the books shall act, if there is one.

    `said` is what our own new message says, where that is known without reading it.
    """
    match effect:
        case events.StoreSent(message, root):
            return _queue(tx, peer, message, root, said)
        case events.StoreReturned(message, root):
            tx.requeued.add(peer)  # it waits for a receipt
            return _store(tx, peer, "out", message, root=root, state="sent", shown=True)
        case events.StoreReceived(message, root):
            values: dict[str, Any] = {
                "state": "received",
                "arrived_at": tx.now.wall.ms,
                "shown": True,
            }
            place = (message.direction.epoch, message.number)
            tx.fresh[peer, place] = _store(tx, peer, "in", message, root=root, **values)
        case events.StoreParked(message, early):
            values = {"early": early, "arrived_at": tx.now.wall.ms}
            _store(tx, peer, "in", message, root=None, state="held", **values)
        case events.Promote(place, root):
            _PROMOTE.run(tx.connection, _at(peer, place) | {"root": root})
        case events.Show(place):
            return _show(tx, peer, place)
        case _:
            _mark(tx, peer, effect)
    return None


def _mark(tx: Tx, peer: str, effect: events.Effect) -> None:
    """What changes no message, but what is known of some."""
    match effect:
        case events.Cover(receipt, first):
            _cover(tx, peer, receipt, first)
        case events.MarkHeld(early):
            at = _at(peer, (early.direction.epoch, early.number))
            _MARK_HELD.run(tx.connection, at | {"early": early.raw})
            tx.topics.add("messages")
        case events.GiveReceipt(epoch, raw, size):
            _keep_receipt(tx, peer, "in", epoch, size, tx.now.wall.ms, raw)
        case events.Resend(epoch, ranges):
            _resend(tx, peer, epoch, ranges)
        case events.QueueAgain(epoch, first):
            m = messages.c
            from_there = (m.peer == peer, m.way == "out", m.epoch == epoch, m.number >= first)
            was_held = m.received_at.is_not(None)  # the rest waits, or goes on in another epoch
            tx.run(update(messages).where(*from_there, was_held).values(waiting=True))
            tx.requeued.add(peer)
            tx.wake[peer] = True
        case events.Fork():
            forks.keep(tx, peer, effect)


def given_back(
    tx: Tx, peer: str, direction: Direction, ranges: Sequence[tuple[int, int]]
) -> tuple[bytes, ...]:
    """The peer's own messages in these ranges, as many as fit, and our receipt over them all."""
    m = messages.c
    receipt = tx.line(peer).state.received_in(direction.epoch).given
    found = [receipt] if receipt else []
    for first, end in ranges:
        place = (m.peer == peer, m.way == "in", m.epoch == direction.epoch)
        within = (m.number >= first, m.number < min(end, first + limits.PARCEL_ITEMS))
        query = select(m.raw).where(*place, *within).order_by(m.number)
        found += tx.run(query).scalars()
    # Ascending: what does not fit is asked for again.
    messages_back = found[1:] if receipt else found
    return fitting((*messages_back, *found[: 1 if receipt else 0]))


def take_waiting(tx: Tx, peer: str, epoch: int) -> list[bytes]:
    """The payloads of what waits in an epoch, which wait there no more."""
    m = messages.c
    waiting = (m.peer == peer, m.waiting, m.epoch == epoch, m.number > 0)
    rows = tx.run(select(m.raw).where(*waiting).order_by(m.number)).scalars().all()
    place = (m.peer == peer, m.way == "out", m.epoch == epoch)
    tx.run(update(messages).where(*place).values(waiting=False))
    tx.requeued.add(peer)
    return [read_message(raw).payload for raw in rows]


def fitting(items: Sequence[bytes]) -> tuple[bytes, ...]:
    """As many of the items, from the first, as one parcel holds."""
    if fits(items) or not items:
        return tuple(items)
    low, high = 1, min(len(items), limits.PARCEL_ITEMS)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(items[:middle]) else (low, middle - 1)
    return tuple(items[:low])


def _queue(tx: Tx, peer: str, message: Message, root: bytes, said: Payload | None) -> Entry:
    """Our message, stored to leave once it is durable."""
    values: dict[str, Any] = {"root": root, "state": "queued", "shown": True}
    entry = _store(tx, peer, "out", message, said, **values)
    place = (message.direction.epoch, message.number)
    tx.queued.append((peer, Waiting(entry.precedence.rank, place, message.raw)))
    return entry


def _store(
    tx: Tx, peer: str, way: str, message: Message, said: Payload | None = None, **columns: Any
) -> Entry:
    payload = said or entries.payload_of(message)
    row = entries.row_of(message, peer, way, payload) | columns
    if way == "in" and payload and not entries.give_way(tx.connection, peer, message, payload):
        row["id"] = row["thing"] = entries.place_id(message)
    _INSERT_MESSAGE.run(tx.connection, _ABSENT | row)
    tx.topics.add("messages")
    return entries.entry_from(message, row, payload)


def _show(tx: Tx, peer: str, place: Place) -> Entry:
    """The peer's message that the books shall act on, once."""
    entry = tx.fresh.pop((peer, place), None)
    if entry is not None:
        return entry
    _SHOW.run(tx.connection, _at(peer, place))  # it was parked
    return entries.entry_at(tx.connection, peer, "in", *place)


def _at(peer: str, place: Place) -> dict[str, Any]:
    epoch, number = place
    return {"peer": peer, "epoch": epoch, "number": number}


def _cover(tx: Tx, peer: str, receipt: Receipt, first: int) -> None:
    """Mark what the receipt covers beyond the `first` messages that another covered before."""
    epoch = receipt.direction.epoch
    _keep_receipt(tx, peer, "out", epoch, receipt.size, receipt.at.ms, receipt.raw)
    place = {"peer": peer, "epoch": epoch, "first": first, "size": receipt.size}
    _COVER.run(tx.connection, place | {"at": receipt.at.ms})
    tx.topics.add("messages")


def _keep_receipt(tx: Tx, peer: str, way: str, epoch: int, size: int, at: int, raw: bytes) -> None:
    row = {"peer": peer, "way": way, "epoch": epoch, "size": size, "at": at, "raw": raw}
    _INSERT_RECEIPT.run(tx.connection, row)


def _resend(tx: Tx, peer: str, epoch: int, ranges: Sequence[tuple[int, int]]) -> None:
    places = frozenset(
        (epoch, number)
        for first, end in ranges
        for number in range(first, min(end, first + limits.PARKED))
    )
    tx.resend[peer] = places | tx.resend.get(peer, frozenset())
    tx.wake[peer] = True


_m = messages.c
_ABSENT = dict.fromkeys(("arrived_at", "received_at", "early"))
_INSERT_MESSAGE = hot_insert(messages)
_INSERT_RECEIPT = hot_insert(receipts, or_ignore=True)
_AT = (_m.peer == slot("peer"), _m.epoch == slot("epoch"), _m.number == slot("number"))
_PROMOTE = Hot(
    update(messages)
    .where(*_AT, _m.way == fixed("in"))
    .values(root=slot("root"), state=case((_m.state == "held", "received"), else_=_m.state))
)
_SHOW = Hot(update(messages).where(*_AT, _m.way == fixed("in")).values(shown=True))
_MARK_HELD = Hot(
    update(messages)
    .where(*_AT, _m.way == fixed("out"), _m.state.in_(progress.before("early receipt")))
    .values(state="held", early=slot("early"))
)
_COVER = Hot(
    update(messages)
    .where(
        _m.peer == slot("peer"),
        _m.way == fixed("out"),
        _m.epoch == slot("epoch"),
        _m.number >= slot("first"),  # or each receipt would read the whole record
        _m.number < slot("size"),
    )
    .values(
        # Moved on, never back.
        state=case((_m.state.in_(progress.before("receipt")), "received"), else_=_m.state),
        # The first receipt's time stands, also when the peer lost it and received it again.
        received_at=func.coalesce(_m.received_at, slot("at")),
        waiting=False,
    )
)
