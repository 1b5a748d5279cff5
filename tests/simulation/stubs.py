"""Signatures and sealing by a fast keyed hash: for the process of a simulation alone.

The product has no switch for this. Whoever knows a public key can make such a signature, so
what they protect against is not tried here but in the tests of `wire`; what is tried here,
that every statement is checked and by which key, is the same with either.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from hashlib import blake2b
from typing import Any

import pytest

from openline.station import keys as ours
from openline.wire import card, cose, keys, mldsa, sealing

TAG_BYTES = 32


def everywhere(patch: pytest.MonkeyPatch, function: Any, instead: Any) -> None:
    """Put `instead` in the place of `function` in every module that has it by its name."""
    for name, module in list(sys.modules.items()):
        ours = name.startswith(("openline.", "simulation."))
        if ours and getattr(module, function.__name__, None) is function:
            patch.setattr(module, function.__name__, instead)


def _signature(public: bytes, data: bytes, length: int) -> bytes:
    return blake2b(data, key=public[:64]).digest().ljust(length, b"\0")


def _sign(key: Any, data: bytes) -> bytes:
    return _signature(key.public, data, cose.ALGORITHMS[key.algorithm].signature_bytes)


def _verify(public: bytes, signature: bytes, data: bytes) -> bool:
    return _signature(public, data, len(signature)) == signature


def _seal_to(public: bytes, plain: bytes, info: bytes) -> bytes:
    """Hides nothing, but opens only with the same key and `info`, and unaltered."""
    return _tag(public, plain, info).ljust(sealing.sealing_of(public).overhead, b"\0") + plain


def _unseal(key: sealing.SealingKey, sealed: bytes, info: bytes) -> bytes | None:
    plain = sealed[key.sealing.overhead :]
    return plain if _tag(key.public, plain, info) == sealed[:TAG_BYTES] else None


def _tag(public: bytes, plain: bytes, info: bytes) -> bytes:
    key = blake2b(public + info, digest_size=TAG_BYTES).digest()
    return blake2b(plain, key=key, digest_size=TAG_BYTES).digest()


@contextmanager
def cheap(real: bool = False) -> Iterator[None]:
    """Make a key and read a card once for all stations, which share a process here; unless
    `real`, sign and seal by a keyed hash, and parse the same bytes once."""
    with pytest.MonkeyPatch.context() as patch:
        for made in ("SigningKey", "SealingKey", "QuantumKey"):
            patch.setattr(ours, made, lru_cache(getattr(ours, made)))
        everywhere(patch, keys.check_public, lru_cache(keys.check_public))
        for read in (card.read_card, card.read_signed_card):
            everywhere(patch, read, lru_cache(read))
        if not real:
            for key in (keys.SigningKey, mldsa.QuantumKey):
                patch.setattr(key, "sign", _sign)
            for number, algorithm in cose.ALGORITHMS.items():
                patch.setitem(cose.ALGORITHMS, number, algorithm._replace(verify=_verify))
            patch.setattr(sealing.SealingKey, "unseal", _unseal)
            everywhere(patch, sealing.seal_to, _seal_to)
            everywhere(patch, keys.verify, _verify)
            everywhere(patch, cose.parse, lru_cache(4096)(cose.parse))
        yield
