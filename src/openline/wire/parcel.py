"""Parcels: signed items, sealed so that a carrier sees nothing but a size and a time.

HPKE (RFC 9180) in base mode with X-Wing, which is X25519 and ML-KEM-768
together: whoever records parcels now must break both to read them later. A
parcel says nothing about who made it; the items in it are signed.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import (
    AEAD,
    KDF,
    KEM,
    MLKEM768X25519PrivateKey,
    MLKEM768X25519PublicKey,
    Suite,
)

from openline.wire.cbor import decode, encode
from openline.words import limits
from openline.words.errors import OpenlineError, Whose

SEED_BYTES = 96
SEALING_PUBLIC_BYTES = 1216

_MLKEM_SEED, _MLKEM_PUBLIC = 64, 1184
_X25519_P = 2**255 - 19
_LENGTH_BYTES = 4
# AES-256-GCM measures faster than ChaCha20-Poly1305 wherever the processor has AES.
_SUITE = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
_LABEL = "openline-parcel"
_VERSION = 1


class SealingKey:
    """A private X-Wing key from 96 bytes: 64 of ML-KEM-768's seed, 32 of X25519's.

    Raises ``bad-key`` (ours) for another length.
    """

    __slots__ = ("_private", "public")

    def __init__(self, seed: bytes) -> None:
        if len(seed) != SEED_BYTES:
            raise OpenlineError(
                "bad-key",
                f"a sealing key's seed has {SEED_BYTES} bytes, not {len(seed)}",
                rule="R-WIRE-13",
                next="give the whole seed",
            )
        mlkem = MLKEM768PrivateKey.from_seed_bytes(seed[:_MLKEM_SEED])
        x25519 = X25519PrivateKey.from_private_bytes(seed[_MLKEM_SEED:])
        self._private = MLKEM768X25519PrivateKey(mlkem, x25519)
        self.public = mlkem.public_key().public_bytes_raw() + x25519.public_key().public_bytes_raw()

    def unseal(self, sealed: bytes, info: bytes) -> bytes | None:
        """What was sealed to this key under `info`; None when it was not, or was altered."""
        try:
            return _SUITE.decrypt(sealed, self._private, info)
        except InvalidTag:
            return None

    def __repr__(self) -> str:
        return "SealingKey()"


@dataclass(frozen=True, slots=True)
class Envelope:
    """From whom to whom a parcel goes, and the keys (32 and 1216 bytes) that both sides mean."""

    sender: str
    receiver: str
    sender_signing: bytes
    receiver_sealing: bytes

    @property
    def info(self) -> bytes:
        """What sealing binds (HPKE has no separate aad): line, direction and both keys."""
        parties = (self.sender, self.receiver)
        return encode((_LABEL, _VERSION, *parties, self.sender_signing, self.receiver_sealing))


def seal(items: Sequence[bytes], envelope: Envelope) -> bytes:
    """A parcel of 1 to PARCEL_ITEMS signed items, different at each call.

    Raises ``too-large`` (ours) when they do not fit into one parcel, ``bad-key`` (theirs) when
    the receiver's sealing key is none.
    """
    public = _load(envelope.receiver_sealing)
    if not fits(items):
        raise OpenlineError(
            "too-large",
            f"{len(items)} items do not fit into one parcel (PARCEL_ITEMS, PARCEL_BYTES)",
            rule="R-WIRE-15",
            next="send them in several parcels",
        )
    return _SUITE.encrypt(_pad(encode(items)), public, envelope.info)


def fits(items: Sequence[bytes]) -> bool:
    """Whether `seal` can put all of `items`, and at least one, into one parcel."""
    heads = 3 + 5 * len(items)  # at most: the list's head, and each item's
    longest = limits.PARCEL_BUCKETS[-1] - _LENGTH_BYTES - heads
    return 1 <= len(items) <= limits.PARCEL_ITEMS and sum(map(len, items)) <= longest


def open_parcel(sealed: bytes, key: SealingKey, envelope: Envelope) -> list[bytes]:
    """The items of a parcel, whose signatures are still to be checked.

    Raises ``unopened`` (theirs) when it was not sealed under this envelope to this key, was
    altered, or holds what `seal` would not put there.
    """
    if len(sealed) - limits.SEALING_OVERHEAD not in limits.PARCEL_BUCKETS:
        raise _unopened(f"{len(sealed)} bytes is no length of a parcel", "R-WIRE-15")
    plain = key.unseal(sealed, envelope.info)
    if plain is None:
        raise _unopened("it was altered, or sealed for another line, direction or key", "R-WIRE-14")
    length = int.from_bytes(plain[:_LENGTH_BYTES], "big")
    content = plain[_LENGTH_BYTES : _LENGTH_BYTES + length]
    if len(content) != length or _pad(content) != plain:
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


def check_sealing_public(public: bytes) -> None:
    """Refuse what is no X-Wing public key of 1216 bytes, or one with a low-order X25519 part.

    Raises ``bad-key`` (theirs).
    """
    _load(public)
    x25519 = public[_MLKEM_PUBLIC:]
    if int.from_bytes(x25519, "little") >= _X25519_P:
        raise _bad_key("its X25519 part is not written in the one canonical way")
    try:  # Whatever our key is, a point of low order leads to nothing but zeros.
        X25519PrivateKey.from_private_bytes(bytes(32)).exchange(
            X25519PublicKey.from_public_bytes(x25519)
        )
    except ValueError:
        raise _bad_key("its X25519 part is of low order") from None


@lru_cache(maxsize=limits.LINES)
def _load(public: bytes) -> MLKEM768X25519PublicKey:
    if len(public) != SEALING_PUBLIC_BYTES:
        raise _bad_key(f"it has {len(public)} bytes, not {SEALING_PUBLIC_BYTES}")
    try:
        return MLKEM768X25519PublicKey(
            MLKEM768PublicKey.from_public_bytes(public[:_MLKEM_PUBLIC]),
            X25519PublicKey.from_public_bytes(public[_MLKEM_PUBLIC:]),
        )
    except ValueError:
        raise _bad_key("its ML-KEM-768 part is no key") from None


def _pad(content: bytes) -> bytes:
    """`content` with its length in front and zeros behind, to the least bucket that holds it."""
    length = len(content).to_bytes(_LENGTH_BYTES, "big")
    need = _LENGTH_BYTES + len(content)
    buckets = limits.PARCEL_BUCKETS
    return (length + content).ljust(buckets[bisect_left(buckets, need)], b"\0")


def _bad_key(why: str) -> OpenlineError:
    return OpenlineError(
        "bad-key",
        f"a sealing key is refused: {why}",
        whose=Whose.THEIRS,
        rule="R-WIRE-13",
        next="ask the other side for a card with newly made keys",
    )


def _unopened(why: str, rule: str) -> OpenlineError:
    return OpenlineError(
        "unopened",
        f"a parcel does not open: {why}",
        whose=Whose.THEIRS,
        rule=rule,
        next="compare both sides' cards; the sender seals it again by itself",
    )
