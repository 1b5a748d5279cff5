"""Proofs over a record's tree: made from its leaves, verified from hashes alone.

Leaves, roots and proof components are 32-byte hashes. The verifiers answer
False to anything that does not prove the claim, however malformed.
"""

from __future__ import annotations

from collections.abc import Sequence

from openline.record.tree import HASH_BYTES, Frontier, node_hash
from openline.words.errors import BrokenInvariant


def inclusion_proof(index: int, leaves: Sequence[bytes]) -> list[bytes]:
    """The siblings from leaf `index` (from 0) up to the root (RFC 9162, section 2.1.3.1)."""
    if not 0 <= index < len(leaves):
        raise BrokenInvariant(f"no leaf {index} in a record of {len(leaves)}")
    return _siblings(index, list(leaves))


def consistency_proof(old_size: int, leaves: Sequence[bytes]) -> list[bytes]:
    """That the first `old_size` (at least 1) of `leaves` were not changed (section 2.1.4.1)."""
    if not 0 < old_size <= len(leaves):
        raise BrokenInvariant(f"no older record of {old_size} in one of {len(leaves)}")
    if old_size == len(leaves):
        return []
    # Climb to the largest full subtree that ends the old record; it starts the proof
    # unless it is the whole old record, whose root the verifier has already.
    at, level = old_size - 1, list(leaves)
    while at & 1:
        at, level = at >> 1, _parents(level)
    return ([level[at]] if at else []) + _siblings(at, level)


def extension_proof(old: Frontier, new: Sequence[bytes]) -> list[bytes]:
    """`consistency_proof` from what was kept of the old record (at least 1) and `new` leaves alone.

    So that who grew a record for years proves today's growth from today's leaves.
    """
    if old.size == 0:
        raise BrokenInvariant("nothing is proven about an empty old record")
    if not new:
        return []
    # Up to the last full subtree of the old record, whose right neighbours the new leaves make.
    at, right, left = old.size - 1, list(new), list(old.peaks)
    while at & 1:
        at, right = at >> 1, _parents(right)
    last = left.pop()
    proof = [last] if at else []
    while at or right:
        if at & 1:
            proof.append(left.pop())
        elif right:
            proof.append(right.pop(0))
        at, right = at >> 1, _parents(right)
    return proof


def verify_inclusion(
    index: int, size: int, leaf: bytes, proof: Sequence[bytes], root: bytes
) -> bool:
    """Whether `leaf` stands at `index` of the record with `size` and `root` (section 2.1.3.2)."""
    if not 0 <= index < size or any(len(h) != HASH_BYTES for h in (leaf, root, *proof)):
        return False
    at, last, got = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if at & 1 or at == last:
            got = node_hash(sibling, got)
            at, last = _past_lone(at, last)
        else:
            got = node_hash(got, sibling)
        at, last = at >> 1, last >> 1
    return last == 0 and got == root


def verify_consistency(
    size1: int, size2: int, proof: Sequence[bytes], root1: bytes, root2: bytes
) -> bool:
    """Whether the record (`size2`, `root2`) continues (`size1`, `root1`) (section 2.1.4.2).

    Nothing is shown about an empty old record: `size1` of 0 is answered False.
    """
    if not 0 < size1 <= size2 or any(len(h) != HASH_BYTES for h in proof):
        return False
    if size1 == size2:
        return not proof and root1 == root2
    path = list(proof)
    if size1.bit_count() == 1:
        path.insert(0, root1)
    if not path:
        return False
    at, last = size1 - 1, size2 - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    old = new = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            at, last = _past_lone(at, last)
        else:
            new = node_hash(new, sibling)
        at, last = at >> 1, last >> 1
    return last == 0 and old == root1 and new == root2


def _past_lone(at: int, last: int) -> tuple[int, int]:
    """Climb past the levels at which the node, alone at the right edge, moved up unchanged."""
    while at and not at & 1:
        at, last = at >> 1, last >> 1
    return at, last


def _parents(level: list[bytes]) -> list[bytes]:
    """The next level up; a node without a right neighbour moves up unchanged."""
    paired = [node_hash(*pair) for pair in zip(level[::2], level[1::2], strict=False)]
    return paired + level[len(paired) * 2 :]


def _siblings(at: int, level: list[bytes]) -> list[bytes]:
    proof = []
    while len(level) > 1:
        if at ^ 1 < len(level):
            proof.append(level[at ^ 1])
        at, level = at >> 1, _parents(level)
    return proof
