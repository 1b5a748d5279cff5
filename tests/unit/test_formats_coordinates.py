"""Coordinates as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.formats.coordinates import read_coordinates
from openline.words.errors import OpenlineError
from openline.words.volume import Position

KUNDUZ = Position(688_589_000, 367_181_000)


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
        *("", "36.7181", "36.7181 68.8589 12", "1,2,3", "36,7181 68,8589"),
        *("36.7181N 68.8589", "36.7181N 68.8589S", "N36.7181 68.8589E", "36 60 0N 68 0 0E"),
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
