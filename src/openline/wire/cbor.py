"""Deterministic CBOR (RFC 8949, section 4.2.1), and only the part that Openline uses.

Integers of 64 bits with sign, byte strings, UTF-8 text, arrays, maps keyed by
integers or text, true, false and null. `decode` accepts exactly the bytes that
`encode` writes: every value has one encoding, so what was signed can be
compared by its bytes.
"""

from __future__ import annotations

from collections.abc import Hashable
from functools import lru_cache
from typing import TypeAlias

from openline.words import limits
from openline.words.errors import OpenlineError, Whose

Value: TypeAlias = "int | bytes | str | bool | list[Value] | dict[int | str, Value] | None"
"""What `decode` returns. `encode` also takes tuples, written as arrays."""

_UINT, _NINT, _BYTES, _TEXT, _ARRAY, _MAP = range(0x00, 0xC0, 0x20)
_FALSE, _TRUE, _NULL = 0xF4, 0xF5, 0xF6
_INT_END = 1 << 63

# The hot path: every head that fits into one or two bytes, ready made.
_HEADS = {
    major: tuple(bytes((major | n,)) if n < 24 else bytes((major | 24, n)) for n in range(256))
    for major in range(0x00, 0xC0, 0x20)
}
_SIMPLE: dict[int, bool | None] = {_FALSE: False, _TRUE: True, _NULL: None}
_CONSTANTS = {value: bytes((code,)) for code, value in _SIMPLE.items()}
_LEAST = {24: 24, 25: 1 << 8, 26: 1 << 16, 27: 1 << 32}
"""The least argument that needs each of the longer forms."""


def encode(value: object, max_items: int = limits.CBOR_ITEMS) -> bytes:
    """The one encoding of `value`, a `Value`.

    Raises ``bad-cbor`` (ours) for any other type, an integer beyond 64 bits, text that is
    no Unicode, more than CBOR_DEPTH levels or `max_items` items.
    """
    items = [1]
    encoded = _encode(value, 0, items)
    if items[0] > max_items:
        raise _unwritable(f"more than {max_items} items (CBOR_ITEMS)")
    return encoded


def decode(data: bytes, max_bytes: int, max_items: int = limits.CBOR_ITEMS) -> Value:
    """The value that `encode` would write as exactly `data`.

    Raises ``bad-cbor`` (theirs) for anything else, for more than `max_bytes` bytes, and for
    more than `max_items` items or CBOR_DEPTH levels, found before anything is made of them.
    """
    if len(data) > max_bytes:
        raise _refused(f"{len(data)} bytes where {max_bytes} are allowed", "R-WIRE-03")
    try:
        value, end = _Reader(data, max_items - 1).item(0, 0)
    except IndexError:
        raise _refused("the data ends inside an item", "R-WIRE-01") from None
    except UnicodeDecodeError:
        raise _refused("text that is no UTF-8", "R-WIRE-01") from None
    if end != len(data):
        raise _refused("bytes after the end", "R-WIRE-01")
    return value


def head(major: int, n: int) -> bytes:
    """The shortest head: `major` type in the upper three bits, argument `n` below 2**64."""
    if n < 0x100:
        return _HEADS[major][n]
    if n < 0x1_0000:
        return bytes((major | 25,)) + n.to_bytes(2, "big")
    if n < 0x1_0000_0000:
        return bytes((major | 26,)) + n.to_bytes(4, "big")
    return bytes((major | 27,)) + n.to_bytes(8, "big")


def bstr(data: bytes) -> bytes:
    """`data` as a byte string."""
    return head(_BYTES, len(data)) + data


def _encode(value: object, depth: int, items: list[int]) -> bytes:
    kind = type(value)
    if kind is str:
        return _text(value)  # type: ignore[arg-type]
    if kind is int:
        return _integer(value)  # type: ignore[arg-type]
    if kind is bytes:
        return head(_BYTES, len(value)) + value  # type: ignore[operator,arg-type]
    if value is None or kind is bool:
        return _CONSTANTS[value]  # type: ignore[index]
    if depth == limits.CBOR_DEPTH:
        raise _unwritable(f"more than {limits.CBOR_DEPTH} levels (CBOR_DEPTH)")
    if isinstance(value, dict):
        items[0] += 2 * len(value)
        pairs = [(_key(k), _encode(v, depth + 1, items)) for k, v in value.items()]
        pairs.sort()
        return head(_MAP, len(pairs)) + b"".join([k + v for k, v in pairs])
    if isinstance(value, list | tuple):
        items[0] += len(value)
        parts = [_encode(item, depth + 1, items) for item in value]
        return head(_ARRAY, len(parts)) + b"".join(parts)
    raise _unwritable(f"a value of type {kind.__name__}")


