"""Sealing keys and what they do: HPKE (RFC 9180), base mode, single shot, in two suites.

X-Wing is X25519 and ML-KEM-768 together: whoever records parcels now must break both to
read them later. X25519 alone is 1,088 bytes shorter, for carriers on which bytes are dear.
"""

from __future__ import annotations

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

from openline.words import limits
from openline.words.errors import OpenlineError, Whose

_MLKEM_SEED, _MLKEM_PUBLIC = 64, 1184
_X25519_BYTES = 32
_X25519_P = 2**255 - 19


@dataclass(frozen=True, slots=True)
class Sealing:
    """A way to seal: its name in a line's terms, its HPKE suite, and its lengths in bytes.

    `buckets` are the lengths to which what is sealed is padded; sealing adds `overhead`.
    """

    name: str
    suite: Suite
    seed_bytes: int
    public_bytes: int
    overhead: int
    buckets: tuple[int, ...]


# AES-256-GCM measures faster than ChaCha20-Poly1305 wherever the processor has AES.
HYBRID = Sealing(
    "hybrid",
    Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM),
    _MLKEM_SEED + _X25519_BYTES,
    _MLKEM_PUBLIC + _X25519_BYTES,
    limits.HYBRID_OVERHEAD,
    limits.PARCEL_BUCKETS,
)
LIGHT = Sealing(
    "x25519",
    Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM),
    _X25519_BYTES,
    _X25519_BYTES,
    limits.LIGHT_OVERHEAD,
    limits.LIGHT_BUCKETS,
)
SEALINGS = (HYBRID, LIGHT)


class SealingKey:
    """A private sealing key, of X-Wing from 96 bytes (64 of ML-KEM-768's seed, 32 of X25519's)
    or of X25519 from 32.

    Raises ``bad-key`` (ours) for another length.
    """

    __slots__ = ("_private", "public", "sealing")

    def __init__(self, seed: bytes) -> None:
        found = [sealing for sealing in SEALINGS if sealing.seed_bytes == len(seed)]
        if not found:
            raise OpenlineError(
                "bad-key",
                f"a sealing key's seed has {HYBRID.seed_bytes} or {LIGHT.seed_bytes} bytes, "
                f"not {len(seed)}",
                rule="R-WIRE-13",
                next="give the whole seed",
            )
        self.sealing = found[0]
        """The suite that this key belongs to."""
        x25519 = X25519PrivateKey.from_private_bytes(seed[-_X25519_BYTES:])
        self._private: X25519PrivateKey | MLKEM768X25519PrivateKey = x25519
        self.public = x25519.public_key().public_bytes_raw()
        if self.sealing is HYBRID:
            mlkem = MLKEM768PrivateKey.from_seed_bytes(seed[:_MLKEM_SEED])
            self._private = MLKEM768X25519PrivateKey(mlkem, x25519)
            self.public = mlkem.public_key().public_bytes_raw() + self.public

    def unseal(self, sealed: bytes, info: bytes) -> bytes | None:
        """What was sealed to this key under `info`; None when it was not, or was altered."""
        try:
            return self.sealing.suite.decrypt(sealed, self._private, info)
        except InvalidTag:
            return None

    def __repr__(self) -> str:
        return "SealingKey()"


def sealing_of(public: bytes) -> Sealing:
    """The suite of a public sealing key, by its length; raises ``bad-key`` (theirs)."""
    for sealing in SEALINGS:
        if len(public) == sealing.public_bytes:
            return sealing
    lengths = " or ".join(str(sealing.public_bytes) for sealing in SEALINGS)
    raise _bad_key(f"it has {len(public)} bytes, not {lengths}")


def seal_to(public: bytes, plain: bytes, info: bytes) -> bytes:
    """`plain` sealed to a public key under `info`, different at each call.

    Raises ``bad-key`` (theirs) when `public` is no sealing key.
    """
    return sealing_of(public).suite.encrypt(plain, _load(public), info)


def check_sealing_public(public: bytes) -> None:
    """Refuse what is no X-Wing public key of 1216 bytes, or one with a low-order X25519 part.

    Raises ``bad-key`` (theirs).
    """
    _check(public, HYBRID)


def check_light_public(public: bytes) -> None:
    """Refuse what is no X25519 public key of 32 bytes, canonical and not of low order.

    Raises ``bad-key`` (theirs).
    """
    _check(public, LIGHT)


def _check(public: bytes, sealing: Sealing) -> None:
    if len(public) != sealing.public_bytes:
        raise _bad_key(f"it has {len(public)} bytes, not {sealing.public_bytes}")
    _load(public)
    x25519 = public[-_X25519_BYTES:]
    if int.from_bytes(x25519, "little") >= _X25519_P:
        raise _bad_key("its X25519 part is not written in the one canonical way")
    try:  # Whatever our key is, a point of low order leads to nothing but zeros.
        X25519PrivateKey.from_private_bytes(bytes(_X25519_BYTES)).exchange(
            X25519PublicKey.from_public_bytes(x25519)
        )
    except ValueError:
        raise _bad_key("its X25519 part is of low order") from None


@lru_cache(maxsize=2 * limits.LINES)
def _load(public: bytes) -> X25519PublicKey | MLKEM768X25519PublicKey:
    """The key in `public`, of one of the two lengths."""
    x25519 = X25519PublicKey.from_public_bytes(public[-_X25519_BYTES:])
    if sealing_of(public) is LIGHT:
        return x25519
    try:
        mlkem = MLKEM768PublicKey.from_public_bytes(public[:_MLKEM_PUBLIC])
    except ValueError:
        raise _bad_key("its ML-KEM-768 part is no key") from None
    return MLKEM768X25519PublicKey(mlkem, x25519)


def _bad_key(why: str) -> OpenlineError:
    return OpenlineError(
        "bad-key",
        f"a sealing key is refused: {why}",
        whose=Whose.THEIRS,
        rule="R-WIRE-13",
        next="ask the other side for a card with newly made keys",
    )
