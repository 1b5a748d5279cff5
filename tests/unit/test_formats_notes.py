"""Notes of a file, in the reader's language."""

from __future__ import annotations

import re
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest

from openline.formats.draft import Note
from openline.forms.labels import SENTENCES
from openline.forms.phrases import languages
from openline.station.filing import read_file, remarks, untold
from openline.station.views.filed import preview

ROOT = Path(__file__).parents[2]
PHRASES = ROOT / "src" / "openline" / "forms" / "phrases"
FORMATS = ROOT / "src" / "openline" / "formats"


def variables(language: str) -> dict[str, set[str]]:
    text = (PHRASES / f"{language}.ftl").read_text("utf-8")
    found = re.split(r"^([a-z]\S*) = ", text, flags=re.MULTILINE)[1:]
    notes = zip(found[::2], found[1::2], strict=True)
    return {n: set(re.findall(r"\$(\w+)", body)) for n, body in notes if n.startswith("note-")}


@pytest.mark.rule("R-FMT-36")
def test_every_note_that_a_reader_makes_has_its_phrase_in_every_language() -> None:
    source = "".join(path.read_text("utf-8") for path in FORMATS.glob("*.py"))
    made = set(re.findall(r'"(schedule-[a-z]+)"', source))
    for given in re.findall(r"Note\(([^,)]*)", source):
        made |= set(re.findall(r'"([a-z-]+)"', given))
    assert made == set(SENTENCES["note"]) - {"schedule"}
    for language in languages():
        assert variables(language) == variables("en")


def file(name: str, **options: str) -> dict[str, Any]:
    data = b64encode((ROOT / "tests" / "samples" / name).read_bytes()).decode()
    return {"data": data, "name": name, "options": options}


@pytest.mark.rule("R-FMT-36")
def test_a_preview_says_its_notes_in_the_readers_language() -> None:
    filed = read_file(file("notams.txt", kind="exercise"), untold)
    shown = {tag: preview(filed, tag)["activities"] for tag in ("en", "ru", "xx")}
    said = {tag: [note for each in found for note in each["notes"]] for tag, found in shown.items()}
    assert said["en"] == said["xx"] and len(said["en"]) == len(said["ru"]) > 3
    assert "it replaces A1600/26, which is not cancelled by this" in said["en"]
    assert "заменяет A1600/26, который этим не отменяется" in said["ru"]
    assert "строка D): прочитано, промежутков времени 2" in said["ru"]
    assert all(re.search("[а-я]", note) for note in said["ru"])
    assert [each["note"] for each in remarks(filed, "ru")["notes"]] == said["ru"]
    assert [each["note"] for each in remarks(filed, "en")["notes"]] == said["en"]


@pytest.mark.rule("R-FMT-36")
def test_what_a_file_names_is_shown_as_it_stands_there() -> None:
    names = "{ $ref }, Водитель, " + "x" * 700
    assert Note("columns", {"names": names}).said("ru") == f"столбцы не прочитаны: {names}"
