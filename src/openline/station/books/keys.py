"""The book of keys: what a side says of its own keys, and whether the other side may believe it.

A card counts when the root key that this station enrolled has signed it and it
is no older than the one that was joined; the newest of them holds. A revocation
counts when that root key has signed it; the machine answers with what this side
holds.
"""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from typing import Any

from openline.forms.precedence import Precedence
from openline.line.events import Place
from openline.line.records import Received, Sent
from openline.line.ring import Ring
from openline.station import cards, entries, epochs
from openline.station.books import alarms, answers
from openline.station.engine import Tx
from openline.station.entries import Entry
from openline.wire.card import Card, read_signed_card
from openline.wire.revocation import Revocation, check_revocation, read_revocation
from openline.words.errors import OpenlineError, Whose


def learn(tx: Tx, peer: str, card: Card, place: Place | None = None) -> None:
    """Take a card that was signed by the root key of `peer`, or by our own (R-KEY-03).

    Raises ``other-root``, ``old-card``, ``other-card`` and ``too-many-cards`` (theirs).
    """
    is_own = card.party == tx.engine.party
    ring = tx.own.ring if is_own else tx.line(peer).ring
    if (card.party, card.root_key) != (ring.newest.party, ring.newest.root_key):
        raise _refused("other-root", f"a card of {card.party} with another root key than enrolled")
    known = ring.card_numbered(card.serial)
    if is_own:
        _learn_own(tx, peer, card)
        return
    if known is not None and known.place is not None:
        place = None  # announced before: the first place stands
    if card.serial < (first := ring.cards[0].card.serial):
        raise _refused("old-card", f"card {card.serial} of {card.party}, where {first} was joined")
    cards.keep(tx.connection, ring.newest, tx.now.wall)  # where an older program joined it
    cards.keep(tx.connection, card, tx.now.wall, place)
    if known is None or place is not None:
        tx.set_ring(peer, ring.with_card(card, place))


def _learn_own(tx: Tx, peer: str, card: Card) -> None:
    """A card of ours that we did not know: we came back from a backup."""
    if tx.own.ring.card_numbered(card.serial) is not None:
        return
    if card.serial > tx.own.card.serial:
        about = f"card {card.serial}"
        alarms.raise_alarm(tx, peer, about, Precedence.IMMEDIATE, "own-card-newer")
        return
    cards.keep(tx.connection, card, tx.now.wall)
    tx.own = replace(tx.own, ring=tx.own.ring.with_card(card))


def on_keys(tx: Tx, entry: Entry) -> None:
    """A side goes on with the keys of a new card; what follows in its record is signed with them.

    Raises what `learn` raises, and ``bad-card`` (theirs).
    """
    card = read_signed_card(bytes(entry.fields["card"]))
    if (card.party, card.serial) != (entry.issuer, entry.fields["serial"]):
        raise _refused("bad-card", "the card is not the one that the message names")
    if entry.way == "in":
        learn(tx, entry.peer, card, (entry.epoch, entry.number))


def on_revocation(tx: Tx, entry: Entry) -> None:
    """A side takes keys back: from now on they sign nothing, and both sides say what they hold.

    Raises ``bad-header``, ``bad-signature``, ``other-line``, ``other-time`` and
    ``too-many-revocations`` (theirs).
    """
    revocation = read_revocation(bytes(entry.fields["statement"]))
    ring = tx.own.ring if entry.way == "out" else tx.line(entry.peer).ring
    check_revocation(revocation, ring.newest.root_key)
    if (revocation.party, revocation.peer) != (entry.issuer, entry.other):
        raise _refused("other-line", "the revocation was signed for another line")
    if revocation.since.ms != entry.fields["misused_since"]:
        raise _refused("other-time", "the revocation names another time than the message")
    cards.keep_revocation(tx.connection, revocation, tx.now.wall)
    ring = _with(ring, revocation)
    if entry.way == "out":
        tx.own = replace(tx.own, ring=ring)
        tx.topics.add("keys")
        return
    tx.set_ring(entry.peer, ring)
    equal = _agree(tx, entry.peer, revocation)
    if not equal:
        alarms.raise_alarm(
            tx, entry.peer, f"{entry.id} heads", Precedence.IMMEDIATE, "records-differ"
        )
    held = {"about": entry.id, "statement": sha256(revocation.raw).digest(), "equal": equal}
    tx.reply(entry.peer, "revocation-held", held | _heads(tx, entry.peer))


def on_held(tx: Tx, entry: Entry) -> None:
    """The other side's machine says what it holds, and by its signature that it knows."""
    theirs = "in" if entry.way == "out" else "out"
    tx.run(answers.set_state(entry.peer, theirs, str(entry.fields["about"]), "answered"))
    if entry.way == "in" and not entry.fields["equal"]:
        alarms.raise_alarm(tx, entry.peer, entry.id, Precedence.IMMEDIATE, "records-differ")


def _with(ring: Ring, revocation: Revocation) -> Ring:
    return ring if revocation in ring.revocations else ring.with_revocation(revocation)


def _heads(tx: Tx, peer: str) -> dict[str, Any]:
    state = tx.line(peer).state
    sides: dict[str, Sent | Received] = {"out": state.out, "in": state.into}
    return {
        way: {"epoch": each.direction.epoch, "size": each.size, "root": each.root()}
        for way, each in sides.items()
    }


def _agree(tx: Tx, peer: str, revocation: Revocation) -> bool:
    """Whether nothing that the revocation names contradicts what is recorded here.

    What it names of its own record may still be on its way; of ours it cannot hold more than is.
    """
    state = tx.line(peer).state
    older = revocation.own[:-1]
    beyond = any(state.received_in(extent.epoch).size > extent.size for extent in older)
    may_lack = {"in": True, "out": epochs.is_recovering(state)}
    sides = (("in", revocation.own), ("out", revocation.other))
    for way, extents in sides:
        for extent in extents:
            root = entries.root_at(tx.connection, peer, way, extent.epoch, extent.size)
            if root != extent.root and not (root is None and may_lack[way]):
                return False
    return not beyond


def _refused(code: str, what: str) -> OpenlineError:
    return OpenlineError(
        code,
        what,
        whose=Whose.THEIRS,
        rule="R-KEY-03",
        next="call the desk there by the numbers on its card; nothing was changed",
    )
