"""Traffic: performs the delivery machine's effects inside a transaction.

`submit` is the way out, `arrive` the way in. Both step the machine first and
store what it says; content is looked at afterwards and decides nothing about
the record.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import structlog
from sqlalchemy import bindparam, insert, select, update

from openline.forms.catalog import form as form_named
from openline.forms.payload import Payload, message_id, write_payload
from openline.forms.precedence import Precedence
from openline.line import delivery, events, progress
from openline.station import books, entries
from openline.station.engine import Tx
from openline.station.entries import Entry
from openline.station.tables import forks, messages, receipts
from openline.wire.keys import key_id
from openline.wire.message import Message
from openline.wire.receipt import Ask, Early, Receipt, check_item, read_item
from openline.words import limits
from openline.words.errors import OpenlineError, Whose

trace = structlog.get_logger("openline.traffic")
Item = Message | Receipt | Early | Ask


def submit(
    tx: Tx,
    peers: Sequence[str],
    form: str,
    fields: Mapping[str, Any],
    precedence: Precedence | None = None,
    uid: str = "",
    revision: int = 0,
    language: str = "en",
) -> str:
    """Number, sign and store one message on the lines to `peers`; returns its id.

    `fields` are wire fields that were checked. Raises ``unknown-line``,
    ``too-large``; what raises stores nothing on any line.
    """
    if len(set(peers)) != len(peers) or not 0 < len(peers) <= limits.ADDRESSEES:
        raise OpenlineError(
            "bad-addressees",
            f"{len(peers)} addressees, or one named twice",
            rule="R-LINE-01",
            next=f"name each line once, at most {limits.ADDRESSEES} (ADDRESSEES)",
        )
    schema = form_named(form)
    payload = Payload(
        form,
        schema.version,
        uid or tx.engine.new_uid(),
        revision,
        tuple(peers),
        precedence or schema.precedence,
        language,
        dict(fields),
    )
    data = write_payload(payload)
    if len(data) > limits.MESSAGE_BYTES - limits.HEADER_BYTES:
        raise OpenlineError(
            "too-large",
            f"the message has {len(data)} bytes",
            rule="R-LINE-03",
            next=f"keep it below {limits.MESSAGE_BYTES - limits.HEADER_BYTES} (MESSAGE_BYTES)",
        )
    for peer in peers:
        _step(tx, peer, events.Submitted(data))
        tx.wake[peer] = tx.wake.get(peer, False) or payload.precedence.is_urgent
    tx.topics.add("messages")
    return message_id(tx.engine.party, payload.uid, revision)


def arrive(tx: Tx, peer: str, items: Sequence[Item]) -> tuple[bytes, ...]:
    """Step what one opened parcel brought; returns the signed items to answer with.

    A faulty item never holds up the others; when all are faulty the first fault is raised.
    """
    numbers, faults = [], []
    for item in items:
        try:
            with tx.undoing():
                _step(tx, peer, _event(tx, peer, item))
        except OpenlineError as error:
            trace.warning("refused", line=peer, code=error.code)
            faults.append(error)
        else:
            numbers += [item.number] if isinstance(item, Message) else []
    if faults and len(faults) == len(items):
        raise faults[0]
    return _step(tx, peer, events.ParcelEnded(tuple(numbers)))


def admit(raw: bytes, public: bytes) -> Item:
    """Read one item and check the peer's signature, outside any transaction."""
    item = read_item(raw)
    if item.key_id != key_id(public):
        raise OpenlineError(
            "unknown-key",
            f"signed with the key {item.key_id.hex()}, which is not on the peer's card",
            whose=Whose.THEIRS,
            rule="R-LINE-02",
            next="ask the other side for its card of today",
        )
    check_item(item, public)
    return item


def _event(tx: Tx, peer: str, item: Item) -> events.Event:
    """What the machine is told: the item, and what the store holds at its place."""
    state, db = tx.line(peer).state, tx.connection
    match item:
        case Message():
            next_one = item.number == state.received.size and not state.parked
            row = None
            if not next_one:
                row = entries.at_number(db, peer, "in", state.into.epoch, item.number)
            payload = entries.payload_of(item)
            urgent = payload is not None and payload.precedence.is_urgent
            return events.MessageArrived(item, urgent, row.leaf if row else None)
        case Receipt():
            root = entries.root_at(db, peer, "out", state.out.epoch, item.size)
            return events.ReceiptArrived(item, root)
        case Early():
            row = entries.at_number(db, peer, "out", state.out.epoch, item.number)
            return events.EarlyArrived(item, row.leaf if row else None)
        case Ask():
            return events.AskArrived(item)


def _step(tx: Tx, peer: str, event: events.Event) -> tuple[bytes, ...]:
    before = tx.line(peer).state
    state, effects = delivery.step(before, event, tx.now)
    tx.set_state(peer, state)
    answer: tuple[bytes, ...] = ()
    for effect in effects:
        if isinstance(effect, events.Answer):
            answer = effect.items
        elif isinstance(effect, events.Cover):
            _cover(tx, peer, effect.receipt, before.covered)
        else:
            _perform(tx, peer, effect)
    return answer


