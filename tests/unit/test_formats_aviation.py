"""Activities in NOTAMs, OpenAir airspaces and ED-269 geozones."""

from __future__ import annotations

import json
import math
from itertools import pairwise
from typing import Any

import pytest
from formats_world import WINDOW, drafts, reading, refusal, refusals, sample, wire
from pyproj import Geod

from openline.forms.activity import Activity, activity_of
from openline.words import filelimits, limits
from openline.words.volume import Area, Circle

GEOD = Geod(ellps="WGS84")
KIND = {"kind": "exercise"}
AIR = {**WINDOW, **KIND, "ref": "A"}


def activities(data: bytes | str, format: str = "", **given: Any) -> list[Activity]:
    return [activity_of(wire(draft)) for draft in drafts(data, format, **given)]


# ---- NOTAM ------------------------------------------------------------------------------

NOTAM = """(A1/26 NOTAMN
Q) UKBV/QRTCA/IV/BO/W/000/195/5027N03031E010
A) UKBV B) 2604020600 C) 2604021800
E) RESTRICTED AREA
F) SFC G) 6000FT AMSL)"""


@pytest.mark.rule("R-FMT-25")
def test_notams_as_they_are_published() -> None:
    first, late, second = activities(sample("notams.txt"), **KIND)
    assert (first.ref, second.ref) == ("A1721/26-20970402T0600", "A1722/26")
    assert isinstance(first.volume.shape, Circle)
    assert first.volume.shape.radius_mm == 5 * 1_852_000
    assert isinstance(second.volume.shape, Area)
    assert str(first.volume.window.start) == "2097-04-02T06:00:00Z"
    assert str(late.volume.window.start) == "2097-04-02T14:00:00Z"
    assert str(second.volume.window.end) == "2097-04-03T18:00:00Z"
    # A bracket within E ends no line.
    assert "A) REFERS.) TRAINING" in first.details
    assert (second.volume.band.upper_milli, second.volume.band.unit) == (1_500_000, "m")
    notes = [[str(note) for note in draft.notes] for draft in drafts(sample("notams.txt"), **KIND)]
    assert (
        "line D) is read: times in all 2" in notes[0][0] and "D) DAILY 0600-1000" in first.details
    )
    assert "replaces A1600/26" in notes[2][0]


@pytest.mark.rule("R-FMT-25")
def test_without_coordinates_in_e_the_circle_of_the_q_line_is_taken_and_said() -> None:
    (draft,) = drafts(NOTAM, **KIND)
    shape = activity_of(wire(draft)).volume.shape
    assert isinstance(shape, Circle)
    assert (shape.centre.lat_e7, shape.radius_mm) == (504_500_000, 10 * 1_852_000)
    assert "circle of its Q line" in str(draft.notes[0])


@pytest.mark.rule("R-FMT-25")
@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("NOTAMN", "NOTAMC A7/26", "cancel"),
        ("2604021800", "2604021800 EST", "--end"),
        ("2604021800", "PERM", "--end"),
        ("2604020600", "WIE", "--start"),
        ("2604020600", "2602300600", "no time"),
        ("E010", "E999", "radius"),
        ("E010", "E", "radius"),
        ("5027N03031E010", "9927N03031E010", "not on earth"),
        ("/000/195/", "/000/", "Q line"),
        ("F) SFC", "", "no F)"),
        ("RESTRICTED AREA", "FROM 502700N0303100E TO 503700N0303100E", "--area q"),
        (
            "RESTRICTED AREA",
            "WITHIN 5KM OF 502700N0303100E-503700N0303100E",
            "--area q",
        ),
        ("\nE) RESTRICTED AREA", "", "no line E)"),
        ("G) 6000FT AMSL", "G) FL195", "--flight-levels"),
        ("G) 6000FT AMSL", "G) 6000FT", "--datum"),
    ],
)
def test_what_a_notam_leaves_open_is_refused_by_its_place(old: str, new: str, says: str) -> None:
    assert old in NOTAM
    error = refusal(NOTAM.replace(old, new), "notam", **KIND)
    assert error.message.startswith("NOTAM 1, line 1 (A1/26): ") and says in str(error), error


@pytest.mark.rule("R-FMT-25")
@pytest.mark.parametrize(
    "where",
    [
        "N502700 E0303100 RADIUS 5NM",
        "N502700E0303100",
        "CENTRE 50.45N 030.52E RADIUS 5NM",
        "50°27'00\"N 030°31'00\"E RADIUS 5NM",
        "502700N 303100E",
    ],
)
def test_a_position_that_is_not_read_is_not_passed_over(where: str) -> None:
    error = refusal(NOTAM.replace("RESTRICTED AREA", where), "notam", **KIND)
    assert error.rule == "R-FMT-25" and "--area q" in error.next
    (activity,) = activities(NOTAM.replace("RESTRICTED AREA", where), **KIND, area="q")
    assert isinstance(activity.volume.shape, Circle)


