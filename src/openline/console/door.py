"""What the console asks of its station. ``openline.station.facade`` supplies it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from openline.station.seats import Seat

Reply = dict[str, Any]


class Seats(Protocol):
    """Who acts behind a session."""

    def has_officers(self) -> bool:
        """Whether there are any officers."""

    def may_come_in(self) -> bool:
        """Whether any officer may come in."""

    def of(self, ticket: str) -> Seat | None:
        """The seat of a session's ticket, None when it is over."""


class Door(Protocol):
    """The station as the console sees it; every method may block.

    Shapes are those of the command line's ``--json``. ``language`` is a tag
    (RFC 5646); one without phrases falls back to English. Each method raises
    ``OpenlineError`` for what a person can act on.
    """

    @property
    def seats(self) -> Seats:
        """Who acts; the other methods do what the role of the seat that was taken may do."""

    def now(self) -> str:
        """The station's time, RFC 3339 in UTC."""

    def status(self) -> Reply:
        """``{"party", "lines": [...]}``."""

    def messages(self, line: str | None, limit: int, language: str) -> Reply:
        """``{"messages": [...]}``: the newest ``limit``, oldest first, in words of ``language``."""

    def overdue(self, line: str | None, language: str) -> Reply:
        """``{"messages": [...], "more"}``: what a person should have answered by now."""

    def calls(self) -> Reply:
        """``{"calls": [{..., "state", "awaits", "turns": [...]}]}``, as time has made them."""

    def call_answer(
        self,
        id: str,
        answer: str,
        propose: str | None,
        level: str | None,
        reason: str | None,
        language: str,
    ) -> Reply:
        """Accept, decline or counter a call that awaits our answer."""

    def clocks(self, at: str | None) -> Reply:
        """``{"clocks": [...], "tests": [...]}`` as of ``at`` (a time or date), or of now."""

    def conflicts(self) -> Reply:
        """``{"conflicts": [{..., "said": [...]}], "own_desk": [...]}``."""

    def map(self, language: str) -> Reply:
        """``{"activities", "conflicts", "own_desk"}``, activities with GeoJSON geometries."""

    def alarms(self, language: str) -> Reply:
        """``{"alarms": [...]}``."""

    def acknowledge(self, alarm_id: str) -> Reply:
        """Acknowledge one alarm; doing it again changes nothing."""

    def preview(self, file: Reply, language: str) -> Reply:
        """``{"format", "activities", "errors", …}`` of a file, of which nothing is sent."""

    def check(self, text: str = "", language: str = "en", file: Reply | None = None) -> Reply:
        """``{"conflicts": [...]}`` that a file's activities would have."""

    def notify(
        self, lines: list[str], text: str = "", language: str = "en", file: Reply | None = None
    ) -> Reply:
        """``{"ids": [...]}``: announce a file's activities, all or none."""

    def timeline(self, id: str, language: str) -> Reply:
        """``{"id", "lines": [{..., "steps": [...]}]}``: what became of a message."""

    def answer(self, id: str, answer: str, fields: Mapping[str, Any] | None) -> Reply:
        """Answer a message of the other side with one word, and what its form needs beside it."""

    def notices(self, line: str | None, past: bool, language: str) -> Reply:
        """``{"notices": [{..., "answers": [...], "passing": {...}}]}``, next to begin first."""

    def passed_on(
        self,
        id: str,
        units: Sequence[str],
        passed_at: str | None,
        acknowledged_by: str | None,
        acknowledged_at: str | None,
    ) -> Reply:
        """Record to which units a notice of the other side was passed."""

    def conflict_acknowledge(self, id: str) -> Reply:
        """Say that a conflict is known here."""

    def conflict_accept(self, id: str) -> Reply:
        """Say that both plans may stay as they are, for this side."""

    def answer_phrase(self, id: str, phrase: str, language: str) -> Reply:
        """Answer the other side's human test with its phrase."""

    def activities(self, *, language: str) -> Reply:
        """``{"activities": [...]}``: drafts, and what is announced on each line."""

    def activity_show(self, id: str, language: str) -> Reply:
        """One activity with its fields and every version."""

    def activity_amend(self, id: str, fields: Mapping[str, str], *, language: str) -> Reply:
        """A new version of our activity or draft."""

    def activity_cancel(self, id: str, reason: str, language: str) -> Reply:
        """Take our activity back."""

    def activity_confirm(self, id: str, language: str) -> Reply:
        """Say that our activity is still there."""

    def activity_verify(self, id: str, coordinates: Sequence[str], language: str) -> Reply:
        """Coordinates, typed again by a second officer."""

    def activity_check(self, id: str, fields: Mapping[str, str]) -> Reply:
        """``{"conflicts": [...]}`` of a draft, or of a new version with these fields."""

    def activity_announce(self, id: str, lines: Sequence[str], language: str) -> Reply:
        """Announce a draft."""

    def activity_discard(self, id: str) -> Reply:
        """Forget a draft."""

    def shape_typed(self, fields: Mapping[str, str]) -> Reply:
        """A shape as it was typed: ``{"positions", "shape", "geometry", "refused"}``."""

    def private_list(self, language: str) -> Reply:
        """``{"private": [...]}``: what never leaves, with what it collides with."""

    def private_add(self, *, fields: Mapping[str, str]) -> Reply:
        """Enter one."""

    def private_show(self, id: str, language: str) -> Reply:
        """One with its fields and every version."""

    def private_amend(self, id: str, fields: Mapping[str, str]) -> Reply:
        """A new version of one."""

    def private_verify(self, id: str, coordinates: Sequence[str]) -> Reply:
        """Its coordinates, typed again by a second officer."""

    def private_remove(self, id: str) -> Reply:
        """Forget one."""

    def wait_change(self, since: int, timeout_s: float) -> int:
        """Block until the change counter exceeds ``since`` or the time is out; the counter."""

    def login(self, name: str, password: str, source: str) -> Reply:
        """``{"ticket", "name", "role"}`` for a name and its password, from an address."""

    def whoami(self) -> Reply:
        """``{"officer": {"name", "role"} or null, "officers": bool}``."""

    def officers(self) -> Reply:
        """``{"officers": [{"name", "role", "disabled", "since"}]}``."""

    def officer_add(self, name: str, role: str, password: str, first: bool) -> Reply:
        """Add an officer; with `first`, only while there is none."""

    def officer_change(
        self, name: str, role: str | None, disabled: bool | None, password: str | None
    ) -> Reply:
        """Change what is given of an officer, whose sessions are over then."""

    def own_password(self, password: str, new: str) -> Reply:
        """Change the password of whoever acts: ``{"ticket", "name", "role"}``."""
