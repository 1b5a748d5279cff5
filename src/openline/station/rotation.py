"""Changing a station's keys, and revoking them: what its root key signed takes effect.

The root key never comes here. A station makes new keys and shows their public
parts; whoever has the root key signs the card; the station checks it and takes
it into use, in one transaction with the messages that say so on every line.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from openline.forms.precedence import Precedence
from openline.line.records import LineState, Received, Sent
from openline.station import cards, generations, keys, traffic
from openline.station.engine import Tx
from openline.station.keys import Keys
from openline.station.own import Own
from openline.station.station import Station
from openline.wire.card import Card, CardKeys, replaces
from openline.wire.keys import key_id
from openline.wire.revocation import Extent, Revocation, check_revocation
from openline.words.errors import OpenlineError, Whose


def prepare(station: Station) -> CardKeys:
    """Make new keys and write them beside those in use; returns their public parts (R-KEY-11)."""
    engine = station.engine
    if engine.keys.public != engine.card.keys:  # they were lost: these are new already
        keys.replace_keys(station.folder.keys, engine.keys)
        return engine.keys.public
    new = keys.new_keys(engine.keys)
    keys.replace_keys(station.folder.keys, engine.keys, new)
    return new.public


def install(station: Station, card: Card, lost: bool) -> None:
    """Take a newer card into use, whose keys were prepared, and announce it on every line.

    Raises ``not-newer``, ``not-prepared``.
    """
    engine, folder = station.engine, station.folder
    if not replaces(card, engine.card):
        raise OpenlineError(
            "not-newer",
            f"card {card.serial} does not follow card {engine.card.serial} of {engine.party}",
            rule="R-KEY-03",
            next="sign a card with a greater serial number, with this station's root key",
        )
    prepared = keys.read_generations(folder.keys)
    new = next((each for each in prepared if each.public == card.keys), None)
    if new is None:
        raise OpenlineError(
            "not-prepared",
            "the card's keys are not those that this station has prepared",
            rule="R-KEY-11",
            next="change one thing at a time: run `openline keys rotate` again",
        )
    station.run(lambda tx: rotate(tx, card, new, lost))
    generations.tidy(folder, card, new)
    if not engine.behind:
        engine.on_known()


def rotate(tx: Tx, card: Card, new: Keys, lost: bool) -> None:
    """Announce a card on every line, by the old signing key or, when it is lost, by the new one.

    A lost card whose number skips some takes the place of one that this station does not know: it
    came back from a backup, and what it signed since is refused. Its records go on in new epochs.
    """
    behind = lost and card.serial > tx.own.card.serial + 1
    cards.keep(tx.connection, card, tx.now.wall)
    own = Own(card, new, tx.own.ring.with_card(card))
    fields = {"serial": card.serial, "lost": lost, "card": card.raw}
    if lost:
        _become(tx, own)
    for peer in tuple(tx.lines):
        if behind:
            traffic.begin_anew(tx, peer, "restored")
        traffic.submit(tx, (peer,), "keys", fields, Precedence.IMMEDIATE if lost else None)
    if not lost:
        _become(tx, own)


def _become(tx: Tx, own: Own) -> None:
    for peer, line in tuple(tx.lines.items()):
        tx.set_state(peer, replace(line.state, signer=own.signer))
    tx.own = replace(own, ring=own.ring)
    tx.topics |= {"lines", "keys"}


# ---- revoking ------------------------------------------------------------------------


def extents(state: LineState) -> tuple[tuple[Extent, ...], tuple[Extent, ...]]:
    """Every epoch of both records, as a revocation names them."""
    return _extents(state.sent), _extents(state.received)


def _extents(epochs: Mapping[int, Sent] | Mapping[int, Received]) -> tuple[Extent, ...]:
    return tuple(
        Extent(epoch, epochs[epoch].size, epochs[epoch].root()) for epoch in sorted(epochs)
    )


def revoke(station: Station, revocations: Sequence[Revocation]) -> list[str]:
    """Send each revocation on its line; returns the messages' ids.

    Raises ``unknown-line``, ``key-in-use``, ``other-line``, ``bad-signature``.
    """
    ids: list[str] = station.run(lambda tx: [_revoke(tx, each) for each in revocations])
    return ids


def _revoke(tx: Tx, revocation: Revocation) -> str:
    card = tx.own.card
    check_revocation(revocation, card.root_key)
    if revocation.party != card.party or revocation.peer not in tx.lines:
        raise OpenlineError(
            "other-line",
            f"no line from {revocation.party} to {revocation.peer} is here",
            whose=Whose.OURS,
            rule="R-KEY-08",
            next="`openline status` lists the lines",
        )
    if key_id(card.signing_key) in revocation.keys:
        raise OpenlineError(
            "key-in-use",
            "the key signs this station's messages now",
            rule="R-KEY-08",
            next="change the keys first: `openline keys revoke` does both",
        )
    fields: dict[str, Any] = {"misused_since": revocation.since.ms, "statement": revocation.raw}
    return traffic.submit(tx, (revocation.peer,), "revocation", fields)
