"""Receipts in the form of RFC 9942, verified by implementations that are not ours."""

import cbor2
import cwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st
from scitt_cose import cose_sign1, extract_receipts, verify_receipt
from scitt_cose.merkle import root_from_inclusion_proof

from openline.evidence.standard import standard_receipt, transparent_statement
from openline.record.proof import inclusion_proof
from openline.record.tree import EMPTY
from openline.wire.keys import SigningKey
from openline.wire.message import write_message
from openline.wire.receipt import write_receipt
from openline.words.errors import BrokenInvariant
from openline.words.moment import Moment
from openline.words.party import Direction

US, RU = SigningKey(b"u" * 32), SigningKey(b"r" * 32)
AT = Moment.parse("2022-03-01T09:30:00Z")
LINE = Direction("us", "ru", 1)
MESSAGES = [write_message(US, LINE, n, AT, b"message %d" % n).raw for n in range(20)]


def pem(key: SigningKey) -> bytes:
    public = Ed25519PublicKey.from_public_bytes(key.public)
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def receipt_of(size: int) -> bytes:
    frontier = EMPTY
    for raw in MESSAGES[:size]:
        frontier = frontier.append(leaf(raw))
    return write_receipt(RU, LINE, size, frontier.root(), AT).raw


def leaf(raw: bytes) -> bytes:
    from openline.record.tree import leaf_hash

    return leaf_hash(raw)


def exported(number: int, size: int) -> bytes:
    path = inclusion_proof(number, [leaf(raw) for raw in MESSAGES[:size]])
    return standard_receipt(receipt_of(size), MESSAGES[number], path)


@pytest.fixture
def ed25519_by_its_new_number(monkeypatch):
    """scitt-cose knows Ed25519 by -8 alone; RFC 9864 gives the same signature the number -19."""
    monkeypatch.setattr(cose_sign1, "COSE_ALG_EDDSA", -19)


PLACES = st.integers(1, 20).flatmap(lambda size: st.tuples(st.integers(0, size - 1), st.just(size)))


@pytest.mark.rule("R-HEAD-21")
@pytest.mark.usefixtures("ed25519_by_its_new_number")
@pytest.mark.parametrize(("number", "size"), [(0, 1), (0, 2), (6, 7), (3, 19), (19, 20)])
def test_another_implementation_of_rfc_9942_verifies_it(number, size):
    result = verify_receipt(
        exported(number, size),
        leaf_entry_hex=MESSAGES[number].hex(),
        log_public_key_pem=pem(RU),
    )
    assert result.ok, result.errors
    assert (result.leaf_index, result.tree_size) == (number, size)
    assert (result.issuer, result.subject) == ("ru", "us/ru/1")
    # What RFC 9942 leaves open is signed too: the size, the time, and what kind of thing it is.
    ours = {"n": size, "t": AT.ms, "v": 1, 16: "openline-receipt", 4: RU.key_id}
    assert result.protected_header_ext == ours


@pytest.mark.rule("R-HEAD-21")
@pytest.mark.usefixtures("ed25519_by_its_new_number")
def test_it_fits_no_other_message_nor_key():
    receipt = exported(3, 7)
    for entry, key in ((MESSAGES[4], RU), (MESSAGES[3], US)):
        result = verify_receipt(receipt, leaf_entry_hex=entry.hex(), log_public_key_pem=pem(key))
        assert not result.ok


@pytest.mark.rule("R-HEAD-21")
@given(PLACES)
def test_two_further_implementations_agree_on_root_and_signature(place):
    number, size = place
    _, unprotected, payload, _ = cbor2.loads(exported(number, size)).value
    assert payload is None
    ((proof,),) = unprotected[396].values()
    tree_size, index, path = cbor2.loads(proof)
    hexes = [sibling.hex() for sibling in path]
    root = root_from_inclusion_proof(MESSAGES[number].hex(), index, tree_size, hexes)
    key = cwt.COSEKey.new({1: 1, 2: RU.key_id, 3: -19, -1: 6, -2: RU.public})
    decoded = cwt.COSE.new().decode(
        exported(number, size), key, detached_payload=bytes.fromhex(root)
    )
    assert decoded == bytes.fromhex(root)


@pytest.mark.rule("R-HEAD-21")
@pytest.mark.usefixtures("ed25519_by_its_new_number")
def test_message_and_receipt_travel_as_one_transparent_statement():
    receipt = exported(6, 7)
    whole = transparent_statement(MESSAGES[6], [receipt])
    assert extract_receipts(whole) == [receipt]
    key = cwt.COSEKey.new({1: 1, 2: US.key_id, 3: -19, -1: 6, -2: US.public})
    assert cwt.COSE.new().decode(whole, key) == b"message 6"
    bare = cbor2.loads(whole)
    bare.value[1] = {}
    assert cbor2.dumps(bare) == MESSAGES[6]


@pytest.mark.rule("R-HEAD-21")
def test_what_does_not_belong_together_is_not_exported():
    path = inclusion_proof(3, [leaf(raw) for raw in MESSAGES[:7]])
    other_line = write_receipt(RU, Direction("fr", "ru", 1), 7, b"r" * 32, AT).raw
    for receipt, message, siblings in (
        (receipt_of(7), MESSAGES[4], path),
        (receipt_of(7), MESSAGES[3], path[:-1]),
        (receipt_of(8), MESSAGES[3], path),
        (other_line, MESSAGES[3], path),
    ):
        with pytest.raises(BrokenInvariant):
            standard_receipt(receipt, message, siblings)
