"""Reading the parts of a scenario file; whatever is not as it should be is refused by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from openline.forms.catalog import form
from openline.forms.fields import fill
from openline.forms.payload import LANGUAGE
from openline.forms.precedence import Precedence
from openline.words import limits
from openline.words.errors import OpenlineError
from openline.words.moment import Moment
from openline.words.party import party_id

_SOME_ID = "us-0000000000"
"""Stands for the id of a message that is not sent yet."""


def bad(what: str, advice: str, rule: str = "03") -> OpenlineError:
    """A fault of the scenario file."""
    return OpenlineError("bad-scenario", what, rule=f"R-SCN-{rule}", next=advice)


def naming(error: OpenlineError, where: str) -> OpenlineError:
    """The same error, saying where in the scenario."""
    return OpenlineError(
        error.code,
        f"{where}: {error.message}",
        whose=error.whose,
        rule=error.rule,
        next=error.next,
    )


def only(
    table: Mapping[str, object], required: Sequence[str], optional: Sequence[str], where: str
) -> None:
    """Refuse a missing or an unknown key."""
    missing = [key for key in required if key not in table]
    unknown = [key for key in table if key not in (*required, *optional)]
    if missing or unknown:
        what = f"lacks {', '.join(missing)}" if missing else f"has an unknown {unknown[0][:40]!r}"
        raise bad(f"{where} {what}", f"the keys are {', '.join((*required, *optional))}")


def table(value: object, where: str) -> Mapping[str, object]:
    """A TOML table."""
    if not isinstance(value, dict):
        raise bad(f"{where} is no table", "write it as one")
    return value


def tables(value: object, where: str, most: int) -> list[Mapping[str, object]]:
    """An array of tables."""
    if not isinstance(value, list):
        raise bad(f"{where} is no array of tables", f"head each with [[{where}]]")
    if len(value) > most:
        raise bad(f"{len(value):,} of {where}", f"give at most {most:,}")
    return [table(part, where) for part in value]


def text(row: Mapping[str, object], key: str, where: str, most: int) -> str:
    """A text that is neither empty nor too long."""
    value = row[key]
    if not isinstance(value, str) or not 0 < len(value.strip()) <= len(value) <= most:
        raise bad(f"{where}: {key} is no text of 1 to {most:,} characters", "correct it")
    return value


def texts(value: object, where: str, most: int) -> tuple[str, ...]:
    """Texts, each once; a single one may stand alone."""
    values = [value] if isinstance(value, str) else value
    if not isinstance(values, list) or not all(isinstance(v, str) for v in values):
        raise bad(f"{where} is neither text nor a list of it", "correct it")
    if len(set(values)) != len(values) or any(not 0 < len(v) <= most for v in values):
        raise bad(f"{where} has an entry twice, empty or of over {most} characters", "correct it")
    return tuple(values)


def moment(row: Mapping[str, object], key: str, where: str) -> Moment:
    """A time; raises ``bad-time`` for text that is none."""
    return Moment.parse(text(row, key, where, limits.NAME_CHARS))


def party(value: object, where: str) -> str:
    """A party's id."""
    if not isinstance(value, str):
        raise bad(f"{where} names no party", "give a party's id")
    return party_id(value)


def precedence(value: object) -> str:
    """The name of a precedence."""
    if value not in list(Precedence):
        raise bad("precedence is none", f"use one of {', '.join(Precedence)}")
    return str(value)


def language(value: object) -> str:
    """A language tag."""
    if (
        not isinstance(value, str)
        or len(value) > limits.LANGUAGE_CHARS
        or not LANGUAGE.fullmatch(value)
    ):
        raise bad("language is no language tag", "write it like en or ru")
    return value


def fillable(do: str, fields: Mapping[str, object], about: bool) -> None:
    """Refuse a form that no person fills, and fields that it does not take (R-SCN-07)."""
    schema = form(do)
    if schema.by == "machine":
        raise bad(f"the form {do} is the machine's own", "stations fill it by themselves", "07")
    if schema.about != about or "about" in fields:
        need = "an earlier event's name" if schema.about else "nothing"
        raise bad(f"{do} is about {need}", "give `about` beside `do`, or take it out", "07")
    fill(do, {**fields, "about": _SOME_ID} if about else fields)
