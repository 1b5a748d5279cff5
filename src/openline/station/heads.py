"""Lines as the database keeps them: the peer's card and the heads of both records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from openline.line.delivery import LineState, Parked
from openline.record.tree import Frontier
from openline.station.tables import heads, lines, messages
from openline.wire.card import Card, card_text, read_card
from openline.wire.keys import SigningKey
from openline.words.errors import OpenlineError
from openline.words.moment import Moment
from openline.words.party import Direction

FIRST_EPOCH = 1


@dataclass(frozen=True, slots=True)
class Line:
    """One line in memory: the other side's card, and the delivery state."""

    card: Card
    state: LineState


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


def open_line(
    connection: Connection, party: str, signer: SigningKey, card: Card, at: Moment
) -> Line:
    """Store a new line with empty records."""
    peer = card.party
    line = Line(card, _state(party, peer, signer))
    connection.execute(
        insert(lines).values(
            peer=peer, card=card_text(card), joined_at=at.ms, terms_ours="{}", terms_theirs="{}"
        )
    )
    for way, head in _heads(line.state).items():
        connection.execute(insert(heads).values(peer=peer, way=way, epoch=FIRST_EPOCH, **head))
    return line


def load(connection: Connection, party: str, signer: SigningKey) -> dict[str, Line]:
    """All lines, by peer."""
    found = {}
    for row in connection.execute(select(lines)).all():
        sides = connection.execute(select(heads).where(heads.c.peer == row.peer)).all()
        by_way = {side.way: side for side in sides}
        parked = connection.execute(
            select(messages.c.number, messages.c.leaf, messages.c.shown, messages.c.early).where(
                messages.c.peer == row.peer, messages.c.way == "in", messages.c.root.is_(None)
            )
        ).all()
        state = _restore(party, row.peer, signer, by_way["out"], by_way["in"], parked)
        found[row.peer] = Line(read_card(row.card), state)
    return found


def save(connection: Connection, before: Mapping[str, Line], after: Mapping[str, Line]) -> None:
    """Write the heads of the lines that changed."""
    for peer, line in after.items():
        old = before.get(peer)
        if old is None or old.state is not line.state:
            for way, head in _heads(line.state).items():
                place = {"p_peer": peer, "p_way": way}
                connection.execute(_UPDATE, place | {f"p_{name}": v for name, v in head.items()})


def _state(party: str, peer: str, signer: SigningKey) -> LineState:
    out, into = Direction(party, peer, FIRST_EPOCH), Direction(peer, party, FIRST_EPOCH)
    return LineState(signer, out, into)


def _restore(
    party: str, peer: str, signer: SigningKey, out: Row[Any], into: Row[Any], parked: Any
) -> LineState:
    return LineState(
        signer,
        Direction(party, peer, out.epoch),
        Direction(peer, party, into.epoch),
        sent=Frontier.from_bytes(out.size, out.frontier),
        covered=out.receipted,
        received=Frontier.from_bytes(into.size, into.frontier),
        parked=MappingProxyType({p.number: Parked(p.leaf, p.shown, p.early) for p in parked}),
        given=into.receipt,
        given_size=into.receipted,
    )


def _heads(state: LineState) -> dict[str, dict[str, object]]:
    return {
        "out": {
            "size": state.sent.size,
            "frontier": state.sent.to_bytes(),
            "receipted": state.covered,
            "receipt": b"",
        },
        "in": {
            "size": state.received.size,
            "frontier": state.received.to_bytes(),
            "receipted": state.given_size,
            "receipt": state.given,
        },
    }


# Built once: every transaction writes heads.
_UPDATE = (
    update(heads)
    .where(heads.c.peer == bindparam("p_peer"), heads.c.way == bindparam("p_way"))
    .values({name: bindparam(f"p_{name}") for name in ("size", "frontier", "receipted", "receipt")})
)
