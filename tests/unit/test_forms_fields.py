"""Filling forms, checking what the other side filled, showing it."""

from decimal import ROUND_HALF_EVEN, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.forms import kinds
from openline.forms.catalog import CATALOG, form, packaged_texts, read_catalog
from openline.forms.fields import check_fields, fill, plain, plain_or_raw
from openline.forms.precedence import Precedence
from openline.forms.schema import Field, parse_form
from openline.words import limits
from openline.words.errors import BrokenInvariant, OpenlineError, Whose

POSITION_REPORT = """
name = "position-report"
version = 3
doc = "Where a unit is."
precedence = "immediate"
by = "person"
about = false

[fields.unit]
type = "text"
max = "FIELD_CHARS"

[fields.at]
type = "position"

[fields.speed]
type = "decimal"
min = 0
max = 1000000
unit = "m/s"
scale = 2
optional = true

[fields.seen_by]
type = "list"
max = 3
item = { type = "party" }
optional = true

[example]
unit = "Lorry 4"
at = [22.7, 49.8]
"""

EVERYTHING = read_catalog([*packaged_texts(), POSITION_REPORT])


def refusal(name, raw, catalog=CATALOG):
    with pytest.raises(OpenlineError) as caught:
        fill(name, raw, catalog)
    assert caught.value.whose is Whose.OURS
    assert caught.value.next, "every refusal says what to do"
    return caught.value


def example(name, **changes):
    return {**CATALOG[name].example, **changes}


# What each kind of field can hold, as a person gives it.
_instants = st.integers(limits.EARLIEST_MS, limits.LATEST_MS - limits.WINDOW_MS)
_texts = st.text(
    st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]).filter(
        lambda c: not kinds.UNPRINTABLE.search(c)
    ),
    min_size=1,
    max_size=30,
).filter(str.strip)
_lon = st.integers(-1_800_000_000, 1_800_000_000)
_lat = st.integers(-900_000_000, 900_000_000)
_place = st.tuples(_lon, _lat).map(lambda p: [p[0] / 1e7, p[1] / 1e7])
_length = st.integers(1, limits.RADIUS_MM).map(lambda mm: mm / 1000)
_ring = st.lists(_place, min_size=3, max_size=5).map(lambda ring: [*ring, ring[0]])
_shapes = st.one_of(
    st.fixed_dictionaries({"type": st.just("circle"), "centre": _place, "radius_m": _length}),
    st.fixed_dictionaries(
        {
            "type": st.just("corridor"),
            "path": st.lists(_place, min_size=2, max_size=5),
            "width_m": _length,
        }
    ),
    st.fixed_dictionaries(
        {
            "type": st.just("area"),
            "polygons": st.lists(st.lists(_ring, min_size=1, max_size=2), min_size=1, max_size=2),
        }
    ),
)


def _moment_text(ms):
    return kinds.Instant(Field("t", "instant", "")).plain(ms)


def _numbers(field: Field):
    scale = field.scale if field.type == "decimal" else 0
    whole = st.integers(field.low.value, field.high.value)
    return whole.map(lambda n: n / 10**scale) if scale else whole


def _lists(field: Field):
    most = min(field.high.value, 4)
    return st.lists(values(field.item), min_size=1, max_size=most, unique_by=repr)


VALUES = {
    "text": lambda field: _texts,
    "choice": lambda field: st.sampled_from(field.values),
    "integer": _numbers,
    "decimal": _numbers,
    "boolean": lambda field: st.booleans(),
    "instant": lambda field: _instants.map(_moment_text),
    "daytime": lambda field: st.sampled_from(["00:00", "09:30", "23:59"]),
    "date": lambda field: st.dates().map(str),
    "zone": lambda field: st.sampled_from(["UTC", "Europe/Kyiv", "Etc/GMT+5"]),
    "id": lambda field: st.just("us-7h2k9m4q3x.2"),
    "party": lambda field: st.from_regex(r"[a-z0-9]{1,8}", fullmatch=True),
    "hash": lambda field: st.binary(min_size=32, max_size=32).map(bytes.hex),
    "bytes": lambda field: st.binary(min_size=1, max_size=64).map(bytes.hex),
    "position": lambda field: _place,
    "shape": lambda field: _shapes,
    "list": _lists,
    "group": lambda field: st.fixed_dictionaries({n: values(f) for n, f in field.group.items()}),
}


