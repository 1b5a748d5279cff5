"""The part of the facade for collisions: words on conflicts, notices passed on, cautions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from openline.station import collisions, saying
from openline.station.station import Station
from openline.station.urgent import with_places
from openline.station.views import notices

Json = dict[str, Any]


class CollisionDoor:
    """What people say of conflicts and notices."""

    _station: Station

    def notices(self, line: str | None = None, past: bool = False, language: str = "en") -> Json:
        """Activities with what was answered, and to whom they were passed on."""
        return notices.list_notices(self._station, line, past, language)

    def conflict_acknowledge(self, id: str, text: str | None = None, language: str = "en") -> Json:
        """Say that a conflict is known here."""
        return {"id": saying.answer(self._station, id, "acknowledged", text, language)}

    def conflict_accept(self, id: str, text: str | None = None, language: str = "en") -> Json:
        """Say that both plans may stay as they are, for this side."""
        return {"id": saying.answer(self._station, id, "accepted", text, language)}

    def passed_on(
        self,
        id: str,
        units: Sequence[str],
        passed_at: str | None = None,
        acknowledged_by: str | None = None,
        acknowledged_at: str | None = None,
        text: str | None = None,
        language: str = "en",
    ) -> Json:
        """Record to which units a notice of the other side was passed, and who acknowledged."""
        raw: Json = {"units": list(units), "passed_at": passed_at, "text": text}
        raw |= {"acknowledged_by": acknowledged_by, "acknowledged_at": acknowledged_at}
        return {"id": collisions.passed_on(self._station, id, raw, language)}

    def caution(
        self,
        lines: Sequence[str],
        text: str,
        place: str | None = None,
        radius_m: str | float | None = None,
        start: str | None = None,
        end: str | None = None,
        language: str = "en",
    ) -> Json:
        """Caution the other side without details: nothing in it tells of another party."""
        given = {"text": text, "place": place, "radius_m": radius_m, "start": start, "end": end}
        fields = with_places(given, "place")
        return {"id": collisions.caution(self._station, lines, fields, language)}
