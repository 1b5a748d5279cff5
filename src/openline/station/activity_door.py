"""The part of the facade for activities: drafts, changes, confirmation, and what stays private."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from openline.station import amending, announcing, filing, placing, private, verifying, whatif
from openline.station.files_door import FilesDoor
from openline.station.views import activities
from openline.station.views import private as private_views

Json = dict[str, Any]


class ActivityDoor(FilesDoor):
    """What can be done with activities once they are written down, and with files of them."""

    def activities(
        self, line: str | None = None, state: str | None = None, language: str = "en"
    ) -> Json:
        """Drafts, and what is announced on each line, with what is amiss."""
        return activities.list_activities(self._station, line, state, language)

    def activity_show(self, id: str, language: str = "en") -> Json:
        """One activity with every version of it."""
        return activities.show(self._station, id, language)

    def activity_draft(
        self,
        text: str = "",
        language: str = "en",
        file: Mapping[str, Any] | None = None,
        tell: filing.Progress = filing.untold,
    ) -> Json:
        """Keep a file's activities as drafts, all or none."""
        return filing.draft(self._station, file or filing.as_file(text), language, tell)

    def activity_check(self, id: str, fields: Mapping[str, Any]) -> Json:
        """What a draft, or a new version with these fields, would conflict with; sends nothing."""
        return whatif.of_one(self._station, id, fields)

    def activity_announce(self, id: str, lines: Sequence[str], language: str = "en") -> Json:
        """Announce a draft."""
        return {"id": announcing.announce_draft(self._station, id, lines, language)}

    def activity_discard(self, id: str) -> Json:
        """Forget a draft."""
        announcing.discard(self._station, id)
        return {"id": id}

    def activity_amend(
        self,
        id: str,
        fields: Mapping[str, Any] | None = None,
        text: str = "",
        language: str = "en",
        file: Mapping[str, Any] | None = None,
    ) -> Json:
        """A new version of what this side announced or drafted: fields, or a file."""
        return amending.amend(self._station, id, fields, file or filing.as_file(text), language)

    def activity_cancel(self, id: str, reason: str = "", language: str = "en") -> Json:
        """Take back what this side announced, on every line."""
        return {"id": amending.cancel(self._station, id, reason, language)}

    def activity_confirm(self, id: str, language: str = "en") -> Json:
        """Say that what this side announced is still there."""
        said, lines = amending.confirm(self._station, id, language)
        return {"id": said, "lines": lines}

    def activity_verify(self, id: str, coordinates: Sequence[str], language: str = "en") -> Json:
        """A second officer has typed the coordinates again, in any notation."""
        return {"id": verifying.verify(self._station, id, coordinates, language)}

    def shape_typed(self, fields: Mapping[str, Any]) -> Json:
        """A shape as it was typed, as the station reads it, to draw; nothing is stored."""
        return placing.seen(fields)

    # ---- what never leaves -------------------------------------------------------------

    def private_add(
        self,
        text: str = "",
        fields: Mapping[str, Any] | None = None,
        language: str = "en",
        file: Mapping[str, Any] | None = None,
        tell: filing.Progress = filing.untold,
    ) -> Json:
        """Enter a file's activities, or one by its fields, that never leave the station."""
        if fields is None:
            return filing.private(self._station, file or filing.as_file(text), language, tell)
        return {"ids": [private.add(self._station, fields)]}

    def private_list(self, language: str = "en") -> Json:
        """Private activities, with what they collide with."""
        return private_views.list_private(self._station, language)

    def private_show(self, id: str, language: str = "en") -> Json:
        """One private activity with every version of it."""
        return private_views.show(self._station, id, language)

    def private_amend(
        self,
        id: str,
        fields: Mapping[str, Any] | None = None,
        text: str = "",
        language: str = "en",
        file: Mapping[str, Any] | None = None,
    ) -> Json:
        """A new version of a private activity: fields, or a file."""
        return private.amend(self._station, id, fields, file or filing.as_file(text), language)

    def private_verify(self, id: str, coordinates: Sequence[str]) -> Json:
        """A second officer has typed a private activity's coordinates again, in any notation."""
        private.verify(self._station, id, coordinates)
        return {"id": id}

    def private_remove(self, id: str) -> Json:
        """Forget a private activity."""
        private.remove(self._station, id)
        return {"id": id}
