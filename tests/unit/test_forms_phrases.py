"""Messages as sentences: complete in every language, faithful, never failing."""

import json
import re
from importlib.resources import files
from pathlib import Path

import pytest
from fluent.syntax import FluentParser, ast
from fluent.syntax.visitor import Visitor
from hypothesis import given
from hypothesis import strategies as st

from openline.forms.catalog import CATALOG, packaged_texts, read_catalog
from openline.forms.kinds import UNPRINTABLE
from openline.forms.labels import SENTENCES, WORDS
from openline.forms.phrases import band_text, label, languages, phrase, raw_phrase
from openline.forms.precedence import Precedence
from openline.forms.reference import reference
from openline.words.errors import Whose

ROOT = Path(__file__).parents[2]
SHAPE_PARTS = {"from", "to", "count", "radius_m", "width_m"}


def entries(language):
    """The Fluent messages of a language by id, from its source."""
    source = (files("openline.forms") / "phrases" / f"{language}.ftl").read_text("utf-8")
    body = FluentParser().parse(source).body
    assert not [entry for entry in body if isinstance(entry, ast.Junk)], "junk in the file"
    messages = [entry for entry in body if isinstance(entry, ast.Message)]
    assert len({m.id.name for m in messages}) == len(messages), "an id stands twice"
    return {message.id.name: message for message in messages}


class Used(Visitor):
    """The variables that a message uses, those of messages it refers to among them."""

    def __init__(self, messages):
        self.messages = messages
        self.variables = set()

    def visit_VariableReference(self, node):  # noqa: N802
        self.variables.add(node.id.name)

    def visit_MessageReference(self, node):  # noqa: N802
        self.visit(self.messages[node.id.name])


def used(messages, identifier):
    visitor = Used(messages)
    visitor.visit(messages[identifier])
    return visitor.variables


def variables(fields, prefix=""):
    """Of each field: the variables that stand for it."""
    for name, field in fields.items():
        own = {f"{prefix}{name}"}
        match field.type:
            case "choice":
                own.add(f"{prefix}{name}-name")
            case "instant":
                own.add(f"{prefix}{name}-day")
            case "hash":
                own.add(f"{prefix}{name}-short")
            case "list":
                own.add(f"{prefix}{name}-count")
            case "bytes":
                own = {f"{prefix}{name}-count"}
            case "shape":
                own |= {f"{prefix}{name}-{part}" for part in SHAPE_PARTS}
            case "group":
                yield from variables(field.group, f"{prefix}{name}-")
                continue
        yield own


def labels_needed():
    for form in CATALOG.values():
        yield f"form.{form.name}"
        fields = list(form.fields.values())
        for field in fields:
            fields.extend(field.group.values())
            fields.extend([field.item] if field.item else [])
            yield f"field.{field.name}"
            yield from (f"{field.label}.{value}" for value in field.values)
    for group, words in (WORDS | SENTENCES).items():
        yield from (f"{group}.{word}" for word in words)


@pytest.mark.rule("R-FORM-19")
@pytest.mark.parametrize("language", ["en", "ru"])
def test_every_form_has_a_phrase_and_every_word_a_label(language):
    messages = entries(language)
    missing = {f"say-{name}" for name in CATALOG} - set(messages)
    missing |= {key.replace(".", "-", 1) for key in labels_needed()} - set(messages)
    assert not missing
    assert language in languages()
    spare = set(messages) - {f"say-{name}" for name in CATALOG}
    spare -= {key.replace(".", "-", 1) for key in labels_needed()}
    assert {word for word in spare if not word.startswith("pattern-")} == {"at-level", "position"}


@pytest.mark.rule("R-FORM-19")
def test_the_words_for_states_are_those_of_the_values_in_the_code():
    assert WORDS["precedence"] == tuple(Precedence)
    assert set(WORDS["whose"]) == set(Whose)


@pytest.mark.rule("R-FORM-23")
@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("name", list(CATALOG))
def test_a_phrase_uses_its_forms_fields_all_of_them_and_no_others(language, name):
    messages = entries(language)
    says = used(messages, f"say-{name}")
    fields = list(variables(CATALOG[name].fields))
    assert says <= set().union(*fields)
    assert not [own for own in fields if not own & says], "a field is left unsaid"
    attributes = {attribute.id.name for attribute in messages[f"say-{name}"].attributes}
    assert attributes <= set(CATALOG[name].fields)


@pytest.mark.rule("R-FORM-23")
@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("name", list(CATALOG))
def test_every_choice_makes_a_sentence_of_its_own(language, name):
    example = CATALOG[name].example
    for field in CATALOG[name].fields.values():
        options = field.values or ((True, False) if field.type == "boolean" else ())
        said = {phrase(name, {**example, field.name: option}, language) for option in options}
        assert len(said) == len(options)


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("name", list(CATALOG))
def test_a_phrase_is_clean_prose_with_and_without_what_is_optional(language, name):
    form = CATALOG[name]
    least = {n: v for n, v in form.example.items() if not form.fields[n].optional}
    for fields in (form.example, least):
        said = phrase(name, fields, language)
        assert said
        assert not said.startswith(f"{name}: "), "fell back to the raw fields"
        assert not re.search(r"[{}\ue000\ue001]|  |\.\.|\bNone\b", said)
    if language == "ru" and name != "text":
        assert re.search("[а-я]", said)


