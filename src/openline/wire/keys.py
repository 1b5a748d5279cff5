"""Ed25519 keys (RFC 8032): signing, verifying, and which public keys are taken."""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from openline.words import limits
from openline.words.errors import OpenlineError, Whose

ED25519 = -19
"""Its number in COSE (RFC 9864)."""
KEY_BYTES = 32
KEY_ID_BYTES = 8
SIGNATURE_BYTES = 64

# The curve of RFC 8032, section 5.1.
_P = 2**255 - 19
_D = -121665 * pow(121666, -1, _P) % _P
_ORDER = 2**252 + 27742317777372353535851937790883648493
_ROOT_OF_MINUS_ONE = pow(2, (_P - 1) // 4, _P)

_Point = tuple[int, int, int]
"""Projective x, y, z of the twisted Edwards curve."""
_IDENTITY: _Point = (0, 1, 1)


def key_id(public: bytes) -> bytes:
    """The short name of a public key: the first 8 bytes of its SHA-256."""
    return sha256(public).digest()[:KEY_ID_BYTES]


class SigningKey:
    """A private Ed25519 key from its 32-byte seed; raises ``bad-key`` for another length."""

    __slots__ = ("_private", "key_id", "public")
    algorithm = ED25519

    def __init__(self, seed: bytes) -> None:
        if len(seed) != KEY_BYTES:
            raise OpenlineError(
                "bad-key",
                f"a signing key's seed has {KEY_BYTES} bytes, not {len(seed)}",
                rule="R-WIRE-04",
                next="give the whole seed",
            )
        self._private = Ed25519PrivateKey.from_private_bytes(seed)
        self.public = self._private.public_key().public_bytes_raw()
        self.key_id = key_id(self.public)

    def sign(self, data: bytes) -> bytes:
        """The signature of `data`: 64 bytes, always the same for the same data."""
        return self._private.sign(data)

    def __repr__(self) -> str:
        return f"SigningKey({self.key_id.hex()})"


def verify(public: bytes, signature: bytes, data: bytes) -> bool:
    """Whether `signature` over `data` was made by the key whose public part is `public`.

    Raises ``bad-key`` (theirs) for a key that `check_public` refuses.
    """
    try:
        _taken(public).verify(signature, data)
    except InvalidSignature:
        return False
    return True


def check_public(public: bytes) -> None:
    """Refuse a public key with which one signature can fit two texts.

    A key passes when it is the canonical encoding of a point of the curve's prime order, as
    every honestly made key is. Raises ``bad-key`` (theirs) (RFC 8032, section 5.1.3; Chalkias
    and others, "Taming the many EdDSAs", 2020).
    """
    _taken(public)


@lru_cache(maxsize=8 * limits.LINES)
def _taken(public: bytes) -> Ed25519PublicKey:
    """The key, once it has passed. That takes milliseconds, so it is done once for each key."""
    if len(public) != KEY_BYTES:
        raise _bad_key(f"it has {len(public)} bytes, not {KEY_BYTES}")
    point = _decode_point(public)
    if _is_identity(point) or not _is_identity(_times(_ORDER, point)):
        raise _bad_key("its order is low or mixed, so that one signature may fit several texts")
    return Ed25519PublicKey.from_public_bytes(public)


def _decode_point(public: bytes) -> _Point:
    """The point that `public` encodes canonically (RFC 8032, section 5.1.3)."""
    number = int.from_bytes(public, "little")
    sign, y = number >> 255, number & (1 << 255) - 1
    if y >= _P:
        raise _bad_key("it is not written in the one canonical way")
    u, v = (y * y - 1) % _P, (_D * y * y + 1) % _P
    x = u * pow(v, 3, _P) * pow(u * pow(v, 7, _P), (_P - 5) // 8, _P) % _P
    if v * x * x % _P == -u % _P:
        x = x * _ROOT_OF_MINUS_ONE % _P
    if v * x * x % _P != u:
        raise _bad_key("it is no point of the curve")
    if x == 0 and sign:
        raise _bad_key("it is not written in the one canonical way")
    return (x if x & 1 == sign else _P - x, y, 1)


def _add(a: _Point, b: _Point) -> _Point:
    """The sum of two points, complete for every pair (Bernstein and Lange, 2007)."""
    (x1, y1, z1), (x2, y2, z2) = a, b
    zz, xx, yy = z1 * z2 % _P, x1 * x2 % _P, y1 * y2 % _P
    square, product = zz * zz, _D * xx * yy
    less, more = (square - product) % _P, (square + product) % _P
    cross = (x1 + y1) * (x2 + y2) - xx - yy
    return (zz * less * cross % _P, zz * more * (yy + xx) % _P, less * more % _P)


def _times(factor: int, point: _Point) -> _Point:
    total = _IDENTITY
    for bit in bin(factor)[2:]:
        total = _add(total, total)
        if bit == "1":
            total = _add(total, point)
    return total


def _is_identity(point: _Point) -> bool:
    x, y, z = point
    return x == 0 and y == z


def _bad_key(why: str) -> OpenlineError:
    return OpenlineError(
        "bad-key",
        f"a public key is refused: {why}",
        whose=Whose.THEIRS,
        rule="R-WIRE-04",
        next="ask the other side for a card with newly made keys",
    )
