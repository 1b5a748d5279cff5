"""The part of the facade for files of activities: preview, check, announce, list for export."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from openline.station import filing, whatif
from openline.station.station import Station
from openline.station.views import filed

Json = dict[str, Any]


class FilesDoor:
    """A file is ``{"data": base64, …}`` (`station/filing.py`), or `text`, which is GeoJSON."""

    _station: Station

    def preview(
        self,
        file: Mapping[str, Any],
        language: str = "en",
        tell: filing.Progress = filing.untold,
    ) -> Json:
        """Every activity of a file as it is understood, and every error; nothing is sent."""
        return filed.preview(filing.read_file(file, tell), language)

    def check(
        self,
        text: str = "",
        language: str = "en",
        file: Mapping[str, Any] | None = None,
        tell: filing.Progress = filing.untold,
    ) -> Json:
        """What a file's activities would conflict with, sending nothing."""
        return whatif.of_file(self._station, file or filing.as_file(text), language, tell)

    def notify(
        self,
        lines: Sequence[str],
        text: str = "",
        language: str = "en",
        file: Mapping[str, Any] | None = None,
        tell: filing.Progress = filing.untold,
    ) -> Json:
        """Announce every activity of a file, all or none."""
        return filing.notify(self._station, lines, file or filing.as_file(text), language, tell)

    def activities_listed(
        self,
        line: str | None = None,
        since: str | None = None,
        until: str | None = None,
        language: str = "en",
    ) -> Json:
        """What was announced on a line, or on any, and not cancelled, for a file or a page."""
        return filed.listing(self._station, line, since, until, language)
