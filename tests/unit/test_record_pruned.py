"""A record with leaves left out still gives its roots, and gives them for nothing else."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence_world import subtrees_of
from openline.record.nodes import WIDTH, Tree, root_of_full
from openline.record.pruned import left_out, prune, roots
from openline.record.tree import EMPTY, leaf_hash
from openline.words.errors import BrokenInvariant

LEAVES = [leaf_hash(str(n).encode()) for n in range(300)]
ROOTS = [EMPTY.root()]
frontier = EMPTY
for _leaf in LEAVES:
    frontier = frontier.append(_leaf)
    ROOTS.append(frontier.root())


@st.composite
def prunings(draw):
    end = draw(st.integers(1, len(LEAVES)))
    shown = sorted(draw(st.sets(st.integers(0, len(LEAVES) - 1), max_size=12)))
    sizes = sorted({*draw(st.sets(st.integers(1, end), max_size=8)), end})
    return shown, sizes


@pytest.mark.rule("R-RECORD-07")
@given(prunings())
def test_the_roots_of_a_pruned_record_are_those_of_the_whole(pruning):
    shown, sizes = pruning
    hashes = prune(subtrees_of(LEAVES), shown, sizes)
    found = roots({n: LEAVES[n] for n in shown}, sizes, hashes)
    assert found == {size: ROOTS[size] for size in sizes}


@pytest.mark.rule("R-RECORD-08")
@given(prunings())
def test_what_is_left_out_is_covered_once_by_the_largest_subtrees(pruning):
    shown, sizes = pruning
    hidden = [
        n for first, height in left_out(shown, sizes) for n in range(first, first + 2**height)
    ]
    assert hidden == [n for n in range(sizes[-1]) if n not in shown]
    cuts = {*sizes, *shown, *(n + 1 for n in shown)}
    for (first, height), (after, next_height) in pairwise(left_out(shown, sizes)):
        joined = first % 2 ** (height + 1) == 0 and after == first + 2**height
        assert not (joined and height == next_height and after not in cuts)


@pytest.mark.rule("R-RECORD-07")
@given(prunings(), st.data())
def test_no_other_leaf_and_no_other_hash_gives_the_root(pruning, data):
    shown, sizes = pruning
    hashes = prune(subtrees_of(LEAVES), shown, sizes)
    leaves = {n: LEAVES[n] for n in shown}
    inside = [n for n in shown if n < sizes[-1]]
    if inside and data.draw(st.booleans()):
        leaves[data.draw(st.sampled_from(inside))] = leaf_hash(b"another")
    elif hashes:
        hashes[data.draw(st.integers(0, len(hashes) - 1))] = leaf_hash(b"another")
    else:
        return
    found = roots(leaves, sizes, hashes)
    assert found is not None and found[sizes[-1]] != ROOTS[sizes[-1]]


@pytest.mark.rule("R-RECORD-08")
@given(prunings())
def test_a_hash_too_many_or_too_few_gives_nothing(pruning):
    shown, sizes = pruning
    hashes = prune(subtrees_of(LEAVES), shown, sizes)
    leaves = {n: LEAVES[n] for n in shown}
    assert roots(leaves, sizes, [*hashes, LEAVES[0]]) is None
    assert not hashes or roots(leaves, sizes, hashes[:-1]) is None


@pytest.mark.rule("R-RECORD-08")
def test_a_whole_record_needs_no_hash_and_one_leaf_as_many_as_its_path():
    assert prune(subtrees_of(LEAVES), range(300), range(1, 301)) == []
    assert len(prune(subtrees_of(LEAVES[:256]), [77], [256])) == 8


@pytest.mark.rule("R-RECORD-08")
@given(prunings())
def test_kept_nodes_prune_as_all_leaves_do(pruning):
    shown, sizes = pruning
    kept = Tree(len(LEAVES), row)
    assert prune(kept.subtree, shown, sizes) == prune(subtrees_of(LEAVES), shown, sizes)
    with pytest.raises(BrokenInvariant):
        kept.subtree(256, 6)


def row(level: int, index: int) -> list[bytes]:
    """What is kept below a node: see `record.nodes`."""
    width = 1 << level
    starts = range(index * WIDTH * width, min((index + 1) * WIDTH * width, len(LEAVES)), width)
    return [root_of_full(LEAVES[at : at + width]) for at in starts if at + width <= len(LEAVES)]
