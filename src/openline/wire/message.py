"""A message: one filled form, signed by its sender, with its number in its record."""

from __future__ import annotations

from dataclasses import dataclass

from openline.record.tree import leaf_hash
from openline.wire import cose, statement
from openline.wire.keys import SigningKey
from openline.words.moment import Moment
from openline.words.party import Direction


@dataclass(frozen=True, slots=True)
class Message:
    """Message `number` (from 0) of the record `direction`; `raw` is what was signed and sent.

    `payload` is the form's bytes, not looked into here: what cannot be understood is
    recorded all the same.
    """

    direction: Direction
    number: int
    at: Moment
    key_id: bytes
    payload: bytes
    raw: bytes

    @property
    def leaf(self) -> bytes:
        """Its leaf in the record's tree: 32 bytes, over all of `raw`."""
        return leaf_hash(self.raw)


def write_message(
    key: SigningKey, direction: Direction, number: int, at: Moment, payload: bytes
) -> Message:
    """Sign `payload` as the sender's message `number`.

    Raises ``bad-direction``, ``bad-header`` or ``too-large`` (ours).
    """
    raw = statement.write(key, cose.MESSAGE, direction, number, at, payload=payload)
    return Message(direction, number, at, key.key_id, payload, raw)


def read_message(raw: bytes) -> Message:
    """The message in `raw`, by its structure only: `check_message` checks who signed it.

    Raises ``bad-cbor``, ``bad-cose`` or ``bad-header`` (theirs).
    """
    return from_statement(statement.read_as(cose.MESSAGE, raw))


def from_statement(said: statement.Statement) -> Message:
    """The message that a statement of type `cose.MESSAGE` is."""
    return Message(said.direction, said.number, said.at, said.key_id, said.payload, said.raw)


def check_message(message: Message, public: bytes) -> None:
    """Pass when `public`'s key signed it; else ``bad-signature`` (theirs)."""
    statement.check(message.raw, public)
