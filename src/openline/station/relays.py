"""A relay: this station holds sealed parcels for two parties that cannot reach each other.

It does so only for pairs that its administrator allowed, of parties with which
it has lines of its own. Whoever may not, and whoever asks for somebody who is not
here, hears the same: who has a line with this station is nobody else's business.
"""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from typing import Any

from sqlalchemy import delete, func, insert, or_, select

from openline.station.carrier_tables import relayed, relays
from openline.station.engine import Engine, Job, Tx
from openline.wire.relaying import Request, check_request, read_request, write_held
from openline.words import limits
from openline.words.errors import OpenlineError, Whose

Json = dict[str, Any]
_DAY_MS = 86_400_000


def admit(engine: Engine, body: bytes) -> Request:
    """The request in `body`, signed by a party that has a line here; raises ``not-relayed``."""
    request = read_request(body)
    line = engine.lines.get(request.party)
    public = line.ring.signer(request.key_id) if line is not None else None
    if line is None or public is None or request.relay != engine.party:
        raise _not_relayed()
    if any(request.key_id in revocation.keys for revocation in line.ring.revocations):
        raise _not_relayed()
    check_request(request, public)
    return request


def serving(request: Request) -> Job:
    """The job that holds what is to be held, or hands over; its value is the answer."""
    return lambda tx: _hold(tx, request) if request.to else _hand_over(tx, request)


def allow(tx: Tx, one: str, other: str) -> None:
    """Hold parcels between the two from now on; raises ``unknown-line``, ``bad-relay``."""
    tx.line(one), tx.line(other)
    a, b = sorted((one, other))
    if a == b:
        raise OpenlineError(
            "bad-relay",
            "a relay stands between two parties",
            rule="R-CAR-17",
            next="name two lines of this station",
        )
    forbid(tx, a, b)
    tx.run(insert(relays).values(a=a, b=b))


def forbid(tx: Tx, one: str, other: str) -> None:
    """Hold nothing between the two any more, and let go of what is held."""
    a, b = sorted((one, other))
    tx.run(delete(relays).where(relays.c.a == a, relays.c.b == b))
    r = relayed.c
    ways = (r.sender == a) & (r.receiver == b), (r.sender == b) & (r.receiver == a)
    tx.run(delete(relayed).where(or_(*ways)))


def listed(engine: Engine, now_ms: Callable[[], int]) -> Json:
    """Between whom this station relays, and what it holds."""
    r = relayed.c
    with engine.store.read() as connection:
        pairs = connection.execute(select(relays.c.a, relays.c.b)).all()
        query = select(r.sender, r.receiver, func.count(), func.sum(r.size), func.min(r.at))
        held = connection.execute(query.group_by(r.sender, r.receiver)).all()
    return {
        "pairs": [[row.a, row.b] for row in pairs],
        "held": [
            {
                "from": sender,
                "to": receiver,
                "parcels": parcels,
                "bytes": int(size),
                "oldest_s": max(now_ms() - at, 0) // 1000,
            }
            for sender, receiver, parcels, size, at in held
        ],
    }


def _hold(tx: Tx, request: Request) -> bytes:
    a, b = sorted((request.party, request.to))
    if tx.run(select(relays.c.a).where(relays.c.a == a, relays.c.b == b)).first() is None:
        raise _not_relayed()
    r = relayed.c
    tx.run(delete(relayed).where(r.at < tx.now.wall.ms - limits.RELAY_DAYS * _DAY_MS))
    digest = sha256(request.sealed).digest()
    place = (r.sender == request.party, r.receiver == request.to)
    if tx.run(select(r.at).where(*place, r.digest == digest)).first() is not None:
        return write_held(())
    query = select(func.count(), func.coalesce(func.sum(r.size), 0)).where(*place)
    parcels, size = tx.run(query).one()
    if parcels >= limits.RELAY_PARCELS or size + len(request.sealed) > limits.RELAY_BYTES:
        raise OpenlineError(
            "relay-full",
            f"the relay holds {parcels} parcels for {request.to} already",
            whose=Whose.THEIRS,
            rule="R-CAR-18",
            next="the station tries again by itself; the other carriers go on",
        )
    row = {"sender": request.party, "receiver": request.to, "digest": digest}
    values = {"at": tx.now.wall.ms, "size": len(request.sealed), "sealed": request.sealed}
    tx.run(insert(relayed).values(**row, **values))
    return write_held(())


def _hand_over(tx: Tx, request: Request) -> bytes:
    r = relayed.c
    if request.taken:
        tx.run(delete(relayed).where(r.receiver == request.party, r.digest.in_(request.taken)))
    query = select(r.sealed).where(r.receiver == request.party).order_by(r.at, r.digest)
    parcels: list[bytes] = []
    room = limits.RELAY_BODY_BYTES - limits.RELAY_ASK_BYTES
    for (sealed,) in tx.run(query.limit(limits.COLLECTED)):
        room -= len(sealed) + 5
        if room < 0:
            break
        parcels.append(sealed)
    return write_held(parcels)


def _not_relayed() -> OpenlineError:
    return OpenlineError(
        "not-relayed",
        "this station relays nothing between these two",
        whose=Whose.THEIRS,
        rule="R-CAR-17",
        next="ask its administrator: `openline relay allow`",
    )