def values(field: Field):
    return VALUES[field.type](field)


@st.composite
def filled(draw):
    name = draw(st.sampled_from(sorted(EVERYTHING)))
    schema = EVERYTHING[name]
    raw = {
        n: draw(values(f)) for n, f in schema.fields.items() if f.required or draw(st.booleans())
    }
    if "start" in schema.fields:
        start = draw(_instants)
        raw["start"] = _moment_text(start)
        raw["end"] = _moment_text(start + draw(st.integers(1, limits.WINDOW_MS)))
    ground = ("ground_lowest_m", "ground_highest_m")
    for low, high in (("lower", "upper"), ("lowest_m", "highest_m"), ground):
        if low in raw or high in raw:
            both = [raw.get(low, raw.get(high)), raw.get(high, raw.get(low))]
            raw[low], raw[high] = sorted(both)
    return name, raw


@pytest.mark.rule("R-FORM-13")
@given(filled())
def test_what_is_shown_fills_the_form_again_with_the_same_fields(case):
    name, raw = case
    wire = fill(name, raw, EVERYTHING)
    check_fields(name, EVERYTHING[name].version, wire, EVERYTHING)
    assert fill(name, plain(name, wire, EVERYTHING), EVERYTHING) == wire


@pytest.mark.parametrize("name", list(CATALOG))
def test_every_form_takes_its_own_example(name):
    wire = fill(name, CATALOG[name].example)
    shown = plain(name, wire)
    assert {n: v for n, v in shown.items() if n in CATALOG[name].example} == CATALOG[name].example


@pytest.mark.rule("R-FORM-01")
def test_a_form_added_as_data_flows_through_all_of_it():
    raw = {"unit": "Lorry 4", "at": "[22.70000004, 49.8]", "speed": "13.889", "seen_by": "us, icrc"}
    wire = fill("position-report", raw, EVERYTHING)
    assert wire == {
        "unit": "Lorry 4",
        "at": [227_000_000, 498_000_000],
        "speed": 1389,
        "seen_by": ["us", "icrc"],
    }
    check_fields("position-report", 3, wire, EVERYTHING)
    assert plain("position-report", wire, EVERYTHING) == {
        "unit": "Lorry 4",
        "at": [22.7, 49.8],
        "speed": 13.89,
        "seen_by": ["us", "icrc"],
    }
    assert refusal("position-report", {**raw, "at": [0, 91]}, EVERYTHING).code == "bad-position"
    assert (
        refusal("position-report", {**raw, "seen_by": "a,b,c,d"}, EVERYTHING).code == "field-limit"
    )
    assert (
        refusal("position-report", {**raw, "seen_by": ["No One"]}, EVERYTHING).code == "bad-party"
    )


@pytest.mark.parametrize(
    "fault",
    [
        ("max = 3\n", ""),
        ('type = "position"', 'type = "position"\nunbekannt = 1'),
        ('max = "FIELD_CHARS"', 'max = "NO_SUCH_LIMIT"'),
        ('precedence = "immediate"', 'precedence = "soon"'),
        ('by = "person"', 'by = "nobody"'),
        ("about = false", 'about = "no"'),
        ("version = 3", "version = 0"),
        ("[example]", '[typed]\nwindow = ["start", "end"]\n[example]'),
        ('name = "position-report"', 'name = "Position Report"'),
        ("scale = 2", "scale = -1"),
    ],
)
def test_a_faulty_catalog_stops_loudly(fault):
    assert fault[0] in POSITION_REPORT
    with pytest.raises(BrokenInvariant):
        parse_form(POSITION_REPORT.replace(*fault))


def test_no_two_forms_share_a_name():
    with pytest.raises(BrokenInvariant):
        read_catalog([POSITION_REPORT, POSITION_REPORT])


@pytest.mark.rule("R-FORM-02")
def test_an_unknown_form_is_refused_with_the_known_ones():
    error = refusal("telegram", {})
    assert error.code == "unknown-form"
    assert "activity" in error.next
    with pytest.raises(OpenlineError, match="telegram"):
        form("telegram")


@pytest.mark.rule("R-FORM-03")
def test_precedences_are_ranked_flash_first():
    ranked = ["flash", "immediate", "priority", "routine"]
    assert [p.rank for p in map(Precedence, ranked)] == [0, 1, 2, 3]
    assert sorted(Precedence) == ranked


