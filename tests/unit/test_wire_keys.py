"""Ed25519: what verifies, and which public keys are taken."""

from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from openline.wire.keys import SigningKey, check_public, key_id, verify
from openline.words.errors import OpenlineError, Whose
from vectors.shared_vectors import shared_json, shared_vectors

P = 2**255 - 19
SEEDS = st.binary(min_size=32, max_size=32)


def le(number: int) -> bytes:
    return number.to_bytes(32, "little")


IDENTITY = le(1)
ORDER_8 = bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05")
LOW_ORDER = [
    IDENTITY,
    le(P - 1),
    le(0),
    le(1 << 255),
    ORDER_8,
    le(int.from_bytes(ORDER_8, "little") | 1 << 255),
    le(P - int.from_bytes(ORDER_8, "little")),
    le((P - int.from_bytes(ORDER_8, "little")) | 1 << 255),
]


@given(SEEDS, st.binary(max_size=200))
@pytest.mark.rule("R-WIRE-04")
def test_what_was_signed_verifies_and_nothing_else(seed, data):
    key = SigningKey(seed)
    signature = key.sign(data)
    assert verify(key.public, signature, data)
    assert not verify(key.public, signature, data + b"\0")
    assert not verify(SigningKey(sha256(seed).digest()).public, signature, data)
    assert not verify(key.public, signature[:-1], data)


def test_foreign_signatures():
    groups = shared_json(shared_vectors("ed25519", "wycheproof.json"))["testGroups"]
    cases = [(bytes.fromhex(g["publicKey"]["pk"]), case) for g in groups for case in g["tests"]]
    assert len(cases) > 140
    for public, case in cases:
        fits = verify(public, bytes.fromhex(case["sig"]), bytes.fromhex(case["msg"]))
        assert fits == (case["result"] == "valid"), case["comment"]


@pytest.mark.rule("R-WIRE-04")
@given(SEEDS)
def test_an_honestly_made_key_is_taken(seed):
    check_public(SigningKey(seed).public)


@pytest.mark.rule("R-WIRE-04")
def test_with_a_low_order_key_one_signature_fits_two_texts():
    """Why such keys are refused: their owner could deny what it signed."""
    signature = IDENTITY + le(0)
    texts = (b"the convoy is ours", b"the convoy is not ours")
    for text in texts:
        Ed25519PublicKey.from_public_bytes(IDENTITY).verify(signature, text)
    with pytest.raises(OpenlineError):
        check_public(IDENTITY)
    for text in texts:
        with pytest.raises(OpenlineError) as caught:
            verify(IDENTITY, signature, text)
        assert (caught.value.code, caught.value.whose) == ("bad-key", Whose.THEIRS)


@pytest.mark.rule("R-WIRE-04")
def test_with_a_key_of_two_writings_one_signature_fits_two_texts():
    """Why keys are canonical: what is signed names the key by its bytes (R-WIRE-07), and the
    library takes this one, one written as P + 1, for the identity as well."""
    signature, twice = IDENTITY + le(0), le(P + 1)
    for text in (b"the convoy is ours", b"the convoy is not ours"):
        Ed25519PublicKey.from_public_bytes(twice).verify(signature, text)
    assert key_id(twice) != key_id(IDENTITY)
    with pytest.raises(OpenlineError, match="canonical"):
        verify(twice, signature, b"the convoy is ours")


@pytest.mark.rule("R-WIRE-04")
@pytest.mark.parametrize(
    ("public", "why"),
    [
        *((public, "low order") for public in LOW_ORDER),
        (le(1 | 1 << 255), "the identity with a sign that zero has not"),
        (le((P - 1) | 1 << 255), "minus one with a sign that zero has not"),
        (le(P), "zero, not canonical"),
        (le(P + 1), "one, not canonical"),
        (le((1 << 255) - 1), "the largest, not canonical"),
        (le(2), "no point of the curve"),
        (bytes(31), "too short"),
        (bytes(33), "too long"),
    ],
)
def test_keys_that_nobody_made_honestly_are_refused(public, why):
    with pytest.raises(OpenlineError) as caught:
        check_public(public)
    assert (caught.value.code, caught.value.whose) == ("bad-key", Whose.THEIRS), why


@pytest.mark.rule("R-WIRE-04")
def test_a_key_of_mixed_order_is_refused():
    """An honest key plus a point of order two: y and x both negated."""
    honest = int.from_bytes(SigningKey(bytes(32)).public, "little")
    y, sign = honest & (1 << 255) - 1, honest >> 255
    with pytest.raises(OpenlineError, match="mixed"):
        check_public(le((P - y) | (sign ^ 1) << 255))


@pytest.mark.rule("R-WIRE-04")
def test_a_public_key_of_another_length_verifies_nothing():
    with pytest.raises(OpenlineError) as caught:
        verify(bytes(31), bytes(64), b"")
    assert caught.value.code == "bad-key"


@pytest.mark.rule("R-WIRE-20")
def test_no_text_about_a_key_shows_its_seed():
    seed = bytes(range(32))
    key = SigningKey(seed)
    with pytest.raises(OpenlineError) as caught:
        SigningKey(seed[:31])
    for text in (repr(key), str(key), f"{key}", str(caught.value), repr(caught.value)):
        assert seed[:31].hex() not in text
        assert repr(seed[:31])[2:-1] not in text
    assert key.key_id.hex() in repr(key)
    assert key.key_id == key_id(key.public) == sha256(key.public).digest()[:8]
