"""The book of human tests: who was asked to type a phrase back, when, and whether somebody did."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from openline.forms.precedence import Precedence
from openline.line import humantest, linetest
from openline.line.linetest import Result, TestEvent
from openline.station import entries
from openline.station.books import answers, misses
from openline.station.books.policy import policy_of
from openline.station.engine import Tx
from openline.station.entries import Entry
from openline.station.linetest_tables import human_tests
from openline.words.errors import OpenlineError
from openline.words.moment import Moment

ANOTHER_PHRASE = "another phrase was typed"


def on_test(tx: Tx, entry: Entry) -> None:
    """Ours is kept, to be answered as soon as the line's policy says; theirs alarms by itself."""
    if entry.way == "out":
        within_ms = policy_of(tx.connection, entry.peer).answer_within_ms[Precedence.IMMEDIATE]
        tx.run(
            insert(human_tests).values(
                peer=entry.peer,
                id=entry.id,
                at=entry.at.ms,
                deadline=entry.at.plus_ms(within_ms).ms,
                result=str(Result.PENDING),
                phrase=str(entry.fields["phrase"]),
            )
        )
        tx.topics.add("tests")


def on_answer(tx: Tx, entry: Entry) -> None:
    """The phrase came back: refused here when it is another one, and no pass there."""
    typed = str(entry.fields["phrase"])
    if entry.way == "out":
        shown = _shown(tx, entry)
        if not humantest.is_same(typed, shown):
            raise OpenlineError(
                "wrong-phrase",
                "this is not the phrase that was shown",
                rule="R-TEST-14",
                next=f"type it as it stands there: {shown}",
            )
    answers.on_answer(tx, entry)
    if entry.way == "in":
        _end(tx, entry, typed)


def _shown(tx: Tx, entry: Entry) -> str:
    about = str(entry.fields["about"])
    for found in entries.by_id(tx.connection, about, entry.peer):
        tested = entries.entry_of(found)
        if tested.way == "in" and tested.form == "human-test" and "phrase" in tested.fields:
            return str(tested.fields["phrase"])
    raise OpenlineError(
        "no-human-test",
        f"{about} is no human test of the other side",
        rule="R-TEST-14",
        next="`openline messages` shows what each message is",
    )


def _end(tx: Tx, entry: Entry, typed: str) -> None:
    t = human_tests.c
    named = (t.peer == entry.peer, t.id == str(entry.fields["about"]))
    row = tx.run(select(human_tests).where(*named)).one_or_none()
    if row is None or row.answered_at is not None:
        return
    # A row that time has not ended yet though its deadline is over was answered late, too.
    before = Result(row.result)
    if before is Result.PENDING and entry.arrived_at.ms > row.deadline:
        before = linetest.step(before, TestEvent.TIME_OVER)
    result, why = linetest.step(before, TestEvent.ANSWERED), ""
    if not humantest.is_same(typed, row.phrase):
        result, why = Result.FAILED, ANOTHER_PHRASE
    values = {"result": str(result), "why": why, "answered_at": entry.arrived_at.ms}
    tx.run(update(human_tests).where(*named).values(values))
    _seen(tx, entry.peer)


def _seen(tx: Tx, peer: str) -> None:
    """A human test is over: that is an alarm, or ends one."""
    tx.topics.add("tests")
    newest = newest_ended(tx.connection, peer)
    if newest is not None:
        misses.human_seen(tx, peer, newest)


def end_overdue(tx: Tx) -> None:
    """Human tests whose time is over have failed."""
    t = human_tests.c
    overdue = (t.result == str(Result.PENDING), t.deadline <= tx.now.wall.ms)
    result = str(linetest.step(Result.PENDING, TestEvent.TIME_OVER))
    peers = tx.run(select(t.peer).where(*overdue).distinct()).scalars().all()
    tx.run(update(human_tests).where(*overdue).values(result=result, why="no answer"))
    for peer in peers:
        _seen(tx, peer)


def next_deadline(connection: Connection) -> Moment | None:
    """When the first human test that is still pending is over."""
    t = human_tests.c
    query = select(func.min(t.deadline)).where(t.result == str(Result.PENDING))
    found = connection.execute(query).scalar()
    return None if found is None else Moment(found)


def newest_ended(connection: Connection, peer: str) -> Row[Any] | None:
    """The newest human test of a line that is over."""
    t = human_tests.c
    ended = (t.peer == peer, t.result != str(Result.PENDING))
    query = select(human_tests).where(*ended).order_by(t.at.desc()).limit(1)
    return connection.execute(query).first()


def of_line(connection: Connection, peer: str, limit: int) -> list[Row[Any]]:
    """The newest human tests of a line, newest first."""
    t = human_tests.c
    query = select(human_tests).where(t.peer == peer).order_by(t.at.desc()).limit(limit)
    return list(connection.execute(query).all())
