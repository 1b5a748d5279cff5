"""What takes the event loop's time: in place while it is short, else in a thread, and in turn.

A hop to a thread and back costs 0.1 to 0.3 ms, and opening or sealing a parcel
with one message not more than that.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import ParamSpec, TypeVar

SHORT_BYTES = 8 << 10
"""Bytes that are opened, verified or sealed in place: some 2 ms of the loop at the most."""

_P = ParamSpec("_P")
_T = TypeVar("_T")


async def aside(size: int, act: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
    """What ``act(*args)`` returns or raises; `size` is how many bytes it works on."""
    if size <= SHORT_BYTES:
        return act(*args, **kwargs)
    return await asyncio.to_thread(act, *args, **kwargs)


class Turns:
    """Lets what was begun first be done first, for each name, however long its parts take."""

    def __init__(self) -> None:
        self._last: dict[str, asyncio.Event] = {}

    @asynccontextmanager
    async def taking(self, name: str) -> AsyncIterator[Callable[[], Awaitable[object]]]:
        """A turn, from now to the end of the block; what it gives waits for the one before."""
        before, over = self._last.get(name), asyncio.Event()
        self._last[name] = over
        try:
            yield before.wait if before is not None else over_already
        finally:
            over.set()


async def over_already() -> None:
    """Nothing to wait for."""
