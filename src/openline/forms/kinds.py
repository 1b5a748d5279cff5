"""Kinds of simple field: from what a person gives to the wire, and back.

Each kind has three functions: `take` reads what was given (a JSON value, or
text from KEY=VALUE), `check` holds a wire value to the schema, whoever wrote
it, and `plain` gives a JSON value that `take` reads back to the same wire value.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation

from openline.forms.refusal import bad_field, naming, over_limit, shown
from openline.forms.schema import Field, Wire
from openline.words import limits
from openline.words.moment import Moment
from openline.words.party import party_id

HASH_BYTES = 32
_INTEGER = re.compile(r"-?[0-9]{1,18}")
_ID = re.compile(r"[a-z0-9][a-z0-9._-]*")
_HEX = re.compile(rf"[0-9a-f]{{{2 * HASH_BYTES}}}")
_HEX_BYTES = re.compile(r"([0-9a-f]{2})+")
_TENS: tuple[int, ...] = tuple(10**scale for scale in range(16))
_EXACT = 10**12
_PLAINLY = 0.499
"""A product below `_EXACT` errs by less than a thousandth: nearer than so it needs no decimals."""
# Controls would act on the reader's terminal; directional overrides make a text
# read other than it is written; a lone surrogate has no UTF-8.
UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\ud800-\udfff\ufffe\uffff]"
)


class Kind(ABC):
    """One field's kind. This one's value is the same outside and on the wire."""

    def __init__(self, field: Field) -> None:
        self.field = field

    def take(self, raw: object, where: str) -> Wire:
        """The wire value of what was given; `check` follows."""
        if not isinstance(raw, str):
            raise bad_field(where, f"is no text but {shown(raw)}", "give text")
        return raw

    @abstractmethod
    def check(self, wire: Wire, where: str) -> None:
        """Refuse what the schema does not allow."""

    def plain(self, wire: Wire) -> object:
        """The JSON value for people."""
        return wire


def _text(wire: Wire, where: str) -> str:
    if not isinstance(wire, str):
        raise bad_field(where, "is no text", "give text")
    return wire


def whole(wire: object, where: str) -> int:
    """The whole number; a boolean is none. Raises ``bad-field``."""
    if isinstance(wire, bool) or not isinstance(wire, int):
        raise bad_field(where, "is no whole number", "give a whole number")
    return wire


class Text(Kind):
    """Words of a person: bounded, printable, never blank (R-FORM-10)."""

    def take(self, raw: object, where: str) -> Wire:
        """Text as given, its line ends as line feeds."""
        return _text(super().take(raw, where), where).replace("\r\n", "\n")

    def check(self, wire: Wire, where: str) -> None:
        """Length in characters, then what the characters are."""
        text = _text(wire, where)
        assert self.field.high is not None
        if len(text) > self.field.high.value:
            raise over_limit(
                where,
                f"has {len(text):,} characters",
                self.field.high,
                f"use at most {self.field.high.value:,} characters",
            )
        if not text.strip():
            raise bad_field(where, "is blank", "write something or leave it out", "R-FORM-10")
        found = UNPRINTABLE.search(text) or (not self.field.lines and re.search(r"[\n\t]", text))
        if found:
            raise bad_field(
                where,
                f"holds the character U+{ord(found[0]):04X}, which cannot be shown as it is",
                "take it out" if self.field.lines else "take it out; this field is one line",
                "R-FORM-10",
            )


class Choice(Kind):
    """One of the schema's words."""

    def check(self, wire: Wire, where: str) -> None:
        """One of the listed values, letter for letter."""
        if not isinstance(wire, str) or wire not in self.field.values:
            raise bad_field(
                where, f"is {shown(wire)}", f"use one of {', '.join(self.field.values)}"
            )


class Boolean(Kind):
    """True or false."""

    def take(self, raw: object, where: str) -> Wire:
        """A JSON boolean, or the word."""
        if isinstance(raw, str) and raw in ("true", "false"):
            return raw == "true"
        if not isinstance(raw, bool):
            raise bad_field(where, f"is {shown(raw)}", "give true or false")
        return raw

    def check(self, wire: Wire, where: str) -> None:
        """Nothing but a boolean."""
        if not isinstance(wire, bool):
            raise bad_field(where, "is neither true nor false", "give true or false")


class Integer(Kind):
    """A whole number of the field's unit."""

    def take(self, raw: object, where: str) -> Wire:
        """A whole JSON number, or its digits."""
        if isinstance(raw, str) and _INTEGER.fullmatch(raw):
            return int(raw)
        if isinstance(raw, float) and raw.is_integer():
            return int(raw)
        if isinstance(raw, bool) or not isinstance(raw, int):
            raise bad_field(where, f"is {shown(raw)}", "give a whole number")
        return raw

    def check(self, wire: Wire, where: str) -> None:
        """Within the schema's bounds, both included."""
        _bounded(self.field, whole(wire, where), where)


class Number(Kind):
    """A decimal of the field's unit; on the wire a whole number of its last place."""

    def take(self, raw: object, where: str) -> Wire:
        """A JSON number or its text, rounded half to even (R-FORM-08)."""
        return scaled(raw, self.field.scale, where)

    def check(self, wire: Wire, where: str) -> None:
        """Within the schema's bounds, both included."""
        _bounded(self.field, whole(wire, where), where)

    def plain(self, wire: Wire) -> object:
        """A JSON number: whole where it is."""
        assert isinstance(wire, int)
        return unscaled(wire, self.field.scale)