@pytest.mark.rule("R-FORM-04")
def test_an_unknown_field_is_refused_with_what_may_have_been_meant():
    error = refusal("text", {"text": "x", "txet": "y"})
    assert (error.code, error.rule) == ("unknown-field", "R-FORM-04")
    assert "did you mean text?" in error.next
    separation = {"horizontal_m": 1, "vertical_m": 1, "time_s": 1, "time_m": 1}
    assert (
        "separation.'time_m'"
        in refusal("activity", example("activity", separation=separation)).message
    )


@pytest.mark.rule("R-FORM-05")
@pytest.mark.parametrize("name", ["lower", "upper", "unit", "datum", "ref", "start", "shape"])
def test_nothing_that_is_needed_is_guessed(name):
    raw = example("activity")
    del raw[name]
    error = refusal("activity", raw)
    assert error.code == "missing-field"
    assert name in error.message
    assert refusal("activity", {**raw, name: None}).code == "missing-field", "null is left out"


@pytest.mark.rule("R-FORM-05")
def test_a_default_written_in_the_form_stands_in():
    raw = example("activity")
    raw.pop("edges", None)
    assert fill("activity", raw)["edges"] == "geodesic"


@pytest.mark.rule("R-FORM-05")
def test_half_a_separation_is_refused():
    error = refusal("activity", example("activity", separation={"horizontal_m": 1, "time_s": 1}))
    assert error.code == "missing-field"
    assert "separation.vertical_m" in error.message


@pytest.mark.rule("R-FORM-06")
@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("text", {"text": 5}),
        ("text", {"text": ["x"]}),
        ("activity", {"kind": "picnic"}),
        ("activity", {"kind": ["flight"]}),
        ("activity", {"datum": "agl"}),
        ("activity", {"lower": True}),
        ("activity", {"lower": "low"}),
        ("activity", {"lower": "0,5"}),
        ("activity", {"lower": {}}),
        ("activity", {"vehicles": 1.5}),
        ("activity", {"vehicles": "1_0"}),
        ("activity", {"vehicles": False}),
        ("activity", {"start": 1648886400000}),
        ("activity", {"separation": 5}),
        ("cancel", {"about": "../etc"}),
        ("cancel", {"about": "x" * 65}),
        ("card", {"own_card": "ab"}),
        ("card", {"own_card": b"ab"}),
        ("contact", {"date_only": "yes"}),
        ("terms", {"test_times": ["24:00"]}),
        ("terms", {"test_times": []}),
        ("terms", {"test_times": ["06:00", "06:00"]}),
        ("terms", {"test_times": {}}),
        ("terms", {"probe_every_s": 1.5}),
        ("terms", {"schedule": [{"time": "6:00", "zone": "UTC"}]}),
        ("terms", {"schedule": [{"time": "06:00", "zone": "UTC", "weekdays": ["sunday"]}]}),
    ],
)
def test_a_value_of_the_wrong_type_is_refused_by_its_field(name, changes):
    error = refusal(name, example(name, **changes))
    assert error.code == "bad-field"
    assert next(iter(changes)) in error.message


@pytest.mark.rule("R-FORM-30")
@pytest.mark.parametrize(
    "changes",
    [
        {"holidays": ["2022-02-30"]},
        {"holidays": ["2022-2-3"]},
        {"schedule": [{"time": "06:00", "zone": "../etc/passwd"}]},
        {"schedule": [{"time": "06:00", "zone": "+02:00"}]},
        {"schedule": [{"time": "06:00", "zone": "Z" * 65}]},
    ],
)
def test_what_is_no_date_or_name_of_a_zone_is_refused(changes):
    error = refusal("terms", example("terms", **changes))
    assert (error.code, error.rule) == ("bad-field", "R-FORM-30")


