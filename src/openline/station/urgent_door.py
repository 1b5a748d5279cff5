"""The part of the facade for what cannot wait."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from openline.station import acts, urgent
from openline.station.station import Station
from openline.station.views import overdue, timeline

Json = dict[str, Any]


class UrgentDoor:
    """Stop, query, accident, their answers, and what became of a message."""

    _station: Station

    def timeline(self, id: str, language: str = "en") -> Json:
        """What became of a message, step by step, as both records hold it."""
        return timeline.timeline(self._station, id, language)

    def overdue(self, line: str | None = None, language: str = "en") -> Json:
        """Messages that a person should have answered by now, theirs and ours."""
        return overdue.list_overdue(self._station, line, language)

    def answers_to(self, form: str) -> Json:
        """The words with which a message of that form can be answered."""
        return {"answers": list(urgent.answers_to(form))}

    def answer(
        self, id: str, answer: str, fields: Mapping[str, Any] | None = None, language: str = "en"
    ) -> Json:
        """Answer a message of the other side; to a stop or query, again means revised."""
        return {"id": urgent.answer(self._station, id, answer, fields or {}, language)}

    def stop(
        self,
        lines: Sequence[str],
        site: str = "",
        at: str = "",
        text: str = "",
        valid_until: str | None = None,
        language: str = "en",
    ) -> Json:
        """Tell several lines at once, flash: you are hitting this."""
        said = (site, at, text, valid_until, language)
        return {"id": urgent.stop(self._station, lines, *said)}

    def query(
        self,
        lines: Sequence[str],
        what: str,
        place: str,
        at: str | None = None,
        text: str | None = None,
        valid_until: str | None = None,
        language: str = "en",
    ) -> Json:
        """Ask: yours, not yours, or unknown?"""
        given = {"what": what, "place": place, "at": at, "text": text}
        fields = urgent.with_places(given, "place") | {"valid_until": valid_until}
        return {"id": acts.send(self._station, lines, "query", fields, None, language)}

    def accident(
        self,
        lines: Sequence[str],
        what: str,
        place: str,
        at: str | None = None,
        heading: str | None = None,
        towards: str | None = None,
        text: str | None = None,
        valid_until: str | None = None,
        language: str = "en",
    ) -> Json:
        """Say that something was an accident and no attack; without `at`, that it happens now."""
        when = at or str(self._station.now())
        given = {"what": what, "place": place, "at": when, "heading": heading}
        given["valid_until"] = valid_until
        fields = urgent.with_places({**given, "towards": towards, "text": text}, "place", "towards")
        return {"id": acts.send(self._station, lines, "accident", fields, None, language)}
