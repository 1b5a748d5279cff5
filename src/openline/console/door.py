"""What the console asks of its station. ``openline.station.facade`` supplies it."""

from __future__ import annotations

from typing import Any, Protocol

Reply = dict[str, Any]


class Door(Protocol):
    """The station as the console sees it; every method may block.

    Shapes are those of the command line's ``--json``. ``language`` is a tag
    (RFC 5646); one without phrases falls back to English. Each method raises
    ``OpenlineError`` for what a person can act on.
    """

    def now(self) -> str:
        """The station's time, RFC 3339 in UTC."""

    def status(self) -> Reply:
        """``{"party", "lines": [...]}``."""

    def messages(self, line: str | None, limit: int, language: str) -> Reply:
        """``{"messages": [...]}``: the newest ``limit``, oldest first, in words of ``language``."""

    def clocks(self, at: str | None) -> Reply:
        """``{"clocks": [...], "tests": [...]}`` as of ``at`` (a time or date), or of now."""

    def conflicts(self) -> Reply:
        """``{"conflicts": [...]}``."""

    def map(self, language: str) -> Reply:
        """``{"activities": [...], "conflicts": [...]}`` with GeoJSON geometries."""

    def alarms(self, language: str) -> Reply:
        """``{"alarms": [...]}``."""

    def acknowledge(self, alarm_id: str) -> Reply:
        """Acknowledge one alarm; doing it again changes nothing."""

    def answer_phrase(self, id: str, phrase: str, language: str) -> Reply:
        """Answer the other side's human test with its phrase."""

    def wait_change(self, since: int, timeout_s: float) -> int:
        """Block until the change counter exceeds ``since`` or the time is out; the counter."""
