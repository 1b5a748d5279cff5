"""The alarm book: durable rows, repeated until a person acknowledges them."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Row, select, update

from openline.forms.precedence import Precedence
from openline.line import alarm
from openline.station.engine import Tx
from openline.station.hot import Hot, hot_insert, slot
from openline.station.linetest_tables import misses
from openline.station.tables import alarms
from openline.words.moment import Moment


def digest_of(evidence: bytes) -> bytes:
    """What names a piece of evidence."""
    return sha256(evidence).digest()


def raise_alarm(tx: Tx, peer: str, about: str, precedence: Precedence, what: str) -> None:
    """Raise an alarm about a message, conflict or fork, once for each."""
    id = f"{peer}:{about}"
    if _KNOWN.run(tx.connection, {"id": id}).fetchone():
        return
    new = alarm.raised(id, str(precedence), tx.now.wall)
    row = {
        "id": id,
        "peer": peer,
        "message": about,
        "precedence": new.precedence,
        "what": what,
        "raised_at": new.raised_at.ms,
        "next_at": new.next_at.ms,
        "sounded": new.count,
        "acknowledged_at": None,
    }
    _INSERT.run(tx.connection, row)
    tx.topics.add("alarms")


def acknowledge(tx: Tx, peer: str, about: str) -> None:
    """Silence the alarm about a message, if there is one."""
    for row in tx.run(select(alarms).where(alarms.c.id == f"{peer}:{about}")).all():
        after = alarm.acknowledged(_alarm(row), tx.now.wall)
        if after.acknowledged_at is not None:
            tx.run(
                update(alarms)
                .where(alarms.c.id == row.id)
                .values(acknowledged_at=after.acknowledged_at.ms)
            )
        tx.topics.add("alarms")


def is_silent(tx: Tx, peer: str, about: str) -> bool:
    """Whether there is no alarm about something that nobody has acknowledged."""
    query = select(alarms.c.id).where(
        alarms.c.id == f"{peer}:{about}", alarms.c.acknowledged_at.is_(None)
    )
    return tx.run(query).first() is None


def sound_due(tx: Tx) -> list[alarm.Alarm]:
    """Sound every alarm that is due; returns them as they then stand."""
    sounded = []
    for before in _open_alarms(tx.connection):
        if alarm.due_at(before, tx.now.wall) > tx.now.wall:
            continue
        after = alarm.sounded(before, tx.now.wall)
        row = {"id": after.id, "sounded": after.count, "next_at": after.next_at.ms}
        _SOUNDED.run(tx.connection, row)
        sounded.append(after)
        tx.topics.add("alarms")
    return sounded


def next_due(connection: Connection, now: Moment) -> Moment | None:
    """When the next alarm sounds."""
    return min((alarm.due_at(each, now) for each in _open_alarms(connection)), default=None)


def _open_alarms(connection: Connection) -> list[alarm.Alarm]:
    over = select(misses.c.alarm).where(misses.c.over != "")
    query = select(alarms).where(alarms.c.acknowledged_at.is_(None), alarms.c.id.not_in(over))
    return [_alarm(row) for row in connection.execute(query).all()]


def _alarm(row: Row[Any]) -> alarm.Alarm:
    done = None if row.acknowledged_at is None else Moment(row.acknowledged_at)
    return alarm.Alarm(
        row.id, row.precedence, Moment(row.raised_at), Moment(row.next_at), row.sounded, done
    )


_KNOWN = Hot(select(alarms.c.id).where(alarms.c.id == slot("id")))
_INSERT = hot_insert(alarms)
_SOUNDED = Hot(
    update(alarms)
    .where(alarms.c.id == slot("id"))
    .values(sounded=slot("sounded"), next_at=slot("next_at"))
)
