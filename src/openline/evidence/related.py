"""What belongs with a message: all revisions of its thing, and what answers, ends or asks about it.

Things are joined by what their messages are about, both ways and on and on: an answer brings
what it answers, and the answers to that.
"""

from __future__ import annotations

from collections.abc import Iterable

from openline.forms.payload import split_id, thing_id
from openline.words.errors import OpenlineError

Tie = tuple[str, str]
"""A message's thing, and the thing or message that it is about."""


def thing_of(id: str) -> str:
    """The thing of a message's or thing's id; a place stands for itself."""
    try:
        issuer, uid, _ = split_id(id)
    except OpenlineError:
        return id
    return thing_id(issuer, uid)


def related(chosen: Iterable[str], ties: Iterable[Tie]) -> set[str]:
    """The ids of the things in `chosen` and of all things tied to them, directly or not."""
    beside: dict[str, set[str]] = {}
    for one, other in ties:
        about = thing_of(other)
        beside.setdefault(one, set()).add(about)
        beside.setdefault(about, set()).add(one)
    found: set[str] = set()
    waiting = set(chosen)
    while waiting:
        thing = waiting.pop()
        found.add(thing)
        waiting |= beside.get(thing, set()) - found
    return found
