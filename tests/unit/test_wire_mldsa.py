"""ML-DSA-65: the vectors that nobody here wrote, and both heads of a line signed with it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.record.tree import EMPTY_ROOT
from openline.wire import cose, mldsa
from openline.wire.cbor import bstr, encode
from openline.wire.keys import SigningKey
from openline.wire.mldsa import QuantumKey
from openline.wire.quantum import Head, check_heads, read_heads, write_heads
from openline.wire.receipt import read_item
from openline.words import limits
from openline.words.errors import OpenlineError, Whose
from openline.words.moment import Moment
from openline.words.party import Direction
from vectors.shared_vectors import shared_json, shared_vectors

KEY, OTHER = QuantumKey(b"q" * 32), QuantumKey(b"o" * 32)
AT = Moment.parse("2022-03-01T09:30:00Z")
OUT = Head(Direction("us", "ru", 1), 4, b"\1" * 32)
INTO = Head(Direction("ru", "us", 1), 3, b"\2" * 32)
HEADS = write_heads(KEY, OUT, INTO, AT)
HEADER: cose.Header = {
    cose.ALG: mldsa.ML_DSA_65,
    cose.KID: KEY.key_id,
    cose.CLAIMS: {cose.ISS: "us", cose.SUB: "us/ru/1"},
    cose.TYP: cose.HEADS,
    cose.NUMBER: 4,
    cose.TIME: AT.ms,
    cose.VERSION: 1,
}
PAYLOAD = {"in": ["ru/us/1", 3, b"\2" * 32], "out": b"\1" * 32}


def _vectors():
    for group in shared_json(shared_vectors("mldsa", "wycheproof_65_verify.json"))["testGroups"]:
        for case in group["tests"]:
            yield bytes.fromhex(group["publicKey"]), case


@pytest.mark.rule("R-HEAD-01")
def test_wycheproofs_signatures_verify_as_they_should():
    taken = refused = 0
    for public, case in _vectors():
        try:
            fits = mldsa.verify(public, bytes.fromhex(case["sig"]), bytes.fromhex(case["msg"]))
        except OpenlineError as error:
            assert (error.code, error.whose) == ("bad-key", Whose.THEIRS)
            assert "IncorrectPublicKeyLength" in case["flags"]
            fits = False
        # A signature made for a context never fits here, where there is none.
        assert fits == (case["result"] == "valid" and not case.get("ctx")), case
        taken, refused = taken + fits, refused + (not fits)
    assert taken > 70 and refused > 120


@pytest.mark.rule("R-HEAD-01")
@pytest.mark.parametrize("length", [0, 32, 1951, 1953])
def test_a_key_of_another_length_is_no_key(length):
    for refuse in (mldsa.check_public, lambda public: mldsa.verify(public, bytes(3309), b"")):
        with pytest.raises(OpenlineError) as caught:
            refuse(bytes(length))
        assert (caught.value.code, caught.value.rule) == ("bad-key", "R-HEAD-01")
    mldsa.check_public(KEY.public)


@pytest.mark.rule("R-HEAD-01")
def test_a_seed_is_32_bytes_and_never_shown():
    with pytest.raises(OpenlineError) as caught:
        QuantumKey(b"s" * 31)
    assert (caught.value.code, caught.value.whose) == ("bad-key", Whose.OURS)
    assert (b"q" * 32).hex() not in repr(KEY) and repr(KEY) == f"QuantumKey({KEY.key_id.hex()})"


heads = st.builds(
    lambda size, other, root, root2, epoch: (
        Head(Direction("us", "ru", epoch), size, root),
        Head(Direction("ru", "us", 1), other, root2),
    ),
    *(st.integers(0, limits.RECORD_MESSAGES),) * 2,
    *(st.binary(min_size=32, max_size=32),) * 2,
    st.integers(1, 99),
)


@pytest.mark.rule("R-HEAD-02")
@given(heads, st.integers(limits.EARLIEST_MS, limits.LATEST_MS))
def test_heads_are_read_as_they_were_signed(pair, ms):
    signed = write_heads(KEY, *pair, Moment(ms))
    assert read_heads(signed.raw) == signed
    assert (signed.out, signed.into) == pair
    check_heads(signed, KEY.public)
    assert len(signed.raw) <= limits.HEADS_BYTES


@pytest.mark.rule("R-HEAD-02")
def test_signed_heads_stay_within_their_limit_for_the_longest_names():
    a, b = "a" * limits.PARTY_CHARS, "b" * limits.PARTY_CHARS
    size, epoch = limits.RECORD_MESSAGES, limits.EPOCHS
    out, into = (Head(Direction(*p, epoch), size, EMPTY_ROOT) for p in ((a, b), (b, a)))
    signed = write_heads(KEY, out, into, Moment(limits.LATEST_MS))
    assert read_heads(signed.raw) == signed


@pytest.mark.rule("R-WIRE-07")
@given(st.data())
def test_an_altered_bit_of_signed_heads_is_noticed(data):
    altered = bytearray(HEADS.raw)
    altered[data.draw(st.integers(0, len(altered) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(OpenlineError) as caught:
        check_heads(read_heads(bytes(altered)), KEY.public)
    assert caught.value.whose is Whose.THEIRS


@pytest.mark.rule("R-WIRE-07")
def test_another_quantum_key_does_not_fit():
    with pytest.raises(OpenlineError) as caught:
        check_heads(HEADS, OTHER.public)
    assert caught.value.code == "bad-signature"


def forged(header: cose.Header, payload: object, key: cose.Signer = KEY) -> bytes:
    """Truly signed, whatever it says."""
    protected, content = bstr(encode(header)), bstr(encode(payload))
    signature = key.sign(b"\x84\x6aSignature1" + protected + b"\x40" + content)
    return b"\xd2\x84" + protected + b"\xa0" + content + bstr(signature)


@pytest.mark.rule("R-WIRE-06")
@pytest.mark.rule("R-HEAD-02")
@pytest.mark.parametrize(
    ("header", "payload"),
    [
        ({**HEADER, cose.CLAIMS: {1: "ru", 2: "us/ru/1"}}, PAYLOAD),
        ({**HEADER, cose.CLAIMS: {1: "us", 2: "us/us/1"}}, PAYLOAD),
        ({**HEADER, cose.CLAIMS: {1: "us", 2: "us/fr/1"}}, PAYLOAD),
        ({**HEADER, cose.TIME: limits.LATEST_MS + 1}, PAYLOAD),
        ({**HEADER, cose.TYP: cose.MESSAGE}, PAYLOAD),
        ({**HEADER, cose.ALG: -19}, PAYLOAD),
        ({**HEADER, cose.ALG: -48}, PAYLOAD),
        (HEADER, []),
        (HEADER, {**PAYLOAD, "more": 1}),
        (HEADER, {"out": b"\1" * 32}),
        (HEADER, {**PAYLOAD, "out": b"\1" * 31}),
        (HEADER, {**PAYLOAD, "in": ["us/ru/1", 3, b"\2" * 32]}),
        (HEADER, {**PAYLOAD, "in": ["ru/us/1", -1, b"\2" * 32]}),
        (HEADER, {**PAYLOAD, "in": ["ru/us/1", 3, b"\2" * 33]}),
        (HEADER, {**PAYLOAD, "in": ["ru/us", 3, b"\2" * 32]}),
    ],
    ids=repr,
)
def test_other_heads_than_those_of_one_line_are_refused(header, payload):
    assert read_heads(forged(HEADER, PAYLOAD)).out == OUT
    with pytest.raises(OpenlineError) as caught:
        read_heads(forged(header, payload))
    assert (caught.value.code, caught.value.whose) == ("bad-header", Whose.THEIRS)


@pytest.mark.rule("R-WIRE-06")
def test_each_type_has_one_algorithm():
    ed25519 = SigningKey(b"k" * 32)
    claims: cose.Header = {cose.CLAIMS: {1: "us", 2: "us/ru/1"}, cose.NUMBER: 0, cose.TIME: 0}
    for key, typ in ((ed25519, cose.HEADS), (KEY, cose.MESSAGE), (KEY, cose.RECEIPT)):
        with pytest.raises(OpenlineError) as caught:
            cose.sign(key, {**claims, cose.TYP: typ}, b"")
        assert (caught.value.code, caught.value.whose) == ("bad-header", Whose.OURS)


@pytest.mark.rule("R-WIRE-05")
def test_a_signature_has_its_algorithms_length():
    for length in (64, 3308, 3310):
        short = HEADS.raw[: -3309 - 3] + bstr(bytes(length))
        with pytest.raises(OpenlineError) as caught:
            read_heads(short)
        assert caught.value.code == "bad-cose"


@pytest.mark.rule("R-HEAD-02")
def test_heads_are_no_item_of_a_parcel_and_not_signed_for_another_line():
    with pytest.raises(OpenlineError):
        read_item(HEADS.raw)
    with pytest.raises(OpenlineError) as caught:
        write_heads(KEY, OUT, Head(Direction("fr", "us", 1), 3, bytes(32)), AT)
    assert (caught.value.code, caught.value.whose) == ("bad-header", Whose.OURS)
