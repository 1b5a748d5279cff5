"""The watch list as an officer keeps it: people, watches, and the steps of each line."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select

from openline.formats.icalendar import Shift, read_watches
from openline.forms.phrases import languages
from openline.forms.precedence import Precedence
from openline.line.urgency import Step, Who
from openline.station.acts import parse_precedence
from openline.station.books import urgency, watchlist
from openline.station.engine import Tx
from openline.station.heads import require
from openline.station.station import Station
from openline.station.urgent_tables import escalations, people, watches
from openline.words import limits
from openline.words.errors import OpenlineError
from openline.words.moment import Moment

Json = dict[str, Any]
HORIZON_MS = 400 * 86_400_000
"""How far ahead a calendar's watches are kept: they are imported again before."""


def keep_person(
    station: Station,
    name: str,
    role: str,
    place: int | None,
    kinds: Sequence[str],
    language: str | None = None,
) -> None:
    """Put a person on the list, or change them; `place` is where in the order of calling.

    `kinds` are those of the ways of reaching them. Alarms reach them in `language`: empty, the
    station's; left out, as before.
    """
    if not 0 < len(name) <= limits.NAME_CHARS or not name.isprintable() or "," in name:
        raise _refusal("bad-person", "a name is one line without commas", "give another name")
    if role not in watchlist.ROLES:
        roles = ", ".join(watchlist.ROLES)
        raise _refusal("bad-person", f"{role[:40]!r} is no role", f"use one of {roles}")
    if language and language not in languages():
        spoken = ", ".join(languages())
        raise _refusal("bad-person", f"no phrases in {language[:20]!r}", f"use one of {spoken}")

    def job(tx: Tx) -> None:
        p = people.c
        before = tx.run(select(people).where(p.name == name)).one_or_none()
        count, last = tx.run(select(func.count(), func.max(p.place)).select_from(people)).one()
        if before is None and count >= limits.PEOPLE:
            most = f"{limits.PEOPLE} (PEOPLE)"
            raise _refusal("bad-person", f"the list has {most} already", "remove somebody")
        kept = (last or 0) + 1 if before is None else before.place
        tx.run(delete(people).where(p.name == name))
        at = kept if place is None else place
        spoken = (before.language if before else "") if language is None else language
        row = {"name": name, "role": role, "place": at, "language": spoken}
        tx.run(insert(people).values(**row, ways=len(kinds), kinds=json.dumps(list(kinds))))
        tx.topics.add("watch")

    station.run(job)


def remove_person(station: Station, name: str) -> None:
    """Take a person off the list, with their watches."""

    def job(tx: Tx) -> None:
        if not tx.run(delete(people).where(people.c.name == name)).rowcount:
            raise _unknown([name])
        tx.run(delete(watches).where(watches.c.person == name))
        tx.topics.add("watch")

    station.run(job)


def add_watch(station: Station, person: str, start: str, end: str) -> int:
    """Put a watch on the list; returns its number."""
    begin, over = Moment.parse(start), Moment.parse(end)
    if not 0 < over.ms - begin.ms <= limits.WATCH_MS:
        hours = limits.WATCH_MS // 3_600_000
        what = f"a watch lasts some time, and at most {hours} h (WATCH_MS)"
        raise _refusal("bad-watch", what, "give an end after the start")

    def job(tx: Tx) -> int:
        _require_known(tx.connection, [person])
        _room(tx, 1)
        row = {"person": person, "start": begin.ms, "end": over.ms, "source": "table"}
        done = tx.run(insert(watches).values(**row, tested_at=_tested(tx, begin)))
        tx.topics.add("watch")
        return int(done.inserted_primary_key[0])

    number: int = station.run(job)
    return number


def remove_watch(station: Station, number: int) -> None:
    """Take a watch off the list."""

    def job(tx: Tx) -> None:
        if not tx.run(delete(watches).where(watches.c.pk == number)).rowcount:
            raise _refusal("unknown-watch", f"no watch {number}", "`openline watch list` shows all")
        tx.topics.add("watch")

    station.run(job)


