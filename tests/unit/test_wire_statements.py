"""Messages, receipts, early receipts and asks: signed, closed, and written in one way."""

import cbor2
import cwt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scitt_cose.cose_sign1 import strict_decode

from openline.record.tree import leaf_hash
from openline.wire import cose
from openline.wire.cbor import bstr, encode
from openline.wire.keys import SigningKey
from openline.wire.message import check_message, read_message, write_message
from openline.wire.receipt import (
    check_item,
    read_ask,
    read_early,
    read_item,
    read_receipt,
    write_ask,
    write_early,
    write_receipt,
)
from openline.words import limits
from openline.words.errors import OpenlineError, Whose
from openline.words.moment import Moment
from openline.words.party import Direction
from vectors.golden import ASK, CARD, EARLY, FETCH, MESSAGE, RECEIPT, RU, US, US_ROOT

KEY, OTHER = SigningKey(b"k" * 32), SigningKey(b"o" * 32)
LINE = Direction("us", "ru", 1)
AT = Moment.parse("2022-03-01T09:30:00Z")
ITEMS = [MESSAGE, RECEIPT, EARLY, ASK, FETCH]
SIGNED = {MESSAGE: US, RECEIPT: RU, EARLY: RU, ASK: RU, FETCH: US, CARD: US_ROOT}
"""Every type of statement, with the key that signed it."""
HEADER: cose.Header = {
    cose.ALG: cose.ED25519,
    cose.KID: KEY.key_id,
    cose.CLAIMS: {cose.ISS: "us", cose.SUB: "us/ru/1"},
    cose.TYP: cose.MESSAGE,
    cose.NUMBER: 7,
    cose.TIME: AT.ms,
    cose.VERSION: 1,
}
RECEIVERS: cose.Header = {**HEADER, cose.CLAIMS: {cose.ISS: "ru", cose.SUB: "us/ru/1"}}

PARTIES = st.from_regex(r"[a-z0-9]([a-z0-9._-]{0,30}[a-z0-9])?", fullmatch=True)
DIRECTIONS = st.builds(
    Direction, PARTIES.map(lambda p: p[:31] + "a"), PARTIES.map(lambda p: p[:31] + "b"),
    st.integers(1, limits.EPOCHS),
)  # fmt: skip
MOMENTS = st.builds(Moment, st.integers(limits.EARLIEST_MS, limits.LATEST_MS))
NUMBERS = st.integers(0, (1 << 63) - 1)
HASHES = st.binary(min_size=32, max_size=32)


def forged(header: object, payload: bytes = b"", unprotected: object = None) -> bytes:
    """A statement with a true signature over whatever header and payload."""
    protected, content = bstr(encode(header)), bstr(payload)
    signature = KEY.sign(b"\x84\x6aSignature1" + protected + b"\x40" + content)
    return b"\xd2\x84" + protected + encode(unprotected or {}) + content + bstr(signature)


def refusal(raw: bytes) -> OpenlineError:
    with pytest.raises(OpenlineError) as caught:
        read_item(raw)
    assert caught.value.whose is Whose.THEIRS
    assert caught.value.code in {"bad-cbor", "bad-cose", "bad-header"}
    return caught.value


@pytest.mark.rule("R-WIRE-05")
@given(DIRECTIONS, NUMBERS, MOMENTS, st.binary(max_size=300))
def test_a_message_is_read_as_it_was_written(direction, number, at, payload):
    message = write_message(KEY, direction, number, at, payload)
    assert read_message(message.raw) == read_item(message.raw) == message
    check_message(message, KEY.public)


@given(DIRECTIONS, NUMBERS, MOMENTS, HASHES)
def test_receipts_are_read_as_they_were_written(direction, number, at, hash32):
    receipt = write_receipt(KEY, direction, number, hash32, at)
    early = write_early(KEY, direction, number, hash32, at)
    assert read_receipt(receipt.raw) == read_item(receipt.raw) == receipt
    assert read_early(early.raw) == read_item(early.raw) == early
    check_item(receipt, KEY.public)
    check_item(early, KEY.public)


