"""The book of line tests: both records' heads cross the line, and both sides keep the result."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from openline.forms.precedence import Precedence
from openline.line import linetest
from openline.line.linetest import Observed, Result, TestEvent
from openline.line.records import LineState
from openline.station import entries, epochs
from openline.station.books import alarms, checkpoints, lines, misses, witnesses
from openline.station.engine import Tx
from openline.station.entries import Entry
from openline.station.tables import tests
from openline.words import limits
from openline.words.errors import OpenlineError
from openline.words.moment import Moment

Head = Mapping[str, Any]


def heads_of(state: LineState) -> dict[str, Head]:
    """Both records' heads, as a line test carries them."""
    out, into = state.out, state.into
    return {
        "out": {"epoch": out.direction.epoch, "size": out.size, "root": out.root()},
        "in": {"epoch": into.direction.epoch, "size": into.size, "root": into.root()},
    }


def begin(tx: Tx, peer: str, id: str, scheduled: Moment | None, within_ms: int) -> None:
    """Keep a test that was just submitted."""
    at = tx.now.wall
    tx.run(
        insert(tests).values(
            peer=peer,
            id=id,
            scheduled=scheduled.ms if scheduled else None,
            at=at.ms,
            deadline=at.plus_ms(within_ms).ms,
            result=str(Result.PENDING),
            why="",
        )
    )
    tx.topics.add("tests")


def on_linetest(tx: Tx, entry: Entry) -> None:
    """The machine answers with its own heads, and says whether the tester's agree."""
    if entry.way == "out":
        return
    lines.hear_level(tx, entry)
    state = tx.line(entry.peer).state
    equal = _agree(tx, entry.peer, entry.fields)
    if not equal:
        _alarm_records(tx, entry)
    problem = _problem(tx, entry, checkpoints.take)
    answer = {"about": entry.id, "received": entry.arrived_at.ms, "equal": equal}
    signed: dict[str, Any] = dict(checkpoints.sign(tx, entry.peer))
    if problem:
        signed["why"] = problem
    elif equal:
        signed |= checkpoints.cosigned(tx, entry)
    signed["speaks"] = tx.engine.level
    tx.reply(entry.peer, "linetest-answer", answer | heads_of(state) | signed)
    tx.topics.add("tests")


def on_answer(tx: Tx, entry: Entry) -> None:
    """Our test is answered: passed when both records agree on both sides."""
    if entry.way == "out":
        return
    lines.hear_level(tx, entry)
    named = (tests.c.peer == entry.peer, tests.c.id == str(entry.fields["about"]))
    row = tx.run(select(tests).where(*named)).one_or_none()
    if row is None or row.answered_at is not None:
        return
    equal = bool(entry.fields["equal"]) and _agree(tx, entry.peer, entry.fields)
    received = Moment(int(entry.fields["received"]))
    measure = linetest.measure(Moment(row.at), received, entry.at, entry.arrived_at)
    result = linetest.step(Result(row.result), TestEvent.ANSWERED)
    if not equal:
        _alarm_records(tx, entry)
    why = _why(tx, entry, equal)
    if why:
        result = Result.FAILED
    else:
        why = checkpoints.lacks_quantum(tx, entry)
        witnesses.offer(tx, entry.peer)
    tx.run(
        update(tests)
        .where(*named)
        .values(
            result=str(result),
            answered_at=entry.arrived_at.ms,
            rtt_ms=measure.rtt_ms,
            offset_ms=measure.offset_ms,
            offset_uncertainty_ms=measure.offset_uncertainty_ms,
            records_equal=equal,
            why=why,
        )
    )
    _seen(tx, entry.peer)


def _seen(tx: Tx, peer: str) -> None:
    """A test of the line is over: what is observed of it now is an alarm, or ends one."""
    tx.topics.add("tests")
    rows = newest(tx.connection, peer)
    misses.line_seen(tx, peer, _observed(rows), rows[0])


def end_overdue(tx: Tx, why: Mapping[str, str]) -> None:
    """Tests whose time is over have failed; `why` says what this side knows of each line."""
    overdue = (tests.c.result == str(Result.PENDING), tests.c.deadline <= tx.now.wall.ms)
    rows = tx.run(select(tests).where(*overdue)).all()
    for row in rows:
        result = linetest.step(Result.PENDING, TestEvent.TIME_OVER)
        named = (tests.c.peer == row.peer, tests.c.id == row.id)
        known = why.get(row.peer, "") or "no answer"
        tx.run(update(tests).where(*named).values(result=str(result), why=known))
    for peer in {row.peer for row in rows}:
        _seen(tx, peer)


def newest(connection: Connection, peer: str, count: int = 2) -> list[Row[Any]]:
    """The newest ended tests, newest first."""
    ended = (tests.c.peer == peer, tests.c.result != str(Result.PENDING))
    query = select(tests).where(*ended).order_by(tests.c.at.desc()).limit(count)
    return list(connection.execute(query).all())


def observed(connection: Connection, peer: str) -> Observed:
    """The line's observed state."""
    return _observed(newest(connection, peer))


def _observed(rows: list[Row[Any]]) -> Observed:
    return linetest.observed([Result(row.result) for row in rows])


def counts(connection: Connection, peer: str, until: Moment) -> tuple[Moment | None, int, int]:
    """When a test last passed, how many were run and how many passed, `until` then."""
    t = tests.c
    where = (t.peer == peer, t.at <= until.ms, t.result != str(Result.PENDING))
    passed = (*where, t.result == str(Result.PASSED))
    last, run = connection.execute(select(func.max(t.at), func.count()).where(*where)).one()
    good = connection.execute(select(func.count()).select_from(tests).where(*passed)).scalar()
    return (None if last is None else Moment(last)), int(run), int(good or 0)


def _agree(tx: Tx, peer: str, fields: Mapping[str, Any]) -> bool:
    """Whether the peer's heads are heads of the records that we hold."""
    return _is_head(tx, peer, "in", fields["out"]) and _is_head(tx, peer, "out", fields["in"])


def _is_head(tx: Tx, peer: str, way: str, head: Head) -> bool:
    root = entries.root_at(tx.connection, peer, way, int(head["epoch"]), int(head["size"]))
    if root is None and epochs.is_recovering(tx.line(peer).state):
        return True  # what we have lost contradicts nothing
    return root is not None and root == head["root"]


def _why(tx: Tx, entry: Entry, equal: bool) -> str:
    """Why an answered test has failed all the same; nothing when it has passed."""
    problem = _problem(tx, entry, checkpoints.take)
    problem = problem or _problem(tx, entry, checkpoints.take_cosignature)
    if not equal:
        return "the two sides' records differ"
    if problem:
        return problem
    theirs = str(entry.fields.get("why", ""))
    return f"the other side says: {theirs}" if theirs else ""


def _problem(tx: Tx, entry: Entry, check: Callable[[Tx, Entry], None]) -> str:
    """What `check` finds wrong with the signed heads in a peer's message, alarmed."""
    try:
        check(tx, entry)
    except OpenlineError as error:
        alarms.raise_alarm(tx, entry.peer, entry.id, Precedence.IMMEDIATE, "heads-fail")
        return f"{error.code}: {error.message}"[: limits.FIELD_CHARS]
    return ""


def _alarm_records(tx: Tx, entry: Entry) -> None:
    alarms.raise_alarm(tx, entry.peer, entry.id, Precedence.IMMEDIATE, "records-differ")
