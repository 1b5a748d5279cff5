"""What time alone brings about: tests that are due or unanswered, alarms that sound again."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, func, select

from openline.line import linetest, schedule
from openline.station import forks, handover, traffic
from openline.station.books import (
    alarms,
    announced,
    checkpoints,
    conflictwords,
    humantests,
    linetests,
    owndesk,
    passing,
    urgency,
)
from openline.station.books.policy import policy_of
from openline.station.engine import Tx
from openline.station.heads import Line
from openline.station.hot import Hot, slot
from openline.station.tables import lines, tests
from openline.station.zones import zone_of
from openline.words.moment import Moment


def tick(tx: Tx, why: Mapping[str, str]) -> None:
    """Do what is due. `why` says, by line, what this side knows of a carrier's failure."""
    linetests.end_overdue(tx, why)
    humantests.end_overdue(tx)
    alarms.sound_due(tx)
    urgency.do_due(tx)
    handover.do_due(tx)
    conflictwords.say_due(tx)
    passing.do_due(tx)
    owndesk.do_due(tx)
    announced.do_due(tx)
    forks.prove_later(tx)
    traffic.follow(tx)
    for peer, line in list(tx.lines.items()):
        due = schedule.last_due(policy_of(tx.connection, peer).schedule, tx.now.wall, zone_of)
        if in_use(line) and due > _last_scheduled(tx.connection, peer, tx.now.wall):
            begin_test(tx, peer, due, linetest.ANSWER_WITHIN_MS)


def begin_test(tx: Tx, peer: str, scheduled: Moment | None, within_ms: int) -> str:
    """Send a line test with both records' heads; returns its id."""
    heads = linetests.heads_of(tx.line(peer).state) | checkpoints.sign(tx, peer)
    fields = {**heads, "speaks": tx.engine.level}
    when = {"scheduled": scheduled.ms} if scheduled else {}
    id = traffic.submit(tx, (peer,), "linetest", fields | when)
    linetests.begin(tx, peer, id, scheduled, within_ms)
    return id


def next_test(connection: Connection, peer: str, now: Moment) -> Moment:
    """When the line is tested next by its schedule."""
    hours = policy_of(connection, peer).schedule
    return schedule.next_due(hours, _last_scheduled(connection, peer, now), zone_of)


def next_wake(connection: Connection, found: Mapping[str, Line], now: Moment) -> Moment | None:
    """The next instant at which `tick` has something to do."""
    (deadline,) = _DEADLINE.run(connection, {}).fetchone()
    due = [next_test(connection, peer, now) for peer, line in found.items() if in_use(line)]
    due += [Moment(deadline)] if deadline is not None else []
    alarm, human = alarms.next_due(connection, now), humantests.next_deadline(connection)
    steps = urgency.next_due(connection, list(found), now)
    watch, said = handover.next_due(connection), conflictwords.next_due(connection, now)
    own, units = owndesk.next_due(connection, now), passing.next_due(connection, now)
    others = (alarm, human, steps, watch, said, own, units, announced.next_due(connection))
    return min(due + [at for at in others if at is not None], default=None)


def in_use(line: Line) -> bool:
    """Before both sides have joined there is nothing to test."""
    return any(each.size for each in line.state.received.values())


def _last_scheduled(connection: Connection, peer: str, now: Moment) -> Moment:
    """The last hour of the schedule that was kept, or when the line was opened.

    What a clock that ran ahead left in the future counts for nothing: it must not stop the tests.
    """
    values = {"peer": peer, "now": now.ms}
    joined_at, scheduled = _LAST_SCHEDULED.run(connection, values).fetchone()
    return Moment(max(scheduled or 0, min(joined_at, now.ms)))


_t = tests.c
_KEPT = select(func.max(_t.scheduled)).where(_t.peer == slot("peer"), _t.scheduled <= slot("now"))
_LAST_SCHEDULED = Hot(
    select(lines.c.joined_at, _KEPT.scalar_subquery()).where(lines.c.peer == slot("peer"))
)
_DEADLINE = Hot(select(func.min(_t.deadline)).where(_t.result == "pending"))
