"""ML-DSA-65 keys (FIPS 204): signing, verifying, and which public keys are taken.

A second lock beside Ed25519: whoever breaks elliptic curves later still cannot
make heads that this key did not sign.
"""

from __future__ import annotations

from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA65PrivateKey, MLDSA65PublicKey

from openline.wire.keys import key_id
from openline.words import limits
from openline.words.errors import OpenlineError, Whose

ML_DSA_65 = -49
"""Its number in COSE (RFC 9964)."""
SEED_BYTES = 32
PUBLIC_BYTES = 1952
SIGNATURE_BYTES = 3309


class QuantumKey:
    """A private ML-DSA-65 key from its 32-byte seed; raises ``bad-key`` for another length."""

    __slots__ = ("_private", "key_id", "public")
    algorithm = ML_DSA_65

    def __init__(self, seed: bytes) -> None:
        if len(seed) != SEED_BYTES:
            raise OpenlineError(
                "bad-key",
                f"an ML-DSA-65 key's seed has {SEED_BYTES} bytes, not {len(seed)}",
                rule="R-HEAD-01",
                next="give the whole seed",
            )
        self._private = MLDSA65PrivateKey.from_seed_bytes(seed)
        self.public = self._private.public_key().public_bytes_raw()
        self.key_id = key_id(self.public)

    def sign(self, data: bytes) -> bytes:
        """A signature of `data`: 3309 bytes, others at each call (FIPS 204's hedged signing).

        So it is made once, by the station, and stored before it is used.
        """
        return self._private.sign(data)

    def __repr__(self) -> str:
        return f"QuantumKey({self.key_id.hex()})"


def verify(public: bytes, signature: bytes, data: bytes) -> bool:
    """Whether `signature` over `data`, with no context, was made by the key of `public`.

    Raises ``bad-key`` (theirs) when `public` is no key.
    """
    try:
        _load(public).verify(signature, data)
    except InvalidSignature:
        return False
    return True


def check_public(public: bytes) -> None:
    """Refuse what is no public key of 1952 bytes; raises ``bad-key`` (theirs).

    Every string of that length is a key, in one encoding: there is no low order here.
    """
    _load(public)


@lru_cache(maxsize=2 * limits.LINES)
def _load(public: bytes) -> MLDSA65PublicKey:
    if len(public) != PUBLIC_BYTES:
        raise OpenlineError(
            "bad-key",
            f"an ML-DSA-65 key is refused: it has {len(public)} bytes, not {PUBLIC_BYTES}",
            whose=Whose.THEIRS,
            rule="R-HEAD-01",
            next="ask the other side for a card with newly made keys",
        )
    return MLDSA65PublicKey.from_public_bytes(public)
