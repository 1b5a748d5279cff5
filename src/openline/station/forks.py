"""Contradictions: kept with their evidence, alarmed, and shown to the other side."""

from __future__ import annotations

from sqlalchemy import insert, select

from openline.forms.precedence import Precedence
from openline.line import events
from openline.station import books, entries
from openline.station.engine import Tx
from openline.station.tables import forks, receipts
from openline.wire.cbor import encode
from openline.words import limits


def keep(tx: Tx, peer: str, fork: events.Fork) -> None:
    """Keep the evidence once, up to FORKS a line; the alarm stays until a person has seen it."""
    kind, evidence = _proof(tx, peer, fork)
    digest = books.alarms.digest_of(evidence)
    of_line = select(forks.c.digest).where(forks.c.peer == peer)
    known = tx.run(of_line.limit(limits.FORKS)).scalars().all()
    if digest in known or len(known) == limits.FORKS:
        return
    direction = fork.direction
    way = "out" if direction.sender == tx.engine.party else "in"
    place = {"way": way, "epoch": direction.epoch, "position": fork.number}
    row = {"digest": digest, "peer": peer, "what": kind, "evidence": evidence, **place}
    tx.run(insert(forks).values(**row, seen_at=tx.now.wall.ms))
    books.alarms.raise_alarm(tx, peer, digest.hex()[:12], Precedence.IMMEDIATE, f"fork-{kind}")
    said_in = {"record": direction.sender, "epoch": direction.epoch, "number": fork.number}
    shown = {"evidence": evidence} if len(evidence) <= limits.FORK_BYTES else {}
    tx.reply(peer, "fork", {"kind": kind, "place": said_in, **shown})


def _proof(tx: Tx, peer: str, fork: events.Fork) -> tuple[str, bytes]:
    """What kind of proof there is, and the statements themselves."""
    direction, other = fork.direction, None
    way = "out" if direction.sender == tx.engine.party else "in"
    if fork.what == "messages":
        row = entries.at_number(tx.connection, peer, way, direction.epoch, fork.number)
        other = row.raw if row else None
    elif fork.what == "heads":
        r = receipts.c
        at = (r.peer == peer, r.way == way, r.epoch == direction.epoch, r.size == fork.number)
        other = tx.run(select(r.raw).where(*at)).scalar()
    kind = fork.what if other is not None else "unproven"
    return kind, encode((kind, fork.evidence, other or b""))
