"""Time zones by name, as this machine's database of them has them."""

from __future__ import annotations

from datetime import UTC, tzinfo
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from openline.words.errors import OpenlineError

OF_THIS_MACHINE = frozenset({"localtime", "posixrules"})
"""Names that mean another zone on every machine."""


def check_zone(name: str) -> None:
    """Pass where the station knows the time zone; else ``unknown-zone`` (R-TEST-08)."""
    if _found(name) is None:
        raise OpenlineError(
            "unknown-zone",
            f"no time zone is named {name[:40]!r} here",
            rule="R-TEST-08",
            next="name it like Europe/Kyiv, or UTC; an old table of time zones lacks new names",
        )


def zone_of(name: str) -> tzinfo:
    """The time zone; UTC for a name that was known when it was agreed on and is no more."""
    return _found(name) or UTC


@cache
def _found(name: str) -> tzinfo | None:
    if name in OF_THIS_MACHINE:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
