"""A record with leaves left out: hashes of whole subtrees stand for what is not shown.

What is left out between two cuts falls into subtrees in one way only, so their hashes alone,
from left to right, are enough. With the shown leaves they give the record's root at every size
that is a cut: one list of hashes is the inclusion proof of every shown leaf under each of those
roots, and the consistency proof between all of them (RFC 9162, sections 2.1.3 and 2.1.4).

`shown` are indices of leaves and `sizes` are sizes of the record, both ascending; the record
ends at the last of `sizes`, and leaves beyond it do not count.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from heapq import merge
from itertools import takewhile

from openline.record.tree import node_hash


def left_out(shown: Iterable[int], sizes: Sequence[int]) -> Iterator[tuple[int, int]]:
    """The subtrees that are not shown, left to right: first leaf and height.

    A subtree of height h has ``2**h`` leaves.
    """
    return ((first, height) for first, height, is_shown in _pieces(shown, sizes) if not is_shown)


def prune(
    subtree: Callable[[int, int], bytes], shown: Iterable[int], sizes: Sequence[int]
) -> list[bytes]:
    """The 32-byte hashes that stand for what is left out.

    ``subtree(first, height)`` is the root of a full subtree of the record (`Tree.subtree`).
    """
    return [subtree(first, height) for first, height in left_out(shown, sizes)]


def roots(
    shown: Mapping[int, bytes], sizes: Sequence[int], hashes: Iterable[bytes]
) -> dict[int, bytes] | None:
    """The record's root at each of `sizes`, from the leaves `shown` (ascending) and `hashes`.

    None when `hashes` are not as many as there are subtrees left out.
    """
    found: dict[int, bytes] = {}
    wanted, rest = frozenset(sizes), iter(hashes)
    peaks: list[bytes] = []
    for first, height, is_shown in _pieces(shown, sizes):
        node = shown[first] if is_shown else next(rest, None)
        if node is None:
            return None
        _push(peaks, first, height, node)
        size = first + (1 << height)
        if size in wanted:
            found[size] = _root(peaks)
    return found if next(rest, None) is None else None


def _pieces(shown: Iterable[int], sizes: Sequence[int]) -> Iterator[tuple[int, int, bool]]:
    """First leaf, height and whether it is a shown leaf, of all that the record falls into."""
    end = sizes[-1] if sizes else 0
    leaves = ((number, True) for number in takewhile(lambda number: number < end, shown))
    at = 0
    for stop, is_shown in merge(((size, False) for size in sizes), leaves):
        while at < stop:
            height = (stop - at).bit_length() - 1
            if at:  # a subtree begins at a multiple of its own length
                height = min(height, (at & -at).bit_length() - 1)
            yield at, height, False
            at += 1 << height
        if is_shown:
            yield at, 0, True
            at += 1


def _push(peaks: list[bytes], first: int, height: int, node: bytes) -> None:
    """Add the subtree that begins at leaf `first` to the roots of what stands before it."""
    at = first >> height
    while at & 1:
        node, at = node_hash(peaks.pop(), node), at >> 1
    peaks.append(node)


def _root(peaks: Sequence[bytes]) -> bytes:
    root = peaks[-1]
    for peak in peaks[-2::-1]:
        root = node_hash(peak, root)
    return root
