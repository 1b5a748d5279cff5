"""Fork proofs: a liar makes each kind, an honest party none, nobody one for another."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.evidence.fork import (
    Exhibit,
    ForkProof,
    Kind,
    check_fork,
    contradiction,
    prove,
    read_fork,
    write_fork,
)
from openline.record.proof import inclusion_proof
from openline.record.tree import EMPTY
from openline.wire.cbor import decode, encode
from openline.wire.keys import SigningKey
from openline.wire.message import Message, write_message
from openline.wire.mldsa import QuantumKey
from openline.wire.quantum import Head, write_heads
from openline.wire.receipt import read_receipt, write_early, write_receipt
from openline.words.errors import OpenlineError
from openline.words.moment import Moment
from openline.words.party import Direction

US, RU, OTHER = (SigningKey(bytes([n]) * 32) for n in (21, 22, 23))
RECORD = Direction("us", "ru", 1)
AT = Moment.parse("2022-05-13T14:00:00Z")


def message(number: int, text: bytes, key: SigningKey = US) -> Message:
    return write_message(key, RECORD, number, AT, encode(text))


HONEST = [message(n, b"message %d" % n) for n in range(9)]
LEAVES = [m.leaf for m in HONEST]
FORKED = [*HONEST[:5], message(5, b"another"), *HONEST[6:]]


def receipt(of: list[Message], size: int, key: SigningKey = RU) -> bytes:
    tree = EMPTY
    for one in of[:size]:
        tree = tree.append(one.leaf)
    return write_receipt(key, RECORD, size, tree.root(), AT.plus_ms(size)).raw


def early(of: list[Message], number: int, key: SigningKey = RU) -> bytes:
    return write_early(key, RECORD, number, of[number].leaf, AT).raw


def under(of: list[Message], index: int, size: int) -> Exhibit:
    leaves = [m.leaf for m in of[:size]]
    return Exhibit(receipt(of, size), leaves[index], tuple(inclusion_proof(index, leaves)))


PROOFS: dict[str, ForkProof] = {
    "messages": prove(Kind.MESSAGES, 5, Exhibit(HONEST[5].raw), Exhibit(FORKED[5].raw)),
    "heads": prove(Kind.HEADS, 7, Exhibit(receipt(HONEST, 7)), Exhibit(receipt(FORKED, 7))),
    "leaves": prove(Kind.LEAVES, 5, under(HONEST, 5, 8), under(FORKED, 5, 6)),
    "leaf and early receipt": prove(
        Kind.LEAVES, 5, under(HONEST, 5, 8), Exhibit(early(FORKED, 5), FORKED[5].leaf)
    ),
    "early receipts": prove(
        Kind.LEAVES,
        5,
        Exhibit(early(HONEST, 5), HONEST[5].leaf),
        Exhibit(early(FORKED, 5), FORKED[5].leaf),
    ),
}


@pytest.mark.rule("R-EVID-10")
@pytest.mark.parametrize("name", PROOFS)
def test_each_kind_is_checked_by_a_third_party_with_the_accuseds_key_alone(name: str) -> None:
    proof = read_fork(write_fork(PROOFS[name]))
    assert proof == PROOFS[name]
    assert (proof.accused, proof.direction) == ("us" if name == "messages" else "ru", RECORD)
    key = US if name == "messages" else RU
    check_fork(proof, [OTHER.public, key.public])
    with pytest.raises(OpenlineError, match="no key of") as refused:
        check_fork(proof, [OTHER.public])
    assert refused.value.code == "no-fork"


@pytest.mark.rule("R-EVID-10")
def test_heads_signed_with_ml_dsa_are_heads_like_any_other() -> None:
    key = QuantumKey(bytes(32))
    back = Direction("ru", "us", 1)

    def heads(of: list[Message], size: int) -> bytes:
        root = read_receipt(receipt(of, size)).root
        own = Head(back, 0, EMPTY.root())
        return write_heads(key, own, Head(RECORD, size, root), AT).raw

    one, other = heads(HONEST, 7), heads(FORKED, 7)
    for pair in ((one, other), (one, receipt(FORKED, 7)), (receipt(FORKED, 7), one)):
        proof = contradiction(*pair)
        assert proof is not None and (proof.accused, proof.position) == ("ru", 7)
        check_fork(read_fork(write_fork(proof)), [RU.public, key.public])
        with pytest.raises(OpenlineError):
            check_fork(proof, [RU.public])
    assert contradiction(one, heads(HONEST, 7)) is None
    assert contradiction(one, receipt(HONEST, 7)) is None
    leaves = [m.leaf for m in HONEST[:7]]
    path = tuple(inclusion_proof(5, leaves))
    proof = prove(Kind.LEAVES, 5, Exhibit(one, leaves[5], path), under(FORKED, 5, 6))
    check_fork(proof, [RU.public, key.public])


@pytest.mark.rule("R-EVID-11")
def test_both_finders_write_one_proof() -> None:
    one, other = HONEST[5].raw, FORKED[5].raw
    first, second = contradiction(one, other), contradiction(other, one)
    assert first and second and write_fork(first) == write_fork(second)
    for a, b in (
        (receipt(HONEST, 7), receipt(FORKED, 7)),
        (early(HONEST, 5), early(FORKED, 5)),
    ):
        found = contradiction(a, b)
        assert found and found == contradiction(b, a)
        check_fork(found, [RU.public])


@pytest.mark.rule("R-EVID-12")
def test_no_two_statements_of_an_honest_party_contradict_each_other() -> None:
    said = [m.raw for m in HONEST]
    said += [receipt(HONEST, size) for size in range(1, 10)]
    said += [write_receipt(RU, RECORD, 4, prefix_root(4), AT.plus_ms(99)).raw]
    said += [early(HONEST, n) for n in range(9)]
    assert [pair for pair in combinations(said, 2) if contradiction(*pair)] == []


def prefix_root(size: int) -> bytes:
    tree = EMPTY
    for leaf in LEAVES[:size]:
        tree = tree.append(leaf)
    return tree.root()


@pytest.mark.rule("R-EVID-12")
@given(st.data())
def test_an_honest_receiver_is_not_accused_whatever_is_claimed_of_its_receipts(data) -> None:
    """Any two receipts, any leaf and any path over the record's own hashes and others."""
    index = data.draw(st.integers(0, 8))
    hashes = st.sampled_from([*LEAVES, FORKED[5].leaf, *map(prefix_root, range(1, 10))])
    exhibits = []
    for _ in range(2):
        size = data.draw(st.integers(1, 9))
        if index < size and data.draw(st.booleans()):
            exhibits.append(under(HONEST, index, size))
        else:
            leaf, path = data.draw(hashes), data.draw(st.lists(hashes, max_size=4))
            exhibits.append(Exhibit(receipt(HONEST, size), leaf, tuple(path)))
    with pytest.raises(OpenlineError):
        prove(Kind.LEAVES, index, *exhibits)