@pytest.mark.rule("R-WIRE-11")
@given(
    NUMBERS,
    st.lists(st.integers(0, 1 << 40), min_size=2, max_size=80, unique=True).map(sorted),
)
def test_an_ask_is_read_as_it_was_written(size, edges):
    ranges = tuple(zip(edges[::2], edges[1::2], strict=False))
    ask = write_ask(KEY, LINE, size, ranges, AT)
    assert read_ask(ask.raw) == read_item(ask.raw) == ask
    check_item(ask, KEY.public)


@pytest.mark.rule("R-WIRE-11")
@pytest.mark.parametrize(
    "ranges",
    [
        [],
        [(0, 0)],
        [(2, 1)],
        [(0, 1), (1, 2)],
        [(5, 6), (1, 2)],
        [(-1, 2)],
        [(2 * n, 2 * n + 1) for n in range(limits.ASKED_NUMBERS + 1)],
    ],
)
def test_an_ask_for_nothing_or_in_disorder_is_refused_both_ways(ranges):
    with pytest.raises(OpenlineError) as caught:
        write_ask(KEY, LINE, 0, ranges, AT)
    assert (caught.value.code, caught.value.whose) == ("bad-ask", Whose.OURS)
    refusal(forged({**RECEIVERS, cose.TYP: cose.ASK}, encode(ranges)))


@pytest.mark.rule("R-WIRE-11")
@pytest.mark.parametrize("payload", [5, {}, [1, 2], [[1]], [[1, 2, 3]], [[1, True]], [["a", 2]]])
def test_an_ask_for_something_else_than_ranges_is_refused(payload):
    refusal(forged({**RECEIVERS, cose.TYP: cose.ASK}, encode(payload)))


@pytest.mark.rule("R-WIRE-12")
def test_the_leaf_covers_every_byte_of_a_message():
    assert MESSAGE.leaf == leaf_hash(MESSAGE.raw)
    other_time = write_message(KEY, LINE, 0, AT.plus_ms(1), b"x")
    assert other_time.leaf != write_message(KEY, LINE, 0, AT, b"x").leaf


@pytest.mark.rule("R-WIRE-10")
@pytest.mark.parametrize("changed", ["size", "direction", "epoch", "time", "root"])
def test_a_receipts_signature_fits_one_size_line_epoch_and_time(changed):
    other = {
        "size": lambda: write_receipt(KEY, LINE, 2, bytes(32), AT),
        "direction": lambda: write_receipt(KEY, Direction("us", "fr", 1), 1, bytes(32), AT),
        "epoch": lambda: write_receipt(KEY, Direction("us", "ru", 2), 1, bytes(32), AT),
        "time": lambda: write_receipt(KEY, LINE, 1, bytes(32), AT.plus_ms(1)),
        "root": lambda: write_receipt(KEY, LINE, 1, b"\1" * 32, AT),
    }[changed]().raw
    swapped = other[:-64] + write_receipt(KEY, LINE, 1, bytes(32), AT).raw[-64:]
    with pytest.raises(OpenlineError) as caught:
        check_item(read_receipt(swapped), KEY.public)
    assert caught.value.code == "bad-signature"


def test_a_receipt_is_small():
    assert len(RECEIPT.raw) == 172


