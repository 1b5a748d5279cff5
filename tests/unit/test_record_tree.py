"""The record's tree and its proofs, against their definition and against foreign vectors."""

from base64 import b64decode
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scitt_cose import merkle as oracle

from openline.record import nodes
from openline.record.proof import (
    consistency_proof,
    inclusion_proof,
    verify_consistency,
    verify_inclusion,
)
from openline.record.tree import EMPTY, EMPTY_ROOT, Frontier, leaf_hash, node_hash
from openline.words.errors import BrokenInvariant
from vectors.shared_vectors import shared_json, shared_vectors

SIZES = st.integers(1, 70)


def leaves_of(size: int) -> list[bytes]:
    return [leaf_hash(b"message %d" % n) for n in range(size)]


def entries_of(size: int) -> list[str]:
    return [(b"message %d" % n).hex() for n in range(size)]


def root_of(leaves: list[bytes]) -> bytes:
    frontier = EMPTY
    for leaf in leaves:
        frontier = frontier.append(leaf)
    return frontier.root()


@pytest.mark.rule("R-RECORD-01")
def test_leaves_and_nodes_can_not_be_taken_for_each_other():
    assert leaf_hash(b"x") == sha256(b"\x00x").digest()
    assert node_hash(b"l" * 32, b"r" * 32) == sha256(b"\x01" + b"l" * 32 + b"r" * 32).digest()


@pytest.mark.rule("R-RECORD-02")
@pytest.mark.parametrize("size", range(70))
def test_the_root_is_rfc_9162s_at_every_size(size):
    assert root_of(leaves_of(size)).hex() == oracle.merkle_root(entries_of(size))


@pytest.mark.rule("R-RECORD-02")
def test_an_empty_record_has_a_root():
    assert EMPTY.root() == EMPTY_ROOT == sha256(b"").digest()


@pytest.mark.rule("R-RECORD-03")
@given(SIZES, st.integers(0, 70))
def test_a_stored_frontier_goes_on_as_if_never_stored(size, stored_at):
    frontier = EMPTY
    for number, leaf in enumerate(leaves_of(size)):
        if number == stored_at:
            frontier = Frontier.from_bytes(frontier.size, frontier.to_bytes())
        frontier = frontier.append(leaf)
    assert frontier.root() == root_of(leaves_of(size))
    assert len(frontier.peaks) <= frontier.size.bit_length()


@pytest.mark.rule("R-RECORD-04")
@pytest.mark.parametrize(
    "break_it",
    [
        lambda: Frontier.from_bytes(3, bytes(32)),
        lambda: Frontier.from_bytes(1, bytes(31)),
        lambda: Frontier.from_bytes(-1, bytes(32)),
        lambda: EMPTY.append(b"the message itself, not its leaf hash"),
        lambda: inclusion_proof(1, leaves_of(1)),
        lambda: inclusion_proof(-1, leaves_of(1)),
        lambda: consistency_proof(0, leaves_of(1)),
        lambda: consistency_proof(2, leaves_of(1)),
    ],
)
def test_a_damaged_record_stops_the_station(break_it):
    with pytest.raises(BrokenInvariant):
        break_it()


@pytest.mark.rule("R-RECORD-05")
@given(SIZES, st.data())
def test_every_leaf_has_the_proof_of_rfc_9162(size, data):
    index = data.draw(st.integers(0, size - 1))
    leaves = leaves_of(size)
    proof = inclusion_proof(index, leaves)
    assert [h.hex() for h in proof] == oracle.inclusion_proof(entries_of(size), index)
    assert verify_inclusion(index, size, leaves[index], proof, root_of(leaves))


@pytest.mark.rule("R-RECORD-05")
@given(SIZES, st.data())
def test_a_proof_shows_one_leaf_at_one_place_only(size, data):
    leaves = leaves_of(size)
    index = data.draw(st.integers(0, size - 1))
    proof, root = inclusion_proof(index, leaves), root_of(leaves)
    for other in range(size):
        assert verify_inclusion(other, size, leaves[index], proof, root) == (other == index)
        assert verify_inclusion(index, size, leaves[other], proof, root) == (other == index)
    assert not verify_inclusion(index, size, leaves[index], [*proof, bytes(32)], root)
    assert not verify_inclusion(-1, size, leaves[index], proof, root)


@pytest.mark.rule("R-RECORD-06")
@given(SIZES, st.data())
def test_a_record_that_only_grew_can_prove_it(size, data):
    old = data.draw(st.integers(1, size))
    leaves = leaves_of(size)
    proof = consistency_proof(old, leaves)
    expected = oracle.consistency_proof(entries_of(size), old, size)
    assert [h.hex() for h in proof] == expected
    assert verify_consistency(old, size, proof, root_of(leaves[:old]), root_of(leaves))


