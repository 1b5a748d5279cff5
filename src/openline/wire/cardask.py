"""Asking for the card of a key: what came is signed with a key that no known card has."""

from __future__ import annotations

from dataclasses import dataclass

from openline.wire import cose, statement
from openline.wire.keys import KEY_ID_BYTES, SigningKey
from openline.words.errors import OpenlineError
from openline.words.moment import Moment
from openline.words.party import Direction


@dataclass(frozen=True, slots=True)
class CardAsk:
    """The receiver of the record `direction` asks its sender which card has the key `asked`.

    `asked` is a key's short name (8 bytes). The answer is that card, as its root key signed it.
    """

    direction: Direction
    asked: bytes
    at: Moment
    key_id: bytes
    raw: bytes


def write_card_ask(key: SigningKey, direction: Direction, asked: bytes, at: Moment) -> CardAsk:
    """Ask, as the receiver, for the card that has the key `asked`.

    Raises ``bad-direction`` or ``bad-header`` (ours).
    """
    if len(asked) != KEY_ID_BYTES:
        raise OpenlineError(
            "bad-header", f"a key's short name has {KEY_ID_BYTES} bytes", rule="R-KEY-01"
        )
    raw = statement.write(key, cose.CARD_ASK, direction, 0, at, payload=asked)
    return CardAsk(direction, asked, at, key.key_id, raw)


def from_statement(said: statement.Statement) -> CardAsk:
    """The ask that a statement of type `cose.CARD_ASK` is; raises ``bad-header`` (theirs)."""
    if said.number != 0 or len(said.payload) != KEY_ID_BYTES:
        raise statement.refused("its payload names no key", "R-KEY-01")
    return CardAsk(said.direction, said.payload, said.at, said.key_id, said.raw)