@pytest.mark.rule("R-WIRE-07")
@pytest.mark.parametrize("item", ITEMS, ids=lambda item: type(item).__name__)
@given(data=st.data())
def test_any_altered_bit_is_noticed(item, data):
    public = SIGNED[item].public
    check_item(read_item(item.raw), public)
    altered = bytearray(item.raw)
    altered[data.draw(st.integers(0, len(altered) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(OpenlineError) as caught:
        check_item(read_item(bytes(altered)), public)
    assert caught.value.whose is Whose.THEIRS


@pytest.mark.rule("R-WIRE-07")
def test_another_partys_key_does_not_fit():
    with pytest.raises(OpenlineError) as caught:
        check_item(read_item(forged(HEADER)), OTHER.public)
    assert caught.value.code == "bad-signature"
    named_as_other = forged({**HEADER, cose.KID: OTHER.key_id})
    with pytest.raises(OpenlineError) as caught:
        check_item(read_item(named_as_other), OTHER.public)
    assert caught.value.code == "bad-signature"


@pytest.mark.rule("R-WIRE-05")
@pytest.mark.parametrize("item", ITEMS, ids=lambda item: type(item).__name__)
@given(data=st.data())
def test_altered_statements_are_refused_or_are_what_would_be_written(item, data):
    altered = bytearray(item.raw)
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(altered) - 1))
        altered[at : at + data.draw(st.integers(0, 2))] = data.draw(st.binary(max_size=2))
    try:
        read = cose.parse(bytes(altered))
    except OpenlineError:
        return
    rewritten = (bstr(encode(read.header)), b"\xa0", bstr(read.payload), bstr(read.signature))
    assert b"\xd2\x84" + b"".join(rewritten) == bytes(altered)


@pytest.mark.rule("R-WIRE-05")
@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"", "nothing"),
        (MESSAGE.raw[1:], "no tag"),
        (b"\xd8\x12" + MESSAGE.raw[1:], "the tag in two bytes"),
        (b"\xd2" + MESSAGE.raw, "the tag twice"),
        (b"\xd1" + MESSAGE.raw[1:], "a COSE_Mac0"),
        (MESSAGE.raw + b"\0", "bytes after the end"),
        (MESSAGE.raw[:-1], "a shortened signature"),
        (forged(HEADER, unprotected={4: b"k"}), "an unprotected header"),
        (b"\xd2" + encode([encode(HEADER), {}, None, bytes(64)]), "a detached payload"),
        (b"\xd2" + encode([encode(HEADER), {}, b"", bytes(63)]), "a short signature"),
        (b"\xd2" + encode([HEADER, {}, b"", bytes(64)]), "a header that is no byte string"),
        (b"\xd2" + encode([encode(HEADER), [], b"", bytes(64)]), "an array for a header"),
        (b"\xd2" + encode([encode(HEADER), {}, b""]), "three parts"),
        (b"\xd2" + encode([encode(HEADER), {}, b"", bytes(64), 0]), "five parts"),
        (b"\xd2" + encode([b"", {}, b"", bytes(64)]), "no protected header"),
        (b"\xd2" + encode([encode(HEADER) + b"\0", {}, b"", bytes(64)]), "a longer header"),
    ],
)
def test_another_structure_is_refused(raw, why):
    assert refusal(raw), why


def without(label: int | str, header: cose.Header = HEADER) -> cose.Header:
    return {key: value for key, value in header.items() if key != label}


@pytest.mark.rule("R-WIRE-06")
@pytest.mark.parametrize(
    "header",
    [
        *(without(label) for label in HEADER),
        {**HEADER, 2: ["n"]},
        {**HEADER, "x": 1},
        {**HEADER, cose.ALG: -8},
        {**HEADER, cose.ALG: "Ed25519"},
        {**HEADER, cose.KID: bytes(7)},
        {**HEADER, cose.KID: "k"},
        {**HEADER, cose.VERSION: 2},
        {**HEADER, cose.VERSION: True},
        {**HEADER, cose.NUMBER: -1},
        {**HEADER, cose.NUMBER: False},
        {**HEADER, cose.TIME: -1},
        {**HEADER, cose.TIME: limits.LATEST_MS + 1},
        {**HEADER, cose.TYP: "openline-other"},
        {**HEADER, cose.TYP: 7},
        {**HEADER, cose.TYP: cose.CARD},
        {**HEADER, cose.CLAIMS: {1: "us"}},
        {**HEADER, cose.CLAIMS: {1: "us", 2: "us/ru/1", 6: 0}},
        {**HEADER, cose.CLAIMS: {1: "us", 2: 5}},
        {**HEADER, cose.CLAIMS: {1: "us", 2: "us/ru"}},
        {**HEADER, cose.CLAIMS: {1: "us", 2: "us/ru/0"}},
        {**HEADER, cose.CLAIMS: {1: "us", 2: "us/us/1"}},
        {**HEADER, cose.CLAIMS: {1: "us", 2: "us/ru/01"}},
        {**HEADER, cose.CLAIMS: ["us", "us/ru/1"]},
        [HEADER],
        {cose.ALG: cose.ED25519},
    ],
    ids=repr,
)
def test_a_header_that_its_type_does_not_ask_for_is_refused(header):
    assert read_item(forged(HEADER)).raw == forged(HEADER)
    assert refusal(forged(header)).code == "bad-header"


