"""A relay between stations sees sealed bytes, and whatever it does with them gets nowhere."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.wire.keys import SigningKey
from openline.wire.parcel import Envelope, how_sealed, open_parcel, seal
from openline.wire.sealing import HYBRID, LIGHT, SEALINGS, SealingKey
from openline.words import limits
from openline.words.errors import OpenlineError, Whose

PARTIES = ("us", "ru", "cn")
ROOTS = {party: SigningKey(party.encode() * 16).public for party in PARTIES}
KEYS = {
    (party, way): SealingKey(party.encode() * (way.seed_bytes // 2))
    for party in PARTIES
    for way in SEALINGS
}
WAYS = {way.name: way for way in SEALINGS}
PLACES = [(a, b, way) for a in PARTIES for b in PARTIES if a != b for way in SEALINGS]
"""From whom, to whom, and how: every parcel that can be under way."""


def envelope(sender, receiver, way):
    return Envelope(sender, receiver, ROOTS[sender], KEYS[receiver, way].public)


PARCELS = {place: seal([b"from %d" % n], envelope(*place)) for n, place in enumerate(PLACES)}


def opens(sealed, place):
    """What the receiver of `place` takes `sealed` for, coming from its sender."""
    try:
        return open_parcel(sealed, KEYS[place[1], place[2]], envelope(*place))
    except OpenlineError as error:
        assert (error.code, error.whose) == ("unopened", Whose.THEIRS)
        return None


def lengths(way):
    return {bucket + way.overhead for bucket in way.buckets}


@pytest.mark.rule("R-WIRE-23")
def test_the_two_ways_of_sealing_share_no_length():
    assert not lengths(HYBRID) & lengths(LIGHT)
    assert max(lengths(HYBRID) | lengths(LIGHT)) == limits.PARCEL_BYTES
    for way in SEALINGS:
        assert list(way.buckets) == sorted(set(way.buckets))
        assert {way} == {how_sealed(bytes(length)) for length in lengths(way)}


@pytest.mark.rule("R-WIRE-23")
@given(st.sampled_from(SEALINGS), st.lists(st.integers(0, 3000), min_size=1, max_size=6))
def test_a_parcel_tells_by_its_length_how_it_was_sealed(way, sizes):
    items = [bytes(size) for size in sizes]
    sealed = seal(items, envelope("us", "ru", way))
    assert how_sealed(sealed) is way
    assert opens(sealed, ("us", "ru", way)) == items


@pytest.mark.rule("R-WIRE-15")
@pytest.mark.parametrize("way", SEALINGS, ids=WAYS)
def test_the_fullest_parcel_fits_either_way(way):
    largest = [bytes(limits.MESSAGE_BYTES)] * 3
    assert opens(seal(largest, envelope("us", "ru", way)), ("us", "ru", way)) == largest


@pytest.mark.rule("R-WIRE-14")
@pytest.mark.parametrize("place", PLACES, ids=lambda p: f"{p[0]}-{p[1]}-{p[2].name}")
def test_a_parcel_opens_at_its_own_place_and_at_no_other(place):
    """Carried to another station, told to come from another, reflected, or taken for the other
    way of sealing: nothing opens but the one parcel that was sealed there."""
    found = {other: opens(PARCELS[other], place) for other in PLACES}
    assert [other for other, items in found.items() if items is not None] == [place]


@pytest.mark.rule("R-WIRE-14")
@given(st.data())
def test_no_parcel_made_of_others_opens_anywhere(data):
    """Cut and joined at will: heads on other bodies, bytes turned, shortened, lengthened."""
    first = data.draw(st.sampled_from(list(PARCELS.values())))
    second = data.draw(st.sampled_from(list(PARCELS.values())))
    edges = (0, 32, 1120, len(first) - 16, len(first))
    cut = data.draw(st.one_of(st.sampled_from(edges), st.integers(0, len(first))))
    join = data.draw(st.one_of(st.just(cut), st.sampled_from(edges), st.integers(0, len(second))))
    made = bytearray(first[:cut] + second[join:])
    if made and data.draw(st.booleans()):
        made[data.draw(st.integers(0, len(made) - 1))] ^= data.draw(st.integers(1, 255))
    if bytes(made) in PARCELS.values():
        return
    assert all(opens(bytes(made), place) is None for place in PLACES)
