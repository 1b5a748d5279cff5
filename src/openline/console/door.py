"""What the console asks of its station. ``openline.station.facade`` supplies it."""

from __future__ import annotations

from typing import Any, Protocol

Reply = dict[str, Any]


class Door(Protocol):
    """The station as the console sees it; every method may block.

    Shapes are those of docs/contract (``status --json`` and so on). Each
    method raises ``OpenlineError`` for what a person can act on.
    """

    def now(self) -> str:
        """The station's time, RFC 3339 in UTC."""

    def status(self) -> Reply:
        """``{"party", "lines": [...]}``."""

    def messages(self, line: str | None, limit: int) -> Reply:
        """``{"messages": [...]}``: the newest ``limit``, oldest first."""

    def clocks(self, at: str | None) -> Reply:
        """``{"clocks": [...], "tests": [...]}`` as of ``at`` (a time or date), or of now."""

    def conflicts(self) -> Reply:
        """``{"conflicts": [...]}``."""

    def map(self) -> Reply:
        """``{"activities": [...], "conflicts": [...]}`` with GeoJSON geometries."""

    def alarms(self) -> Reply:
        """``{"alarms": [...]}``."""

    def acknowledge(self, alarm_id: str) -> Reply:
        """Acknowledge one alarm; doing it again changes nothing."""

    def wait_change(self, since: int, timeout_s: float) -> int:
        """Block until the change counter exceeds ``since`` or the time is out; the counter."""