@pytest.mark.rule("R-FMT-25")
@pytest.mark.parametrize("where", ["WI 5NM OF 5027.5N03031.2E", "WITHIN 5NM OF 502730N0303112E"])
def test_a_circle_is_read_with_tenths_of_minutes_and_without_seconds(where: str) -> None:
    (activity,) = activities(NOTAM.replace("RESTRICTED AREA", where), **KIND)
    shape = activity.volume.shape
    assert isinstance(shape, Circle) and shape.radius_mm == 5 * 1_852_000
    assert (shape.centre.lat_e7, shape.centre.lon_e7) == (504_583_333, 305_200_000)


@pytest.mark.rule("R-FMT-25")
def test_options_say_what_a_notam_leaves_open() -> None:
    est = NOTAM.replace("2604021800", "2604021800 EST")
    (draft,) = drafts(est, **KIND, end="2026-04-02T20:00:00Z")
    assert draft.fields["end"] == "2026-04-02T20:00:00Z" and "EST" in str(draft.notes[0])
    odd = NOTAM.replace("RESTRICTED AREA", "FROM 502700N0303100E TO 503700N0303100E")
    (activity,) = activities(odd, **KIND, area="q")
    assert isinstance(activity.volume.shape, Circle)
    levels = NOTAM.replace("\nF) SFC G) 6000FT AMSL", "")
    (activity,) = activities(levels, **KIND, flight_levels="widen")
    assert activity.volume.band.upper_milli == (19_500 + 2_000 + 2_340) * 1_000


@pytest.mark.rule("R-FMT-25")
def test_a_notam_without_a_number_among_others_is_not_passed_over() -> None:
    bare = NOTAM.replace("(A1/26 NOTAMN", "")
    error = refusal(bare + "\n" + NOTAM, "notam", **KIND)
    assert "first NOTAM has no number" in error.message
    error = refusal(NOTAM + "\n" + bare, "notam", **KIND)
    assert "NOTAM 1" in error.message and "another NOTAM follows" in error.message


@pytest.mark.rule("R-FMT-25")
def test_a_notam_is_bounded() -> None:
    lines = "Q) A) B) C) E) F) G) "
    error = refusal("(A1/26 NOTAMN\n" + lines * 900, "notam", **KIND)
    assert "Q line is incomplete" in error.message
    assert "NOTAM_CHARS" in refusal("(A1/26 NOTAMN\n" + lines * 1_000, "notam", **KIND).next


# ---- OpenAir ----------------------------------------------------------------------------


@pytest.mark.rule("R-FMT-27")
def test_airspaces_with_arcs_and_circles() -> None:
    arc, circle, sector = activities(sample("airspace.txt"), **AIR)
    assert [a.ref for a in (arc, circle, sector)] == ["A-1", "A-2", "A-3"]
    assert (arc.title, arc.details) == ("R-17 Range North", "OpenAir, class R")
    assert isinstance(circle.volume.shape, Circle)
    assert circle.volume.shape.radius_mm == 4_630_000
    assert circle.volume.band.lower_milli == 300_000
    assert isinstance(sector.volume.shape, Area)
    # DA goes from 270° against the clock to 90°: the southern half of a circle of 10 NM.
    (polygon,) = sector.volume.shape.polygons
    assert max(place.lat for place in polygon.outer) < 49.0005
    for place in polygon.outer[:-1]:
        _, _, far = GEOD.inv(24.0, 49.0, place.lon, place.lat)
        assert far == pytest.approx(18_520, abs=0.05)


@pytest.mark.rule("R-FMT-27")
def test_what_stands_before_the_first_airspace_is_not_passed_over() -> None:
    text = sample("airspace.txt").decode().replace("AC R\n", "", 1)
    error = refusal(text, "openair", **AIR)
    assert "line 2: AN stands before any AC" in error.message


@pytest.mark.rule("R-FMT-27")
def test_the_chords_of_an_arc_lie_within_a_metre_of_it() -> None:
    (arc, *_) = activities(sample("airspace.txt"), **AIR)
    assert isinstance(arc.volume.shape, Area)
    (polygon,) = arc.volume.shape.polygons
    # Vertices on the arc, away from its two ends, which keep the place that was written.
    on_arc = [p for p in polygon.outer if p.lon > 30.41]
    centre = (30.4, 50 + 32 / 60)
    for one, other in pairwise(on_arc):
        middle = GEOD.npts(one.lon, one.lat, other.lon, other.lat, 1)[0]
        ends = [GEOD.inv(*centre, p.lon, p.lat)[2] for p in (one, other)]
        assert max(ends) - GEOD.inv(*centre, *middle)[2] <= filelimits.ARC_ERROR_M + 0.05
    assert math.isclose(*ends, abs_tol=0.05)


