"""Growth proven from what was kept of the old record and the leaves that came since."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.record.proof import consistency_proof, extension_proof
from openline.record.tree import EMPTY, Frontier, leaf_hash
from openline.words.errors import BrokenInvariant


def frontier_of(leaves: list[bytes]) -> Frontier:
    frontier = EMPTY
    for leaf in leaves:
        frontier = frontier.append(leaf)
    return frontier


@pytest.mark.rule("R-RECORD-06")
@given(st.integers(1, 90), st.integers(0, 90))
def test_it_is_the_proof_that_all_leaves_would_give(old, more):
    leaves = [leaf_hash(b"message %d" % n) for n in range(old + more)]
    proof = extension_proof(frontier_of(leaves[:old]), leaves[old:])
    assert proof == consistency_proof(old, leaves)


@pytest.mark.rule("R-RECORD-06")
def test_an_empty_record_proves_nothing():
    with pytest.raises(BrokenInvariant):
        extension_proof(EMPTY, [leaf_hash(b"x")])
