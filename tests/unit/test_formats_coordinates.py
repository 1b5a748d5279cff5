"""Coordinates as people write them."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from mgrs import MGRS
from pyproj import Geod, Transformer

from openline.formats.coordinates import notations_of, read_coordinates, read_notation
from openline.words.errors import OpenlineError
from openline.words.volume import Position

GEOD = Geod(ellps="WGS84")
KUNDUZ = Position(688_589_000, 367_181_000)


def apart_m(a: Position, b: Position) -> float:
    return float(GEOD.inv(a.lon, a.lat, b.lon, b.lat)[2])


@pytest.mark.rule("R-FMT-11")
@pytest.mark.parametrize(
    "text",
    [
        "36.7181 68.8589",
        "36.7181, 68.8589",
        "36.7181N 68.8589E",
        "N36.7181 E68.8589",
        "68.8589E, 36.7181N",
        "36°43.086'N 68°51.534'E",
        "36 43 05.16 N 68 51 32.04 E",
        "36°43′05.16″N, 68°51′32.04″E",
        "n 36 43 5.16 e 68 51 32.04",
        "364305.16N 0685132.04E",
        "3643.086N 06851.534E",
        *("36,7181 68,8589", "36,7181, 68,8589", "36°43′5,16″N 68°51’32,04”E"),
        *("36,7181N 68,8589E", "36.7181,68.8589", "36°43,086'N 68°51,534'E"),
    ],
)
def test_one_place_in_many_ways_of_writing(text: str) -> None:
    assert read_coordinates(text) == KUNDUZ


@pytest.mark.rule("R-FMT-11")
def test_letters_and_signs_name_the_hemisphere() -> None:
    assert read_coordinates("-33.5 -70.25") == Position(-702_500_000, -335_000_000)
    assert read_coordinates("33.5S 70.25W") == Position(-702_500_000, -335_000_000)


@pytest.mark.rule("R-FMT-11")
@pytest.mark.parametrize(
    "text",
    [
        *("", "36.7181", "36.7181 68.8589 12", "1,2,3"),
        *("36.7181N 68.8589", "36.7181N 68.8589S", "N36.7181 68.8589E", "36 60 0N 68 0 0E"),
        # A comma between digits that may be a decimal one: 49,5 is 49.5, or 49 and 5.
        *("36,71", "49,83", " -36,7181 ", "49,5N 24,5E", "36°43,5N 68°51,5E"),
        *("36.5 10N 68E", "-36N 68E", "somewhere", "38SMB4488", "36 1 2 3N 68E", "NE", "9" * 200),
    ],
)
def test_what_can_be_read_two_ways_or_none_is_refused(text: str) -> None:
    with pytest.raises(OpenlineError) as caught:
        read_coordinates(text)
    assert caught.value.code == "bad-coordinates" and caught.value.next


@pytest.mark.rule("R-FMT-11")
def test_what_is_not_on_earth_is_refused() -> None:
    with pytest.raises(OpenlineError) as caught:
        read_coordinates("136.7181 68.8589")
    assert caught.value.code == "bad-position"
    with pytest.raises(OpenlineError, match=r"latitude 90\.0000001"):
        read_coordinates("90.0000001, 24")


@pytest.mark.rule("R-FMT-11")
@given(st.integers(-900_000_000, 900_000_000), st.integers(-1_800_000_000, 1_800_000_000))
def test_decimal_degrees_are_read_to_the_last_digit(lat: int, lon: int) -> None:
    def shown(angle: int) -> str:
        return f"{'-' if angle < 0 else ''}{abs(angle) // 10**7}.{abs(angle) % 10**7:07d}"

    assert read_coordinates(f"{shown(lat)} {shown(lon)}") == Position(lon, lat)


@pytest.mark.rule("R-FMT-11")
@given(st.text(max_size=90))
def test_nothing_that_is_typed_does_more_than_be_refused(text: str) -> None:
    try:
        read_coordinates(text)
    except OpenlineError as error:
        assert error.rule and error.next


@pytest.mark.rule("R-FMT-33")
@pytest.mark.parametrize("text", ["42SVF8741263621", "42S VF 87412 63621", "42svf87416362"])
def test_mgrs_of_eight_or_ten_digits_is_a_position(text: str) -> None:
    found = read_coordinates(text)
    # Zone 42 north, its square VF from 400 km east and 4,000 km north, by another library: the
    # middle of the square of 1 m or of 10 m.
    middle = (487_412.5, 4_063_621.5) if "63621" in text else (487_415, 4_063_625)
    lon, lat = Transformer.from_crs(32642, 4326, always_xy=True).transform(*middle)
    assert GEOD.inv(lon, lat, found.lon, found.lat)[2] < (0.02 if "63621" in text else 0.75)


@pytest.mark.rule("R-FMT-33")
def test_a_square_of_ten_metres_is_read_at_its_middle() -> None:
    middle = read_coordinates("42SVF87416362")
    for corner, size in (("42SVF8741063620", 5e-5), ("42SVF8741963629", 5e-5)):
        at = read_coordinates(corner)
        assert 0 < abs(at.lat_e7 - middle.lat_e7) / 1e7 < size
        assert 0 < abs(at.lon_e7 - middle.lon_e7) / 1e7 < 2 * size


@pytest.mark.rule("R-FMT-33")
@pytest.mark.parametrize(
    "text",
    [
        *("42SVF", "42SVF8763", "42SVF874636", "42SVF874163621", "99SVF8741263621"),
        *("42SIF8741263621", "42SAA8741263621", "ZIG1234512345", "1" * 200),
        *("42SVF12345", "99ZZZ11112222", "42ZAH0000100001", "0000", "x" * 200),
    ],
)
def test_a_coarse_square_and_one_that_is_not_there_are_refused(text: str) -> None:
    with pytest.raises(OpenlineError) as caught:
        read_coordinates(text)
    assert caught.value.code == "bad-coordinates"


@pytest.mark.rule("R-FMT-33")
@given(
    st.integers(-1_799_999_999, 1_799_999_999),
    st.integers(-900_000_000, 900_000_000),
)
def test_what_mgrs_names_to_the_metre_is_read_within_a_metre_and_a_half(lon: int, lat: int) -> None:
    name = MGRS().toMGRS(lat / 1e7, lon / 1e7)
    found = read_coordinates(name)
    assert GEOD.inv(lon / 1e7, lat / 1e7, found.lon, found.lat)[2] < 1.5


@pytest.mark.rule("R-ACT-18")
@pytest.mark.parametrize(
    ("text", "notation", "within_m"),
    [
        ("36.7181, 68.8589", "decimal", 0.01),
        ("E68.8589 N36.7181", "decimal", 0.01),
        ("36°43'05.16\"N 68°51'32.04\"E", "dms", 0.01),
        ("36 43.086 N 68 51.534 E", "dms", 0.01),
        ("3643.086N 68.8589E", "dms", 0.01),
        ("364305N 0685132E", "dms", 6),
        ("42SVF8739963610", "mgrs", 1),
        ("42S VF 87399 63610", "mgrs", 1),
        ("42svf 8739 6361", "mgrs", 8),
    ],
)
def test_a_notation_is_told_from_the_others(text: str, notation: str, within_m: float) -> None:
    position, found = read_notation(text)
    assert found == notation
    assert apart_m(position, KUNDUZ) <= within_m


@pytest.mark.rule("R-ACT-18")
@example(0, 900_000_000)
@example(0, -900_000_000)
@example(1_800_000_000, 840_000_000)
@given(st.integers(-1_800_000_000, 1_800_000_000), st.integers(-900_000_000, 900_000_000))
def test_every_notation_of_a_place_reads_back_within_a_metre(lon: int, lat: int) -> None:
    place = Position(lon, lat)
    for notation, text in notations_of(place).items():
        again, found = read_notation(text)
        assert found == notation
        assert apart_m(place, again) < 1, (text, place)


@pytest.mark.rule("R-ACT-18")
@pytest.mark.parametrize(
    ("place", "dms"),
    [
        (Position(240_000_000, 490_000_000), "49°00′00.00″N 024°00′00.00″E"),
        (Position(-14, -5_000_000), "00°30′00.00″S 000°00′00.01″W"),
        (Position(1_799_999_999, 899_999_999), "90°00′00.00″N 180°00′00.00″E"),
    ],
)
def test_a_position_is_written_as_people_write_it(place: Position, dms: str) -> None:
    written = notations_of(place)
    assert written["dms"] == dms
    assert read_coordinates(written["decimal"]) == place