def _perform(tx: Tx, peer: str, effect: events.Effect) -> None:
    state = tx.line(peer).state
    match effect:
        case events.StoreSent(message, root):
            entry = _store(tx, peer, "out", message, root=root, state="queued", shown=True)
            _act(tx, entry)
        case events.StoreReceived(message, root):
            values = {"state": "received", "arrived_at": tx.now.wall.ms, "shown": True}
            tx.fresh[peer, message.number] = _store(tx, peer, "in", message, root=root, **values)
        case events.StoreParked(message, early):
            values = {"early": early, "arrived_at": tx.now.wall.ms}
            _store(tx, peer, "in", message, root=None, state="held", **values)
        case events.Promote(number, root):
            at = _place(peer, "in", state.into.epoch, number)
            tx.run(update(messages).where(*at).values(root=root))
            tx.run(update(messages).where(*at, messages.c.state == "held").values(state="received"))
        case events.Show(number):
            _show(tx, peer, number)
        case events.MarkHeld(early):
            at = _place(peer, "out", state.out.epoch, early.number)
            moved = messages.c.state.in_(progress.before("early receipt"))
            tx.run(update(messages).where(*at, moved).values(state="held", early=early.raw))
            tx.topics.add("messages")
        case events.GiveReceipt(raw, size):
            _keep_receipt(tx, peer, "in", state.into.epoch, size, tx.now.wall.ms, raw)
        case events.Resend(ranges):
            numbers = [
                n for first, end in ranges for n in range(first, min(end, first + limits.PARKED))
            ]
            tx.resend[peer] = frozenset(numbers) | tx.resend.get(peer, frozenset())
            tx.wake[peer] = True
        case events.Fork(what, evidence, position):
            _keep_fork(tx, peer, what, evidence, position)


def _store(tx: Tx, peer: str, way: str, message: Message, **columns: Any) -> Entry:
    payload = entries.payload_of(message)
    row = entries.row_of(message, peer, way, payload) | columns
    if (
        way == "in"
        and payload is not None
        and entries.id_taken(tx.connection, peer, way, row["id"])
    ):
        row["id"] = row["thing"] = entries.place_id(message)
    tx.run(_INSERT_MESSAGE, row)
    tx.topics.add("messages")
    return entries.entry_from(message, row)


def _show(tx: Tx, peer: str, number: int) -> None:
    """Let the books act on a peer's message, once."""
    entry = tx.fresh.pop((peer, number), None)
    if entry is None:  # it was parked
        at = _place(peer, "in", tx.line(peer).state.into.epoch, number)
        tx.run(update(messages).where(*at).values(shown=True))
        entry = entries.entry_of(tx.run(select(messages).where(*at)).one())
    _act(tx, entry)


def _act(tx: Tx, entry: Entry) -> None:
    books.act(tx, entry)
    replies, tx.replies = tx.replies, []
    for to, form, fields in replies:
        submit(tx, (to,), form, fields)


def _place(peer: str, way: str, epoch: int, number: int) -> tuple[Any, ...]:
    m = messages.c
    return (m.peer == peer, m.way == way, m.epoch == epoch, m.number == number)


def _cover(tx: Tx, peer: str, receipt: Receipt, covered: int) -> None:
    """Mark what the receipt covers beyond the `covered` messages that another covered before."""
    epoch = receipt.direction.epoch
    _keep_receipt(tx, peer, "out", epoch, receipt.size, receipt.at.ms, receipt.raw)
    place = {"p_peer": peer, "p_epoch": epoch, "p_first": covered, "p_size": receipt.size}
    tx.run(_COVER_STATE, place)
    tx.run(_COVER_TIME, place | {"p_at": receipt.at.ms})
    tx.topics.add("messages")


def _keep_receipt(tx: Tx, peer: str, way: str, epoch: int, size: int, at: int, raw: bytes) -> None:
    row = {"peer": peer, "way": way, "epoch": epoch, "size": size, "at": at, "raw": raw}
    tx.run(_INSERT_RECEIPT, row)


def _keep_fork(tx: Tx, peer: str, what: str, evidence: bytes, position: int) -> None:
    """Keep the evidence once, up to FORKS a line; the alarm stays until a person has seen it."""
    digest = books.alarms.digest_of(evidence)
    of_line = select(forks.c.digest).where(forks.c.peer == peer)
    known = tx.run(of_line.limit(limits.FORKS)).scalars().all()
    if digest in known or len(known) == limits.FORKS:
        return
    row = {"digest": digest, "peer": peer, "what": what, "position": position}
    tx.run(insert(forks).values(**row, evidence=evidence, seen_at=tx.now.wall.ms))
    books.alarms.raise_alarm(tx, peer, digest.hex()[:12], Precedence.IMMEDIATE, f"fork: {what}")


def acknowledge(tx: Tx, peer: str, about: str) -> None:
    """Silence the alarm about something; a message is answered `acknowledged` by the same act."""
    m = messages.c
    named = (m.peer == peer, m.way == "in", m.id == about)
    readable = m.form != entries.UNREADABLE
    row = tx.run(select(m.state).where(*named, readable)).first()
    if row is not None and row.state != "answered":
        submit(tx, (peer,), "acknowledged", {"about": about})
    books.alarms.acknowledge(tx, peer, about)


# Built once: on the path of every message, building a statement costs more than running it.
_m = messages.c
_INSERT_MESSAGE = insert(messages)
_INSERT_RECEIPT = insert(receipts)
_COVERED = update(messages).where(
    _m.peer == bindparam("p_peer"),
    _m.way == "out",
    _m.epoch == bindparam("p_epoch"),
    _m.number >= bindparam("p_first"),  # or each receipt would read the whole record
    _m.number < bindparam("p_size"),
    _m.received_at.is_(None),
)
_COVER_STATE = _COVERED.where(_m.state.in_(progress.before("receipt"))).values(state="received")
_COVER_TIME = _COVERED.values(received_at=bindparam("p_at"))