@pytest.mark.rule("R-WIRE-06")
@pytest.mark.rule("R-HEAD-20")
@pytest.mark.parametrize("tree", [None, 0, 2, -1, True, "RFC9162_SHA256"])
def test_a_receipt_names_its_tree_and_no_other(tree):
    header = {**RECEIVERS, **cose.FIXED[cose.RECEIPT], cose.TYP: cose.RECEIPT}
    assert read_item(forged(header, bytes(32))).size == 7
    header = {**header, cose.TREE: tree} if tree is not None else without(cose.TREE, header)
    assert refusal(forged(header, bytes(32))).rule == "R-WIRE-06"
    early = {**RECEIVERS, cose.TYP: cose.EARLY, cose.TREE: 1}
    assert refusal(forged(early, bytes(32))).rule == "R-WIRE-06"


@pytest.mark.rule("R-WIRE-06")
def test_we_do_not_sign_a_header_that_we_would_refuse():
    for header in ({**HEADER, "x": 1}, without(cose.NUMBER), {**HEADER, cose.NUMBER: -1}):
        with pytest.raises(OpenlineError) as caught:
            cose.sign(KEY, header, b"")
        assert (caught.value.code, caught.value.whose) == ("bad-header", Whose.OURS)
    with pytest.raises(OpenlineError):
        write_message(KEY, Direction("us", "us", 1), 0, AT, b"")


@pytest.mark.rule("R-WIRE-06")
@pytest.mark.parametrize("read", [read_message, read_receipt, read_early, read_ask])
def test_one_type_is_not_taken_for_another(read):
    taken = []
    for item in ITEMS:
        try:
            taken.append(read(item.raw))
        except OpenlineError as error:
            assert error.code == "bad-header"
    assert len(taken) == 1


@pytest.mark.rule("R-WIRE-08")
@pytest.mark.parametrize("typ", [cose.MESSAGE, cose.RECEIPT, cose.EARLY, cose.ASK])
@pytest.mark.parametrize("issuer", ["us", "ru", "fr"])
def test_only_the_party_to_which_it_falls_may_say_it(typ, issuer):
    payload = encode([[0, 1]]) if typ == cose.ASK else bytes(32)
    claims = {cose.ISS: issuer, cose.SUB: "us/ru/1"}
    fixed = cose.FIXED.get(typ, {})
    raw = forged({**HEADER, **fixed, cose.TYP: typ, cose.CLAIMS: claims}, payload)
    if issuer == ("us" if typ == cose.MESSAGE else "ru"):
        assert read_item(raw).raw == raw
    else:
        assert refusal(raw).rule == "R-WIRE-08"


@pytest.mark.rule("R-WIRE-09")
@pytest.mark.parametrize("typ", [cose.RECEIPT, cose.EARLY])
@pytest.mark.parametrize("length", [0, 31, 33])
def test_a_receipt_over_no_hash_is_refused_both_ways(typ, length):
    header = {**RECEIVERS, **cose.FIXED.get(typ, {}), cose.TYP: typ}
    assert refusal(forged(header, bytes(length))).rule == "R-WIRE-09"
    write = write_receipt if typ == cose.RECEIPT else write_early
    with pytest.raises(OpenlineError) as caught:
        write(KEY, LINE, 1, bytes(length), AT)
    assert caught.value.whose is Whose.OURS