OPENAIR = """AC R
AN Range
AL 300 m AMSL
AH 3000 m AMSL
V X=50:00:00 N 030:00:00 E
DC 2
"""


@pytest.mark.rule("R-FMT-27")
@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("AH 3000 m AMSL", "AH 3000", "--unit"),
        ("AH 3000 m AMSL", "AH FL95", "--flight-levels"),
        ("AH 3000 m AMSL\n", "", "no AL or no AH"),
        ("V X=50:00:00 N 030:00:00 E\n", "", "without V X="),
        ("V X=50:00:00", "V X=50:61:00", "line 5"),
        ("DC 2", "DC wide", "no number"),
        ("DC 2", "DC 0", "radius"),
        ("DC 2", "DC 2\nDP 50:00:00 N 030:00:00 E", "something else"),
        ("DC 2", "DP 50:00:00 N 030:00:00 E", "three positions"),
        ("DC 2", "DA 5,0", "2 parts"),
        ("DC 2", "DA 5,0,360", "by DC"),
        ("DC 2", "DB 50:10:00 N 030:00:00 E,50:00:00 N 031:00:00 E", "ARC_MISFIT_M"),
        ("DC 2", "DY 5", "'DY' is not read"),
        ("DC 2", "V Q=2", "variable"),
        ("DC 2", "DA 999999,0,90", "1,000 km"),
    ],
)
def test_what_an_airspace_leaves_open_is_refused_by_its_line(old: str, new: str, says: str) -> None:
    assert old in OPENAIR
    error = refusal(OPENAIR.replace(old, new), "openair", **AIR)
    assert error.message.startswith("airspace 1, line 1") and says in str(error), error


@pytest.mark.rule("R-FMT-13")
def test_what_the_format_does_not_carry_is_asked_for_by_its_option() -> None:
    error = refusal(OPENAIR, "openair")
    for option in ("--kind", "--start", "--end", "--ref"):
        assert option in error.next
    assert "nothing is guessed" in error.next


# ---- ED-269 -----------------------------------------------------------------------------


def zones(**changes: Any) -> str:
    document = json.loads(sample("zones.json"))
    (zone,) = document["features"]
    zone["geometry"] = zone["geometry"][:1]
    for key, value in changes.items():
        holder = zone if key in zone else zone["geometry"][0]
        holder[key] = value
    return json.dumps(document)


@pytest.mark.rule("R-FMT-26")
def test_a_zone_of_two_volumes_is_two_activities() -> None:
    circle, polygon = activities(sample("zones.json"), kind="site")
    assert (circle.ref, polygon.ref) == ("UKR001-1", "UKR001-2")
    assert isinstance(circle.volume.shape, Circle) and circle.volume.shape.radius_mm == 500_000
    assert isinstance(polygon.volume.shape, Area)
    assert (polygon.volume.band.unit, polygon.volume.band.upper_milli) == ("ft", 1_500_000)
    assert reading(sample("zones.json"), kind="site").format == "ed269"
    (one,) = activities(zones(), kind="site")
    assert one.ref == "UKR001"


@pytest.mark.rule("R-FMT-26")
@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"applicability": [{"permanent": "YES"}]}, "--start"),
        ({"applicability": []}, "--start"),
        ({"geometry": []}, "no volumes"),
        ({"geometry": [{}] * (filelimits.LAYERS + 1)}, "LAYERS"),
        ({"geometry": [1]}, "no object"),
        ({"upperLimit": "120"}, "no number"),
        ({"upperLimit": True}, "no number"),
        ({"uomDimensions": None}, "--unit"),
        ({"uomDimensions": "YD"}, "M or FT"),
        ({"upperVerticalReference": None}, "--datum"),
        ({"upperVerticalReference": "STD"}, "AGL or AMSL"),
        ({"horizontalProjection": {"type": "Ellipse"}}, "Ellipse"),
        ({"horizontalProjection": {"type": "Polygon", "coordinates": [1]}}, "Polygon"),
        ({"horizontalProjection": {"type": "Circle", "center": [1, 2]}}, "radius_m"),
        ({"horizontalProjection": None}, "None"),
    ],
)
def test_what_a_zone_leaves_open_is_refused_by_its_place(
    changes: dict[str, Any], says: str
) -> None:
    error = refusal(zones(**changes), "ed269", kind="site")
    assert error.message.startswith("zone 1") and says in str(error), error


@pytest.mark.rule("R-FMT-02")
def test_no_file_makes_more_activities_than_its_limit() -> None:
    document = json.loads(zones())
    document["features"] *= limits.FEATURES + 1
    assert "FEATURES" in refusal(json.dumps(document), "ed269", kind="site").next
    for text, format in ((NOTAM + "\n", "notam"), (OPENAIR, "openair")):
        assert "FEATURES" in refusal(text * (limits.FEATURES + 1), format, **AIR).next
    assert len(refusals(OPENAIR * 30, "openair")) == 30
