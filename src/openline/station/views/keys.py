"""Keys: whose they are, which card brought them, and whether they hold."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from openline.line.ring import Known
from openline.station.heads import require
from openline.station.rotation import extents
from openline.station.station import Station
from openline.wire.keys import key_id
from openline.wire.revocation import Extent, Revocation

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class History:
    """The cards of each party by serial, where each was announced, and every revocation."""

    cards: Mapping[str, tuple[Known, ...]]
    revocations: tuple[Revocation, ...]


def history(station: Station, lines: Collection[str] | None = None) -> History:
    """Our own key history and that of the other sides of these lines, or of all.

    A card of ours has no place: it was announced on every line, by the message of form
    ``keys`` there. Raises ``unknown-line``.
    """
    engine = station.engine
    rings = {engine.party: engine.own.ring}
    for peer in engine.lines if lines is None else lines:
        rings[peer] = require(engine.lines, peer).ring
    said = tuple(
        revocation
        for ring in rings.values()
        for revocation in ring.revocations
        if revocation.party in rings and revocation.peer in rings
    )
    return History({party: ring.cards for party, ring in rings.items()}, said)


def all_revocations(station: Station) -> tuple[Revocation, ...]:
    """Every revocation that is known, of ours and of our peers."""
    return history(station).revocations


def list_keys(station: Station) -> Json:
    """``keys list --json``."""
    known = history(station)
    revoked = {(each.party, key) for each in known.revocations for key in each.keys}
    found = [
        {
            "party": party,
            "serial": held.card.serial,
            "job": job,
            "id": key_id(public).hex(),
            "since": str(held.card.issued),
            "state": _state((party, key_id(public)) in revoked, held is cards[-1]),
        }
        for party, cards in known.cards.items()
        for held in cards
        for job, public in asdict(held.card.keys).items()
    ]
    return {"party": station.engine.party, "keys": found}


def _state(revoked: bool, newest: bool) -> str:
    return "revoked" if revoked else "current" if newest else "old"


def list_extents(station: Station) -> Json:
    """Every epoch of both records, line by line."""
    return {
        "party": station.engine.party,
        "at": str(station.now()),
        "lines": {
            peer: dict(zip(("own", "other"), map(_shown, extents(line.state)), strict=True))
            for peer, line in station.engine.lines.items()
        },
    }


def _shown(found: tuple[Extent, ...]) -> list[Json]:
    return [{"epoch": e.epoch, "size": e.size, "root": e.root.hex()} for e in found]
