"""A record's Merkle tree (RFC 9162, section 2.1), kept as its frontier.

A record only ever grows, so the roots of its full subtrees are enough to
append to it and to know its root: at most one for each bit of its size.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from openline.words.errors import BrokenInvariant

HASH_BYTES = 32
EMPTY_ROOT = sha256(b"").digest()
"""The root of a record without messages."""


def leaf_hash(data: bytes) -> bytes:
    """The leaf of `data`: 32 bytes (RFC 9162, section 2.1.1)."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The node over two subtrees' roots: 32 bytes (RFC 9162, section 2.1.1)."""
    return sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True, slots=True)
class Frontier:
    """`size` leaves by the 32-byte roots of their full subtrees, the largest first.

    Raises BrokenInvariant when the roots do not belong to that size.
    """

    size: int
    peaks: tuple[bytes, ...]

    def __post_init__(self) -> None:
        if self.size < 0 or len(self.peaks) != self.size.bit_count():
            raise BrokenInvariant(f"{len(self.peaks)} subtree roots for a record of {self.size}")

    def append(self, leaf: bytes) -> Frontier:
        """The frontier after one more leaf; `leaf` is a leaf hash (`leaf_hash`), 32 bytes."""
        if len(leaf) != HASH_BYTES:
            raise BrokenInvariant(f"a leaf hash of {len(leaf)} bytes")
        peaks = self.peaks
        # Each trailing one bit of the size is a full subtree as large as what has been joined.
        size = self.size
        while size & 1:
            leaf = node_hash(peaks[-1], leaf)
            peaks = peaks[:-1]
            size >>= 1
        return Frontier(self.size + 1, (*peaks, leaf))

    def root(self) -> bytes:
        """The record's root: 32 bytes."""
        if not self.peaks:
            return EMPTY_ROOT
        root = self.peaks[-1]
        for peak in self.peaks[-2::-1]:
            root = node_hash(peak, root)
        return root

    def to_bytes(self) -> bytes:
        """The subtree roots, one after another; the size is stored beside them."""
        return b"".join(self.peaks)

    @classmethod
    def from_bytes(cls, size: int, data: bytes) -> Frontier:
        """What `to_bytes` wrote for a record of `size`; raises BrokenInvariant otherwise."""
        if len(data) % HASH_BYTES:
            raise BrokenInvariant(f"subtree roots of {len(data)} bytes")
        starts = range(0, len(data), HASH_BYTES)
        return cls(size, tuple(data[at : at + HASH_BYTES] for at in starts))


EMPTY = Frontier(0, ())
"""The record before its first message."""
