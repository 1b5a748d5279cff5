"""Mutations of the value that CBOR holds, so that what is altered is still CBOR.

Altered bytes are mostly no CBOR any more, and never reach what is behind its reader. Here one part
of the value is altered, and byte strings that hold CBOR again are entered, as in a statement.
"""

from __future__ import annotations

from random import Random
from typing import Any

from openline.wire.cbor import decode, encode
from openline.words import limits
from openline.words.errors import OpenlineError

_TAG = b"\xd2"
_LEAVES: tuple[Any, ...] = (
    *(0, 1, -1, 23, 24, 255, 256, -257, 2**31, 2**32, 2**53 - 1, 2**53, 2**63 - 1, -(2**63)),
    *(
        "",
        "us",
        "ru",
        "us/ru/1",
        "ru/us/9007199254740992",
        "text",
        "flash",
        "en",
        "\u202e",
        "x" * 300,
    ),
    *(b"", bytes(32), b"\xff" * 32, bytes(64), bytes(1216), True, False, None, [], {}),
    *([0], [[0, 1]], {"v": 1}, {"text": "x"}, {1: "us", 2: "us/ru/1"}),
)


def reshape(data: bytes, random: Random) -> bytes:
    """`data` with one part of its value altered; as it is where it is no CBOR."""
    tag = _TAG if data[:1] == _TAG else b""
    try:
        value = decode(data[len(tag) :], limits.PARCEL_BYTES)
        return tag + encode(_altered(value, random))
    except OpenlineError:
        return data


def _altered(value: Any, random: Random) -> Any:
    if isinstance(value, dict) and value and random.random() < 0.9:
        return _altered_map(dict(value), random)
    if isinstance(value, list) and value and random.random() < 0.9:
        return _altered_list([*value], random)
    if isinstance(value, bytes) and (inner := reshape(value, random)) != value:
        return inner
    if random.random() < 0.5:
        return random.choice(_LEAVES)
    match value:
        case bool() | None:
            return not value
        case int():
            return value + random.choice((-1, 1, 2**32, -(2**32)))
        case str():
            at = random.randint(0, len(value))
            return value[:at] + random.choice(("", "a", "/", ".", " ", "\n", "é")) + value[at + 1 :]
        case bytes():
            at = random.randint(0, len(value))
            return value[:at] + random.randbytes(random.randint(0, 2)) + value[at + 1 :]
    return value


def _altered_map(value: dict[Any, Any], random: Random) -> dict[Any, Any]:
    key = random.choice([*value])
    way = random.randrange(8)
    if way == 0:
        del value[key]
    elif way == 1:
        value[random.choice(("n", "t", "v", "x", 1, 2, 4, 15, "fields"))] = random.choice(_LEAVES)
    elif way == 2:
        value[random.choice([*value])] = value[key]
    else:
        value[key] = _altered(value[key], random)
    return value


def _altered_list(value: list[Any], random: Random) -> list[Any]:
    at = random.randrange(len(value))
    way = random.randrange(8)
    if way == 0:
        del value[at]
    elif way == 1:
        value.insert(at, random.choice([*_LEAVES, *value]))
    elif way == 2:
        random.shuffle(value)
    else:
        value[at] = _altered(value[at], random)
    return value
