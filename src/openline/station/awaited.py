"""Who waits until the peers have receipted a message of ours."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field

from openline.line.events import Place
from openline.line.records import LineState

Copy = tuple[str, Place]
"""One copy of a message: its line, and its place in our record there."""


@dataclass(eq=False, slots=True)
class Wait:
    """Until every copy of a message of ours is receipted."""

    event: threading.Event = field(default_factory=threading.Event)
    """Set when there is nothing to wait for any more."""
    copies: list[Copy] = field(default_factory=list)
    """Those that no receipt covers yet."""
    received: bool = False


class Awaited:
    """All that wait, by line and place."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: dict[str, dict[Place, list[Wait]]] = {}
        self._over = False

    def add(self, wait: Wait, copies: Iterable[Copy]) -> None:
        """`wait` ends once all these copies are receipted."""
        with self._lock:
            for peer, place in copies:
                wait.copies.append((peer, place))
                self._waiting.setdefault(peer, {}).setdefault(place, []).append(wait)
            if self._over:
                wait.event.set()

    def drop(self, wait: Wait) -> None:
        """Nobody waits on it any more."""
        with self._lock:
            for peer, place in wait.copies:
                waits = self._waiting[peer][place]
                waits.remove(wait)
                if not waits:
                    del self._waiting[peer][place]
            wait.copies.clear()

    def covered(self, peer: str, state: LineState) -> None:
        """All that the peer's receipts cover is receipted."""
        if not self._waiting.get(peer):  # most commits find nobody waiting
            return
        with self._lock:
            waiting = self._waiting[peer]
            for place in [p for p in waiting if p[1] < state.sent_in(p[0]).covered]:
                for wait in waiting.pop(place):
                    wait.copies.remove((peer, place))
                    if not wait.copies:
                        wait.received = True
                        wait.event.set()

    def end(self) -> None:
        """Nobody waits any more."""
        with self._lock:
            self._over = True
            for waiting in self._waiting.values():
                for wait in (w for waits in waiting.values() for w in waits):
                    wait.event.set()
