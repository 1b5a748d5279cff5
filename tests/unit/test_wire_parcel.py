"""Parcels: sealed to one key for one line and direction, padded, and nothing else opens."""

import json
from hashlib import shake_256
from pathlib import Path

import cryptography_vectors
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.wire.cbor import encode
from openline.wire.keys import SigningKey
from openline.wire.parcel import Envelope, fits, open_parcel, seal
from openline.wire.sealing import SealingKey, check_light_public, check_sealing_public, seal_to
from openline.words import limits
from openline.words.errors import OpenlineError, Whose

US, RU = SigningKey(b"u" * 32), SigningKey(b"r" * 32)
US_SEALING, RU_SEALING = SealingKey(b"U" * 96), SealingKey(b"R" * 96)
OUT = Envelope("us", "ru", US.public, RU_SEALING.public)
SEALED = seal([b"one", b"two"], OUT)


def refusal(sealed: bytes, key: SealingKey = RU_SEALING, envelope: Envelope = OUT) -> OpenlineError:
    with pytest.raises(OpenlineError) as caught:
        open_parcel(sealed, key, envelope)
    assert (caught.value.code, caught.value.whose) == ("unopened", Whose.THEIRS)
    return caught.value


def sealed_raw(plain: bytes) -> bytes:
    """Any plaintext, truly sealed: what a hostile sender can do."""
    return seal_to(RU_SEALING.public, plain, OUT.info)


def padded(content: bytes, bucket: int = 512) -> bytes:
    return (len(content).to_bytes(4, "big") + content).ljust(bucket, b"\0")


@pytest.mark.rule("R-WIRE-14")
@given(st.lists(st.binary(max_size=3000), min_size=1, max_size=8))
def test_what_was_sealed_opens(items):
    assert open_parcel(seal(items, OUT), RU_SEALING, OUT) == items


@pytest.mark.rule("R-WIRE-14")
def test_the_same_items_look_different_each_time():
    assert seal([b"one", b"two"], OUT) != SEALED
    assert len(seal([b"one", b"two"], OUT)) == len(SEALED)


@pytest.mark.rule("R-WIRE-14")
@pytest.mark.parametrize(
    ("key", "envelope", "why"),
    [
        (US_SEALING, OUT, "another key"),
        (RU_SEALING, Envelope("fr", "ru", US.public, RU_SEALING.public), "another sender"),
        (RU_SEALING, Envelope("us", "fr", US.public, RU_SEALING.public), "another receiver"),
        (RU_SEALING, Envelope("ru", "us", US.public, RU_SEALING.public), "the other direction"),
        (RU_SEALING, Envelope("us", "ru", RU.public, RU_SEALING.public), "another root key"),
        (RU_SEALING, Envelope("us", "ru", US.public, US_SEALING.public), "another sealing key"),
        (US_SEALING, Envelope("ru", "us", RU.public, US_SEALING.public), "reflected to its sender"),
    ],
)
def test_a_parcel_opens_for_its_own_line_and_direction_only(key, envelope, why):
    assert refusal(SEALED, key, envelope).rule == "R-WIRE-14", why


@pytest.mark.rule("R-WIRE-14")
@given(st.integers(0, len(SEALED) - 1), st.integers(0, 7))
def test_an_altered_parcel_does_not_open(at, bit):
    altered = bytearray(SEALED)
    altered[at] ^= 1 << bit
    refusal(bytes(altered))


@pytest.mark.rule("R-WIRE-14")
def test_halves_of_two_parcels_do_not_open():
    other = seal([b"one", b"two"], OUT)
    refusal(SEALED[:1120] + other[1120:])


@pytest.mark.rule("R-WIRE-15")
@given(st.integers(0, len(SEALED) - 1))
def test_a_shortened_parcel_does_not_open(length):
    refusal(SEALED[:length])


@pytest.mark.rule("R-WIRE-15")
@given(st.lists(st.integers(0, 60_000), min_size=1, max_size=20))
def test_a_parcel_shows_one_of_a_few_lengths(lengths):
    items = [bytes(length) for length in lengths]
    assert fits(items)
    sealed = seal(items, OUT)
    assert len(sealed) - limits.HYBRID_OVERHEAD in limits.PARCEL_BUCKETS
    assert len(sealed) <= limits.PARCEL_BYTES


@pytest.mark.rule("R-WIRE-15")
def test_a_short_message_and_a_receipt_look_alike():
    assert len(seal([bytes(168)], OUT)) == len(seal([bytes(400)], OUT)) == 512 + 1136