def test_the_spring_of_2022_reads_as_it_should():
    call = {"level": "minister", "reason": "Ceasefire", "propose": "2022-05-13T10:00:00-04:00"}
    assert phrase("call-request", call, "en") == (
        "A call between ministers is sought. "
        "Proposed time: 13 May 2022, 14:00 UTC. Reason: Ceasefire"
    )
    assert phrase("call-request", call, "ru-RU") == (
        "Просим организовать разговор на уровне министров. "
        "Предлагаемое время: 13 мая 2022 г., 14:00 UTC. Причина: Ceasefire"
    )
    readout = {"about": "us-7h2k9m4q3x", "text": "Стороны обсудили безопасность."}
    assert phrase("readout", readout, "ru") == (
        "Сообщение об итогах разговора us-7h2k9m4q3x: Стороны обсудили безопасность."
    )
    contact = CATALOG["contact"].example
    assert "11 February 2022 (certain)" in phrase("contact", contact, "en")
    assert label("level.chief", "ru") == "начальник генерального штаба"


@pytest.mark.parametrize(
    ("count", "words"), [(1, "1 единица"), (3, "3 единицы"), (5, "5 единиц"), (21, "21 единица")]
)
def test_russian_counts_as_russian_does(count, words):
    assert words in phrase("activity", {**CATALOG["activity"].example, "vehicles": count}, "ru")


def test_a_place_names_its_hemispheres_and_keeps_its_digits():
    shape = {"type": "circle", "centre": [-22.7000001, -49.8], "radius_m": 5000.5}
    activity = {**CATALOG["activity"].example, "shape": shape}
    assert "within 5,000.5 m of 49.8° S, 22.7000001° W." in phrase("activity", activity, "en")
    assert "49,8° ю. ш., 22,7000001° з. д." in phrase("activity", activity, "ru")
    ring = [[0, 0], [1, 0], [1, 1], [0, 0]]
    area = {**activity, "shape": {"type": "area", "polygons": [[ring], [ring]]}}
    assert "area with 6 vertices, one at 0° N, 0° E" in phrase("activity", area, "en")


@pytest.mark.rule("R-FORM-21")
def test_times_are_told_in_utc_and_to_the_second_where_they_have_one():
    held = {
        "about": "us-7h2k9m4q3x",
        "start": "2022-05-13T14:00:07Z",
        "end": "2022-05-13T15:00:00Z",
    }
    said = phrase("call-held", held, "en")
    assert "from 13 May 2022, 14:00:07 UTC to 13 May 2022, 15:00 UTC" in said


_texts = st.text(min_size=1, max_size=50).filter(
    lambda text: text.strip() and "\r" not in text and not UNPRINTABLE.search(text)
)


@pytest.mark.rule("R-FORM-22")
@given(_texts | st.just("{ $level } \ue0000\ue001 " * 500))
def test_a_persons_text_stands_in_the_sentence_unaltered(text):
    fields = {"about": "us-7h2k9m4q3x", "text": text}
    assert phrase("readout", fields, "en") == f"Readout of call us-7h2k9m4q3x: {text}"


@pytest.mark.rule("R-FORM-20")
def test_an_unknown_language_reads_english():
    assert phrase("opened", {"about": "us-7h2k9m4q3x"}, "tlh") == (
        "us-7h2k9m4q3x has been opened by an officer."
    )
    assert label("observed.down", "tlh") == "down"
    assert label("observed.upside-down", "ru") == "upside-down"


@pytest.mark.rule("R-FORM-20")
def test_what_holds_to_no_known_form_is_shown_raw_and_printable():
    said = phrase("hologram", {"beam": "\x1b[2J\u202eон", "list": [1]}, "ru")
    assert said == 'hologram: beam = "\\u001b[2J\\u202eон"; list = [1]'
    assert phrase("text", {"text": 5}, "en") == raw_phrase("text", {"text": 5})


@pytest.mark.rule("R-FORM-20")
@pytest.mark.rule("R-FORM-01")
def test_a_form_without_phrases_yet_is_shown_raw():
    new = packaged_texts()[0].replace('name = "acknowledged"', 'name = "seen"')
    catalog = read_catalog([new])
    assert phrase("seen", {"about": "us-7h2k9m4q3x"}, "ru", catalog) == (
        'seen: about = "us-7h2k9m4q3x"'
    )


def test_the_forms_page_is_what_the_catalog_says():
    page = (ROOT / "docs" / "forms.md").read_text("utf-8")
    assert page == reference(), (
        "docs/forms.md is stale: write what openline.forms.reference.reference() returns"
    )
    for found in re.findall(r"```json\n(.*)\n```", page):
        assert json.loads(found)


@pytest.mark.rule("R-FORM-24")
@pytest.mark.parametrize(
    ("language", "wanted"),
    [
        ("en", "-1,641–12,345.678 ft AMSL"),
        ("ru-RU", "-1\u00a0641–12\u00a0345,678 ft AMSL"),
        ("xx", "-1,641–12,345.678 ft AMSL"),
    ],
)
def test_a_band_is_written_as_the_language_writes_numbers(language: str, wanted: str) -> None:
    assert band_text(-1641, 12345.678, "ft", "AMSL", language) == wanted
