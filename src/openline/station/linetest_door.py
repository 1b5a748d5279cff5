"""The part of the facade for line tests: of machines, of people, and what a miss let us find."""

from __future__ import annotations

from typing import Any

from openline.station import acts, humantesting
from openline.station.station import Station
from openline.station.views import lines, linetests
from openline.words import limits

Json = dict[str, Any]


class LinetestDoor:
    """Line tests beyond the one of `Facade.test`."""

    _station: Station

    def tests(self, line: str | None = None, limit: int = limits.TESTS_LISTED) -> Json:
        """The newest line tests, and availability over 7, 30 and 365 days."""
        return linetests.history(self._station, line, min(max(limit, 1), limits.TESTS_LISTED))

    def explain_test(self, id: str, language: str = "en") -> Json:
        """What is known of a line test, and what our own side found after it was missed."""
        return linetests.explain(self._station, id, language)

    def human_test(self, line: str, wait: float, language: str = "en") -> Json:
        """Ask the person on watch there to type a phrase back; how it stands after the wait."""
        id = humantesting.begin(self._station, line, language)
        return lines.human_json(humantesting.wait(self._station, id, wait))

    def answer_phrase(self, id: str, phrase: str, language: str = "en") -> Json:
        """Type the phrase of the other side's human test back."""
        return {"id": humantesting.answer(self._station, id, phrase, language)}

    def declare(self, line: str, declared: str, text: str = "", language: str = "en") -> Json:
        """Say that this side holds the line open, or suspended; messages flow all the same."""
        fields = {"declared": declared} | ({"text": text} if text else {})
        return {"id": acts.send(self._station, (line,), "declaration", fields, None, language)}
