"""CBOR: one encoding for each value, and nothing else accepted."""

import cbor2
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from openline.wire.cbor import decode, encode
from openline.words import limits
from openline.words.errors import OpenlineError, Whose

MAX = 1 << 20
INTEGERS = st.integers(-(1 << 63), (1 << 63) - 1)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
SCALARS = st.one_of(INTEGERS, TEXTS, st.binary(max_size=300), st.booleans(), st.none())
KEYS = st.one_of(INTEGERS, TEXTS)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=6) | st.dictionaries(KEYS, inner, max_size=6),
    max_leaves=25,
)


def refusal(data: bytes, max_bytes: int = MAX) -> OpenlineError:
    with pytest.raises(OpenlineError) as caught:
        decode(data, max_bytes)
    assert caught.value.code == "bad-cbor"
    assert caught.value.whose is Whose.THEIRS
    return caught.value


@pytest.mark.rule("R-WIRE-02")
@given(VALUES)
def test_what_is_written_is_read_back(value):
    assert decode(encode(value), MAX) == value


@pytest.mark.rule("R-WIRE-02")
@given(VALUES)
def test_another_reader_reads_the_same(value):
    """Written again from what cbor2 read, since in Python True equals 1."""
    assert encode(cbor2.loads(encode(value))) == encode(value)


@pytest.mark.rule("R-WIRE-02")
@given(st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=6), max_leaves=25))
def test_another_writer_writes_the_same(value):
    """Without maps, whose order cbor2 takes from an older document."""
    assert encode(value) == cbor2.dumps(value, canonical=True)


def written_by_cbor2(value: object) -> bytes:
    """RFC 8949's order of a map's keys, which cbor2 does not have: that of their bytes."""
    if isinstance(value, dict):
        pairs = sorted((cbor2.dumps(key), written_by_cbor2(one)) for key, one in value.items())
        return cbor2.dumps(dict.fromkeys(range(len(pairs))))[:1] + b"".join(k + v for k, v in pairs)
    if isinstance(value, list):
        items = b"".join(map(written_by_cbor2, value))
        return cbor2.dumps([None] * len(value))[:1] + items
    return cbor2.dumps(value)


@pytest.mark.rule("R-WIRE-02")
@given(VALUES)
def test_another_writer_writes_the_same_with_its_maps_in_order(value):
    assert encode(value) == written_by_cbor2(value)


@pytest.mark.rule("R-WIRE-02")
@given(st.dictionaries(KEYS, SCALARS, max_size=8), st.randoms())
def test_the_order_in_which_a_map_was_filled_does_not_show(value, shuffler):
    pairs = list(value.items())
    shuffler.shuffle(pairs)
    assert encode(dict(pairs)) == encode(value)


@pytest.mark.rule("R-WIRE-02")
def test_map_keys_stand_in_the_order_of_their_bytes():
    value = {"n": 1, 1: 2, "aa": 3, -1: 4, 24: 5, "b": 6}
    assert list(decode(encode(value), MAX)) == [1, 24, -1, "b", "n", "aa"]


def accepts_only_its_own(data: bytes) -> None:
    try:
        value = decode(data, MAX)
    except OpenlineError as error:
        assert error.code == "bad-cbor"
    else:
        assert encode(value) == data


@pytest.mark.rule("R-WIRE-01")
@given(st.binary(max_size=64))
@example(b"")
def test_any_bytes_are_refused_or_are_what_would_be_written(data):
    accepts_only_its_own(data)


@pytest.mark.rule("R-WIRE-01")
@given(VALUES, st.data())
def test_altered_bytes_are_refused_or_are_what_would_be_written(value, data):
    altered = bytearray(encode(value))
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(altered) - 1))
        altered[at : at + data.draw(st.integers(0, 2))] = data.draw(st.binary(max_size=2))
        if not altered:
            break
    accepts_only_its_own(bytes(altered))


