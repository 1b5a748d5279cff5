"""Coordinates in three notations: each is told apart, and each reads back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.conflict.earth import GEOD
from openline.formats.notation import notations_of, read_notation
from openline.words.errors import OpenlineError
from openline.words.volume import Position


def apart_m(a: Position, b: Position) -> float:
    return float(GEOD.inv(a.lon, a.lat, b.lon, b.lat)[2])


KUNDUZ = Position(688_589_000, 367_181_000)


@pytest.mark.rule("R-ACT-18")
@pytest.mark.parametrize(
    ("text", "notation", "within_m"),
    [
        ("36.7181 68.8589", "decimal", 0.01),
        ("36.7181, 68.8589", "decimal", 0.01),
        ("36.7181N 68.8589E", "decimal", 0.01),
        ("E68.8589 N36.7181", "decimal", 0.01),
        ("36°43'05.16\"N 68°51'32.04\"E", "dms", 0.01),
        ("36 43.086 N 68 51.534 E", "dms", 0.01),
        ("364305N 0685132E", "dms", 6),
        ("42SVF8739963610", "mgrs", 1),
        ("42S VF 87399 63610", "mgrs", 1),
        ("42svf 8739 6361", "mgrs", 8),
        ("42SVF873636", "mgrs", 71),
        ("42SVF8763", "mgrs", 708),
    ],
)
def test_a_notation_is_told_from_the_others(text: str, notation: str, within_m: float) -> None:
    position, found = read_notation(text)
    assert found == notation
    assert apart_m(position, KUNDUZ) <= within_m


@pytest.mark.rule("R-ACT-18")
@given(st.integers(-1_800_000_000, 1_800_000_000), st.integers(-900_000_000, 900_000_000))
def test_every_notation_of_a_place_reads_back_within_a_metre(lon: int, lat: int) -> None:
    place = Position(lon, lat)
    for notation, text in notations_of(place).items():
        again, found = read_notation(text)
        assert found == notation
        assert apart_m(place, again) < 1, (text, place)


@pytest.mark.rule("R-ACT-18")
@pytest.mark.parametrize(
    "text", ["42SVF12345", "42SAA1234512345", "99ZZZ1111", "42SVF", "", "x" * 200, "36.7", "0000"]
)
def test_what_is_no_place_is_refused(text: str) -> None:
    with pytest.raises(OpenlineError) as caught:
        read_notation(text)
    assert caught.value.code == "bad-coordinates" and caught.value.next
