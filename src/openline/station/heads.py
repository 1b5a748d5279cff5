"""Lines as the database keeps them: the peer's card and the heads of both records."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from sqlalchemy import Connection, insert, select, update

from openline.forms.catalog import FIRST_LEVEL
from openline.line.records import LineState, Parked, Received, Sent
from openline.line.ring import Known, Ring
from openline.record.tree import Frontier
from openline.station import cards, nodes
from openline.station.hot import Hot, fixed, hot_insert, slot
from openline.station.tables import heads, lines, messages, unverified
from openline.wire.card import Card, card_text, read_card
from openline.wire.keys import SigningKey
from openline.wire.sealing import LIGHT
from openline.words import limits
from openline.words.errors import OpenlineError
from openline.words.moment import Moment
from openline.words.party import Direction


@dataclass(frozen=True, slots=True)
class Line:
    """One line in memory: the other side's cards, the delivery state, and what the peer reads."""

    ring: Ring
    state: LineState
    light_ours: bool = False
    """Our newest terms allow sealing with X25519 alone; without them it is not taken."""
    light_theirs: bool = False
    """So do theirs; without both it is not used."""
    level: int = FIRST_LEVEL
    """Of the forms that the peer reads, as it said last."""

    @property
    def card(self) -> Card:
        """The other side's newest card."""
        return self.ring.newest


def require(found: Mapping[str, Line], peer: str) -> Line:
    """The line to `peer`; raises ``unknown-line`` (R-STN-05)."""
    if peer not in found:
        raise OpenlineError(
            "unknown-line",
            f"there is no line to {peer[:40]!r}",
            rule="R-STN-05",
            next="`openline join` the other side's card first; `openline status` lists the lines",
        )
    return found[peer]


_Epochs = Mapping[int, Sent | Received]


def open_line(
    connection: Connection, party: str, signer: SigningKey, card: Card, at: Moment
) -> Line:
    """Store a new line; its records' heads are stored with what first changes them."""
    line = Line(Ring((Known(card),)), LineState(signer, party, card.party))
    cards.keep(connection, card, at)
    row = {"peer": card.party, "card": card_text(card), "joined_at": at.ms}
    epochs = {"out_epoch": line.state.out_epoch, "in_epoch": line.state.in_epoch}
    connection.execute(insert(lines).values(**row, **epochs, terms_ours="{}", terms_theirs="{}"))
    return line


def load(connection: Connection, party: str, signer: SigningKey) -> dict[str, Line]:
    """All lines, by peer."""
    found = {}
    rows = _LINES.run(connection, {}).fetchall()
    for peer, card, out_epoch, in_epoch, terms_ours, terms_theirs, level in rows:
        sent, received = _epochs(connection, party, peer)
        state = LineState(
            signer,
            party,
            peer,
            out_epoch,
            in_epoch,
            MappingProxyType(sent),
            MappingProxyType(received),
            _asking(connection, peer),
        )
        ring = cards.ring_of(connection, peer, read_card(card))
        found[peer] = Line(ring, state, allows_light(terms_ours), allows_light(terms_theirs), level)
    return found


def _asking(connection: Connection, peer: str) -> tuple[bytes, ...]:
    return tuple(key for (key,) in _ASKING.run(connection, {"peer": peer}))


def _epochs(
    connection: Connection, party: str, peer: str
) -> tuple[dict[int, Sent], dict[int, Received]]:
    parked: dict[int, dict[int, Parked]] = {}
    for epoch, number, leaf, shown, early in _PARKED.run(connection, {"peer": peer}):
        parked.setdefault(epoch, {})[number] = Parked(leaf, bool(shown), early)
    sent: dict[int, Sent] = {}
    received: dict[int, Received] = {}
    for way, epoch, size, peaks, receipted, known, receipt in _HEADS.run(
        connection, {"peer": peer}
    ):
        frontier = Frontier.from_bytes(size, peaks)
        if way == "out":
            direction = Direction(party, peer, epoch)
            sent[epoch] = Sent(direction, frontier, receipted, known)
        else:
            direction = Direction(peer, party, epoch)
            beyond = MappingProxyType(parked.get(epoch, {}))
            received[epoch] = Received(direction, frontier, beyond, receipt, receipted)
    return sent, received


def allows_light(terms: str) -> bool:
    """Whether a side's terms, as JSON, allow sealing with X25519 alone."""
    return bool(json.loads(terms).get("sealing") == LIGHT.name)


def save(connection: Connection, before: Mapping[str, Line], after: Mapping[str, Line]) -> None:
    """Write what changed of the lines' heads."""
    for peer, line in after.items():
        old = before[peer].state if peer in before else None
        if old is not line.state:
            _save(connection, peer, old, line.state)


def _save(connection: Connection, peer: str, old: LineState | None, new: LineState) -> None:
    sides: tuple[tuple[str, _Epochs, _Epochs], ...] = (
        ("out", {**new.sent}, {**old.sent} if old else {}),
        ("in", {**new.received}, {**old.received} if old else {}),
    )
    for way, epochs, known in sides:
        for rank, (epoch, each) in enumerate(epochs.items()):
            if known.get(epoch) is each:
                continue
            row = {"peer": peer, "way": way, "epoch": epoch, **_head(each)}
            if epoch in known:
                _UPDATE.run(connection, row)
            else:
                _INSERT.run(connection, row | {"rank": rank})
            before = known[epoch].size if epoch in known else 0
            nodes.keep(connection, peer, way, epoch, before, each.size)
    epochs_now = (new.out_epoch, new.in_epoch)
    if old is not None and (old.out_epoch, old.in_epoch) != epochs_now:
        where = lines.c.peer == peer
        columns = {"out_epoch": new.out_epoch, "in_epoch": new.in_epoch}
        connection.execute(update(lines).where(where).values(columns))


def _head(each: Sent | Received) -> dict[str, object]:
    head: dict[str, object] = {"size": each.size, "frontier": each.frontier.to_bytes()}
    if isinstance(each, Sent):
        return head | {"receipted": each.covered, "known": each.known, "receipt": b""}
    return head | {"receipted": each.given_size, "known": 0, "receipt": each.given}


_l = lines.c
_LINES = Hot(
    select(_l.peer, _l.card, _l.out_epoch, _l.in_epoch, _l.terms_ours, _l.terms_theirs, _l.level)
)
_h = heads.c
_COLUMNS = ("size", "frontier", "receipted", "known", "receipt")
_UPDATE = Hot(
    update(heads)
    .where(_h.peer == slot("peer"), _h.way == slot("way"), _h.epoch == slot("epoch"))
    .values({name: slot(name) for name in _COLUMNS})
)
_INSERT = hot_insert(heads)
_m = messages.c
_PARKED = Hot(
    select(_m.epoch, _m.number, _m.leaf, _m.shown, _m.early).where(
        _m.peer == slot("peer"), _m.way == fixed("in"), _m.root.is_(None)
    )
)
_ASKING = Hot(
    select(unverified.c.key)
    .where(unverified.c.peer == slot("peer"))
    .distinct()
    .limit(limits.CARD_ASKS)
)
_HEADS = Hot(
    select(_h.way, _h.epoch, *(_h[name] for name in _COLUMNS))
    .where(_h.peer == slot("peer"))
    .order_by(_h.rank)
)
