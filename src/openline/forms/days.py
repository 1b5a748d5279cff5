"""Kinds of field that a calendar knows: times of day, dates, time zones."""

from __future__ import annotations

import re
from datetime import date

from openline.forms.kinds import Kind
from openline.forms.refusal import bad_field, shown
from openline.forms.schema import Wire
from openline.words import limits

_DAYTIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ZONE = re.compile(r"[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9][A-Za-z0-9_+-]*)*")


class Daytime(Kind):
    """A time of day, HH:MM: in UTC where no time zone stands beside it."""

    def check(self, wire: Wire, where: str) -> None:
        """00:00 to 23:59."""
        if not isinstance(wire, str) or not _DAYTIME.fullmatch(wire):
            raise bad_field(where, f"is {shown(wire)}", "write it as HH:MM, like 09:30")


class Date(Kind):
    """A calendar date, YYYY-MM-DD."""

    def check(self, wire: Wire, where: str) -> None:
        """A date that there is (R-FORM-30)."""
        advice = "write it as YYYY-MM-DD, like 2022-12-25"
        if not isinstance(wire, str) or not _DATE.fullmatch(wire):
            raise bad_field(where, f"is {shown(wire)}", advice, "R-FORM-30")
        try:
            date.fromisoformat(wire)
        except ValueError:
            raise bad_field(where, f"is {shown(wire)}", advice, "R-FORM-30") from None


class Zone(Kind):
    """A time zone by its IANA name; whether a station knows it is the line's to say."""

    def check(self, wire: Wire, where: str) -> None:
        """A name, as the database of time zones writes them (R-FORM-30)."""
        named = isinstance(wire, str) and len(wire) <= limits.ZONE_CHARS and _ZONE.fullmatch(wire)
        if not named:
            advice = "name it like Europe/Kyiv, or UTC"
            raise bad_field(where, f"is {shown(wire)}", advice, "R-FORM-30")