@pytest.mark.rule("R-WIRE-15")
@pytest.mark.parametrize(
    ("plain", "why"),
    [
        (padded(encode([b"x"]), 1024), "a larger bucket than need be"),
        (padded(encode([b"x"]))[:-1] + b"\1", "padding that is not zero"),
        (bytes(512), "no length"),
        (b"\xff" * 512, "a length beyond the end"),
        (padded(encode([b"x"]) + b"\0"), "bytes after the list"),
        (padded(b"\x9f\x41x\xff"), "a list of indefinite length"),
        (padded(encode([])), "no items"),
        (padded(encode(b"x")), "no list"),
        (padded(encode([b"x", "y"])), "an item that is text"),
        (padded(encode([[b"x"]])), "an item in an item"),
        (padded(encode([b""] * 257)), "too many items"),
    ],
)
def test_content_that_would_not_be_sealed_is_refused(plain, why):
    assert open_parcel(sealed_raw(padded(encode([b"x"]))), RU_SEALING, OUT) == [b"x"]
    assert refusal(sealed_raw(plain)), why


@pytest.mark.rule("R-WIRE-15")
def test_a_parcel_holds_as_much_as_its_limits_say():
    most = [b""] * limits.PARCEL_ITEMS
    assert open_parcel(seal(most, OUT), RU_SEALING, OUT) == most
    largest = [bytes(limits.MESSAGE_BYTES)] * 3
    assert open_parcel(seal(largest, OUT), RU_SEALING, OUT) == largest
    for items in ([*most, b""], [*largest, largest[0]], []):
        assert not fits(items)
        with pytest.raises(OpenlineError) as caught:
            seal(items, OUT)
        assert (caught.value.code, caught.value.whose) == ("too-large", Whose.OURS)


@pytest.mark.rule("R-WIRE-13")
@pytest.mark.parametrize(
    ("public", "why"),
    [
        (b"", "nothing"),
        (RU_SEALING.public[:-1], "too short"),
        (b"\xff" * 1184 + RU_SEALING.public[1184:], "an ML-KEM part beyond its modulus"),
        (RU_SEALING.public[:1184] + bytes(32), "an X25519 part of low order"),
        (RU_SEALING.public[:1184] + b"\1" + bytes(31), "another X25519 part of low order"),
        (RU_SEALING.public[:1184] + b"\xff" * 32, "an X25519 part that is not canonical"),
    ],
)
def test_a_sealing_key_that_is_none_is_refused(public, why):
    check_sealing_public(RU_SEALING.public)
    with pytest.raises(OpenlineError) as caught:
        check_sealing_public(public)
    assert (caught.value.code, caught.value.whose) == ("bad-key", Whose.THEIRS), why


@pytest.mark.rule("R-WIRE-13")
@pytest.mark.parametrize(
    "public", [b"", RU_SEALING.public, bytes(32), b"\1" + bytes(31), b"\xff" * 32], ids=len
)
def test_a_light_key_that_is_none_is_refused(public):
    check_light_public(SealingKey(b"l" * 32).public)
    with pytest.raises(OpenlineError) as caught:
        check_light_public(public)
    assert (caught.value.code, caught.value.whose) == ("bad-key", Whose.THEIRS)


@pytest.mark.rule("R-WIRE-13")
def test_a_foreign_x_wing_key_has_the_same_public_part():
    """X-Wing (draft-connolly-cfrg-xwing-kem) makes our 96 bytes from 32 by SHAKE-256."""
    folder = Path(cryptography_vectors.__file__).parent / "HPKE"
    cases = json.loads((folder / "hpke-pq-test-vectors.json").read_text())
    cases = [case for case in cases if case["kem_id"] == 0x647A]
    assert cases
    for case in cases:
        seed = shake_256(bytes.fromhex(case["skRm"])).digest(96)
        assert SealingKey(seed).public.hex() == case["pkRm"]


@pytest.mark.rule("R-WIRE-20")
def test_no_text_about_a_sealing_key_shows_its_seed():
    seed = bytes(range(96))
    with pytest.raises(OpenlineError) as caught:
        SealingKey(seed[:95])
    assert caught.value.code == "bad-key"
    for text in (repr(SealingKey(seed)), str(caught.value), repr(caught.value)):
        assert seed[:8].hex() not in text
        assert repr(seed[:95])[2:10] not in text
