"""Parcels: signed items, sealed so that a carrier sees nothing but a size and a time.

A parcel says nothing about who made it; the items in it are signed.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from openline.wire.cbor import decode, encode
from openline.wire.sealing import SEALINGS, Sealing, SealingKey, seal_to, sealing_of
from openline.words import limits
from openline.words.errors import OpenlineError, Whose

_LENGTH_BYTES = 4
_LABEL = "openline-parcel"
_VERSION = 1
_BY_LENGTH = {bucket + way.overhead: way for way in SEALINGS for bucket in way.buckets}


@dataclass(frozen=True, slots=True)
class Envelope:
    """From whom to whom a parcel goes, and the keys that both sides mean.

    `sender_root` is the sender's root key (32 bytes), which outlives its signing keys;
    `receiver_sealing` is the key that it is sealed to, and says how: X-Wing (1216 bytes) or
    X25519 alone (32).
    """

    sender: str
    receiver: str
    sender_root: bytes
    receiver_sealing: bytes

    @property
    def info(self) -> bytes:
        """What sealing binds (HPKE has no separate aad): line, direction and both keys."""
        parties = (self.sender, self.receiver)
        return encode((_LABEL, _VERSION, *parties, self.sender_root, self.receiver_sealing))


def seal(items: Sequence[bytes], envelope: Envelope) -> bytes:
    """A parcel of 1 to PARCEL_ITEMS signed items, different at each call.

    Raises ``too-large`` (ours) when they do not fit into one parcel, ``bad-key`` (theirs) when
    the receiver's sealing key is none.
    """
    if not fits(items):
        raise OpenlineError(
            "too-large",
            f"{len(items)} items do not fit into one parcel (PARCEL_ITEMS, PARCEL_BYTES)",
            rule="R-WIRE-15",
            next="send them in several parcels",
        )
    buckets = sealing_of(envelope.receiver_sealing).buckets
    return seal_to(envelope.receiver_sealing, _pad(encode(items), buckets), envelope.info)


def fits(items: Sequence[bytes]) -> bool:
    """Whether `seal` can put all of `items`, and at least one, into one parcel."""
    heads = 3 + 5 * len(items)  # at most: the list's head, and each item's
    longest = limits.PARCEL_BUCKETS[-1] - _LENGTH_BYTES - heads  # either way of sealing
    return 1 <= len(items) <= limits.PARCEL_ITEMS and sum(map(len, items)) <= longest


def open_parcel(sealed: bytes, key: SealingKey, envelope: Envelope) -> list[bytes]:
    """The items of a parcel, whose signatures are still to be checked.

    Raises ``unopened`` (theirs) when it was not sealed under this envelope to this key, was
    altered, or holds what `seal` would not put there.
    """
    if how_sealed(sealed) is not key.sealing:
        raise _unopened("it was sealed in another way than this key opens", "R-WIRE-23")
    plain = key.unseal(sealed, envelope.info)
    if plain is None:
        raise _unopened("it was altered, or sealed for another line, direction or key", "R-WIRE-14")
    length = int.from_bytes(plain[:_LENGTH_BYTES], "big")
    content = plain[_LENGTH_BYTES : _LENGTH_BYTES + length]
    if len(content) != length or _pad(content, key.sealing.buckets) != plain:
        raise _unopened("its padding is not the one that belongs there", "R-WIRE-15")
    try:
        items = decode(content, limits.PARCEL_BYTES, 1 + limits.PARCEL_ITEMS)
    except OpenlineError as error:
        raise _unopened(error.message, error.rule) from None
    if not isinstance(items, list) or not items:
        raise _unopened("it holds no list of items", "R-WIRE-15")
    if not all(isinstance(item, bytes) for item in items):
        raise _unopened("it holds an item that is no byte string", "R-WIRE-15")
    return [item for item in items if isinstance(item, bytes)]


def how_sealed(sealed: bytes) -> Sealing:
    """The way in which a parcel was sealed, which its length alone tells.

    Raises ``unopened`` (theirs) for what has no length of a parcel.
    """
    if len(sealed) not in _BY_LENGTH:
        raise _unopened(f"{len(sealed)} bytes is no length of a parcel", "R-WIRE-15")
    return _BY_LENGTH[len(sealed)]


def _pad(content: bytes, buckets: Sequence[int]) -> bytes:
    """`content` with its length in front and zeros behind, to the least bucket that holds it."""
    length = len(content).to_bytes(_LENGTH_BYTES, "big")
    need = _LENGTH_BYTES + len(content)
    return (length + content).ljust(buckets[bisect_left(buckets, need)], b"\0")


def _unopened(why: str, rule: str) -> OpenlineError:
    return OpenlineError(
        "unopened",
        f"a parcel does not open: {why}",
        whose=Whose.THEIRS,
        rule=rule,
        next="compare both sides' cards; the sender seals it again by itself",
    )
