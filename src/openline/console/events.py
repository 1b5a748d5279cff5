"""The live connection: server-sent events with a heartbeat (R-CON-10).

A heartbeat goes all the way to the station and back, so a page that hears
none knows that the station, not only the console, may have stopped.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable

from anyio import CapacityLimiter, to_thread

from openline.console.door import Door
from openline.words import limits
from openline.words.errors import OpenlineError


def _event(kind: str, counter: int, now: str) -> str:
    return f"event: {kind}\ndata: {json.dumps({'counter': counter, 'now': now})}\n\n"


class Streams:
    """The console's live connections, at most ``limits.CONSOLE_STREAMS``."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._open = 0
        self._closing = asyncio.Event()
        # Threads of their own: waiting pages must not starve the other requests.
        self._threads = CapacityLimiter(limits.CONSOLE_STREAMS)

    def close(self) -> None:
        """End all connections and take no more; call it in the server's loop."""
        self._closing.set()

    def admit(self) -> None:
        """Refuse a connection too many; raises ``too-many-streams``."""
        if self._open >= limits.CONSOLE_STREAMS:
            raise OpenlineError(
                "too-many-streams",
                f"the console serves {limits.CONSOLE_STREAMS} open pages at a time",
                rule="R-CON-10",
                next="close a page that is not needed",
            )

    async def events(self, allowed: Callable[[], bool]) -> AsyncIterator[str]:
        """Events until the page leaves, the session ends or the console closes.

        First ``changed``, so that a page that connects reads everything anew;
        then ``changed`` at each change and ``tick`` when nothing changed for
        ``limits.BEAT_MS``. Call ``admit`` first.
        """
        # Counted here, not in admit: a stream that never starts never ends either.
        self._open += 1
        try:
            seen = -1
            while not self._closing.is_set() and allowed():
                answer = await self._wait(seen)
                if answer is None:
                    return
                counter, now = answer
                yield _event("changed" if counter > seen else "tick", counter, now)
                seen = max(seen, counter)
        finally:
            self._open -= 1

    def _blocking(self, seen: int) -> tuple[int, str]:
        counter = self._door.wait_change(seen, limits.BEAT_MS / 1000)
        return counter, self._door.now()

    async def _wait(self, seen: int) -> tuple[int, str] | None:
        asked = asyncio.ensure_future(
            to_thread.run_sync(self._blocking, seen, abandon_on_cancel=True, limiter=self._threads)
        )
        closed = asyncio.ensure_future(self._closing.wait())
        try:
            await asyncio.wait({asked, closed}, return_when=asyncio.FIRST_COMPLETED)
            return asked.result() if asked.done() else None
        finally:
            asked.cancel()
            closed.cancel()
