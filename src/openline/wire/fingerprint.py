"""Fingerprints: twelve words that two people compare by voice."""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256

from mnemonic import Mnemonic

from openline.wire.cbor import encode
from openline.words.errors import BrokenInvariant

WORDS = 12
_WORD_BITS = 11
_LABEL = "openline-fingerprint"


def fingerprint_of(party: str, root_key: bytes) -> str:
    """132 bits of a SHA-256 over party id and root key, as words of BIP 39's English list."""
    digest = sha256(encode((_LABEL, 1, party, root_key))).digest()
    bits = int.from_bytes(digest, "big") >> (8 * len(digest) - WORDS * _WORD_BITS)
    words = _word_list()
    last = len(words) - 1
    return " ".join(words[bits >> (_WORD_BITS * i) & last] for i in reversed(range(WORDS)))


def normalise_fingerprint(words: str) -> str:
    """What a person wrote down, as `fingerprint_of` writes it: lower case, single spaces.

    Hyphens and any white space part words. It may still be no fingerprint: compare it.
    """
    return " ".join(words.lower().replace("-", " ").split())


@lru_cache(maxsize=1)
def _word_list() -> tuple[str, ...]:
    """The list, from the package's own data; read once, when first needed."""
    words = tuple(Mnemonic("english").wordlist)
    if len(set(words)) != 1 << _WORD_BITS:
        raise BrokenInvariant("the list of words for fingerprints is not BIP 39's")
    return words
