"""What a terminal shows while something takes longer than a second; files and scripts see none."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Timer

AFTER_S, EVERY_S = 1.0, 0.2


class Progress:
    """Called with how many of how many are done; rewrites one line on standard error."""

    def __init__(self, what: str) -> None:
        self._what, self._begun, self._last = what, time.monotonic(), 0.0

    def __call__(self, done: int, of: int) -> None:
        """So many of so many are done."""
        now = time.monotonic()
        if now - self._begun > AFTER_S and now - self._last > EVERY_S:
            self._last = now
            _show(f"{self._what}: {done:,} of {of:,}")


@contextmanager
def counted(what: str) -> Iterator[Progress]:
    """A line that counts, gone when it is done."""
    try:
        yield Progress(what)
    finally:
        _show("")


@contextmanager
def awaited(what: str) -> Iterator[None]:
    """A line that says what is waited for."""
    timer = Timer(AFTER_S, _show, (f"{what} …",))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        _show("")


def _show(line: str) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[K{line}")
        sys.stderr.flush()