def _integer(value: int) -> bytes:
    if 0 <= value < 24:
        return _HEADS[_UINT][value]
    if not -_INT_END <= value < _INT_END:
        raise _unwritable("an integer beyond 64 bits")
    return head(_UINT, value) if value >= 0 else head(_NINT, ~value)


def _text(value: str) -> bytes:
    try:
        data = value.encode()
    except UnicodeEncodeError:
        raise _unwritable("text that is no Unicode") from None
    return head(_TEXT, len(data)) + data


@lru_cache(maxsize=1024, typed=True)  # keys come from a few schemas; typed: True is not 1
def _key(key: Hashable) -> bytes:
    if type(key) is str:
        return _text(key)
    if type(key) is int:
        return _integer(key)
    raise _unwritable("a map key that is neither integer nor text")


class _Reader:
    """Reads items from `data`; `left` counts down what may still be declared.

    A string may be said to end beyond the data: what is read next is then not there, and
    `decode` finds the end to be wrong.
    """

    __slots__ = ("data", "left")

    def __init__(self, data: bytes, left: int) -> None:
        self.data = data
        self.left = left

    def item(self, pos: int, depth: int) -> tuple[Value, int]:
        """The item that starts at `pos`, and where it ends; IndexError when nothing is there."""
        data = self.data
        n = data[pos]
        pos += 1
        if n < 24:
            return n, pos
        kind = n & 0xE0
        if kind == 0xE0:
            if n not in _SIMPLE:
                raise _refused("a float or an unknown simple value", "R-WIRE-01")
            return _SIMPLE[n], pos
        n &= 0x1F
        if n > 23:
            n, pos = self.argument(n, pos)
        if kind == _TEXT:
            return data[pos : pos + n].decode(), pos + n
        if kind == _BYTES:
            return data[pos : pos + n], pos + n
        if kind <= _NINT:
            return (n if kind == _UINT else ~n), pos
        if kind == _MAP:
            return self.map(n, pos, depth)
        if kind == _ARRAY:
            return self.array(n, pos, depth)
        raise _refused("a tag", "R-WIRE-01")

    def argument(self, n: int, pos: int) -> tuple[int, int]:
        """An argument of 1, 2, 4 or 8 bytes, which must need them, and where it ends."""
        if n > 27:
            raise _refused("an indefinite or reserved length", "R-WIRE-01")
        width = 1 << (n - 24)
        value = int.from_bytes(self.data[pos : pos + width], "big")
        if value < _LEAST[n] or value >= _INT_END:
            raise _refused("a number longer than it need be, or beyond 64 bits", "R-WIRE-01")
        return value, pos + width

    def enter(self, items: int, pos: int, depth: int) -> None:
        """Account for a container of `items` before any of them is read."""
        if depth >= limits.CBOR_DEPTH:
            raise _refused(f"more than {limits.CBOR_DEPTH} levels (CBOR_DEPTH)", "R-WIRE-03")
        if pos + items > len(self.data):  # each item takes at least one byte
            raise IndexError
        self.left -= items
        if self.left < 0:
            raise _refused("more items than are allowed (CBOR_ITEMS)", "R-WIRE-03")

    def array(self, count: int, pos: int, depth: int) -> tuple[list[Value], int]:
        """An array of `count` items, and where it ends."""
        self.enter(count, pos, depth)
        array = []
        for _ in range(count):
            value, pos = self.item(pos, depth + 1)
            array.append(value)
        return array, pos

    def map(self, count: int, pos: int, depth: int) -> tuple[dict[int | str, Value], int]:
        """A map of `count` pairs, its keys ascending by their bytes, and where it ends."""
        self.enter(2 * count, pos, depth)
        found: dict[int | str, Value] = {}
        last = b""
        for _ in range(count):
            start = pos
            key, pos = self.item(pos, depth + 1)
            if type(key) is not str and type(key) is not int:
                raise _refused("a map key that is neither integer nor text", "R-WIRE-01")
            name = self.data[start:pos]
            if name <= last:
                raise _refused("map keys that repeat or are out of order", "R-WIRE-01")
            last = name
            found[key], pos = self.item(pos, depth + 1)
        return found, pos


def _refused(what: str, rule: str) -> OpenlineError:
    return OpenlineError(
        "bad-cbor",
        f"not the CBOR that Openline writes: {what}",
        whose=Whose.THEIRS,
        rule=rule,
        next="the sender must send deterministic CBOR within the limits",
    )


def _unwritable(what: str) -> OpenlineError:
    return OpenlineError(
        "bad-cbor",
        f"cannot be written as CBOR: {what}",
        rule="R-WIRE-02",
        next="keep to integers, bytes, text, arrays, maps, true, false and null",
    )
