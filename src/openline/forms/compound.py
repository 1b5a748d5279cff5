"""Kinds of field made of others, the table of all kinds, and whole sets of fields."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import NamedTuple

from openline.forms import days, kinds
from openline.forms.jsontext import read_json
from openline.forms.kinds import Kind
from openline.forms.refusal import bad_field, naming, over_limit, shown
from openline.forms.schema import Field, Wire
from openline.forms.shape import PositionKind, ShapeKind
from openline.words.errors import OpenlineError


class ListKind(Kind):
    """Several values of one kind, each once."""

    def __init__(self, field: Field) -> None:
        super().__init__(field)
        assert field.item is not None
        self.item = kind_of(field.item)

    def take(self, raw: object, where: str) -> Wire:
        """A JSON array; as text its JSON, or the values between commas."""
        if isinstance(raw, str):
            raw = _json(raw, where) if raw.lstrip().startswith("[") else _split(raw)
        if not isinstance(raw, list | tuple):
            raise bad_field(where, f"is {shown(raw)}", "give a list")
        self._bounded(len(raw), where)
        return [self.item.take(part, f"{where}[{i}]") for i, part in enumerate(raw)]

    def check(self, wire: Wire, where: str) -> None:
        """Not empty, not too long, nothing twice, each value sound."""
        if not isinstance(wire, list):
            raise bad_field(where, "is no list", "give a list")
        self._bounded(len(wire), where)
        for i, part in enumerate(wire):
            self.item.check(part, f"{where}[{i}]")
            if part in wire[:i]:
                raise bad_field(f"{where}[{i}]", "stands there twice", "name each once")

    def plain(self, wire: Wire) -> object:
        """A JSON array."""
        assert isinstance(wire, list)
        return [self.item.plain(part) for part in wire]

    def _bounded(self, count: int, where: str) -> None:
        assert self.field.high is not None
        if count == 0:
            raise bad_field(where, "is empty", "name at least one or leave it out")
        if count > self.field.high.value:
            advice = f"give at most {self.field.high.value}"
            raise over_limit(where, f"has {count:,} entries", self.field.high, advice)


class GroupKind(Kind):
    """Named parts, each a field of its own."""

    def take(self, raw: object, where: str) -> Wire:
        """A JSON object, or its text."""
        if isinstance(raw, str):
            raw = _json(raw, where)
        if not isinstance(raw, dict | Mapping):
            raise bad_field(where, f"is {shown(raw)}", f"give {', '.join(self.field.group)}")
        return take_fields(self.field.group, raw, f"{where}.")

    def check(self, wire: Wire, where: str) -> None:
        """Exactly its parts, each sound."""
        if not isinstance(wire, dict):
            raise bad_field(where, "is no group", f"give {', '.join(self.field.group)}")
        check_fields(self.field.group, wire, f"{where}.")

    def plain(self, wire: Wire) -> object:
        """A JSON object."""
        assert isinstance(wire, dict)
        return plain_fields(self.field.group, wire)


class JsonShape(ShapeKind):
    """A shape that may also be given as the text of its JSON."""

    def take(self, raw: object, where: str) -> Wire:
        """A JSON object, or its text."""
        return super().take(_json(raw, where) if isinstance(raw, str) else raw, where)


class JsonPosition(PositionKind):
    """A position that may also be given as the text of its JSON."""

    def take(self, raw: object, where: str) -> Wire:
        """A JSON array, or its text."""
        return super().take(_json(raw, where) if isinstance(raw, str) else raw, where)


KINDS: Mapping[str, type[Kind]] = {
    "text": kinds.Text,
    "choice": kinds.Choice,
    "integer": kinds.Integer,
    "decimal": kinds.Number,
    "boolean": kinds.Boolean,
    "instant": kinds.Instant,
    "daytime": days.Daytime,
    "date": days.Date,
    "zone": days.Zone,
    "id": kinds.Identifier,
    "party": kinds.Party,
    "hash": kinds.Hash,
    "bytes": kinds.Bytes,
    "position": JsonPosition,
    "shape": JsonShape,
    "list": ListKind,
    "group": GroupKind,
}


def kind_of(field: Field) -> Kind:
    """What reads, checks and shows this field."""
    return KINDS[field.type](field)


class _Asked(NamedTuple):
    """What a set of fields asks for."""

    fields: Mapping[str, Field]
    kinds: dict[str, Kind]
    defaults: dict[str, object]
    needed: frozenset[str]


_asked: dict[int, _Asked] = {}
_MOST_ASKED = 1024


def _asked_by(fields: Mapping[str, Field]) -> _Asked:
    """Made once, for as long as the fields are there: it keeps them, and so their id."""
    asked = _asked.get(id(fields))
    if asked is None:
        if len(_asked) >= _MOST_ASKED:
            _asked.clear()
        kinds = {name: kind_of(field) for name, field in fields.items()}
        defaults = {n: field.default for n, field in fields.items() if field.default is not None}
        needed = frozenset(name for name, field in fields.items() if not field.optional)
        asked = _asked[id(fields)] = _Asked(fields, kinds, defaults, needed)
    return asked


def take_fields(
    fields: Mapping[str, Field], raw: Mapping[str, object], where: str
) -> dict[str, Wire]:
    """The wire fields of what was given; defaults filled in, a JSON null as if left out."""
    given = {name: value for name, value in raw.items() if value is not None}
    asked = _asked_by(fields)
    _known(fields, given, where)
    given = asked.defaults | given
    _complete(asked, given, where)
    return {
        name: kind.take(given[name], where + name)
        for name, kind in asked.kinds.items()
        if name in given
    }


def check_fields(fields: Mapping[str, Field], wire: Mapping[str, Wire], where: str) -> None:
    """Hold wire fields to the schema: none unknown, none missing, each sound."""
    asked = _asked_by(fields)
    _known(fields, wire, where)
    _complete(asked, wire, where)
    for name, value in wire.items():
        asked.kinds[name].check(value, where + name)


def plain_fields(fields: Mapping[str, Field], wire: Mapping[str, Wire]) -> dict[str, object]:
    """JSON for people, in the schema's order; the fields must have passed the check."""
    kinds = _asked_by(fields).kinds
    return {name: kind.plain(wire[name]) for name, kind in kinds.items() if name in wire}


def _known(fields: Mapping[str, Field], given: Mapping[str, object], where: str) -> None:
    for name in given:
        if not isinstance(name, str) or name not in fields:
            close = get_close_matches(name, fields, 1) if isinstance(name, str) else []
            meant = f"did you mean {close[0]}? " if close else ""
            raise OpenlineError(
                "unknown-field",
                f"there is no field {where}{shown(name)}",
                rule="R-FORM-04",
                next=f"{meant}the fields are {', '.join(fields)}",
            )


def _complete(asked: _Asked, given: Mapping[str, object], where: str) -> None:
    if not given.keys() >= asked.needed:
        missing = [f"{where}{name}" for name in asked.kinds if name in asked.needed - given.keys()]
        raise OpenlineError(
            "missing-field",
            f"{', '.join(missing)} {'is' if len(missing) == 1 else 'are'} missing",
            rule="R-FORM-05",
            next=f"give {'it' if len(missing) == 1 else 'them'}; nothing is guessed",
        )


def _json(text: str, where: str) -> object:
    with naming(where):
        return read_json(text)


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.split(",")]