@pytest.mark.rule("R-EVID-10")
@pytest.mark.parametrize("name", PROOFS)
def test_an_altered_proof_proves_nothing(name: str) -> None:
    data = write_fork(PROOFS[name])
    keys = [US.public, RU.public]
    for at in range(0, len(data), 3):
        altered = bytearray(data)
        altered[at] ^= 1 << at % 8
        with pytest.raises(OpenlineError) as refused:
            check_fork(read_fork(bytes(altered)), keys)
        assert refused.value.code == "no-fork"


@pytest.mark.rule("R-EVID-10")
def test_what_belongs_to_different_places_or_signers_is_no_proof() -> None:
    elsewhere = write_message(US, Direction("us", "ru", 2), 5, AT, encode(b"x")).raw
    for kind, position, one, other in (
        (Kind.MESSAGES, 5, HONEST[5].raw, elsewhere),
        (Kind.MESSAGES, 5, HONEST[5].raw, HONEST[6].raw),
        (Kind.MESSAGES, 6, HONEST[5].raw, FORKED[5].raw),
        (Kind.MESSAGES, 5, HONEST[5].raw, HONEST[5].raw),
        (Kind.HEADS, 7, receipt(HONEST, 7), receipt(FORKED, 8)),
        (Kind.HEADS, 5, HONEST[5].raw, FORKED[5].raw),
        (Kind.LEAVES, 5, early(HONEST, 5), early(FORKED, 5)),
        (Kind.MESSAGES, 5, b"\xd2", HONEST[5].raw),
    ):
        with pytest.raises(OpenlineError) as refused:
            prove(kind, position, Exhibit(one), Exhibit(other))
        assert refused.value.code == "no-fork"
    loose = Exhibit(HONEST[5].raw, HONEST[5].leaf)
    with pytest.raises(OpenlineError, match="only a proof of leaves"):
        prove(Kind.MESSAGES, 5, loose, Exhibit(FORKED[5].raw))


@pytest.mark.rule("R-EVID-11")
def test_a_proof_in_another_form_is_refused() -> None:
    parts = decode(write_fork(PROOFS["messages"]), 1 << 20)
    assert isinstance(parts, list)
    swapped = [*parts[:4], parts[4][::-1]]  # type: ignore[index]
    for wrong in (
        swapped,
        ["openline-fork", 2, *parts[2:]],
        parts[:4],
        [*parts[:3], True, parts[4]],
    ):
        with pytest.raises(OpenlineError) as refused:
            read_fork(encode(wrong))
        assert refused.value.code == "no-fork"
