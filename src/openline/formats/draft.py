"""What every reader gives: drafts of activities, each with the place that it came from.

A draft's fields are what ``fill("activity", …)`` takes, whole or in part; what the file does not
carry comes from whoever hands it over (:class:`Given`), and is never guessed (ADR 0025).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from openline.forms.activitykinds import completed
from openline.forms.catalog import form
from openline.forms.fields import fill
from openline.forms.phrases import sentence
from openline.words import limits
from openline.words.errors import OpenlineError

LENGTHS = ("radius_m", "width_m")
"""Lengths that belong to a shape: of a point, of a way."""
FIELDS: tuple[str, ...] = tuple(name for name in form("activity").fields if name != "shape")
"""The fields of an activity beside its shape."""
OPTIONS = ("kind", "title", "ref", "start", "end", "lower", "upper", "unit", "datum", *LENGTHS)
"""What has an option of its own at the command line; other fields are given by ``--set``."""
_CHOICES = {
    "flight_levels": ("refuse", "widen"),
    "dates": ("", "dmy", "mdy"),
    "area": ("", "q"),
}


@dataclass(frozen=True, slots=True)
class Note:
    """What to know of an activity as it was read: the key of a phrase `note-…`, its variables."""

    key: str
    args: Mapping[str, str] = field(default_factory=dict)

    def said(self, language: str) -> str:
        """The note in a language; without its full stop, since it goes into lists."""
        return sentence(f"note.{self.key}", language, **self.args)

    def __str__(self) -> str:
        return self.said("en")


@dataclass(frozen=True, slots=True)
class Draft:
    """One activity as it stands in a file: `place` says where, `notes` what to know about it."""

    place: str
    ref: str
    fields: Mapping[str, object]
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """What stands in a file and is no activity; the error names its place."""

    place: str
    error: OpenlineError


Found = Draft | Refused


@dataclass(frozen=True, slots=True)
class Given:
    """What whoever hands a file over says for all of it, because the file does not."""

    fields: Mapping[str, str] = field(default_factory=dict)
    zone: str = ""
    encoding: str = ""
    sheet: str = ""
    dates: str = ""
    flight_levels: str = "refuse"
    area: str = ""

    def value(self, name: str) -> str | None:
        """What was given for a field, None when nothing was."""
        return self.fields.get(name)


def given_of(said: Mapping[str, object]) -> Given:
    """The options in a JSON object; raises ``bad-option`` (ours) for one that there is not."""
    fields: dict[str, str] = {}
    ways: dict[str, str] = {}
    known = {"zone", "encoding", "sheet", *_CHOICES}
    for name, value in said.items():
        if not isinstance(value, str) or len(value) > limits.TEXT_CHARS:
            raise _bad_option(f"the option {str(name)[:40]!r} is no text")
        if name in known:
            if name in _CHOICES and value not in _CHOICES[name]:
                words = ", ".join(choice for choice in _CHOICES[name] if choice)
                raise _bad_option(f"{name} is {value[:40]!r}", f"use {words}")
            ways[name] = value
        elif name in FIELDS or name in LENGTHS:
            fields[name] = value
        else:
            raise _bad_option(f"there is no option or field {str(name)[:40]!r}")
    return Given(fields, **ways)


def _bad_option(what: str, advice: str = "") -> OpenlineError:
    advice = advice or f"give {', '.join(('zone', 'encoding', 'sheet', *FIELDS, *LENGTHS))}"
    return OpenlineError("bad-option", what, rule="R-FMT-13", next=advice)


def attempt(
    place: str, ref: object, make: Callable[[], tuple[Mapping[str, object], Sequence[Note]]]
) -> Found:
    """The draft that `make` gives (fields and notes), or its refusal with the place in front."""
    named = ref[: limits.ID_CHARS] if isinstance(ref, str) else ""
    try:
        fields, notes = make()
    except OpenlineError as error:
        return Refused(place, at_place(place, named, error))
    return Draft(place, named, fields, tuple(notes))


def at_place(place: str, ref: object, error: OpenlineError) -> OpenlineError:
    """`error` with the place in the file, and the ref, in front."""
    name = place + (f" ({ref[: limits.ID_CHARS]})" if isinstance(ref, str) and ref else "")
    return OpenlineError(
        error.code,
        f"{name}: {error.message}",
        whose=error.whose,
        rule=error.rule,
        next=error.next,
    )


def settled(found: Found, given: Given, number: int, several: bool) -> Found:
    """A draft with what was given for all, held to the form once; `number` counts from 1.

    What a file says of itself stays: options fill what is missing. A ref that is given for
    `several` gets each one's number.
    """
    if isinstance(found, Refused):
        return found
    fields = {name: value for name, value in found.fields.items() if value is not None}
    for name in FIELDS:
        value = given.value(name)
        if value is not None and name not in fields:
            fields[name] = f"{value}-{number}" if name == "ref" and several else value
    draft = Draft(found.place, str(fields.get("ref", "")), fields, found.notes)
    try:
        _require(fields, draft.notes)
        fill("activity", fields)
    except OpenlineError as error:
        return Refused(found.place, at_place(found.place, draft.ref, error))
    return draft


def option_of(name: str) -> str:
    """How a field is given at the command line."""
    if name in OPTIONS:
        return f"--{name.replace('_', '-')}"
    return f"--set {name}=…"


def _require(fields: Mapping[str, object], notes: Sequence[Note]) -> None:
    """Refuse what neither file nor options say, naming the options (R-FMT-13).

    The notes go with it: what was not read may be what is missing.
    """
    schema = form("activity").fields
    given = completed(fields)
    missing = [name for name, known in schema.items() if known.required and name not in given]
    if missing:
        options = ", ".join(option_of(name) for name in missing if name != "shape")
        raise OpenlineError(
            "missing-field",
            f"{', '.join(missing)} {'is' if len(missing) == 1 else 'are'} missing",
            rule="R-FMT-13",
            next="; ".join(
                (
                    f"say it in the file, or for all of it by {options}",
                    "nothing is guessed",
                    *map(str, notes),
                )
            ),
        )
