"""Mutations by a seeded generator: what a harness is tried with in an ordinary test run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random

from fuzz.reshape import reshape

_TELLING = bytes.fromhex(
    "00 01 17 18 19 1a 1b 1c 1f 20 3b 40 5f 60 7f 80 9f a0 bf c0 d2 f4 f6 f9 ff"
)
"""Bytes that mean something at the head of a CBOR item, or lie at the edge of a range."""


def mutations(seeds: Sequence[bytes], count: int, seed: int) -> Iterator[bytes]:
    """`count` inputs, each a seed with one to four things done to it, one half as CBOR."""
    random = Random(seed)
    for _ in range(count):
        chosen = random.choice(seeds)
        if random.random() < 0.5:
            for _ in range(random.randint(1, 4)):
                chosen = reshape(chosen, random)
            if chosen not in seeds:
                yield chosen
                continue
        data = bytearray(chosen)
        for _ in range(random.randint(1, 4)):
            random.choice(_WAYS)(data, random, seeds)
        yield bytes(data)


def _turn_a_bit(data: bytearray, random: Random, _: Sequence[bytes]) -> None:
    if data:
        data[random.randrange(len(data))] ^= 1 << random.randrange(8)


def _put_a_telling_byte(data: bytearray, random: Random, _: Sequence[bytes]) -> None:
    if data:
        data[random.randrange(len(data))] = random.choice(_TELLING)


def _cut_out(data: bytearray, random: Random, _: Sequence[bytes]) -> None:
    at = random.randint(0, len(data))
    del data[at : at + random.randint(1, 8)]


def _put_in(data: bytearray, random: Random, _: Sequence[bytes]) -> None:
    at = random.randint(0, len(data))
    data[at:at] = random.randbytes(random.randint(1, 8))


def _double(data: bytearray, random: Random, _: Sequence[bytes]) -> None:
    at = random.randint(0, len(data))
    data[at:at] = data[at : at + random.randint(1, 40)]


def _take_from_another(data: bytearray, random: Random, seeds: Sequence[bytes]) -> None:
    other = random.choice(seeds)
    start, at = random.randint(0, len(other)), random.randint(0, len(data))
    taken = other[start : start + random.randint(1, 80)]
    data[at : at + random.choice((0, len(taken)))] = taken


def _shorten(data: bytearray, random: Random, _: Sequence[bytes]) -> None:
    del data[random.randint(0, len(data)) :]


_WAYS = (
    _turn_a_bit,
    _put_a_telling_byte,
    _put_a_telling_byte,
    _cut_out,
    _put_in,
    _double,
    _take_from_another,
    _shorten,
)
