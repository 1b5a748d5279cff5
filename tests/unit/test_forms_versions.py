"""A form in several versions, and the levels that bring them."""

from __future__ import annotations

import pytest

from future_forms import FUTURE, GREETING, LEVEL
from openline.forms.catalog import (
    CATALOG,
    FIRST_LEVEL,
    FORMS_LEVEL,
    at_level,
    form,
    level_of,
    packaged_texts,
    read_catalog,
)
from openline.forms.fields import check_fields, fill, fit, plain, plain_or_raw
from openline.forms.phrases import phrase
from openline.forms.reference import reference
from openline.words.errors import BrokenInvariant, OpenlineError, Whose

NEW = {"text": "hello", "mood": "good"}
OLD = {"text": "hello"}
TEXT = CATALOG["text"].version


@pytest.mark.rule("R-UPG-08")
def test_each_version_is_held_to_its_own_fields() -> None:
    check_fields("text", TEXT, OLD, FUTURE)
    check_fields("text", TEXT + 1, NEW, FUTURE)
    for version, code in ((TEXT, "unknown-field"), (TEXT + 2, "unknown-version")):
        with pytest.raises(OpenlineError) as caught:
            check_fields("text", version, NEW, FUTURE)
        assert (caught.value.code, caught.value.whose) == (code, Whose.THEIRS)


@pytest.mark.rule("R-UPG-08")
def test_each_version_is_shown_by_itself() -> None:
    assert fill("text", NEW, FUTURE) == NEW
    with pytest.raises(OpenlineError, match="mood"):
        fill("text", NEW, FUTURE, TEXT)
    assert plain("text", OLD, FUTURE, TEXT) == plain_or_raw("text", TEXT, OLD, FUTURE) == OLD
    assert phrase("text", OLD, "en", FUTURE, TEXT) == phrase("text", OLD, "en") == "hello"
    assert phrase("text", NEW, "en", FUTURE, TEXT) == 'text: text = "hello"; mood = "good"'


def test_the_newest_version_stands_under_the_forms_name() -> None:
    assert (form("text", FUTURE).version, form("text", FUTURE, TEXT).since) == (TEXT + 1, 1)
    assert [each.version for each in FUTURE["text"].versions[:2]] == [TEXT + 1, TEXT]
    assert "(1 is read too)" in reference(FUTURE)


def test_a_level_names_what_a_station_reads() -> None:
    assert level_of(FUTURE) == LEVEL == FORMS_LEVEL + 1
    assert at_level(LEVEL, FUTURE) == FUTURE
    assert at_level(FORMS_LEVEL, FUTURE) == CATALOG
    assert level_of(at_level(FIRST_LEVEL, CATALOG)) == FIRST_LEVEL


@pytest.mark.rule("R-UPG-07")
def test_a_message_fits_the_level_that_reads_it() -> None:
    schema = FUTURE["text"]
    assert fit(schema, NEW, LEVEL, whole=True) == (schema, NEW)
    older, said = fit(schema, NEW, FORMS_LEVEL, whole=False)
    assert (older.version, said) == (TEXT, OLD)
    assert fit(schema, OLD, FORMS_LEVEL, whole=True)[1] == OLD
    with pytest.raises(OpenlineError) as caught:
        fit(schema, NEW, FORMS_LEVEL, whole=True)
    assert (caught.value.code, caught.value.whose) == ("peer-too-old", Whose.THEIRS)
    with pytest.raises(OpenlineError, match="greeting"):
        fit(FUTURE["greeting"], {"mood": "good"}, FORMS_LEVEL, whole=False)


@pytest.mark.rule("R-UPG-07")
@pytest.mark.parametrize("name", [name for name, each in CATALOG.items() if each.by != "person"])
def test_what_the_machine_says_fits_every_level_that_has_the_form(name: str) -> None:
    wire = fill(name, CATALOG[name].example)
    for version in CATALOG[name].versions:
        older, said = fit(CATALOG[name], wire, version.since, whole=False)
        assert older.version == version.version
        check_fields(name, version.version, said)


@pytest.mark.parametrize(
    "texts",
    [
        [*packaged_texts(), packaged_texts()[0]],
        [GREETING, GREETING.replace("version = 1", "version = 2")],
        [GREETING.replace(f"since = {LEVEL}", "since = 0")],
        [GREETING.replace(f"since = {LEVEL}", 'since = "one"')],
    ],
    ids=["a version twice", "a version without a level of its own", "no level", "a text"],
)
def test_a_faulty_catalog_is_a_fault_of_ours(texts: list[str]) -> None:
    with pytest.raises(BrokenInvariant):
        read_catalog(texts)
