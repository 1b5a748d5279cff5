"""Revocations: a party's root key takes keys of its own back, and says what of theirs stands.

A revocation belongs to one line. It names every epoch of both records as its
issuer holds them: what the revoked keys signed within those sizes stays, what
they sign beyond is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from openline.record.tree import HASH_BYTES
from openline.wire import cose
from openline.wire.cbor import Value, decode, encode
from openline.wire.keys import KEY_ID_BYTES, SigningKey
from openline.wire.message import Message
from openline.wire.statement import refused
from openline.words import limits
from openline.words.errors import OpenlineError
from openline.words.moment import Moment
from openline.words.party import Direction


@dataclass(frozen=True, slots=True)
class Extent:
    """How far one epoch of a record goes: its size, and the root (32 bytes) at that size."""

    epoch: int
    size: int
    root: bytes


@dataclass(frozen=True, slots=True)
class Revocation:
    """`party` takes back the keys with these short names (8 bytes), on its line to `peer`.

    `since` is when they may first have been misused, `at` when this was signed. `own` are the
    epochs of the party's record, the newest last, `other` those of the peer's as the party holds
    them; `raw` is what the root key signed.
    """

    party: str
    peer: str
    keys: tuple[bytes, ...]
    since: Moment
    at: Moment
    own: tuple[Extent, ...]
    other: tuple[Extent, ...]
    raw: bytes

    def is_about(self, direction: Direction) -> bool:
        """Whether `direction` is one of the two records that it names."""
        return {direction.sender, direction.receiver} == {self.party, self.peer}

    def disputes(self, message: Message) -> bool:
        """Whether it puts in doubt what a revoked key has signed: since its time, or beyond."""
        if message.direction.sender != self.party or not self.is_about(message.direction):
            return False
        beyond = not self.stands(message.direction, message.number)
        return message.key_id in self.keys and (message.at >= self.since or beyond)

    def stands(self, direction: Direction, place: int) -> bool:
        """Whether what a revoked key signed for that place (from 0) of a record stands.

        In its own record the party signs messages, in the peer's it signs receipts. What
        stands in an epoch that is not named does not.
        """
        extents = self.own if direction.sender == self.party else self.other
        sizes = {extent.epoch: extent.size for extent in extents}
        return place < sizes.get(direction.epoch, 0)


def write_revocation(
    root: SigningKey,
    party: str,
    peer: str,
    *,
    keys: Sequence[bytes],
    since: Moment,
    at: Moment,
    own: Sequence[Extent],
    other: Sequence[Extent],
) -> Revocation:
    """Take keys back on one line, by the party's root key.

    Both lists of epochs ascend, and `own` is not empty. Raises ``bad-revocation``,
    ``bad-direction`` or ``bad-header`` (ours).
    """
    if problem := _problem(keys, own, other):
        raise OpenlineError("bad-revocation", f"cannot revoke: {problem}", rule="R-KEY-02")
    newest = own[-1]
    header: cose.Header = {
        cose.CLAIMS: {cose.ISS: party, cose.SUB: str(Direction(party, peer, newest.epoch))},
        cose.TYP: cose.REVOCATION,
        cose.NUMBER: newest.size,
        cose.TIME: at.ms,
    }
    payload = {
        "keys": tuple(keys),
        "since": since.ms,
        "own": tuple((e.epoch, e.size, e.root) for e in own),
        "other": tuple((e.epoch, e.size, e.root) for e in other),
    }
    raw = cose.sign(root, header, encode(payload))
    return Revocation(party, peer, tuple(keys), since, at, tuple(own), tuple(other), raw)


def read_revocation(raw: bytes) -> Revocation:
    """The revocation in `raw`, by its structure only: `check_revocation` checks who signed it.

    Raises ``bad-cbor``, ``bad-cose`` or ``bad-header`` (theirs).
    """
    signed = cose.parse(raw, limits.REVOCATION_BYTES)
    if signed.typ != cose.REVOCATION:
        raise refused(f"it is of type {signed.typ}, not {cose.REVOCATION}", "R-KEY-02")
    match decode(signed.payload, limits.REVOCATION_BYTES):
        case {
            "keys": [*keys],
            "since": int(since),
            "own": [*own],
            "other": [*other],
            **others,
        } if not others and type(since) is int:
            pass
        case _:
            raise refused("it has not the parts of a revocation", "R-KEY-02")
    try:
        direction = Direction.parse(signed.subject)
        first, at = Moment(since), Moment(signed.time_ms)
    except OpenlineError as error:
        raise refused(error.message, error.rule) from None
    ids = tuple(key for key in keys if isinstance(key, bytes))
    extents = (tuple(map(_extent, own)), tuple(map(_extent, other)))
    if len(ids) != len(keys) or (problem := _problem(ids, *extents)):
        raise refused(problem if len(ids) == len(keys) else "a key's name is none", "R-KEY-02")
    newest = extents[0][-1]
    if signed.issuer != direction.sender or (direction.epoch, signed.number) != (
        newest.epoch,
        newest.size,
    ):
        raise refused("its subject is not the newest epoch of its issuer's record", "R-KEY-02")
    return Revocation(direction.sender, direction.receiver, ids, first, at, *extents, raw)


def check_revocation(revocation: Revocation, root_public: bytes) -> None:
    """Pass when the root key `root_public` signed it; else ``bad-signature`` (theirs)."""
    cose.check(cose.parse(revocation.raw, limits.REVOCATION_BYTES), root_public)


def _extent(found: Value) -> Extent:
    match found:
        case [int(epoch), int(size), bytes(root)] if type(epoch) is type(size) is int:
            return Extent(epoch, size, root)
        case _:
            raise refused("it names a record's end wrongly", "R-KEY-02")


def _problem(keys: Sequence[bytes], own: Sequence[Extent], other: Sequence[Extent]) -> str:
    if not 1 <= len(keys) == len(set(keys)) <= limits.REVOKED_KEYS:
        return f"not 1 to {limits.REVOKED_KEYS} different keys (REVOKED_KEYS)"
    if any(len(key) != KEY_ID_BYTES for key in keys):
        return f"a key's short name that has not {KEY_ID_BYTES} bytes"
    if not own:
        return "no epoch of the own record"
    for extents in (own, other):
        epochs = [extent.epoch for extent in extents]
        if epochs != sorted(set(epochs)) or len(epochs) > limits.EPOCHS_KEPT:
            return f"epochs that do not ascend, or more than {limits.EPOCHS_KEPT} (EPOCHS_KEPT)"
        for extent in extents:
            if not 1 <= extent.epoch <= limits.EPOCHS or extent.size < 0:
                return "an epoch or size that no record has"
            if len(extent.root) != HASH_BYTES:
                return f"a root that has not {HASH_BYTES} bytes"
    return ""