@pytest.mark.parametrize(
    ("name", "given", "field", "wire"),
    [
        ("activity", "2.5", "lower", 2500),
        ("activity", "12", "vehicles", 12),
        ("contact", "true", "date_only", True),
        ("terms", "06:00, 18:00", "test_times", ["06:00", "18:00"]),
        ("terms", '["06:00"]', "test_times", ["06:00"]),
        (
            "activity",
            '{"horizontal_m": 1, "vertical_m": 2, "time_s": 3}',
            "separation",
            {"horizontal_m": 1000, "vertical_m": 2000, "time_s": 3000},
        ),
        (
            "activity",
            '{"type": "circle", "centre": [1, 2], "radius_m": 3}',
            "shape",
            {"type": "circle", "centre": [10_000_000, 20_000_000], "radius_mm": 3000},
        ),
    ],
)
def test_every_value_can_be_given_as_text_on_a_command_line(name, given, field, wire):
    assert fill(name, example(name, **{field: given}))[field] == wire


@pytest.mark.rule("R-FORM-07")
@pytest.mark.parametrize(
    ("name", "changes", "limit"),
    [
        ("text", {"text": "x" * (limits.TEXT_CHARS + 1)}, "TEXT_CHARS"),
        ("text", {"text": "x" * 10_000_000}, "TEXT_CHARS"),
        ("activity", {"title": "x" * 121}, "NAME_CHARS"),
        ("activity", {"upper": 100_000.001}, "ALTITUDE_MILLI"),
        ("activity", {"vehicles": 10_001}, "VEHICLES"),
        ("activity", {"vehicles": 10**400}, "VEHICLES"),
        ("passed-on", {"units": [f"u{i}" for i in range(65)]}, "LIST_ITEMS"),
        (
            "activity",
            {"shape": {"type": "corridor", "path": [[0, 0]] * 10_001, "width_m": 1}},
            "VERTICES",
        ),
    ],
)
def test_what_exceeds_a_limit_is_refused_by_the_limits_name(name, changes, limit):
    error = refusal(name, example(name, **changes))
    assert error.code == "field-limit"
    assert limit in error.next
    assert len(str(error)) < 400, "an error never repeats the flood"


HALVES = st.builds(
    lambda whole, places: (whole + 0.5) / 10**places,
    st.integers(-(10**9), 10**9),
    st.integers(0, 9),
)


@pytest.mark.rule("R-FORM-08")
@given(
    st.floats(-1e14, 1e14) | st.floats(-100, 100) | HALVES | st.integers(-(10**15), 10**15),
    st.integers(0, 9),
)
def test_a_number_is_rounded_as_its_decimals_are(number, places):
    exactly = Decimal(repr(number)).scaleb(places).to_integral_value(ROUND_HALF_EVEN)
    assert kinds.scaled(number, places, "here") == int(exactly)


@pytest.mark.rule("R-FORM-08")
@pytest.mark.parametrize(
    ("given", "wire"),
    [
        (0.0005, 0),
        (0.0015, 2),
        (1e2, 100_000),
        ("1e2", 100_000),
        (Decimal("-0.0016"), -2),
        (7, 7000),
    ],
)
def test_decimals_are_rounded_half_to_even_to_thousandths(given, wire):
    assert fill("activity", example("activity", lower=given, upper=1000))["lower"] == wire


@pytest.mark.rule("R-FORM-08")
@pytest.mark.parametrize(
    "given",
    [float("nan"), float("inf"), "NaN", "-Infinity", "1e999999999", 1e300, "1_0", "٣", "9" * 41],
)
def test_what_is_no_finite_number_is_refused(given):
    assert refusal("activity", example("activity", upper=given)).rule == "R-FORM-08"


@pytest.mark.rule("R-FORM-09")
def test_instants_are_read_with_their_offset_and_shown_in_utc():
    wire = fill("call-request", example("call-request", propose="2022-05-13T10:00:00.25-04:00"))
    assert wire["propose"] == 1_652_450_400_250
    assert plain("call-request", wire)["propose"] == "2022-05-13T14:00:00.250Z"
    for text in ("2022-05-13", "2022-05-13T10:00:00", "2022-02-30T10:00:00Z", "soon"):
        error = refusal("call-request", example("call-request", propose=text))
        assert (error.code, error.message[:7]) == ("bad-time", "propose")


@pytest.mark.rule("R-FORM-10")
@pytest.mark.parametrize(
    "text", ["", " \n ", "a\x1b[2J", "a\x00", "a\u202eb", "a\ud800", "a\rb", "\x9b"]
)
def test_text_that_is_blank_or_acts_on_its_reader_is_refused(text):
    assert refusal("text", {"text": text}).rule == "R-FORM-10"


