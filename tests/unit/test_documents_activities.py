"""The list to print: in the reader's language and zone, what was written as it was."""

from __future__ import annotations

import html
import re
import warnings
from typing import Any

import pytest

from openline.documents.activities import WORDS, activities_html, activities_pdf
from openline.documents.report import Reader, zone_named
from openline.documents.words import languages, word
from openline.forms.catalog import form
from openline.forms.fields import fill
from openline.station.views.filed import described
from openline.words.moment import Moment

MADE = Moment.parse("2026-03-30T10:00:00Z")
NASTY = '*bold* #read("/etc/passwd") #panic() $x$ <b>&amp; \\u{41} @ref `raw` // no'


def listed(**changes: Any) -> dict[str, Any]:
    fields = fill("activity", {**form("activity").example, **changes})
    return {"id": "us-1", "party": "us", "lines": ["ru", "un"], **described(fields, "en")}


def printed(activities: list[dict[str, Any]], language: str = "en", zone: str = "UTC") -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Typst warns that its HTML may change
        page = activities_html(activities, MADE, Reader(language, zone_named(zone)))
    return html.unescape(re.sub("<[^>]+>", " ", re.sub("<br/?>", "\n", page.decode())))


@pytest.mark.rule("R-DOC-06")
def test_it_says_who_what_where_and_when_in_both_times_and_notations() -> None:
    text = printed([listed(), listed(title=NASTY, route="Львів\nКиїв")], zone="Europe/Kyiv")
    for wanted in (
        *("Relief convoy 17", "C-17", "convoy", "0–50 m AGL", "ru, un", NASTY, "Київ"),
        *("2022-04-02 08:00:00 UTC", "2022-04-02 11:00:00 +03:00", "Europe/Kyiv"),
        *("49°48′00.00″N 022°42′00.00″E", "49.8000000, 22.7000000"),
        *("way, 2,000 m wide in all", "White lorries, marked on the roof."),
    ):
        assert re.sub(r"\s+", " ", wanted) in re.sub(r"\s+", " ", text), wanted


@pytest.mark.rule("R-DOC-06")
@pytest.mark.parametrize("language", languages())
def test_it_is_in_the_readers_language(language: str) -> None:
    shapes: list[dict[str, Any]] = [
        {"type": "circle", "centre": [24, 49], "radius_m": 10},
        {"type": "area", "polygons": [[[[24, 49], [25, 49], [25, 50], [24, 49]]]]},
    ]
    text = printed([listed(shape=shape) for shape in shapes], language)
    for key in (*set(WORDS) - {"list-none"}, "list-area"):
        assert word(key, language) != key and word(key, language) in text
    assert word("list-none", language) in printed([], language)
    path = [[24 + i / 100, 49] for i in range(90)]
    long = printed([listed(shape={"type": "corridor", "path": path, "width_m": 5})], language)
    assert word("list-more", language, count="70") in long


@pytest.mark.rule("R-DOC-06")
def test_it_is_a_pdf_and_the_same_for_the_same() -> None:
    reader = Reader("ru", zone_named("UTC"))
    one, other = (activities_pdf([listed()], MADE, reader) for _ in range(2))
    assert one == other and one.startswith(b"%PDF-")
