"""How far a command is: told to whoever waits for it, and noticed where nobody does any more."""

from __future__ import annotations

import select
import time
from collections.abc import Callable

from openline.words.errors import OpenlineError

TELL_S = 0.2
"""Between two words on how far a command is."""
HALTING = frozenset({"notify", "check", "preview", "activity_draft", "private_add"})
"""Commands that end, and store nothing, when whoever asked for them has gone (R-FMT-29)."""
TELLING = HALTING | {"verify", "backup", "evidence_export", "terrain_add"}
"""Those that take so long that they say how far they are."""
Tell = Callable[[int, int], None]
"""Told how much is done, and of how much."""


def hung_up(handle: int) -> bool:
    """Whether the other end of a connection is closed both ways; its handle is -1 once ours is."""
    if handle < 0:
        return True
    looked = select.poll()
    looked.register(handle, 0)
    return any(state & (select.POLLHUP | select.POLLERR) for _, state in looked.poll(0))


def telling(method: str, tell: Tell | None, gone: Callable[[], bool]) -> Tell:
    """`tell`, at most every TELL_S; where the method halts it raises once `gone`."""
    told = time.monotonic()

    def told_seldom(done: int, of: int) -> None:
        nonlocal told
        if method in HALTING and gone():
            raise OpenlineError("halted", "nothing was stored: whoever asked for it has gone")
        if tell is not None and time.monotonic() - told >= TELL_S:
            told = time.monotonic()
            tell(done, of)

    return told_seldom
