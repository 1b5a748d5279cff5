"""The book of lines: whose card each side holds, and the terms that each proposed."""

from __future__ import annotations

import json
from dataclasses import replace
from hashlib import sha256

from sqlalchemy import select, update

from openline.forms.precedence import Precedence
from openline.line.ring import Ring
from openline.station.books import activities, alarms
from openline.station.engine import Tx
from openline.station.entries import Entry
from openline.station.heads import allows_light
from openline.station.tables import lines
from openline.wire.card import Card


def card_digest(card: Card) -> bytes:
    """SHA-256 of a card as signed: what message number 0 carries."""
    return sha256(card.raw).digest()


def card_fields(own: Card, peer: Card) -> dict[str, bytes]:
    """The fields of message number 0."""
    return {"peer_card": card_digest(peer), "own_card": card_digest(own)}


def on_card(tx: Tx, entry: Entry) -> None:
    """The first message each way signs the other side's card: it must be the one that we hold."""
    if entry.way == "in":
        hear_level(tx, entry)
    own, peer = tx.own.ring, tx.line(entry.peer).ring
    signer, other = (own, peer) if entry.way == "out" else (peer, own)
    named = {"own_card": signer, "peer_card": other}
    if not all(entry.fields[name] in _digests(ring) for name, ring in named.items()):
        what = "card-differs"
        alarms.raise_alarm(tx, entry.peer, entry.id, Precedence.IMMEDIATE, what)


def _digests(ring: Ring) -> set[bytes]:
    """Any card of a party will do: it may have changed its keys since it was joined."""
    return {card_digest(known.card) for known in ring.cards}


def hear_level(tx: Tx, entry: Entry) -> None:
    """What level of forms the peer speaks: its card's message and every line test say so."""
    line = tx.line(entry.peer)
    level = int(entry.fields.get("speaks", line.level))
    if level != line.level:
        tx.lines[entry.peer] = replace(line, level=level)
        tx.run(update(lines).where(lines.c.peer == entry.peer).values(level=level))


def on_declaration(tx: Tx, entry: Entry) -> None:
    """What a side declares about the line stands apart from what is observed (R-LINE-30)."""
    column = lines.c.declared_ours if entry.way == "out" else lines.c.declared_theirs
    declared = str(entry.fields["declared"])
    tx.run(update(lines).where(lines.c.peer == entry.peer).values({column.name: declared}))
    tx.topics.add("lines")


def on_terms(tx: Tx, entry: Entry) -> None:
    """A side's proposal: what it leaves out stays; every pair on the line is matched again."""
    column = lines.c.terms_ours if entry.way == "out" else lines.c.terms_theirs
    where = lines.c.peer == entry.peer
    before = json.loads(tx.run(select(column).where(where)).scalar_one())
    terms = json.dumps(before | dict(entry.fields))
    tx.run(update(lines).where(where).values({column.name: terms}))
    line, light = tx.line(entry.peer), allows_light(terms)
    ours = entry.way == "out"
    tx.lines[entry.peer] = (
        replace(line, light_ours=light) if ours else replace(line, light_theirs=light)
    )
    tx.topics.add("policy")
    activities.match_all(tx, entry.peer)
