"""A bundle has one form: what is read is what would be written, and nothing else is read."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence_world import subtrees_of
from openline.evidence.bundle import MAGIC, Bundle, Record, read_bundle, write_bundle
from openline.record.pruned import prune
from openline.record.tree import leaf_hash
from openline.wire.cbor import decode, encode
from openline.words import limits
from openline.words.errors import OpenlineError
from openline.words.party import Direction

RAWS = [b"message %d" % n for n in range(40)]
LEAVES = [leaf_hash(raw) for raw in RAWS]


def record(epoch: int, numbers: set[int], sizes: set[int], early: set[int]) -> Record:
    at = tuple(sorted(sizes))
    shown = sorted(numbers)
    return Record(
        Direction("us", "ru", epoch),
        at,
        b"".join(prune(subtrees_of(LEAVES), shown, at)),
        tuple((n, RAWS[n]) for n in shown),
        tuple((size, b"receipt %d" % size) for size in at),
        tuple((n, b"early %d" % n) for n in sorted(early)),
    )


numbers = st.sets(st.integers(0, 39), max_size=8)
records = st.builds(record, st.integers(1, 999), numbers, st.sets(st.integers(1, 40)), numbers)
blobs = st.sets(st.binary(max_size=6), max_size=3).map(lambda found: tuple(sorted(found)))
bundles = st.builds(
    Bundle,
    blobs.filter(bool),
    st.lists(records, min_size=1, max_size=3, unique_by=lambda r: r.direction.epoch).map(
        lambda found: tuple(sorted(found, key=lambda r: r.direction.epoch))
    ),
    blobs,
    blobs,
    blobs,
)
ONE = Bundle((b"card",), (record(1, {3, 17}, {5, 30}, {17}), record(2, {0}, set(), set())))


@pytest.mark.rule("R-EVID-02")
@given(bundles)
def test_a_bundle_is_read_as_it_was_written(bundle):
    data = write_bundle(bundle)
    assert data.startswith(b"\x83\x6fopenline-bundle\x01")
    assert read_bundle(data) == bundle


@pytest.mark.rule("R-EVID-02")
@given(st.data())
def test_whatever_is_read_would_be_written_the_same(data):
    good = bytearray(write_bundle(ONE))
    for _ in range(data.draw(st.integers(1, 3))):
        good[data.draw(st.integers(0, len(good) - 1))] = data.draw(st.integers(0, 255))
    try:
        found = read_bundle(bytes(good))
    except OpenlineError as error:
        assert error.code in ("bad-bundle", "other-bundle") and error.next
    else:
        assert write_bundle(found) == bytes(good)


@pytest.mark.rule("R-EVID-02")
def test_a_bundle_out_of_order_is_neither_written_nor_read():
    first, second = ONE.records
    wrong = [
        replace(ONE, cards=()),
        replace(ONE, records=()),
        replace(ONE, records=(second, first)),
        replace(ONE, records=(first, first)),
        replace(ONE, cards=(b"b", b"a")),
        replace(ONE, forks=(b"a", b"a")),
        replace(ONE, records=(replace(first, messages=first.messages[::-1]),)),
        replace(ONE, records=(replace(first, receipts=first.receipts[::-1]),)),
        replace(ONE, records=(replace(first, sizes=(30, 5)),)),
        replace(ONE, records=(replace(first, sizes=(0, 5, 30)),)),
        replace(ONE, records=(replace(first, hashes=first.hashes[:-32]),)),
        replace(ONE, records=(replace(first, hashes=first.hashes + b"x" * 32),)),
        replace(ONE, records=(replace(second, messages=((limits.RECORD_MESSAGES + 1, b"m"),)),)),
    ]
    for bundle in wrong:
        with pytest.raises(OpenlineError) as refused:
            write_bundle(bundle)
        assert refused.value.code == "bad-bundle"
        with pytest.raises(OpenlineError) as refused:
            read_bundle(unchecked(bundle))
        assert refused.value.code == "bad-bundle"


def unchecked(bundle: Bundle) -> bytes:
    """A bundle as a program without our checks might write it."""
    given = [
        {
            "record": str(r.direction),
            "sizes": r.sizes,
            "hashes": r.hashes,
            "messages": r.messages,
            "receipts": r.receipts,
            "early": r.early,
        }
        for r in bundle.records
    ]
    rest = {"signed": bundle.signed, "notes": bundle.notes, "forks": bundle.forks}
    return encode((MAGIC, 1, {"cards": bundle.cards, "records": given, **rest}))


@pytest.mark.rule("R-EVID-02")
def test_what_is_no_bundle_is_refused_and_says_why():
    assert unchecked(ONE) == write_bundle(ONE)
    parts = decode(write_bundle(ONE), 1 << 20)[2]  # type: ignore[index]
    one = parts["records"][0]

    def with_record(**changed: object) -> bytes:
        return with_parts(records=[{**one, **changed}])

    def with_parts(**changed: object) -> bytes:
        return encode((MAGIC, 1, {**parts, **changed}))

    broken = {
        "it does not begin": [b"", b"%PDF-1.7", encode("openline-bundle")],
        "not the CBOR": [write_bundle(ONE)[:-1], write_bundle(ONE) + b"\0"],
        "not the parts of a bundle": [
            encode((MAGIC, True, parts)),
            encode((MAGIC, 1, [])),
            with_parts(comment="made by"),
        ],
        "no number": [with_record(sizes=[True])],
        "no place": [with_record(early=[[True, b""]])],
        "byte strings": [with_parts(notes=["text"]), with_parts(cards=1)],
        "not the parts of one": [with_parts(records=[{}]), with_record(comment="made by")],
        "SENDER/RECEIVER": [with_record(record="us")],
    }
    for why, files in broken.items():
        for data in files:
            with pytest.raises(OpenlineError, match=why) as refused:
                read_bundle(data)
            assert (refused.value.code, str(refused.value.whose)) == ("bad-bundle", "theirs")


@pytest.mark.rule("R-EVID-01")
def test_a_bundle_of_another_version_is_named_as_such():
    with pytest.raises(OpenlineError, match="version 2") as refused:
        read_bundle(encode((MAGIC, 2, {"whatever": 1})))
    assert refused.value.code == "other-bundle"


@pytest.mark.rule("R-EVID-02")
def test_what_is_larger_than_a_bundle_is_refused_both_ways(monkeypatch):
    data = write_bundle(ONE)
    monkeypatch.setattr(limits, "BUNDLE_BYTES", len(data) - 1)
    with pytest.raises(OpenlineError, match="BUNDLE_BYTES"):
        read_bundle(data)
    with pytest.raises(OpenlineError) as refused:
        write_bundle(ONE)
    assert refused.value.code == "bundle-too-large"
    monkeypatch.setattr(limits, "BUNDLE_BYTES", len(data))
    monkeypatch.setattr(limits, "BUNDLE_ITEMS", 20)
    with pytest.raises(OpenlineError) as refused:
        write_bundle(ONE)
    assert refused.value.code == "bundle-too-large"


@pytest.mark.rule("R-EVID-08")
def test_numbers_that_exist_and_are_not_given_are_named():
    assert ONE.records[0].not_given() == [(0, 2), (4, 16), (18, 29)]
    assert record(1, {0, 39}, {5}, set()).not_given() == [(1, 38)]
    assert record(1, set(range(40)), {40}, set()).not_given() == []
    assert record(1, set(), set(), set()).not_given() == []
