"""JSON read strictly: one meaning or none (RFC 8259, I-JSON of RFC 7493)."""

from __future__ import annotations

import json
import math
import re
from typing import NoReturn

from openline.words import limits
from openline.words.errors import OpenlineError

_LITERALS = re.compile(
    r'"(?:[^"\\]|\\.)*"|(NaN|-?Infinity|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)'
)
"""A text, or a number as RFC 8259 writes it: no further than its reader reads."""


def _bad(why: str, advice: str = "write it as UTF-8 JSON (RFC 8259)") -> OpenlineError:
    message = f"this is no JSON that can be relied on: {why}"
    return OpenlineError("bad-json", message, rule="R-FMT-01", next=advice)


class _Unfit(Exception):
    """A number that is none, or out of bounds: as it stands in the text, and why."""


def read_json(text: str | bytes) -> object:
    """Parse; raises ``bad-json`` on anything with more than one meaning.

    Refused beside plain syntax errors: bytes that are not UTF-8, a key given
    twice, NaN, Infinity, numbers too large for a double, nesting too deep.
    A byte order mark is skipped. Numbers become ``int`` or ``float``.
    """
    try:
        if isinstance(text, bytes):
            text = text.decode("utf-8-sig")
        text = text.removeprefix("\ufeff")
        return _DECODER.decode(text)
    except UnicodeDecodeError:
        raise _bad("it is not UTF-8", "save the file as UTF-8") from None
    except json.JSONDecodeError as error:
        raise _bad(f"{error.msg} at line {error.lineno}, column {error.colno}") from None
    except RecursionError:
        raise _bad("it is nested too deeply") from None
    except _Unfit as unfit:
        literal, why = unfit.args
        raise _bad(f"{why} at {_place(str(text), literal)}", "correct or leave it out") from None


def _place(text: str, literal: str) -> str:
    """Where a number first stands in the text, and in no string."""
    at = next(found.start(1) for found in _LITERALS.finditer(text) if found[1] == literal)
    return f"line {text.count(chr(10), 0, at) + 1}, column {at - text.rfind(chr(10), 0, at)}"


def _constant(name: str) -> NoReturn:
    raise _Unfit(name, f"{name} is no number")


def _float(text: str) -> float:
    value = float(text)
    if len(text) > limits.NUMBER_CHARS or not math.isfinite(value):
        raise _out_of_bounds(text)
    return value


def _int(text: str) -> int:
    if len(text) > limits.NUMBER_CHARS:
        raise _out_of_bounds(text)
    return int(text)


def _out_of_bounds(text: str) -> _Unfit:
    return _Unfit(text, f"the number {text[:20]}… is out of bounds")


def _pairs(pairs: list[tuple[str, object]]) -> dict[str, object]:
    table = dict(pairs)
    if len(table) != len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise _bad(f"the key {twice[:40]!r} stands twice", "keep one of them")
    return table


_DECODER = json.JSONDecoder(
    parse_constant=_constant, parse_float=_float, parse_int=_int, object_pairs_hook=_pairs
)
