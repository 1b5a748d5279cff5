"""Names that mean something to Openline, and names that are only spelled like them."""

from __future__ import annotations

from difflib import get_close_matches
from functools import lru_cache

from openline.formats.draft import FIELDS, LENGTHS
from openline.words import limits
from openline.words.errors import OpenlineError

PROPERTIES: tuple[str, ...] = (*FIELDS, *LENGTHS)
"""The names that mean something to Openline."""
_CLOSE = 0.8
"""How alike two names are that are taken for one and its misspelling."""


def ours(name: str, where: str) -> bool:
    """Whether a name is ours; raises ``misspelled`` (R-FMT-06) for one that only looks like it."""
    close = resembles(name)
    if close and close != name:
        raise OpenlineError(
            "misspelled",
            f"{name[:40]!r} in {where} looks like {close!r}",
            rule="R-FMT-06",
            next=f"call it {close} if that is meant, else rename it or take it out",
        )
    return bool(close)


@lru_cache(maxsize=1024)
def resembles(name: str) -> str:
    """The name itself where it is ours, else the one of ours that it looks like; empty: none."""
    if name in PROPERTIES:
        return name
    plain = {_letters(known): known for known in PROPERTIES}
    close = get_close_matches(_letters(name), plain, 1, _CLOSE)
    return plain[close[0]] if close else ""


def _letters(name: str) -> str:
    return "".join(letter for letter in name[: limits.FIELD_CHARS].lower() if letter.isalnum())
