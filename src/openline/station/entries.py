"""Messages as the database keeps them, and as the station reads them back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Row, and_, select, update

from openline.forms.payload import Payload, message_id, read_payload, thing_id
from openline.forms.precedence import Precedence
from openline.record.tree import EMPTY_ROOT
from openline.station.hot import Hot, fixed, slot
from openline.station.tables import messages
from openline.wire.message import Message, read_message
from openline.words.errors import OpenlineError
from openline.words.moment import Moment

UNREADABLE = "unreadable"
"""Stands for the form of a message whose payload cannot be read."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One message of a record, read back: where it stands, and what it says.

    `payload` is None when it cannot be read; then `form` is ``unreadable``.
    """

    peer: str
    way: str
    epoch: int
    number: int
    id: str
    thing: str
    issuer: str
    other: str
    form: str
    at: Moment
    arrived_at: Moment
    leaf: bytes
    payload: Payload | None

    @property
    def fields(self) -> dict[str, Any]:
        """The wire fields; empty when unreadable."""
        return dict(self.payload.fields) if self.payload else {}

    @property
    def precedence(self) -> Precedence:
        """How urgent it is; routine when unreadable."""
        return self.payload.precedence if self.payload else Precedence.ROUTINE


def payload_of(message: Message) -> Payload | None:
    """What the message says, or None when it is no payload of a version we read."""
    return _payload(message.payload)


@lru_cache(maxsize=1024)
def _payload(data: bytes) -> Payload | None:
    try:
        return read_payload(data)
    except OpenlineError:
        return None


def place_id(message: Message) -> str:
    """The id of a message without a usable one of its own: its place, the same on both sides."""
    return f"{message.direction.sender}#{message.direction.epoch}.{message.number}"


def row_of(message: Message, peer: str, way: str, payload: Payload | None) -> dict[str, Any]:
    """The columns that follow from the message itself; `id` is its place where it has none."""
    issuer = message.direction.sender
    if payload is None:
        id = thing = place_id(message)
    else:
        id = message_id(issuer, payload.uid, payload.revision)
        thing = thing_id(issuer, payload.uid)
    return {
        "peer": peer,
        "way": way,
        "epoch": message.direction.epoch,
        "number": message.number,
        "id": id,
        "thing": thing,
        "form": payload.form if payload else UNREADABLE,
        "rank": payload.precedence.rank if payload else Precedence.ROUTINE.rank,
        "at": message.at.ms,
        "raw": message.raw,
        "leaf": message.leaf,
        "waiting": way == "out",
        "shown": False,
        "unbooked": False,
    }


def entry_of(row: Row[Any]) -> Entry:
    """A stored row, read back."""
    message = read_message(row.raw)
    return entry_from(message, row._asdict(), payload_of(message))


def entry_from(message: Message, row: Mapping[str, Any], payload: Payload | None) -> Entry:
    """A message with the columns of its row, and what it says."""
    arrived = row.get("arrived_at")
    return Entry(
        peer=row["peer"],
        way=row["way"],
        epoch=message.direction.epoch,
        number=message.number,
        id=row["id"],
        thing=row["thing"],
        issuer=message.direction.sender,
        other=message.direction.receiver,
        form=row["form"],
        at=message.at,
        arrived_at=message.at if arrived is None else Moment(arrived),
        leaf=row["leaf"],
        payload=payload,
    )


def at_number(
    connection: Connection, peer: str, way: str, epoch: int, number: int
) -> Row[Any] | None:
    """The row at that position, if it is stored."""
    place = {"peer": peer, "way": way, "epoch": epoch, "number": number}
    return connection.execute(_AT_NUMBER, place).one_or_none()


def entry_at(connection: Connection, peer: str, way: str, epoch: int, number: int) -> Entry:
    """The message at that position, which is stored."""
    place = {"peer": peer, "way": way, "epoch": epoch, "number": number}
    row = dict(zip(_NAMES, _ENTRY_AT.run(connection, place).fetchone(), strict=True))
    message = read_message(row["raw"])
    return entry_from(message, row, payload_of(message))


def leaf_at(connection: Connection, peer: str, way: str, epoch: int, number: int) -> bytes | None:
    """The leaf at that position, if a message is stored there."""
    place = {"peer": peer, "way": way, "epoch": epoch, "number": number}
    row = _LEAF_AT.run(connection, place).fetchone()
    return row[0] if row else None


def root_at(connection: Connection, peer: str, way: str, epoch: int, size: int) -> bytes | None:
    """The record's root when it had `size` messages, or None when it never had."""
    if size == 0:
        return EMPTY_ROOT
    place = {"peer": peer, "way": way, "epoch": epoch, "number": size - 1}
    row = _ROOT_AT.run(connection, place).fetchone()
    return row[0] if row else None


def by_id(connection: Connection, id: str, peer: str | None = None) -> list[Row[Any]]:
    """The rows of a message, or of the newest revision of a thing: one for each line."""
    for column in (messages.c.id, messages.c.thing):
        where = column == id if peer is None else and_(column == id, messages.c.peer == peer)
        rows = connection.execute(select(messages).where(where).order_by(messages.c.pk)).all()
        if rows:
            return list({row.peer: row for row in rows}.values())
    return []


def give_way(connection: Connection, peer: str, message: Message, payload: Payload) -> bool:
    """Whether the id of a message is free, a copy that waits beyond a gap having given it up.

    The sender renumbers what has not arrived: of two copies in different epochs the one that
    is shown first has the id.
    """
    id = message_id(message.direction.sender, payload.uid, payload.revision)
    for epoch, raw, shown in _ID_TAKEN.run(connection, {"peer": peer, "id": id}).fetchall():
        other = read_message(raw)
        if shown or epoch == message.direction.epoch or payload_of(other) != payload:
            return False
        at = (_m.peer == peer, _m.way == "in", _m.epoch == epoch, _m.number == other.number)
        name = place_id(other)
        connection.execute(update(messages).where(*at).values(id=name, thing=name))
    return True


def said_before(connection: Connection, entry: Entry) -> bool:
    """Whether the peer said the very same in another epoch: it renumbered what had not arrived."""
    if entry.payload is None:
        return False
    id = message_id(entry.issuer, entry.payload.uid, entry.payload.revision)
    before = _ID_TAKEN.run(connection, {"peer": entry.peer, "id": id})
    return any(
        epoch != entry.epoch and payload_of(read_message(raw)) == entry.payload
        for epoch, raw, _ in before
    )


_m = messages.c
_PLACE = (
    _m.peer == slot("peer"),
    _m.way == slot("way"),
    _m.epoch == slot("epoch"),
    _m.number == slot("number"),
)
_AT_NUMBER = select(messages).where(*_PLACE)
_NAMES = ("peer", "way", "id", "thing", "form", "arrived_at", "leaf", "raw")
_ENTRY_AT = Hot(select(*(_m[name] for name in _NAMES)).where(*_PLACE))
_LEAF_AT = Hot(select(_m.leaf).where(*_PLACE))
_ROOT_AT = Hot(select(_m.root).where(*_PLACE))
_ID_TAKEN = Hot(
    select(_m.epoch, _m.raw, _m.shown).where(
        _m.id == slot("id"), _m.peer == slot("peer"), _m.way == fixed("in")
    )
)
