"""Cards and revocations as the database keeps them: the history of a party's keys."""

from __future__ import annotations

from hashlib import sha256

from sqlalchemy import Connection, func, insert, select, update

from openline.line.events import Place
from openline.line.ring import Ring
from openline.station.hot import Hot, hot_insert, slot
from openline.station.store import Store
from openline.station.tables import cards, lines, revocations
from openline.wire.card import Card, card_text, read_signed_card
from openline.wire.revocation import Revocation, read_revocation
from openline.words import limits
from openline.words.errors import OpenlineError, Whose
from openline.words.moment import Moment

_c, _r = cards.c, revocations.c
_OF_PARTY = _c.party == slot("party")
_NUMBERED = (_OF_PARTY, _c.serial == slot("serial"))
_CARD = Hot(select(_c.raw).where(*_NUMBERED))
_KEPT = Hot(select(func.count(), func.max(_c.serial)).where(_OF_PARTY))
_KEEP = hot_insert(cards)
_ANNOUNCED = Hot(update(cards).where(*_NUMBERED).values(epoch=slot("epoch"), number=slot("number")))
_CARDS = Hot(select(_c.raw, _c.epoch, _c.number).where(_OF_PARTY).order_by(_c.serial))
_NEWEST = Hot(select(_c.raw).where(_OF_PARTY).order_by(_c.serial.desc()).limit(1))
_OF_LINE = Hot(update(lines).where(lines.c.peer == slot("party")).values(card=slot("card")))
_REVOCATIONS = Hot(select(_r.raw).where(_r.party == slot("party")).order_by(_r.learned_at))


def is_kept(store: Store, card: Card) -> bool:
    """Whether the database has this card."""
    with store.read() as connection:
        return _has(connection, card)


def keep(connection: Connection, card: Card, at: Moment, place: Place | None = None) -> None:
    """Keep a card, and where in its party's record it was announced; a peer's newest is its line's.

    Raises ``too-many-cards`` (theirs).
    """
    epoch, number = place or (None, None)
    announced = {"party": card.party, "serial": card.serial, "epoch": epoch, "number": number}
    if _has(connection, card):
        if place is not None:
            _ANNOUNCED.run(connection, announced)
        return
    kept, newest = _KEPT.run(connection, {"party": card.party}).fetchone()
    if kept >= limits.CARDS_KEPT:
        raise OpenlineError(
            "too-many-cards",
            f"{card.party} has more than {limits.CARDS_KEPT} cards (CARDS_KEPT)",
            whose=Whose.THEIRS,
            rule="R-KEY-03",
            next="ask the desk there why it changes its keys so often",
        )
    _KEEP.run(connection, announced | {"raw": card.raw, "learned_at": at.ms})
    if newest is None or card.serial > newest:
        _OF_LINE.run(connection, {"party": card.party, "card": card_text(card)})


def newest_of(connection: Connection, party: str) -> Card | None:
    """The card of a party with the greatest serial number, or None."""
    row = _NEWEST.run(connection, {"party": party}).fetchone()
    return None if row is None else read_signed_card(row[0])


def ring_of(connection: Connection, party: str, card: Card) -> Ring:
    """The cards of a party from the first, and its revocations; `card` is one of them."""
    of_party = {"party": party}
    ring = Ring(()).with_card(card)
    for raw, epoch, number in _CARDS.run(connection, of_party):
        place = None if epoch is None else (epoch, number)
        ring = ring.with_card(card if raw == card.raw else read_signed_card(raw), place)
    for (raw,) in _REVOCATIONS.run(connection, of_party):
        ring = ring.with_revocation(read_revocation(raw))
    return ring


def keep_revocation(connection: Connection, revocation: Revocation, at: Moment) -> None:
    """Keep a revocation; it holds on the line between its party and its peer.

    Raises ``too-many-revocations`` (theirs).
    """
    digest = sha256(revocation.raw).digest()
    if connection.execute(select(_r.digest).where(_r.digest == digest)).first():
        return
    of_line = (_r.party == revocation.party, _r.peer == revocation.peer)
    kept = select(func.count()).select_from(revocations).where(*of_line)
    if connection.execute(kept).scalar_one() >= limits.REVOCATIONS:
        raise OpenlineError(
            "too-many-revocations",
            f"more than {limits.REVOCATIONS} revocations (REVOCATIONS)",
            whose=Whose.THEIRS,
            rule="R-KEY-08",
            next="ask the desk there why it revokes so often",
        )
    row = {"digest": digest, "peer": revocation.peer, "party": revocation.party}
    connection.execute(insert(revocations).values(**row, raw=revocation.raw, learned_at=at.ms))


def _has(connection: Connection, card: Card) -> bool:
    row = _CARD.run(connection, {"party": card.party, "serial": card.serial}).fetchone()
    if row is not None and row[0] != card.raw:
        raise OpenlineError(
            "other-card",
            f"{card.party} has signed two different cards with the number {card.serial}",
            whose=Whose.THEIRS,
            rule="R-KEY-03",
            next="its root key is misused, or it was changed from two copies: call the desk there",
        )
    return row is not None
