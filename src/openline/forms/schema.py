"""A form's schema: what stands in one catalog file, read into frozen values.

A catalog file is TOML: the form's name, version, `since` (the level of forms that
brought this version; 1 when left out), precedence, `by`, `about` and `doc`, one
table for each field, and one example that docs and tests use. A fault in it is a
fault in Openline: :class:`BrokenInvariant`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TypeAlias

from openline.forms.precedence import Precedence
from openline.words import limits
from openline.words.errors import BrokenInvariant

Wire: TypeAlias = "int | str | bytes | list[Wire] | dict[str, Wire]"
"""What a field is on the wire: the CBOR subset, no floats and no null."""

NAME = re.compile(r"[a-z][a-z0-9_-]*")
_FORM_KEYS = frozenset(
    ("name", "version", "since", "precedence", "by", "about", "doc", "fields", "groups", "typed")
) | {"example"}
_FIELD_KEYS = frozenset(
    ("type", "doc", "optional", "default", "unit", "min", "max", "scale", "values", "label")
) | {"lines", "item", "group"}
_BOUNDED = frozenset(("text", "integer", "decimal", "list", "bytes"))
_TWO_ENDED = frozenset(("integer", "decimal"))


@dataclass(frozen=True, slots=True)
class Bound:
    """A limit, with the name it has in words/limits.py (empty for a plain number)."""

    value: int
    name: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """One field. Bounds are on the wire's whole numbers, characters or entries."""

    name: str
    type: str
    doc: str
    optional: bool = False
    default: object = None
    unit: str = ""
    low: Bound | None = None
    high: Bound | None = None
    scale: int = 3
    values: tuple[str, ...] = ()
    label: str = ""
    lines: bool = False
    item: Field | None = None
    group: Mapping[str, Field] = field(default_factory=dict)

    @property
    def required(self) -> bool:
        """Whether whoever fills the form must give it (a default fills the rest)."""
        return not self.optional and self.default is None


@dataclass(frozen=True, slots=True)
class Form:
    """One kind of message.

    ``by`` says who may fill it: person, machine or either. ``about`` says that
    it answers or ends another message or thing. ``typed`` lists which fields
    together must make a value of openline.words, such as a window. ``since`` is
    the first level of forms (catalog.py) whose stations read this version;
    ``older`` are the earlier versions that are still read, newest first.
    """

    name: str
    version: int
    since: int
    precedence: Precedence
    by: str
    about: bool
    doc: str
    fields: Mapping[str, Field]
    typed: Mapping[str, tuple[str, ...]]
    example: Mapping[str, object]
    older: tuple[Form, ...] = ()

    @property
    def versions(self) -> tuple[Form, ...]:
        """All versions that are read, newest first."""
        return (self, *self.older)


def parse_form(text: str) -> Form:
    """Read one catalog file; raises ``BrokenInvariant`` naming the fault."""
    try:
        data = tomllib.loads(text)
        return _form(data)
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise BrokenInvariant(f"a form's file is faulty: {error!r}") from error


def _form(data: Mapping[str, object]) -> Form:
    _closed(data, _FORM_KEYS, "form")
    groups = _table(data.get("groups", {}))
    name = _name(data["name"])
    version = data["version"]
    if not isinstance(version, int) or not 1 <= version <= limits.FORM_VERSIONS:
        raise ValueError(f"{name}: version {version!r}")
    since = data.get("since", 1)
    if not isinstance(since, int) or not 1 <= since <= limits.FORMS_LEVELS:
        raise ValueError(f"{name}: since {since!r}")
    if data["by"] not in ("person", "machine", "either"):
        raise ValueError(f"{name}: by {data['by']!r}")
    fields = _fields(_table(data["fields"]), groups)
    typed = {
        value: tuple(str(part) for part in _list(parts))
        for value, parts in _table(data.get("typed", {})).items()
    }
    for parts in typed.values():
        for part in parts:
            fields[part]
    return Form(
        name=name,
        version=version,
        since=since,
        precedence=Precedence(str(data["precedence"])),
        by=str(data["by"]),
        about=_flag(data["about"]),
        doc=str(data["doc"]),
        fields=MappingProxyType(fields),
        typed=MappingProxyType(typed),
        example=MappingProxyType(_table(data["example"])),
    )


def _fields(table: Mapping[str, object], groups: Mapping[str, object]) -> dict[str, Field]:
    return {_name(name): _field(name, _table(spec), groups) for name, spec in table.items()}


def _field(name: str, spec: Mapping[str, object], groups: Mapping[str, object]) -> Field:
    _closed(spec, _FIELD_KEYS, name)
    kind = str(spec["type"])
    high = _bound(spec.get("max"))
    if kind in _BOUNDED and high is None:
        raise ValueError(f"{name}: a {kind} without max")
    low = _bound(spec.get("min"))
    if kind in _TWO_ENDED and low is None:
        raise ValueError(f"{name}: a {kind} without min")
    values = tuple(str(value) for value in _list(spec.get("values", [])))
    if (kind == "choice") != bool(values):
        raise ValueError(f"{name}: values belong to a choice")
    item = spec.get("item")
    if (kind == "list") != (item is not None):
        raise ValueError(f"{name}: item belongs to a list")
    group = spec.get("group")
    if (kind == "group") != (group is not None):
        raise ValueError(f"{name}: group belongs to a group")
    scale = spec.get("scale", 3)
    if not isinstance(scale, int) or not 0 <= scale <= 9:
        raise ValueError(f"{name}: scale {scale!r}")
    return Field(
        name=name,
        type=kind,
        doc=str(spec.get("doc", "")),
        optional=_flag(spec.get("optional", False)),
        default=spec.get("default"),
        unit=str(spec.get("unit", "")),
        low=low,
        high=high,
        scale=scale,
        values=values,
        label=str(spec.get("label", name)),
        lines=_flag(spec.get("lines", False)),
        item=None if item is None else _field(name, _table(item), groups),
        group=MappingProxyType(
            {} if group is None else _fields(_table(groups[str(group)]), groups)
        ),
    )


def _bound(spec: object) -> Bound | None:
    """A number, or the name of a limit, with a minus sign where it bounds from below."""
    if spec is None:
        return None
    if isinstance(spec, int) and not isinstance(spec, bool):
        return Bound(spec)
    name = str(spec)
    value = getattr(limits, name.removeprefix("-"), None)
    if not isinstance(value, int):
        raise ValueError(f"no limit is named {name}")
    return Bound(-value if name.startswith("-") else value, name.removeprefix("-"))


def _name(name: object) -> str:
    if not isinstance(name, str) or len(name) > limits.FORM_CHARS or not NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no name for a form or field")
    return name


def _closed(table: Mapping[str, object], keys: frozenset[str], where: str) -> None:
    unknown = set(table) - keys
    if unknown:
        raise ValueError(f"{where}: unknown {', '.join(sorted(unknown))}")


def _table(value: object) -> dict[str, object]:
    if not isinstance(value, dict):
        raise TypeError(f"{value!r} is no table")
    return value


def _list(value: object) -> list[object]:
    if not isinstance(value, list):
        raise TypeError(f"{value!r} is no list")
    return value


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError(f"{value!r} is neither true nor false")
    return value