def scaled(raw: object, scale: int, where: str) -> int:
    """`raw` times 10**scale as a whole number, rounded half to even (R-FORM-08)."""
    if type(raw) is int and abs(raw) < _EXACT:
        return raw * _TENS[scale]
    if type(raw) is float and abs(product := raw * _TENS[scale]) < _EXACT:
        nearest = round(product)
        if abs(product - nearest) < _PLAINLY:
            return nearest
    number = None
    if isinstance(raw, int | float | Decimal) and not isinstance(raw, bool):
        number = Decimal(repr(raw)) if isinstance(raw, float) else Decimal(raw)
    elif isinstance(raw, str) and len(raw) <= limits.NUMBER_CHARS and raw.isascii():
        try:
            number = Decimal(raw)
        except InvalidOperation:
            number = None
    if number is None or not number.is_finite() or "_" in str(raw):
        raise bad_field(where, f"is {shown(raw)}", "give a number, with a point", "R-FORM-08")
    if number and number.adjusted() > 15:
        raise bad_field(where, "is too large a number", "give a smaller one", "R-FORM-08")
    return int(number.scaleb(scale).to_integral_value(ROUND_HALF_EVEN))


def unscaled(wire: int, scale: int) -> int | float:
    """The JSON number that :func:`scaled` reads back to `wire`."""
    units, rest = divmod(wire, 10**scale)
    return wire / float(10**scale) if rest else units


def _bounded(field: Field, value: int, where: str) -> None:
    assert field.low is not None and field.high is not None
    if not field.low.value <= value <= field.high.value:
        shift = field.scale if field.type == "decimal" else 0
        low, high = (f"{unscaled(b.value, shift):,}" for b in (field.low, field.high))
        # A number beyond 64 bits would flood the error.
        given = f"{unscaled(value, shift):,}" if abs(value) < 1 << 63 else "too large"
        raise over_limit(
            where, f"is {given}", field.high, f"give {low} to {high} {field.unit}".rstrip()
        )


class Instant(Kind):
    """An instant: milliseconds in UTC on the wire, RFC 3339 outside (R-FORM-09)."""

    def take(self, raw: object, where: str) -> Wire:
        """RFC 3339 text with its offset; raises ``bad-time``."""
        if not isinstance(raw, str):
            advice = "write it as RFC 3339 with its offset, like 2022-05-13T14:00:00Z"
            raise bad_field(where, f"is {shown(raw)}", advice, "R-FORM-09")
        with naming(where):
            return Moment.parse(raw).ms

    def check(self, wire: Wire, where: str) -> None:
        """Within the instants that can be written."""
        with naming(where):
            Moment(whole(wire, where))

    def plain(self, wire: Wire) -> object:
        """RFC 3339 in UTC."""
        assert isinstance(wire, int)
        return str(Moment(wire))


class Identifier(Kind):
    """The id of a message, a thing or a call."""

    def check(self, wire: Wire, where: str) -> None:
        """Short and plain; whether it names anything is the line's to say."""
        text = _text(wire, where)
        if len(text) > limits.ID_CHARS or not _ID.fullmatch(text):
            raise bad_field(
                where, f"is {shown(text)}, which is no id", "give an id as it was printed"
            )


class Party(Kind):
    """A party's id."""

    def check(self, wire: Wire, where: str) -> None:
        """As openline.words reads it (R-WORD-01)."""
        with naming(where):
            party_id(_text(wire, where))


class Hash(Kind):
    """A SHA-256: bytes on the wire, lower-case hex outside."""

    def take(self, raw: object, where: str) -> Wire:
        """The 32 bytes, or 64 hex digits."""
        if isinstance(raw, bytes):
            return raw
        if not isinstance(raw, str) or not _HEX.fullmatch(raw):
            raise bad_field(
                where, f"is {shown(raw)}", f"give {2 * HASH_BYTES} lower-case hex digits"
            )
        return bytes.fromhex(raw)

    def check(self, wire: Wire, where: str) -> None:
        """Exactly 32 bytes."""
        if not isinstance(wire, bytes) or len(wire) != HASH_BYTES:
            raise bad_field(where, f"is not {HASH_BYTES} bytes", "give a SHA-256")

    def plain(self, wire: Wire) -> object:
        """Lower-case hex."""
        assert isinstance(wire, bytes)
        return wire.hex()


class Bytes(Kind):
    """Signed bytes that a message carries whole: lower-case hex outside."""

    def take(self, raw: object, where: str) -> Wire:
        """The bytes, or their hex digits."""
        if isinstance(raw, bytes):
            return raw
        if not isinstance(raw, str) or not _HEX_BYTES.fullmatch(raw):
            raise bad_field(
                where, f"is {shown(raw)}", "give an even number of lower-case hex digits"
            )
        return bytes.fromhex(raw)

    def check(self, wire: Wire, where: str) -> None:
        """At least one byte, and no more than the schema allows."""
        assert self.field.high is not None
        if not isinstance(wire, bytes) or not wire:
            raise bad_field(where, "is no bytes", "give what was signed, whole")
        if len(wire) > self.field.high.value:
            advice = f"give at most {self.field.high.value:,} bytes"
            raise over_limit(where, f"has {len(wire):,} bytes", self.field.high, advice)

    def plain(self, wire: Wire) -> object:
        """Lower-case hex."""
        assert isinstance(wire, bytes)
        return wire.hex()
