"""Values refuse what cannot be, and say so with a rule and a next step."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.words import limits
from openline.words.errors import OpenlineError, Whose
from openline.words.moment import Moment, Window
from openline.words.party import Direction, party_id
from openline.words.volume import (
    Area,
    Band,
    Circle,
    Corridor,
    Datum,
    Ground,
    Polygon,
    Position,
    Separation,
    Unit,
)

moments = st.integers(limits.EARLIEST_MS, limits.LATEST_MS).map(Moment)
here = Position(0, 0)
there = Position(10_000_000, 0)
beyond = Position(0, 10_000_000)


def refused(code: str, rule: str) -> object:
    class Refused:
        def __enter__(self) -> None:
            return None

        def __exit__(self, kind: object, error: object, trace: object) -> bool:
            assert isinstance(error, OpenlineError), "nothing was refused"
            assert (error.code, error.rule) == (code, rule)
            assert error.message
            assert error.next or code == "bad-direction"
            return True

    return Refused()


@pytest.mark.rule("R-WORD-01")
@pytest.mark.parametrize("text", ["us", "ru", "un-ocha", "msf.ch", "a", "x" * 32])
def test_party_ids(text: str) -> None:
    assert party_id(text) == text


@pytest.mark.rule("R-WORD-01")
@pytest.mark.parametrize("text", ["", "US", "a b", "-us", "us-", "us/ru", "x" * 33, "ру", "us\n"])
def test_what_is_no_party_id(text: str) -> None:
    with refused("bad-party", "R-WORD-01"):
        party_id(text)


@pytest.mark.rule("R-WORD-02")
@pytest.mark.parametrize("epoch", [1, 7, 10, 999_999_999, 2**40 + 1, 2**53 - 1])
def test_a_direction_reads_back(epoch: int) -> None:
    direction = Direction("us", "ru", epoch)
    assert Direction.parse(str(direction)) == direction == Direction.parse(f"us/ru/{epoch}")


@pytest.mark.rule("R-WORD-02")
@pytest.mark.parametrize(
    "text",
    [
        *("us/ru", "us/ru/0", "us/ru/01", "us/us/1", "us/ru/1/2", "us/ru/x", "us/ru/"),
        *("us/ru/+1", "us/ru/1_0", "us/ru/1 ", "us/ru/1\n", "us/ru/١", "us/ru/-1"),
        *(f"us/ru/{2**53}", "us/ru/9999999999999999", "us/ru/" + "9" * 5000),
    ],
)
def test_a_direction_is_written_in_one_way(text: str) -> None:
    with refused("bad-direction", "R-WORD-02"):
        Direction.parse(text)


@pytest.mark.rule("R-WORD-03")
@given(moments)
def test_a_time_reads_back(at: Moment) -> None:
    assert Moment.parse(str(at)) == at
    assert str(at).endswith("Z")


@pytest.mark.rule("R-WORD-03")
@given(
    st.datetimes(datetime(1971, 1, 1), datetime(9998, 1, 1)),
    st.integers(-14 * 60, 14 * 60),
)
def test_a_time_with_an_offset_is_that_instant(local: datetime, minutes: int) -> None:
    sign, size = ("-" if minutes < 0 else "+"), abs(minutes)
    text = f"{local.replace(microsecond=0).isoformat()}{sign}{size // 60:02d}:{size % 60:02d}"
    instant = local.replace(microsecond=0, tzinfo=UTC) - timedelta(minutes=minutes)
    assert Moment.parse(text).ms == round(instant.timestamp() * 1000)


@pytest.mark.rule("R-WORD-03")
@pytest.mark.parametrize(
    "text",
    [
        "",
        "2022-05-13",
        "2022-05-13T14:00:00",
        "2022-13-01T00:00:00Z",
        "now",
        "1969-12-31T23:59:59Z",
    ],
)
def test_what_is_no_time(text: str) -> None:
    with refused("bad-time", "R-WORD-03"):
        Moment.parse(text)


@pytest.mark.rule("R-CLOCK-01")
def test_days_are_calendar_dates_subtracted() -> None:
    call, before = Moment.parse("2022-05-13T00:01:00Z"), Moment.parse("2022-02-18T23:59:00Z")
    assert call.days_since(before) == 84


@pytest.mark.rule("R-WORD-04")
@given(moments, moments)
def test_a_window_ends_after_it_begins(start: Moment, end: Moment) -> None:
    if 0 < end.ms - start.ms <= limits.WINDOW_MS:
        assert Window(start, end).end == end
    else:
        with refused("bad-window", "R-WORD-04"):
            Window(start, end)


@pytest.mark.rule("R-WORD-05")
@given(st.integers(-(10**10), 10**10), st.integers(-(10**10), 10**10))
def test_a_position_lies_on_the_earth(lon_e7: int, lat_e7: int) -> None:
    if abs(lon_e7) <= 1_800_000_000 and abs(lat_e7) <= 900_000_000:
        assert Position(lon_e7, lat_e7).lat == lat_e7 / 1e7
    else:
        with refused("bad-position", "R-WORD-05"):
            Position(lon_e7, lat_e7)


@pytest.mark.rule("R-WORD-06")
def test_rings_close_and_areas_are_bounded() -> None:
    ring = (here, there, beyond, here)
    assert Area((Polygon(ring),)).polygons[0].outer == ring
    with refused("bad-ring", "R-WORD-06"):
        Polygon((here, there, beyond))
    with refused("bad-ring", "R-WORD-06"):
        Polygon(ring, ((here, there, here),))
    with refused("bad-area", "R-WORD-06"):
        Area(())
    with refused("bad-area", "R-WORD-06"):
        Area((Polygon(ring),) * (limits.VERTICES // 4 + 1))


@pytest.mark.rule("R-WORD-07")
@pytest.mark.parametrize("mm", [0, -1, limits.RADIUS_MM + 1])
def test_lengths_are_bounded(mm: int) -> None:
    with refused("bad-length", "R-WORD-07"):
        Circle(here, mm)
    with refused("bad-length", "R-WORD-07"):
        Corridor((here, there), mm)
    with refused("bad-path", "R-WORD-07"):
        Corridor((here,), 1)


@pytest.mark.rule("R-WORD-08")
def test_a_band_has_its_lower_altitude_first() -> None:
    feet = Band(100_000, 200_000, Unit.FOOT, Datum.AMSL)
    assert (feet.lower_m, feet.upper_m) == (30.48, 60.96)
    with refused("bad-band", "R-WORD-08"):
        Band(1, 0, Unit.METRE, Datum.AGL)
    with refused("bad-band", "R-WORD-08"):
        Band(0, limits.ALTITUDE_MILLI + 1, Unit.METRE, Datum.HAE)


@pytest.mark.rule("R-WORD-09")
@given(st.tuples(*[st.integers(0, 10**9)] * 2, st.integers(0, limits.SEPARATION_MS)), st.data())
def test_the_larger_separation_is_larger_in_each_way(
    a: tuple[int, int, int], data: st.DataObject
) -> None:
    b = data.draw(st.tuples(*[st.integers(0, 10**9)] * 2, st.integers(0, limits.SEPARATION_MS)))
    joined = Separation(*a).larger(Separation(*b))
    assert joined == Separation(*map(max, a, b)) == Separation(*b).larger(Separation(*a))


@pytest.mark.rule("R-WORD-09")
@pytest.mark.parametrize(
    "wrong", [(-1, 0, 0), (0, -1, 0), (0, 0, -1), (0, 0, limits.SEPARATION_MS + 1)]
)
def test_a_separation_is_bounded(wrong: tuple[int, int, int]) -> None:
    with refused("bad-separation", "R-WORD-09"):
        Separation(*wrong)


@pytest.mark.rule("R-WORD-10")
def test_the_lowest_ground_comes_first() -> None:
    assert Ground(-1, 5).widest(Ground(0, 9)) == Ground(-1, 9)
    with refused("bad-ground", "R-WORD-10"):
        Ground(1, 0)


def test_an_error_says_what_whose_and_next() -> None:
    error = OpenlineError("code", "what", whose=Whose.THEIRS, rule="R-WORD-01", next="do this")
    assert str(error) == "what [theirs] (R-WORD-01) -> do this"
    assert set(error.as_json()["error"]) == {"code", "message", "whose", "rule", "next"}
