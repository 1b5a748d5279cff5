"""The part of the facade for the watch list: who is on watch, and how people are reached."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from openline.station import handover, reach, watching
from openline.station.station import Station
from openline.station.views import watch
from openline.words import limits

Json = dict[str, Any]


class WatchDoor:
    """The watch list, the ways to reach people, and the steps when nobody answers."""

    _station: Station

    def watch_list(self, since: str | None = None, until: str | None = None) -> Json:
        """Who is on watch now, and the watches from `since` (now) on."""
        return watch.watch_list(self._station, since, until)

    def watch_alerts(self, limit: int = 50) -> Json:
        """The newest alarms that were to reach people, and what became of them."""
        return watch.alerts(self._station, min(limit, limits.LIST_ITEMS))

    def reach_list(self) -> Json:
        """Everybody on the list; of their ways the schemes alone."""
        return watch.reach_list(self._station)

    def escalation(self, line: str) -> Json:
        """What happens here when nobody answers a message of a line."""
        return watching.steps_json(self._station, line)

    def watch_add(self, person: str, start: str, end: str) -> Json:
        """Put a watch on the list."""
        return {"id": watching.add_watch(self._station, person, start, end)}

    def watch_remove(self, id: int) -> Json:
        """Take a watch off the list."""
        watching.remove_watch(self._station, id)
        return {"id": id}

    def watch_import(self, name: str, text: str) -> Json:
        """Take the watches of an iCalendar file, in place of those that it brought before."""
        return watching.import_watches(self._station, name, text.encode())

    def watch_handover(self, people: Sequence[str] = (), wait: float = 60.0) -> Json:
        """Try the alarms of these people, or of all on watch and every commander."""
        return handover.now(self._station, list(people), wait)

    def reach_add(
        self,
        name: str,
        ways: Sequence[str],
        role: str = "officer",
        place: int | None = None,
        language: str | None = None,
    ) -> Json:
        """Put a person on the list with the ways of reaching them, in place of those before."""
        checked = reach.checked(ways) if ways else []
        kinds = [reach.kind(url) for url in checked]
        watching.keep_person(self._station, name, role, place, kinds, language)
        reach.keep(self._station.folder, name, checked)
        return {"name": name, "role": role, "ways": kinds}

    def reach_remove(self, name: str) -> Json:
        """Take a person off the list, with their watches and ways."""
        watching.remove_person(self._station, name)
        reach.keep(self._station.folder, name, [])
        return {"name": name}

    def escalation_set(
        self,
        line: str,
        precedence: str = "flash",
        steps: Mapping[str, float] | None = None,
        desks: Sequence[str] = (),
    ) -> Json:
        """Say what happens when nobody answers a message of a line; no steps: the default."""
        watching.keep_steps(self._station, line, precedence, steps or {}, desks)
        return watching.steps_json(self._station, line)
