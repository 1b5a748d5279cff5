"""Asking the person on watch at the other side for a sign of life, and giving one."""

from __future__ import annotations

import secrets
import time
from typing import Any

from sqlalchemy import Row, select

from openline.line import humantest
from openline.line.linetest import Result
from openline.station import acts, entries, heads
from openline.station.linetest_tables import human_tests
from openline.station.station import Station
from openline.words.errors import OpenlineError

DRAWN_BITS = 32


def begin(station: Station, peer: str, language: str) -> str:
    """Send a human test with a phrase drawn for it; returns its id."""
    heads.require(station.engine.lines, peer)
    phrase = humantest.phrase_of(language, secrets.randbits(DRAWN_BITS))
    return acts.send(station, (peer,), "human-test", {"phrase": phrase}, None, language)


def wait(station: Station, id: str, seconds: float) -> Row[Any]:
    """The test as it stands once it is answered or over, or after the seconds."""
    until = time.monotonic() + seconds
    count = 0
    while (row := _row(station, id)).result == Result.PENDING and time.monotonic() < until:
        count = station.changes.wait(count, until - time.monotonic())
        acts.go_on(station)
    return row


def answer(station: Station, id: str, phrase: str, language: str) -> str:
    """Type the phrase of a human test back; returns the answer's id.

    Raises ``unknown-message``, ``no-human-test``, ``wrong-phrase``.
    """
    with station.engine.store.read() as connection:
        found = [row for row in entries.by_id(connection, id) if row.way == "in"]
    if not found:
        raise OpenlineError(
            "unknown-message",
            f"no message {id[:80]!r} of another side is recorded here",
            rule="R-LINE-11",
            next="`openline messages` lists the ids",
        )
    peer = str(found[0].peer)
    fields = {"about": id, "phrase": phrase}
    return acts.send(station, (peer,), "human-test-answer", fields, None, language)


def _row(station: Station, id: str) -> Row[Any]:
    with station.engine.store.read() as connection:
        found = connection.execute(select(human_tests).where(human_tests.c.id == id)).first()
    if found is None:
        raise OpenlineError(
            "unknown-test", f"no human test {id[:80]!r} was begun here", rule="R-TEST-13"
        )
    return found