@pytest.mark.rule("R-FORM-10")
def test_lines_are_kept_where_lines_are_allowed():
    assert fill("text", {"text": "one\r\ntwo\tthree"})["text"] == "one\ntwo\tthree"
    assert refusal("activity", example("activity", title="one\ntwo")).rule == "R-FORM-10"
    arabic = "سنعبر الجسر عند الفجر"
    assert fill("text", {"text": arabic})["text"] == arabic


@pytest.mark.rule("R-FORM-11")
@pytest.mark.parametrize(
    ("name", "changes", "code"),
    [
        ("activity", {"end": "2022-04-02T08:00:00Z"}, "bad-window"),
        ("activity", {"end": "2033-04-05T08:00:00Z"}, "bad-window"),
        ("activity", {"lower": 51}, "bad-band"),
        ("call-held", {"end": "2022-05-13T13:00:00Z"}, "bad-window"),
        ("terms", {"lowest_m": 3000}, "bad-ground"),
        ("terms", {"highest_m": None}, "missing-field"),
    ],
)
def test_fields_that_belong_together_must_make_sense_together(name, changes, code):
    assert refusal(name, example(name, **changes)).code == code


@pytest.mark.rule("R-FORM-12")
@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"lower": 0.5}, "bad-field"),
        ({"lower": True}, "bad-field"),
        ({"lower": None}, "bad-field"),
        ({"start": "2022-04-02T08:00:00Z"}, "bad-field"),
        ({"start": -1}, "bad-time"),
        ({"end": 0}, "bad-window"),
        ({"vehicles": 1 << 62}, "field-limit"),
        ({"title": "x\x07"}, "bad-field"),
        ({"title": b"x"}, "bad-field"),
        ({"separation": []}, "bad-field"),
        ({"new": 1}, "unknown-field"),
        ({7: 1}, "unknown-field"),
        ({"shape": {"type": "circle", "centre": [0, 0], "radius_m": 5}}, "bad-field"),
        ({"shape": {"type": "circle", "centre": [0, 950_000_000], "radius_mm": 5}}, "bad-position"),
        ({"shape": {"type": "area", "polygons": [[]]}}, "bad-field"),
        ({"shape": {"type": "area", "polygons": [[[[0, 0], [1, 0], [1, 1]]]]}}, "bad-ring"),
        ({"shape": {"type": "area", "polygons": [[[0, 0]]]}}, "bad-field"),
        ({"shape": {"type": []}}, "bad-field"),
    ],
)
def test_what_the_other_side_sent_is_held_to_the_same_rules_and_is_its_fault(changes, code):
    wire = {**fill("activity", example("activity")), **changes}
    with pytest.raises(OpenlineError) as caught:
        check_fields("activity", CATALOG["activity"].version, wire)
    assert (caught.value.code, caught.value.whose) == (code, Whose.THEIRS)
    assert "not-understood" in caught.value.next


@pytest.mark.rule("R-FORM-02")
@pytest.mark.rule("R-FORM-12")
def test_a_newer_form_or_version_is_the_other_sides_and_told_apart():
    for name, version, code in (("hologram", 1, "unknown-form"), ("text", 2, "unknown-version")):
        with pytest.raises(OpenlineError) as caught:
            check_fields(name, version, {"text": "x"})
        assert (caught.value.code, caught.value.whose) == (code, Whose.THEIRS)


@pytest.mark.rule("R-FORM-12")
@given(
    st.sampled_from(sorted(CATALOG)),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text() | st.binary(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.integers(), inner),
        max_leaves=8,
    ),
    st.data(),
)
def test_nothing_that_arrives_does_more_than_be_refused(name, junk, data):
    wire = fill(name, CATALOG[name].example)
    wire[data.draw(st.sampled_from(sorted(wire)))] = junk
    try:
        check_fields(name, CATALOG[name].version, wire)
    except OpenlineError as error:
        assert error.whose is Whose.THEIRS
    assert plain_or_raw(name, 1, wire)


def test_what_cannot_be_read_is_shown_as_it_stands():
    wire = {"a": b"\x01", "b": [None, {1: b"\x02"}], "c": 3}
    assert plain_or_raw("hologram", 1, wire) == {"a": "01", "b": [None, {"1": "02"}], "c": 3}
    assert plain_or_raw("text", 9, {"text": "x"}) == {"text": "x"}
