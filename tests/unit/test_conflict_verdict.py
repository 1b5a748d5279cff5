"""When two planned activities conflict, and what the finding says."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conflict_world import away, box, circle, corridor, planned
from openline.conflict.height import ANY_GEOID, Geoid
from openline.conflict.verdict import Planned, verdict
from openline.words import limits
from openline.words.moment import Moment, Window
from openline.words.volume import EARTH, Band, Circle, Datum, Ground, Separation, Unit

M, FT = Unit.METRE, Unit.FOOT
HERE = circle(40.1, 35.3, 2_000)
HOUR = 3_600_000


def band(lower: float, upper: float, unit: Unit, datum: Datum) -> Band:
    return Band(round(lower * 1000), round(upper * 1000), unit, datum)


def window(start: int, end: int) -> Window:
    return Window(Moment(start), Moment(end))


def apart(lat: float, metres: float, separation: float = 1000) -> tuple[Planned, Planned]:
    """Two circles of 1 km, `metres` of open ground between them."""
    lon2, lat2 = away(20, lat, 75, 2_000 + metres)
    return tuple(
        planned(name, circle(*place, 1_000), separation=(separation, 300, 900))
        for name, place in (("a", (20, lat)), ("b", (lon2, lat2)))
    )


@pytest.mark.rule("R-CONF-01")
def test_two_circles_over_deir_ez_zor_conflict() -> None:
    found = verdict(planned("ru", HERE), planned("us", circle(40.15, 35.3, 2_000)))
    assert found is not None
    assert found.horizontal_m == pytest.approx(4547.69 - 4000, abs=0.1)
    assert (found.vertical_m, found.flags) == (0, ())
    assert found.window == window(0, HOUR)


@pytest.mark.rule("R-CONF-01")
@pytest.mark.parametrize("lat", [0, 50, 89.9, -89.99])
def test_a_thousand_metres_are_the_same_everywhere(lat: float) -> None:
    near = verdict(*apart(lat, 999))
    assert near is not None
    assert near.horizontal_m == pytest.approx(999, abs=0.05)
    assert verdict(*apart(lat, 1001)) is None


@pytest.mark.rule("R-CONF-01")
def test_the_larger_separation_counts_in_each_way_alone() -> None:
    a, b = apart(50, 5_000)
    low = band(0, 100, M, Datum.AMSL)
    a = replace(a, volume=replace(a.volume, band=low), separation=Separation(6_000_000, 0, 0))
    above = band(600, 700, M, Datum.AMSL)
    b = replace(b, volume=replace(b.volume, band=above), separation=Separation(0, 501_000, 0))
    assert verdict(a, b) is not None
    for narrower in (Separation(4_900_000, 0, 0), Separation(6_000_000, 0, 0)):
        assert verdict(replace(a, separation=narrower), replace(b, separation=narrower)) is None


@pytest.mark.rule("R-CONF-02")
@pytest.mark.parametrize(
    ("metres", "flags"), [(999.6, ()), (999.9, ("within-error",)), (1000.15, ("within-error",))]
)
def test_within_the_error_of_the_method_counts_and_is_flagged(
    metres: float, flags: tuple[str, ...]
) -> None:
    found = verdict(*apart(50, metres))
    assert found is not None
    assert found.flags == flags


@pytest.mark.rule("R-CONF-02")
def test_beyond_the_error_is_no_conflict() -> None:
    assert verdict(*apart(50, 1000.35)) is None


@pytest.mark.rule("R-CONF-02")
@pytest.mark.parametrize(("lower", "conflicts"), [(400, False), (399.999, True)])
def test_touching_in_height_is_none(lower: float, conflicts: bool) -> None:
    a = planned("a", HERE, band=band(0, 100, M, Datum.AMSL))
    b = planned("b", HERE, band=band(lower, 500, M, Datum.AMSL))
    assert (verdict(a, b) is not None) is conflicts


@pytest.mark.rule("R-CONF-02")
@pytest.mark.rule("R-CONF-11")
@pytest.mark.parametrize(("start", "conflicts"), [(HOUR + 900_000, False), (HOUR + 899_999, True)])
def test_touching_in_time_is_none(start: int, conflicts: bool) -> None:
    a = planned("a", HERE, window=window(0, HOUR))
    b = planned("b", HERE, window=window(start, start + 1))
    assert (verdict(a, b) is not None) is conflicts


@pytest.mark.rule("R-CONF-03")
@pytest.mark.parametrize(("start", "conflicts"), [(HOUR, False), (HOUR - 1, True)])
def test_no_separation_in_time_asks_for_a_shared_instant(start: int, conflicts: bool) -> None:
    a = planned("a", HERE, separation=(0, 0, 0), window=window(0, HOUR))
    b = planned("b", HERE, separation=(0, 0, 0), window=window(start, 2 * HOUR))
    found = verdict(a, b)
    assert (found is not None) is conflicts
    assert found is None or found.window == window(HOUR - 1, HOUR)


@pytest.mark.rule("R-CONF-03")
@pytest.mark.parametrize(
    ("lower", "upper", "conflicts"),
    [(100, 200, False), (99.999, 200, True), (50, 50, True), (100, 100, False), (0, 100, True)],
)
def test_no_separation_in_height_asks_for_shared_height(
    lower: float, upper: float, conflicts: bool
) -> None:
    a = planned("a", HERE, separation=(0, 0, 0), band=band(0, 100, M, Datum.AMSL))
    b = planned("b", HERE, separation=(0, 0, 0), band=band(lower, upper, M, Datum.AMSL))
    assert (verdict(a, b) is not None) is conflicts


@pytest.mark.rule("R-CONF-03")
def test_two_flights_at_one_and_the_same_level_share_it() -> None:
    level = band(300, 300, FT, Datum.AMSL)
    a, b = (planned(name, HERE, separation=(0, 0, 0), band=level) for name in "ab")
    assert verdict(a, b) is not None
    higher = replace(b, volume=replace(b.volume, band=band(301, 301, FT, Datum.AMSL)))
    assert verdict(a, higher) is None


@pytest.mark.rule("R-CONF-03")
@pytest.mark.rule("R-CONF-02")
@pytest.mark.parametrize(
    ("west", "flags"),
    [(10.05, ()), (10.099999, ("within-error",)), (10.1, ("within-error",)), (10.10001, None)],
)
def test_sectors_that_share_a_border_overlap_only_within_the_error(
    west: float, flags: tuple[str, ...] | None
) -> None:
    a = planned("a", box(10, 50, 10.1, 50.1), separation=(0, 0, 0))
    b = planned("b", box(west, 50, 10.2, 50.1), separation=(0, 0, 0))
    found = verdict(a, b)
    assert (found.flags if found else None) == flags


@pytest.mark.rule("R-CONF-03")
@pytest.mark.parametrize("inner", [box(10, 50, 10.1, 50.1), box(10.04, 50.04, 10.06, 50.06)])
def test_an_area_on_or_in_another_overlaps_it_without_doubt(inner: Circle) -> None:
    a = planned("a", box(10, 50, 10.1, 50.1), separation=(0, 0, 0))
    found = verdict(a, planned("b", inner, separation=(0, 0, 0)))
    assert found is not None
    assert (found.horizontal_m, found.flags) == (0, ())


@pytest.mark.rule("R-CONF-13")
def test_metres_and_feet_are_compared_exactly() -> None:
    a = planned("a", HERE, separation=(0, 0, 0), band=band(0, 100, M, Datum.AMSL))
    b = planned("b", HERE, separation=(0, 0, 0), band=band(200, 300, FT, Datum.AMSL))
    assert verdict(a, b) is not None, "60.96 to 91.44 m lie within 0 to 100 m"
    low = replace(a, volume=replace(a.volume, band=band(0, 60.96, M, Datum.AMSL)))
    assert verdict(low, b) is None, "200 ft are 60.96 m, and touching is none"


@pytest.mark.rule("R-CONF-05")
def test_the_unit_makes_no_difference() -> None:
    metres = planned("a", HERE, band=band(304.8, 609.6, M, Datum.AMSL))
    feet = planned("a", HERE, band=band(1000, 2000, FT, Datum.AMSL))
    other = planned("b", HERE, band=band(700, 800, M, Datum.AMSL))
    assert verdict(metres, other) == verdict(feet, other)
    assert verdict(metres, other).vertical_m == pytest.approx(90.4)


GROUND = Ground(200_000, 1_500_000)


@pytest.mark.parametrize(
    ("first", "second", "gap", "flags"),
    [
        pytest.param(*case, marks=pytest.mark.rule(f"R-CONF-{rule}"))
        for rule, case in [
            (13, ((0, 100, "AMSL"), (350, 400, "AMSL"), 250, ())),
            (13, ((0, 100, "HAE"), (350, 400, "HAE"), 250, ())),
            (13, ((0, 100, "AGL"), (350, 400, "AGL"), 250, ())),
            (14, ((0, 100, "AMSL"), (350, 400, "HAE"), 140, ("datum",))),
            (14, ((500, 600, "AMSL"), (350, 400, "HAE"), 0, ("datum",))),
            (15, ((0, 100, "AGL"), (1700, 1800, "AMSL"), 100, ("ground",))),
            (15, ((500, 600, "AGL"), (0, 600, "AMSL"), 100, ("ground",))),
            (16, ((0, 100, "AGL"), (1800, 1900, "HAE"), 90, ("datum", "ground"))),
            (16, ((500, 600, "AGL"), (0, 500, "HAE"), 90, ("datum", "ground"))),
            (16, ((500, 600, "AGL"), (0, 200, "HAE"), None, ())),
            (15, ((0, 100, "AGL"), (1900, 2000, "AMSL"), None, ())),
            (14, ((0, 100, "AMSL"), (510, 600, "HAE"), None, ())),
        ]
    ],
)
def test_bands_of_different_datums_are_compared_with_care(
    first: tuple, second: tuple, gap: float | None, flags: tuple[str, ...]
) -> None:
    a, b = (
        planned(name, HERE, band=band(low, high, M, Datum(datum)))
        for name, (low, high, datum) in (("a", first), ("b", second))
    )
    for found in (verdict(a, b, GROUND), verdict(b, a, GROUND)):
        if gap is None:
            assert found is None
        else:
            assert found is not None
            assert found.vertical_m == pytest.approx(gap)
            assert found.flags == flags


@pytest.mark.rule("R-CONF-15")
def test_a_convoy_does_not_meet_a_flight_high_over_a_plain() -> None:
    convoy = planned(
        "a", corridor(2_000, (22.7, 49.8), (23.0, 49.9)), band=band(0, 50, M, Datum.AGL)
    )
    flight = planned("b", circle(22.8, 49.85, 500), band=band(5_000, 5_100, M, Datum.AMSL))
    assert verdict(convoy, flight, GROUND) is None
    assert verdict(convoy, flight, EARTH) is not None, "over unknown ground it may"


PLAIN = Ground(100_000, 150_000)
ALPS = Ground(300_000, 4_800_000)


@pytest.mark.rule("R-CONF-42")
def test_each_band_is_lifted_by_its_own_ground() -> None:
    convoy = planned("a", HERE, band=band(0, 50, M, Datum.AGL))
    flight = planned("b", HERE, band=band(5_000, 5_100, M, Datum.AMSL))
    assert verdict(convoy, flight) is not None
    assert verdict(replace(convoy, ground=PLAIN), flight) is None
    assert verdict(replace(convoy, ground=ALPS), flight, PLAIN) is not None
    assert verdict(replace(convoy, ground=PLAIN), replace(flight, ground=ALPS)) is None
    assert verdict(replace(convoy, ground=ALPS), replace(flight, ground=PLAIN)) is not None


@pytest.mark.rule("R-CONF-13")
def test_two_bands_above_ground_stand_on_the_same_ground() -> None:
    low = replace(planned("a", HERE, band=band(0, 50, M, Datum.AGL)), ground=PLAIN)
    high = replace(planned("b", HERE, band=band(100, 150, M, Datum.AGL)), ground=ALPS)
    found = verdict(low, high)
    assert found is not None
    assert (found.vertical_m, found.flags) == (50, ())


@pytest.mark.rule("R-CONF-40")
@pytest.mark.parametrize(
    ("fired", "other", "gap", "flags"),
    [
        ((5_000, 6_000, "AGL"), (0, 50, "AGL"), 0, ()),
        ((5_000, 6_000, "AMSL"), (0, 50, "AGL"), 0, ("ground",)),
        ((5_000, 6_000, "AGL"), (150, 200, "AMSL"), 0, ("ground",)),
        ((5_000, 6_000, "AMSL"), (120, 200, "AMSL"), 0, ("ground",)),
        ((5_000, 6_000, "AMSL"), (-150, -100, "AMSL"), 200, ("ground",)),
        ((5_000, 6_000, "HAE"), (120, 200, "HAE"), 0, ("ground",)),
        ((5_000, 6_000, "HAE"), (120, 200, "AMSL"), 0, ("datum", "ground")),
        ((5_000, 6_000, "HAE"), (0, 50, "AGL"), 0, ("datum", "ground")),
        ((5_000, 6_000, "AMSL"), (7_000, 8_000, "AMSL"), None, ()),
        ((-20, 6_000, "AGL"), (-400, -100, "AGL"), 80, ()),
    ],
)
def test_what_delivers_weapons_reaches_the_ground(
    fired: tuple, other: tuple, gap: float | None, flags: tuple[str, ...]
) -> None:
    low, high, datum = fired
    a = planned("a", HERE, band=band(low, high, M, Datum(datum)))
    a = replace(a, to_surface=True)
    low, high, datum = other
    b = planned("b", HERE, band=band(low, high, M, Datum(datum)))
    found = verdict(a, b, PLAIN)
    assert found == verdict(b, a, PLAIN)
    assert (found and (found.vertical_m, found.flags)) == (None if gap is None else (gap, flags))
    if gap == 0:
        assert verdict(replace(a, to_surface=False), b, PLAIN) is None


@pytest.mark.rule("R-CONF-40")
def test_the_lower_ground_of_both_is_where_it_falls() -> None:
    fire = planned("a", HERE, band=band(5_000, 6_000, M, Datum.AMSL), separation=(1_000, 0, 0))
    fire = replace(fire, ground=ALPS, to_surface=True)
    convoy = planned("b", HERE, band=band(0, 50, M, Datum.AGL), separation=(1_000, 0, 0))
    for one in (convoy, replace(convoy, ground=PLAIN)):
        assert verdict(fire, one) == verdict(one, fire) is not None


HERE_GEOID = Geoid(40_000, 42_000, 1_200)


@pytest.mark.rule("R-CONF-41")
@pytest.mark.parametrize(
    ("lower", "vertical", "flags"),
    [
        (443, 301, ("within-error",)),
        (442, 300, ("within-error",)),
        (441, 299, ("within-error",)),
        (440.7, 298.7, ()),
        (300, 158, ()),
        (100, 0, ()),
    ],
)
def test_with_a_grid_the_geoid_is_counted_as_it_is(
    lower: float, vertical: float, flags: tuple[str, ...]
) -> None:
    """443 m above the ellipsoid are at least 401 m above the sea where the geoid is 42 m high."""
    a = planned("a", HERE, band=band(0, 100, M, Datum.AMSL))
    b = planned("b", HERE, band=band(lower, 2_000, M, Datum.HAE))
    b = replace(b, geoid=HERE_GEOID)
    found = verdict(a, b)
    assert found == verdict(b, a)
    assert found is not None
    assert (found.vertical_m, found.flags) == (pytest.approx(vertical), flags)


@pytest.mark.rule("R-CONF-41")
def test_beyond_the_grids_error_is_no_conflict() -> None:
    a = planned("a", HERE, band=band(0, 100, M, Datum.AMSL))
    b = replace(planned("b", HERE, band=band(443.3, 500, M, Datum.HAE)), geoid=HERE_GEOID)
    assert verdict(a, b) is None
    assert verdict(a, replace(b, geoid=ANY_GEOID)) is not None, "without a grid it may be one"


@pytest.mark.rule("R-CONF-41")
@pytest.mark.parametrize(("lower", "conflicts"), [(142, True), (143.2, False), (143.1, True)])
def test_with_no_separation_the_error_still_counts(lower: float, conflicts: bool) -> None:
    a = planned("a", HERE, separation=(0, 0, 0), band=band(0, 100, M, Datum.AMSL))
    b = planned("b", HERE, separation=(0, 0, 0), band=band(lower, 500, M, Datum.HAE))
    found = verdict(a, replace(b, geoid=HERE_GEOID))
    assert (found is not None) is conflicts
    assert found is None or found.flags == ("within-error",)


@pytest.mark.rule("R-CONF-16")
@pytest.mark.rule("R-CONF-41")
def test_above_ground_against_the_ellipsoid_with_a_grid() -> None:
    a = replace(planned("a", HERE, band=band(0, 50, M, Datum.AGL)), ground=PLAIN)
    b = replace(planned("b", HERE, band=band(400, 500, M, Datum.HAE)), geoid=HERE_GEOID)
    found = verdict(a, b)
    assert found is not None
    assert (found.vertical_m, found.flags) == (400 - 42 - 200, ("ground",))


@pytest.mark.rule("R-CONF-12")
@pytest.mark.parametrize(
    ("first", "second", "shared"),
    [
        ((0, 10), (12, 20), (7, 15)),
        ((0, 100), (40, 50), (35, 55)),
        ((0, 10), (10, 20), (5, 15)),
        ((0, 10), (0, 10), (0, 10)),
        ((0, 10), (15, 20), None),
    ],
)
def test_the_window_is_what_both_share_with_the_separation_counted_in(
    first: tuple, second: tuple, shared: tuple | None
) -> None:
    seconds = [window(s * 1000, e * 1000) for s, e in (first, second)]
    a, b = (
        planned(name, HERE, window=w, separation=(0, 0, 5))
        for name, w in zip("ab", seconds, strict=True)
    )
    found = verdict(a, b)
    expected = shared and window(shared[0] * 1000, shared[1] * 1000)
    assert (found and found.window) == expected


@pytest.mark.rule("R-CONF-12")
def test_the_longest_windows_still_give_a_window() -> None:
    a, b = (
        planned(name, HERE, window=window(start, start + limits.WINDOW_MS))
        for name, start in (("a", 0), ("b", 1))
    )
    found = verdict(a, b)
    assert found is not None
    assert found.window.start == Moment(0)


lengths = st.integers(0, 60_000_000)


@st.composite
def anything(draw: st.DrawFn, id: str) -> Planned:
    lon, lat = draw(st.floats(-0.3, 0.3)), draw(st.sampled_from([0, 60, 89.9]))
    lower, upper = sorted(draw(st.tuples(st.integers(0, 10**6), st.integers(0, 10**6))))
    start = draw(st.integers(0, 10**7))
    shape = draw(
        st.sampled_from(
            [
                circle(lon, lat, 1_000),
                box(lon, lat - 0.1, lon + 0.2, lat + 0.05),
                corridor(500, (lon, lat), (lon + 0.1, lat - 0.1)),
            ]
        )
    )
    made = planned(
        id,
        shape,
        band=Band(lower, upper, draw(st.sampled_from(Unit)), draw(st.sampled_from(Datum))),
        window=window(start, start + draw(st.integers(1, 10**7))),
    )
    separation = Separation(draw(lengths), draw(lengths), draw(st.integers(0, 10**7)))
    return replace(made, separation=separation)


@pytest.mark.rule("R-CONF-04")
@settings(deadline=None)
@given(anything("a"), anything("b"))
def test_the_verdict_is_the_same_from_both_sides(a: Planned, b: Planned) -> None:
    found = verdict(a, b)
    assert found == verdict(b, a)
    assert found is None or (found.a, found.b) == ("a", "b")


@pytest.mark.rule("R-CONF-01")
@settings(deadline=None)
@given(anything("a"), anything("b"), lengths, lengths, st.integers(0, 10**7))
def test_more_separation_never_ends_a_conflict(
    a: Planned, b: Planned, horizontal: int, vertical: int, time: int
) -> None:
    wider = replace(a, separation=a.separation.larger(Separation(horizontal, vertical, time)))
    if (found := verdict(a, b)) is not None:
        again = verdict(wider, b)
        assert again is not None
        assert (again.horizontal_m, again.vertical_m) == (found.horizontal_m, found.vertical_m)
        assert again.window.start <= found.window.start <= found.window.end <= again.window.end


@pytest.mark.rule("R-CONF-01")
@settings(deadline=None)
@given(anything("a"), anything("b"))
def test_a_finding_is_closer_than_the_separation_in_each_way(a: Planned, b: Planned) -> None:
    larger = a.separation.larger(b.separation)
    if (found := verdict(a, b)) is not None:
        assert found.horizontal_m < larger.horizontal_mm / 1000 + 0.25
        assert found.vertical_m < larger.vertical_mm / 1000 or not larger.vertical_mm
        assert found.window.start < found.window.end