@pytest.mark.rule("R-WIRE-03")
def test_a_message_is_limited_both_ways():
    overhead = len(write_message(KEY, LINE, 0, AT, bytes(70_000)).raw) - 70_000
    full = write_message(KEY, LINE, 0, AT, bytes(limits.MESSAGE_BYTES - overhead))
    assert read_message(full.raw) == full
    with pytest.raises(OpenlineError) as caught:
        write_message(KEY, LINE, 0, AT, bytes(limits.MESSAGE_BYTES - overhead + 1))
    assert (caught.value.code, caught.value.whose) == ("too-large", Whose.OURS)
    assert refusal(forged(HEADER, bytes(limits.MESSAGE_BYTES))).rule == "R-WIRE-03"


@pytest.mark.rule("R-WIRE-03")
def test_a_protected_header_is_limited():
    assert refusal(forged({**HEADER, "x": bytes(limits.HEADER_BYTES)})).rule == "R-WIRE-03"


def foreign_key(key: SigningKey, seed: bytes | None = None) -> object:
    """The key as cwt has it; with its seed it signs."""
    parts = {1: 1, 2: key.key_id, 3: cose.ED25519, -1: 6, -2: key.public}
    return cwt.COSEKey.new(parts | ({-4: seed} if seed else {}))


@pytest.mark.rule("R-WIRE-05")
@pytest.mark.parametrize("item", SIGNED, ids=lambda item: type(item).__name__)
def test_another_cose_implementation_verifies_it(item):
    key = foreign_key(SIGNED[item])
    assert cwt.COSE.new().decode(item.raw, key) == cose.parse(item.raw, len(item.raw)).payload
    altered = item.raw[:-1] + bytes([item.raw[-1] ^ 1])
    with pytest.raises(cwt.VerifyError):
        cwt.COSE.new().decode(altered, key)


@pytest.mark.rule("R-WIRE-05")
@pytest.mark.parametrize("item", SIGNED, ids=lambda item: type(item).__name__)
def test_another_strict_reader_reads_the_same_parts(item):
    tagged = strict_decode(item.raw)
    protected, unprotected, payload, signature = tagged.value
    ours = cose.parse(item.raw)
    assert (tagged.tag, unprotected) == (18, {})
    assert (protected, payload, signature) == (ours.protected, ours.payload, ours.signature)
    assert cbor2.loads(protected) == ours.header


@pytest.mark.rule("R-WIRE-05")
@given(DIRECTIONS, NUMBERS, MOMENTS, st.binary(max_size=200))
def test_another_cose_implementation_writes_the_same(direction, number, at, payload):
    seed = b"k" * 32
    ours = write_message(KEY, direction, number, at, payload).raw
    writer = cwt.COSE.new(alg_auto_inclusion=False, kid_auto_inclusion=False)
    header = cose.parse(ours).header
    assert writer.encode(payload, foreign_key(KEY, seed), protected=header) == ours


@pytest.mark.rule("R-WIRE-05")
@pytest.mark.rule("R-WIRE-07")
@given(st.sampled_from(ITEMS), st.data())
def test_what_we_take_of_altered_statements_others_take_as_well(item, data):
    """We are the stricter: whatever passes here passes with cwt, and says the same there."""
    altered = bytearray(item.raw)
    for _ in range(data.draw(st.integers(0, 2))):
        at = data.draw(st.integers(0, len(altered) - 1))
        altered[at : at + data.draw(st.integers(0, 1))] = data.draw(st.binary(max_size=1))
    raw, signer = bytes(altered), SIGNED[item]
    try:
        check_item(read_item(raw), signer.public)
    except OpenlineError:
        assert raw != item.raw
        return
    assert cwt.COSE.new().decode(raw, foreign_key(signer)) == cose.parse(raw).payload
    assert raw == item.raw, "a signature fits two texts"


def test_what_is_not_understood_is_still_a_message():
    """The form is no business of the wire: it is recorded and receipted all the same."""
    message = write_message(KEY, LINE, 0, AT, b"\xff not CBOR")
    assert read_message(message.raw) == message
