"""The kinds of activity as data: whole, known everywhere, and judged as data says."""

from dataclasses import fields

import pytest

from openline.forms.activitykinds import ACTIVITY_KINDS, DETAILS, check_own, parse_kinds
from openline.forms.catalog import CATALOG
from openline.forms.fields import fill, plain
from openline.forms.phrases import label, languages
from openline.station.roles import Role
from openline.words.errors import BrokenInvariant, OpenlineError
from openline.words.limits import WINDOW_MS
from openline.words.moment import Moment
from openline.words.volume import DEFAULT_SEPARATION, Separation

KIND = '[flight]\ndoc = "x"\nfields = []\nnotice_s = 60\n'


def example(**over: object) -> dict[str, object]:
    return {**CATALOG["activity"].example, **over}


@pytest.mark.rule("R-ACT-01")
def test_every_kind_has_its_choice_in_forms_and_terms_and_its_words() -> None:
    form, terms = CATALOG["activity"], CATALOG["terms"]
    assert form.fields["kind"].values == tuple(ACTIVITY_KINDS)
    lead = terms.fields["notice"].item
    assert lead is not None and lead.group["kind"].values == tuple(ACTIVITY_KINDS)
    for kind in ACTIVITY_KINDS.values():
        assert kind.doc and set(kind.needs) <= set(form.fields)
        assert set(kind.fields) <= set(form.fields) and Role(kind.details)
        for language in languages():
            assert label(f"kind.{kind.name}", language) != kind.name or language == "en"
    assert set(DETAILS) <= set(form.fields)


@pytest.mark.rule("R-ACT-01")
def test_the_contracts_kinds_keep_their_names_and_the_default_separation() -> None:
    named = {"flight", "unmanned-flight", "convoy", "site", "missile-test", "distribution-point"}
    assert named <= set(ACTIVITY_KINDS)
    assert {kind.separation for kind in ACTIVITY_KINDS.values()} == {DEFAULT_SEPARATION}
    weapons = {name for name, kind in ACTIVITY_KINDS.items() if kind.to_surface}
    assert weapons == {"live-fire", "missile-test"}


@pytest.mark.rule("R-ACT-01")
def test_a_kind_is_read_with_what_it_says_and_what_stands_for_the_rest() -> None:
    (kind,) = parse_kinds(KIND).values()
    told = {field.name: getattr(kind, field.name) for field in fields(kind)}
    assert told == {
        "name": "flight",
        "doc": "x",
        "fields": (),
        "needs": (),
        "notice_ms": 60_000,
        "separation": DEFAULT_SEPARATION,
        "details": "observer",
        "to_surface": False,
        "verified": False,
        "stays": False,
        "reconfirm_ms": None,
    }
    wide = "separation = { horizontal_m = 5, vertical_m = 6, time_s = 7 }\nreconfirm_s = 9\n"
    (kind,) = parse_kinds(KIND + wide).values()
    assert (kind.separation, kind.reconfirm_ms) == (Separation(5_000, 6_000, 7_000), 9_000)


@pytest.mark.rule("R-ACT-01")
@pytest.mark.parametrize(
    "fault",
    [
        "colour = 1",
        "stays = 1",
        "reconfirm_s = -1",
        "needs = 'contact'",
        "separation = 5",
        "separation = { horizontal_m = 5 }",
    ],
)
def test_a_faulty_kind_stops_loudly(fault: str) -> None:
    with pytest.raises(BrokenInvariant):
        parse_kinds(f"{KIND}{fault}\n")
    for other in (
        KIND.replace("fields = []", 'fields = ["wings"]'),
        KIND.replace("60", "99999999"),
        KIND.replace("60", "true"),
        KIND.replace("notice_s = 60", ""),
        "flight = 1",
        "[",
    ):
        with pytest.raises(BrokenInvariant):
            parse_kinds(other)


@pytest.mark.rule("R-ACT-02")
def test_a_field_of_another_kind_is_named_with_the_kinds_own() -> None:
    with pytest.raises(OpenlineError) as caught:
        check_own(fill("activity", example(kind="flight", site_type="school")))
    assert caught.value.code == "field-of-another-kind" and "site_type" in caught.value.message
    assert "vehicles" in caught.value.next
    check_own(fill("activity", example(kind="convoy")))


@pytest.mark.rule("R-ACT-04")
def test_a_site_without_an_end_stays_for_the_longest_window() -> None:
    own = {"kind": "site", "vehicles": None, "escort": None, "route": None, "end": None}
    wire = fill("activity", example(**own))
    start = Moment.parse("2022-04-02T08:00:00Z")
    assert (wire["end"], wire["permanent"]) == (start.ms + WINDOW_MS, True)
    assert fill("activity", plain("activity", wire)) == wire
    ended = fill("activity", example(**own | {"end": "2022-04-03T00:00:00Z"}))
    assert "permanent" not in ended


@pytest.mark.rule("R-ACT-04")
@pytest.mark.parametrize(
    ("over", "code", "named"),
    [
        ({"kind": "convoy"}, "missing-field", "end"),
        ({"kind": "site", "start": "soon"}, "bad-time", "start"),
        ({"kind": "site", "start": None}, "missing-field", "start"),
    ],
)
def test_nothing_else_is_given_an_end(over: dict[str, object], code: str, named: str) -> None:
    with pytest.raises(OpenlineError) as caught:
        fill("activity", example(end=None, **over))
    assert caught.value.code == code and named in caught.value.message
