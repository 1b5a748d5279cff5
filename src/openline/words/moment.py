"""Instants, windows and what a station knows of the time.

Instants are whole milliseconds since 1970-01-01T00:00:00Z, in UTC. Nothing
here reads a clock: times arrive as arguments.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from openline.words import limits
from openline.words.errors import OpenlineError

_RFC3339 = re.compile(r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
DAY_MS = 86_400_000


def _bad(text: str) -> OpenlineError:
    return OpenlineError(
        "bad-time",
        f"{text[:40]!r} is no time",
        rule="R-WORD-03",
        next="write it as RFC 3339 with its offset, like 2022-05-13T14:00:00Z",
    )


@dataclass(frozen=True, slots=True, order=True)
class Moment:
    """An instant in UTC, in milliseconds."""

    ms: int

    def __post_init__(self) -> None:
        if not limits.EARLIEST_MS <= self.ms <= limits.LATEST_MS:
            raise _bad(f"{self.ms} ms")

    @classmethod
    def parse(cls, text: str) -> Moment:
        """Read RFC 3339 with an offset; raises ``bad-time`` (R-WORD-03)."""
        if not _RFC3339.fullmatch(text):
            raise _bad(text)
        try:
            at = datetime.fromisoformat(text.upper())
        except ValueError:
            raise _bad(text) from None
        return cls((at - _EPOCH) // _MILLISECOND)

    @classmethod
    def parse_date_or_time(cls, text: str) -> Moment:
        """Read a UTC calendar date (its first instant) or an RFC 3339 time."""
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
            text += "T00:00:00Z"
        return cls.parse(text)

    def __str__(self) -> str:
        at = _EPOCH + timedelta(milliseconds=self.ms)
        text = at.strftime("%Y-%m-%dT%H:%M:%S").rjust(19, "0")
        fraction = f".{self.ms % 1000:03d}" if self.ms % 1000 else ""
        return f"{text}{fraction}Z"

    @property
    def day(self) -> date:
        """The UTC calendar date."""
        return (_EPOCH + timedelta(milliseconds=self.ms)).date()

    def plus_ms(self, ms: int) -> Moment:
        """The instant `ms` milliseconds later (earlier when negative), kept within the limits."""
        return Moment(min(max(self.ms + ms, limits.EARLIEST_MS), limits.LATEST_MS))

    def days_since(self, earlier: Moment) -> int:
        """UTC calendar dates subtracted (design: days are dates, not 24-hour spans)."""
        return (self.day - earlier.day).days


@dataclass(frozen=True, slots=True)
class Window:
    """A half-open span of time: `start` belongs to it, `end` does not."""

    start: Moment
    end: Moment

    def __post_init__(self) -> None:
        if self.end.ms <= self.start.ms:
            raise OpenlineError(
                "bad-window",
                f"the window ends ({self.end}) before or as it begins ({self.start})",
                rule="R-WORD-04",
                next="give an end later than the start",
            )
        if self.end.ms - self.start.ms > limits.WINDOW_MS:
            raise OpenlineError(
                "bad-window",
                f"the window {self.start} to {self.end} is longer than ten years",
                rule="R-WORD-04",
                next="announce a shorter window and renew it",
            )


@dataclass(frozen=True, slots=True)
class Now:
    """What a station knows of the time: wall clock, its uncertainty, a steady clock."""

    wall: Moment
    uncertainty_ms: int
    monotonic_ms: int
