"""Who signed an item: checked with the keys on the cards that are known, or kept until they are.

Nothing that is signed with an unknown key is taken as anybody's word. It waits
in a small durable place, its card is asked for, and once a card of that party's
root key brings the key, it is taken in as if it had just arrived.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from sqlalchemy import delete, insert, select

from openline.line.delivery import card_asks
from openline.line.ring import Ring
from openline.station.engine import Tx
from openline.station.hot import Hot, slot
from openline.station.tables import unverified
from openline.wire.card import Card
from openline.wire.cardask import CardAsk
from openline.wire.message import Message
from openline.wire.receipt import Item, read_signed
from openline.words import limits


@dataclass(frozen=True, slots=True)
class Unknown:
    """An item signed with the key of that short name, which stands on no card that is known."""

    raw: bytes
    key: bytes


Arrived = Item | Card | Unknown
"""What a parcel may bring, as far as its signatures are checked."""


def admit(raw: bytes, ours: Ring, theirs: Ring) -> Arrived:
    """Read one item and check its signature, outside any transaction (R-LINE-02).

    A message of our own, which the peer gives back, is signed by a key of ours. Whether the
    key may sign it is `Ring.check`'s to say. Raises what `read_signed` raises.
    """
    item, checked = read_signed(raw, lambda i: ring_for(ours, theirs, i).signer(i.key_id))
    return item if checked or isinstance(item, Card) else Unknown(raw, item.key_id)


def ring_for(ours: Ring, theirs: Ring, item: Item) -> Ring:
    """The ring of the party that signs such an item."""
    is_own = isinstance(item, Message) and item.direction.sender == ours.newest.party
    return ours if is_own else theirs


def park(tx: Tx, peer: str, items: Sequence[Unknown]) -> list[bytes]:
    """Keep items until their keys are known, as far as there is room; returns asks for the cards.

    What finds no room has no receipt, and comes again.
    """
    u = unverified.c
    rows = tx.run(select(unverified).where(u.peer == peer)).all()
    known = {row.digest for row in rows}
    count, size = len(rows), sum(len(row.raw) for row in rows)
    for item in items:
        digest = sha256(peer.encode() + b"\0" + item.raw).digest()
        count, size = count + 1, size + len(item.raw)
        if digest in known or count > limits.UNVERIFIED or size > limits.UNVERIFIED_BYTES:
            count, size = count - 1, size - len(item.raw)
            continue
        known.add(digest)
        row = {"digest": digest, "peer": peer, "key": item.key, "raw": item.raw}
        tx.run(insert(unverified).values(**row, arrived_at=tx.now.wall.ms))
    asked = list(dict.fromkeys(each.key for each in (*items, *rows)))[: limits.CARD_ASKS]
    state = replace(tx.line(peer).state, asking=tuple(asked))
    tx.set_state(peer, state)
    tx.wake.setdefault(peer, False)  # where this came as an answer, the asks leave by themselves
    return list(card_asks(state, tx.now))


def unpark(tx: Tx, peer: str) -> list[Unknown]:
    """Take out everything of that line that waited, oldest first: a card was learned."""
    u = unverified.c
    rows = _PARKED.run(tx.connection, {"peer": peer}).fetchall()
    if rows:
        tx.run(delete(unverified).where(u.peer == peer))
    tx.set_state(peer, replace(tx.line(peer).state, asking=()))
    return [Unknown(raw, key) for raw, key in rows]


def answer(tx: Tx, peer: str, ask: CardAsk) -> bytes:
    """The card that was asked for, of ours or of the asking side's own; else our newest."""
    ours, theirs = tx.own.ring, tx.line(peer).ring
    card = ours.card_with(ask.asked) or theirs.card_with(ask.asked) or tx.own.card
    return card.raw


_u = unverified.c
_PARKED = Hot(
    select(_u.raw, _u.key).where(_u.peer == slot("peer")).order_by(_u.arrived_at, _u.digest)
)
