"""The scenario's clock: it runs at real pace from a given instant, and can be moved forward."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from openline.words.moment import Moment, Now


def _machine_ms() -> int:
    return time.monotonic_ns() // 1_000_000


class ScenarioClock:
    """A station's clock. Wall time and steady time jump together, so that every timer agrees.

    `steady` gives the real pace, in ms from any zero.
    """

    def __init__(self, start: Moment, steady: Callable[[], int] = _machine_ms) -> None:
        self._steady = steady
        self._ahead_ms = start.ms - steady()
        """What the wall clock is ahead of the steady one, leaps included."""
        self._leaps_ms = 0
        self._calls: list[Callable[[], None]] = []
        self._lock = threading.Lock()

    def now(self) -> Now:
        """The scenario's time: exact, for whoever shares this clock."""
        with self._lock:
            steady = self._steady()
            return Now(Moment(steady + self._ahead_ms), 0, steady + self._leaps_ms)

    def on_jump(self, call: Callable[[], None]) -> None:
        """Have `call` called after every jump, in the thread that jumps."""
        self._calls.append(call)

    def jump(self, to: Moment) -> None:
        """Move forward to an instant; one that is past moves nothing (R-SCN-02)."""
        with self._lock:
            leap = max(to.ms - (self._steady() + self._ahead_ms), 0)
            self._ahead_ms += leap
            self._leaps_ms += leap
        for call in list(self._calls):
            call()