@pytest.mark.rule("R-WIRE-01")
@pytest.mark.parametrize(
    ("data", "why"),
    [
        ("", "nothing"),
        ("1800", "0 in two bytes"),
        ("1817", "23 in two bytes"),
        ("1900ff", "255 in three bytes"),
        ("1a0000ffff", "65535 in five bytes"),
        ("1b00000000ffffffff", "2**32-1 in nine bytes"),
        ("1b8000000000000000", "2**63"),
        ("3b8000000000000000", "-2**63-1"),
        ("1c", "a reserved length"),
        ("5f4100ff", "a byte string of indefinite length"),
        ("9f00ff", "an array of indefinite length"),
        ("bf0000ff", "a map of indefinite length"),
        ("7f6161ff", "text of indefinite length"),
        ("ff", "a break"),
        ("c000", "a tag"),
        ("d90d9f00", "a long tag"),
        ("f90000", "a half float"),
        ("fa00000000", "a float"),
        ("fb0000000000000000", "a double"),
        ("f7", "undefined"),
        ("f0", "an unassigned simple value"),
        ("f8ff", "a simple value in two bytes"),
        ("a200000000", "a key twice"),
        ("a201000000", "keys out of order"),
        ("a26161006100" + "00", "text keys out of order"),
        ("a1f500", "a key that is true"),
        ("a14100" + "00", "a key that is a byte string"),
        ("a18000", "a key that is an array"),
        ("a100", "a map that ends in a pair"),
        ("8200", "an array that ends early"),
        ("4200", "a byte string that ends early"),
        ("6261", "text that ends early"),
        ("19ff", "a number that ends early"),
        ("0000", "two items"),
        ("61ff", "text that is no UTF-8"),
        ("62c080", "text in overlong UTF-8"),
        ("63eda080", "text with a surrogate"),
        ("5b7fffffffffffffff00", "a byte string of 8 EiB"),
        ("9b7fffffffffffffff00", "an array of 2**63-1 items"),
        ("bb7fffffffffffffff00", "a map of 2**63-1 pairs"),
    ],
)
def test_what_would_not_be_written_is_refused(data, why):
    assert refusal(bytes.fromhex(data)).rule == "R-WIRE-01", why


@pytest.mark.rule("R-WIRE-03")
def test_levels_are_limited_both_ways():
    value = []
    for _ in range(limits.CBOR_DEPTH - 1):
        value = [value]
    assert decode(encode(value), MAX) == value
    with pytest.raises(OpenlineError):
        encode([value])
    assert "CBOR_DEPTH" in refusal(b"\x81" + encode(value)).message
    assert "CBOR_DEPTH" in refusal(b"\x81" * 1_000_000).message
    assert "CBOR_DEPTH" in refusal(b"\xa1\x00" * 500_000).message


@pytest.mark.rule("R-WIRE-03")
def test_items_are_limited_both_ways():
    value = [0] * (limits.CBOR_ITEMS - 1)
    assert decode(encode(value), MAX) == value
    with pytest.raises(OpenlineError, match="CBOR_ITEMS"):
        encode([value])
    assert "CBOR_ITEMS" in refusal(b"\x81" + encode(value)).message


@pytest.mark.rule("R-WIRE-03")
def test_bytes_are_limited():
    assert decode(b"\x43abc", 4) == b"abc"
    assert refusal(b"\x43abc", 3).rule == "R-WIRE-03"


@pytest.mark.rule("R-WIRE-02")
@pytest.mark.parametrize(
    "value",
    [1.5, float("nan"), 1 << 63, -(1 << 63) - 1, "\ud800", {1.0: 1}, {True: 1}, {b"k": 1}, {1, 2}],
)
def test_what_has_no_encoding_is_our_own_mistake(value):
    encode({1: 1})  # a key that equals True must not let True through
    with pytest.raises(OpenlineError) as caught:
        encode([value])
    assert (caught.value.code, caught.value.whose) == ("bad-cbor", Whose.OURS)
