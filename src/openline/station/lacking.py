"""Secrets that were given once and are not there: after a restore, since no backup holds any.

What each carrier and each person's ways need is known by the database; the secrets themselves lie
in files of the folder (R-BACK-04). A carrier without its secret carries nothing: a proxy that is
left out would show to everybody what it was there to hide.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Connection, Row, select

from openline.carriers.base import Arrived
from openline.station import reach, settings
from openline.station.folder import Folder
from openline.station.settings import Setting
from openline.station.urgent_tables import people
from openline.words.errors import OpenlineError

Json = dict[str, Any]


def of_carrier(folder: Folder, setting: Setting) -> list[str]:
    """The options of a carrier whose secrets are not there."""
    there = settings.read_secrets(folder, setting.peer, setting.name) if setting.secrets else {}
    return [each for each in setting.secrets if each not in there]


def ways_of(person: Row[Any], kept: Sequence[str]) -> list[Json]:
    """The ways of a person on the list that the file does not hold; `kept` are those it does."""
    kinds = json.loads(person.kinds)
    numbers = range(len(kept) + 1, person.ways + 1)
    return [{"way": n, "kind": kinds[n - 1] if n <= len(kinds) else ""} for n in numbers]


def listed(connection: Connection, folder: Folder, peers: Collection[str]) -> list[Json]:
    """All that lacks: each option of each carrier, then each way of each person."""
    lines = settings.by_line(connection, peers)
    carriers = [
        {"of": "carrier", "line": peer, "carrier": name, "option": option}
        for peer, by_name in lines.items()
        for name, setting in by_name.items()
        for option in of_carrier(folder, setting)
    ]
    try:
        kept = reach.schemes(folder)
    except OpenlineError:  # a file that nobody can read reaches nobody
        kept = {}
    rows = connection.execute(select(people).order_by(people.c.place, people.c.name)).all()
    ways = [
        {"of": "way", "person": row.name, **each}
        for row in rows
        for each in ways_of(row, kept.get(row.name, ()))
    ]
    return carriers + ways


class Locked:
    """In the place of a carrier whose secret is not there: nothing leaves, and it says why."""

    def __init__(self, setting: Setting, options: Sequence[str]) -> None:
        self._error = OpenlineError(
            "secret-missing",
            f"not used: its {', '.join(options)} is not there, since no backup holds secrets",
            rule="R-BACK-04",
            next=f"set it again: `openline carrier add {setting.peer} {setting.kind} …`",
        )

    async def send(self, data: bytes) -> bytes:  # noqa: ARG002
        """Raises ``secret-missing``."""
        raise self._error

    async def collect(self, skip: Collection[str]) -> Sequence[Arrived]:  # noqa: ARG002
        """Raises ``secret-missing``."""
        raise self._error

    async def forget(self, names: Sequence[str]) -> None:
        """Nothing was brought."""

    async def back(self) -> None:
        """Never: once its secret is set, another carrier stands in its place."""
        await asyncio.Event().wait()

    async def close(self) -> None:
        """It holds nothing."""
