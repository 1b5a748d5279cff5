"""What an alarm about a missed test says: what was found here, and no cause (R-TEST-12)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, select

from openline.forms.phrases import label, sentence
from openline.station.books import findings, humantests, misses
from openline.station.linetest_tables import human_tests
from openline.station.tables import messages, tests
from openline.words.moment import Moment


def told(connection: Connection, miss: Row[Any], language: str) -> tuple[str, str]:
    """The miss in a reader's words: what it is, and what is known of it, as soon as it is known."""
    lead = f"{label(f'alarm.{miss.what}', language).capitalize()}."
    if miss.over == misses.PASSED:
        lead = f"{sentence('missed.over', language, at=Moment(miss.over_at))} {lead}"
    found = (_of_line if miss.of == misses.LINE else _of_human)(connection, miss, language)
    return lead, " ".join(found)


def _of_line(connection: Connection, miss: Row[Any], language: str) -> list[str]:
    t = tests.c
    row = connection.execute(select(tests).where(t.peer == miss.peer, t.id == miss.test)).one()
    at = Moment(miss.at)
    if row.answered_at is not None and row.result == "failed":
        return [sentence("missed.line-wrong", language, at=at), f"{row.why}."]
    check = findings.check_of(connection, miss.peer, miss.test)
    found = [label(f"conclusion.{check.conclusion}", language)] if check is not None else []
    if not found and miss.over == "":
        found = [sentence("missed.looking", language)]
    unknown = label("conclusion.not-known", language)
    return [sentence("missed.line", language, at=at), *found, unknown]


def _of_human(connection: Connection, miss: Row[Any], language: str) -> list[str]:
    h, m, at = human_tests.c, messages.c, Moment(miss.at)
    row = connection.execute(
        select(human_tests).where(h.peer == miss.peer, h.id == miss.test)
    ).one()
    if row.why == humantests.ANOTHER_PHRASE:
        return [sentence("missed.human-wrong", language, at=at)]
    named = (m.peer == miss.peer, m.way == "out", m.id == miss.test)
    received = connection.execute(select(m.received_at).where(*named)).scalar()
    machine = (
        sentence("missed.unreceived", language)
        if received is None
        else sentence("missed.received", language, at=Moment(received))
    )
    return [sentence("missed.human", language, at=at), machine]