@pytest.mark.rule("R-RECORD-06")
@given(st.integers(2, 70), st.data())
def test_a_record_that_was_rewritten_can_not_prove_that_it_only_grew(size, data):
    old = data.draw(st.integers(1, size - 1))
    changed = data.draw(st.integers(0, old - 1))
    leaves = leaves_of(size)
    rewritten = list(leaves)
    rewritten[changed] = leaf_hash(b"something else")
    old_root = root_of(leaves[:old])
    for proof in (consistency_proof(old, leaves), consistency_proof(old, rewritten)):
        assert not verify_consistency(old, size, proof, old_root, root_of(rewritten))


def _hashes(found: list[str] | None) -> list[bytes]:
    return [b64decode(h) for h in found or ()]


@pytest.mark.rule("R-RECORD-05")
def test_foreign_inclusion_vectors():
    files = sorted(shared_vectors("merkle", "inclusion").rglob("*.json"))
    assert len(files) > 90
    for file in files:
        case = shared_json(file)
        leaf, root = _hashes([case["leafHash"], case["root"]])
        proof = _hashes(case["proof"])
        shown = verify_inclusion(case["leafIdx"], case["treeSize"], leaf, proof, root)
        assert shown != case["wantErr"], file


@pytest.mark.rule("R-RECORD-06")
def test_foreign_consistency_vectors():
    files = sorted(shared_vectors("merkle", "consistency").rglob("*.json"))
    assert len(files) > 90
    for file in files:
        case = shared_json(file)
        root1, root2 = _hashes([case["root1"], case["root2"]])
        proof = _hashes(case["proof"])
        shown = verify_consistency(case["size1"], case["size2"], proof, root1, root2)
        assert shown != case["wantErr"], file


def kept_rows(size: int) -> tuple[nodes.Row, list[tuple[int, int]]]:
    """What is kept of a record as it grows, and which rows of it were read."""
    kept: dict[tuple[int, int], bytes] = {}
    grown = 0
    for number, leaf in enumerate(leaves_of(size), 1):
        kept[0, number - 1] = leaf
        if number % 7 == 0 or number == size:  # several at a time
            for level, index in nodes.completed(grown, number):
                assert (level, index) not in kept
                below = range(index * nodes.WIDTH, (index + 1) * nodes.WIDTH)
                kept[level, index] = nodes.root_of_full(
                    [kept[level - nodes.LEVELS, n] for n in below]
                )
            grown = number
    reads: list[tuple[int, int]] = []

    def row(level: int, index: int) -> list[bytes]:
        reads.append((level, index))
        numbers = range(index * nodes.WIDTH, (index + 1) * nodes.WIDTH)
        return [kept[level, n] for n in numbers if (level, n) in kept]

    return row, reads


@pytest.mark.rule("R-RECORD-20")
@given(st.data(), st.integers(1, 700))
def test_kept_nodes_prove_what_all_leaves_prove(data, size):
    row, reads = kept_rows(max(size, data.draw(st.integers(1, 700))))
    leaves = leaves_of(size)
    index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))
    assert nodes.Tree(size, row).inclusion_proof(index) == inclusion_proof(index, leaves)
    assert len(reads) == len(set(reads)) <= 6  # two for each kept level of 700 leaves
    assert nodes.Tree(size, row).consistency_proof(old) == consistency_proof(old, leaves)
    assert nodes.Tree(size, row).frontier().root() == root_of(leaves)


@pytest.mark.rule("R-RECORD-20")
@pytest.mark.parametrize("size", range(1, 70))
def test_kept_nodes_prove_every_leaf_of_every_small_record(size):
    row, _ = kept_rows(size)
    leaves = leaves_of(size)
    for index in range(size):
        assert nodes.Tree(size, row).inclusion_proof(index) == inclusion_proof(index, leaves)
        old = index + 1
        assert nodes.Tree(size, row).consistency_proof(old) == consistency_proof(old, leaves)


@pytest.mark.rule("R-RECORD-20")
def test_what_is_not_in_the_record_or_was_not_kept_is_no_proof():
    row, _ = kept_rows(40)
    for impossible in (
        lambda: nodes.Tree(40, row).inclusion_proof(40),
        lambda: nodes.Tree(40, row).consistency_proof(41),
        lambda: nodes.Tree(40, row).consistency_proof(0),
        lambda: nodes.Tree(60, row).inclusion_proof(0),
    ):
        with pytest.raises(BrokenInvariant):
            impossible()
