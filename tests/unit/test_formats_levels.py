"""Altitudes as files write them: a band that surely holds what was said, or a refusal."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.formats.draft import Given
from openline.formats.levels import band, read_level
from openline.words.errors import OpenlineError
from openline.words.volume import EARTH, MM_PER_FOOT

WIDEN = Given(flight_levels="widen")


def made(lower: str, upper: str, given: Given = WIDEN) -> tuple[dict[str, object], list[str]]:
    return band(read_level(lower), read_level(upper), given)


@pytest.mark.rule("R-FMT-14")
@pytest.mark.parametrize(
    ("lower", "upper", "wanted"),
    [
        ("SFC", "150 m AGL", (0, 150, "m", "AGL")),
        ("GND", "500FT AGL", (0, 500, "ft", "AGL")),
        ("1000FT MSL", "5000ft amsl", (1000, 5000, "ft", "AMSL")),
        ("1000FTAMSL", "5000 FT ALT", (1000, 5000, "ft", "AMSL")),
        ("300 M AGL", "UNL", (300, 100_000, "m", "AGL")),
        ("SFC", "UNL", (0, 100_000, "m", "AGL")),
        ("SFC", "SFC", (0, 0, "m", "AGL")),
        ("SFC", "1500 m AMSL", (-500, 1500, "m", "AMSL")),
        ("SFC", "6000 ft AMSL", (-1641, 6000, "ft", "AMSL")),
        ("SFC", "1500 m HAE", (-610, 1500, "m", "HAE")),
        ("300 m AGL", "1500 m AMSL", (-200, 1500, "m", "AMSL")),
        ("1000 ft AMSL", "1500 m AMSL", (304.8, 1500, "m", "AMSL")),
        ("-50.5 m AMSL", "0 m AMSL", (-50.5, 0, "m", "AMSL")),
    ],
)
def test_a_band_has_one_unit_and_datum_and_holds_what_was_said(
    lower: str, upper: str, wanted: tuple[object, ...]
) -> None:
    found, _ = made(lower, upper)
    assert tuple(found[name] for name in ("lower", "upper", "unit", "datum")) == wanted


@pytest.mark.rule("R-FMT-14")
@pytest.mark.parametrize(
    ("lower", "upper"),
    [
        ("UNL", "UNL"),
        ("1000 ft AMSL", "SFC"),
        ("1000 ft AMSL", "500 ft AGL"),
        ("1000 ft HAE", "5000 ft AMSL"),
        ("10 km AMSL", "20 km AMSL"),
        ("5000 ft STD", "UNL"),
        ("high", "UNL"),
        ("", "UNL"),
        ("9" * 39, "UNL"),
        ("1e5 m AMSL", "UNL"),
    ],
)
def test_what_makes_no_sure_band_is_refused(lower: str, upper: str) -> None:
    with pytest.raises(OpenlineError) as refused:
        made(lower, upper)
    assert refused.value.code == "bad-altitude" and refused.value.rule == "R-FMT-14"


@pytest.mark.rule("R-FMT-15")
def test_a_flight_level_is_refused_unless_it_is_to_be_widened() -> None:
    with pytest.raises(OpenlineError) as refused:
        made("SFC", "FL195", Given())
    assert refused.value.code == "flight-level" and "--flight-levels" in refused.value.next
    found, notes = made("FL100", "FL195")
    # 2,000 ft for the pressure at the ground and 12 % for the air's temperature (ADR 0025).
    assert (found["lower"], found["upper"]) == (10_000 - 2_000 - 1_200, 19_500 + 2_000 + 2_340)
    assert (found["unit"], found["datum"]) == ("ft", "AMSL")
    assert "pressures" in str(notes[0])


@pytest.mark.rule("R-FMT-13")
def test_a_number_without_unit_and_datum_gets_those_that_are_given_for_all_or_none() -> None:
    assert made("100", "200")[0] == {"lower": 100, "upper": 200}
    given_ = Given({"unit": "ft", "datum": "AMSL"})
    assert made("100", "200 m AGL", Given({"unit": "ft", "datum": "AGL"}))[0]["unit"] == "m"
    assert made("100", "200", given_)[0]["datum"] == "AMSL"


heights = st.tuples(
    st.integers(-400, 20_000), st.sampled_from(["m", "ft"]), st.sampled_from(["AGL", "AMSL"])
)


@pytest.mark.rule("R-FMT-14")
@given(low=heights, high=heights, ground=st.integers(EARTH.lowest_mm, EARTH.highest_mm))
def test_over_any_ground_the_band_holds_both_limits(
    low: tuple[int, str, str], high: tuple[int, str, str], ground: int
) -> None:
    def mm(number: float, unit: str, datum: str) -> float:
        above = ground if datum == "AGL" else 0
        return number * (1000 if unit == "m" else MM_PER_FOOT) + above

    texts = [f"{number} {unit} {datum}" for number, unit, datum in (low, high)]
    try:
        found, _ = made(*texts)
    except OpenlineError:
        assert (low[2], high[2]) == ("AMSL", "AGL")
        return
    unit, datum = str(found["unit"]), str(found["datum"])
    assert mm(found["lower"], unit, datum) <= mm(*low) + 1e-6  # type: ignore[arg-type]
    assert mm(found["upper"], unit, datum) >= mm(*high) - 1e-6  # type: ignore[arg-type]


@given(st.text(max_size=60))
def test_any_text_is_a_level_or_refused(text: str) -> None:
    try:
        read_level(text)
    except OpenlineError as error:
        assert error.code == "bad-altitude"
