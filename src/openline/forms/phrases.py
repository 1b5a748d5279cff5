"""Messages as sentences, and the words for states and choices, in every language of phrases/.

A language is one Fluent file; its phrases, words and date patterns are data.
Nothing here changes what was signed: a phrase is a way to read the fields.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.resources import files

from babel import Locale
from babel.dates import format_datetime
from babel.lists import format_list
from babel.numbers import format_decimal
from fluent.runtime import FluentBundle, FluentResource

from openline.forms.catalog import CATALOG, Catalog, form
from openline.forms.fields import fill, plain
from openline.forms.kinds import UNPRINTABLE
from openline.forms.schema import Field, Form
from openline.words.errors import OpenlineError
from openline.words.moment import Moment

FALLBACK = "en"
SHORT_HASH = 16
"""Hex digits of a hash in a sentence: enough to compare by eye."""


_STOPS = tuple(".!?…:;")
_TOKEN = re.compile("\ue000([0-9]+)\ue001")

Arguments = dict[str, "str | int | float"]


def languages() -> list[str]:
    """The languages that have phrases."""
    return sorted(_bundles())


def phrase(
    form_name: str,
    plain_fields: Mapping[str, object],
    language: str,
    catalog: Catalog = CATALOG,
    version: int | None = None,
) -> str:
    """What the message says, in `language`, else in English, else its fields as they stand.

    `plain_fields` as :func:`openline.forms.fields.plain` gives them. Never
    raises: fields that do not hold to the form are shown raw (R-FORM-20).
    """
    try:
        schema = form(form_name, catalog, version)
        wire = fill(form_name, plain_fields, catalog, version)
        fields = plain(form_name, wire, catalog, version)
    except OpenlineError:
        return raw_phrase(form_name, plain_fields)
    for tag in (_known(language), FALLBACK):
        said = _say(schema, fields, tag)
        if said is not None:
            return said
    return raw_phrase(form_name, fields)


def band_text(lower: float, upper: float, unit: object, datum: object, language: str) -> str:
    """An altitude band like ``1,500–4,200 m AMSL``, its numbers as the language writes them."""
    low, high = (
        format_decimal(each, "#,##0.###", locale=_locale(_known(language)))
        for each in (lower, upper)
    )
    return f"{low}–{high} {unit} {datum}"


def raw_phrase(form_name: str, fields: Mapping[str, object]) -> str:
    """The fields as they stand, printable on any terminal."""
    parts = [
        f"{name} = {json.dumps(value, ensure_ascii=False, default=str)}"
        for name, value in fields.items()
    ]
    text = f"{form_name}: {'; '.join(parts)}"
    return UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def sentence(key: str, language: str, attribute: str = "", **given: str | Moment) -> str:
    """A phrase of the station's own, like ``notice.handover``, with its variables put in.

    An unknown language gets English. Texts that people wrote have no place in it.
    """
    identifier = key.replace(".", "-", 1)
    for tag in (_known(language), FALLBACK):
        said = _Sentence(tag)
        for name, value in given.items():
            shown = value if isinstance(value, str) else said.date(value)
            said.args[name.replace("_", "-")] = shown
        found = _format(said.bundle, identifier, said.args, attribute)
        if found is not None:
            return found
    return key


def label(key: str, language: str) -> str:
    """The word for a key such as ``level.minister`` or ``observed.up``; unknown: its last part."""
    identifier = key.replace(".", "-", 1)
    for tag in (_known(language), FALLBACK):
        bundle = _bundles()[tag]
        if bundle.has_message(identifier):
            return _format(bundle, identifier, {}) or key
    return key.rpartition(".")[2]


def refusal(code: str, language: str) -> str | None:
    """What an error of that code means, in `language`; None where that has no phrase for it."""
    bundle = _bundles("refusals").get(language.lower().partition("-")[0])
    return None if bundle is None else _format(bundle, code, {})


@cache
def _bundles(folder: str = "phrases") -> Mapping[str, FluentBundle]:
    bundles = {}
    for file in (files("openline.forms") / folder).iterdir():
        tag, _, ending = file.name.rpartition(".")
        if ending == "ftl":
            bundles[tag] = FluentBundle([tag], use_isolating=False)
            bundles[tag].add_resource(FluentResource(file.read_text("utf-8")))
    return bundles


@cache
def _locale(tag: str) -> Locale:
    return Locale.parse(tag)


def _known(language: str) -> str:
    """The nearest language that has phrases: ru for ru-RU."""
    tag = language.lower().partition("-")[0]
    return tag if tag in _bundles() else FALLBACK


def _format(
    bundle: FluentBundle, identifier: str, args: Arguments, attribute: str = ""
) -> str | None:
    """The formatted message or attribute; None where it is absent or does not resolve."""
    if not bundle.has_message(identifier):
        return None
    message = bundle.get_message(identifier)
    pattern = message.attributes.get(attribute) if attribute else message.value
    if pattern is None:
        return None
    text, errors = bundle.format_pattern(pattern, args)
    return None if errors else str(text)


def _say(form: Form, fields: Mapping[str, object], tag: str) -> str | None:
    sentence = _Sentence(tag)
    for name, value in fields.items():
        sentence.add(form.fields[name], name, value)
    bundle, identifier = _bundles()[tag], f"say-{form.name}"
    said = _format(bundle, identifier, sentence.args)
    if said is None:
        return None
    said = sentence.with_texts(said)
    for name in fields:
        part = _format(bundle, identifier, sentence.args, name)
        if part is not None:
            stop = "" if said.endswith(_STOPS) else "."
            said += f"{stop} {sentence.with_texts(part)}"
    return said


class _Sentence:
    """The variables of one phrase in one language.

    People's texts are put in after formatting: Fluent bounds the length of what
    it puts in, and nothing in a text may act on the phrase around it.
    """

    def __init__(self, tag: str) -> None:
        self.tag = tag
        self.bundle = _bundles()[tag]
        self.locale = _locale(tag)
        self.args: Arguments = {}
        self._texts: list[str] = []

    def add(self, field: Field, name: str, value: object) -> None:
        """The variables of one field."""
        match field.type:
            case "list" if isinstance(value, list):
                assert field.item is not None
                parts = [self._part(field.item, part) for part in value]
                joined = format_list(parts, locale=self.locale)
                self.args[name] = self._text(joined)
                self.args[f"{name}-count"] = len(value)
            case "group" if isinstance(value, Mapping):
                for part, inner in value.items():
                    self.add(field.group[part], f"{name}-{part}", inner)
            case "shape" if isinstance(value, Mapping):
                self._shape(name, value)
            case "position":
                self.args[name] = self._position(value)
            case _:
                self._simple(field, name, value)

    def _part(self, field: Field, value: object) -> str:
        """One entry of a list: a group's values stand side by side."""
        match value:
            case Mapping():
                return " ".join(self._part(field.group[name], part) for name, part in value.items())
            case list() if field.item is not None:
                return "/".join(self._part(field.item, part) for part in value)
        return label(f"{field.label}.{value}", self.tag) if field.type == "choice" else str(value)

    def _simple(self, field: Field, name: str, value: object) -> None:
        match field.type:
            case "choice":
                self.args[name] = str(value)
                self.args[f"{name}-name"] = label(f"{field.label}.{value}", self.tag)
            case "instant":
                at = Moment.parse(str(value))
                self.args[name] = self.date(at)
                self.args[f"{name}-day"] = self._date("day", at)
            case "boolean":
                self.args[name] = "true" if value else "false"
            case "integer" | "decimal" if isinstance(value, int | float):
                self.args[name] = value
            case "hash":
                self.args[name] = str(value)
                self.args[f"{name}-short"] = str(value)[:SHORT_HASH]
            case "bytes":
                self.args[f"{name}-count"] = len(str(value)) // 2
            case _:
                self.args[name] = self._text(str(value))

    def with_texts(self, sentence: str) -> str:
        """The sentence with people's texts in their places."""
        return _TOKEN.sub(lambda found: self._texts[int(found[1])], sentence)

    def _text(self, text: str) -> str:
        self._texts.append(text)
        return f"\ue000{len(self._texts) - 1}\ue001"

    def date(self, at: Moment) -> str:
        """An instant, to the second where it is no whole minute."""
        return self._date("second" if at.ms % 60_000 else "minute", at)

    def _date(self, pattern: str, at: Moment) -> str:
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=at.ms)
        form = _format(self.bundle, f"pattern-{pattern}", {})
        return str(at) if form is None else format_datetime(moment, form, locale=self.locale)

    def _position(self, place: object) -> str:
        assert isinstance(place, list)
        lon, lat = place
        args: Arguments = {
            "lat": self._degrees(abs(lat)),
            "lon": self._degrees(abs(lon)),
            "north": "yes" if lat >= 0 else "no",
            "east": "yes" if lon >= 0 else "no",
        }
        return _format(self.bundle, "position", args) or f"{lat}, {lon}"

    def _degrees(self, degrees: float) -> str:
        return str(format_decimal(degrees, "0.#######", locale=self.locale))

    def _shape(self, name: str, shape: Mapping[str, object]) -> None:
        self.args[name] = str(shape["type"])
        for key, value in shape.items():
            if isinstance(value, int | float):
                self.args[f"{name}-{key}"] = value
        places = _places([shape.get("centre") or shape.get("path") or shape["polygons"]])
        self.args[f"{name}-from"] = self._position(places[0])
        self.args[f"{name}-to"] = self._position(places[-1])
        # A ring repeats its first position, which is one vertex.
        rings = shape.get("polygons")
        closing = sum(len(rings_of) for rings_of in rings) if isinstance(rings, list) else 0
        self.args[f"{name}-count"] = len(places) - closing


def _places(nested: object) -> list[object]:
    """All positions in lists within lists, in order."""
    assert isinstance(nested, list)
    if nested and not isinstance(nested[0], list):
        return [nested]
    return [place for part in nested for place in _places(part)]