def import_watches(station: Station, name: str, data: bytes) -> Json:
    """Take a calendar's watches from now on, in place of what a file of that name brought before.

    Watches that have begun stay as they were. Raises ``bad-calendar``, ``unknown-person``.
    """
    source = f"calendar {name}"[: limits.FIELD_CHARS]

    def job(tx: Tx) -> Json:
        now = tx.now.wall
        found = read_watches(data, now, now.plus_ms(HORIZON_MS))
        _require_known(tx.connection, sorted({each.person for each in found}))
        w = watches.c
        begun = tx.run(select(w.person, w.start).where(w.source == source, w.start <= now.ms))
        kept = {tuple(row) for row in begun}
        gone = tx.run(delete(watches).where(w.source == source, w.start > now.ms)).rowcount
        new = [each for each in found if (each.person, each.start.ms) not in kept]
        _room(tx, len(new))
        if new:
            tx.run(insert(watches).values([_row(tx, each, source) for each in new]))
        tx.topics.add("watch")
        return {"source": source, "taken": len(new), "replaced": gone}

    done: Json = station.run(job)
    return done


def keep_steps(
    station: Station, peer: str, precedence: str, steps: Mapping[str, float], desks: Sequence[str]
) -> None:
    """What this side does when nobody answers a message of `peer`; empty steps mean the default."""
    urgent = parse_precedence(precedence)
    for each in (peer, *desks):
        require(station.engine.lines, each)
    if peer in desks:
        what = "the desk that sent a message is not asked to wake this one about it"
        raise _refusal("bad-steps", what, "name the desks of other lines")
    made = [_step(who, seconds) for who, seconds in steps.items()]

    def job(tx: Tx) -> None:
        e = escalations.c
        tx.run(delete(escalations).where(e.peer == peer, e.precedence == str(urgent)))
        if made or desks:
            row = {"peer": peer, "precedence": str(urgent), "desks": urgency.write_desks(desks)}
            written = urgency.write_steps(made) if made else ""
            tx.run(insert(escalations).values(**row, steps=written))
        tx.topics.add("watch")

    station.run(job)


def steps_json(station: Station, peer: str) -> Json:
    """What happens here when nobody answers a message of `peer`, by precedence."""
    require(station.engine.lines, peer)
    found = {}
    with station.engine.store.read() as connection:
        for precedence in Precedence:
            steps, desks = urgency.steps_of(connection, peer, precedence)
            shown = [{"who": str(s.who), "after_s": s.after_ms / 1000} for s in steps]
            found[str(precedence)] = {"steps": shown, "desks": list(desks)}
    return {"line": peer, "precedences": found}


def _step(who: str, seconds: float) -> Step:
    if who not in list(Who):
        known = ", ".join(Who)
        raise _refusal("bad-steps", f"{who[:40]!r} is nobody to call", f"use one of {known}")
    if not 0 <= seconds <= limits.ESCALATION_S:
        most = f"{limits.ESCALATION_S:,} s (ESCALATION_S)"
        raise _refusal("bad-steps", f"a step after {seconds:g} s", f"give 0 to {most}")
    return Step(Who(who), round(seconds * 1000))


def _row(tx: Tx, shift: Shift, source: str) -> Json:
    span = {"start": shift.start.ms, "end": shift.end.ms}
    return {
        **{"person": shift.person, "source": source, **span},
        "tested_at": _tested(tx, shift.start),
    }


def _tested(tx: Tx, start: Moment) -> int | None:
    """A watch that has begun already hands nothing over."""
    return tx.now.wall.ms if start <= tx.now.wall else None


def _room(tx: Tx, more: int) -> None:
    count = tx.run(select(func.count()).select_from(watches)).scalar()
    if count + more > limits.WATCHES:
        tx.run(delete(watches).where(watches.c.end <= tx.now.wall.ms))
        count = tx.run(select(func.count()).select_from(watches)).scalar()
    if count + more > limits.WATCHES:
        most = f"{limits.WATCHES:,} watches (WATCHES)"
        raise _refusal("bad-watch", f"more than {most}", "import a shorter time")


def _require_known(connection: Connection, names: Sequence[str]) -> None:
    p = people.c.name
    known = set(connection.execute(select(p)).scalars())
    unknown = [name for name in names if name not in known]
    if unknown:
        raise _unknown(unknown)


def _unknown(names: Sequence[str]) -> OpenlineError:
    shown = ", ".join(repr(name[:40]) for name in names[:5])
    advice = "put them there first: `openline reach add NAME URL`"
    return _refusal("unknown-person", f"{shown}: not on the watch list", advice)


def _refusal(code: str, what: str, advice: str) -> OpenlineError:
    return OpenlineError(code, what, rule="R-WATCH-01", next=advice)
