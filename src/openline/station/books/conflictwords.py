"""What is said about conflicts: findings by machines, words by people; and when ours is due."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, and_, delete, func, insert, or_, select, update

from openline.forms.catalog import form as form_named
from openline.forms.payload import message_id, split_id, thing_id
from openline.line.conflictlife import FINDING_WAIT_MS, due_at
from openline.station.books import conflicts
from openline.station.books.conflicts import FIGURES, MACHINE, Pair
from openline.station.collision_tables import findings, lives, words
from openline.station.engine import Tx
from openline.station.entries import Entry
from openline.station.tables import activities
from openline.station.tables import lines as line_rows
from openline.words import limits
from openline.words.errors import OpenlineError
from openline.words.moment import Moment

LEVEL = form_named("finding").since
"""A peer that reads an older level of the forms is told nothing of this."""
CONFLICT, NONE = "conflict", "none"
SAID = ("start", "end", "horizontal_m", "vertical_m")
"""The figures as the form names them; on the wire both distances are in mm."""


def on_finding(tx: Tx, entry: Entry) -> None:
    """A machine has said what it finds of pairs of plans."""
    for said in entry.fields["pairs"]:
        pair, revisions = _pair_of(tx, entry, said)
        values = None
        if said["verdict"] == CONFLICT:
            if not said.keys() >= set(SAID):
                raise _bad("a conflict without its time and distances")
            told = (*(said[name] for name in SAID), " ".join(said.get("flags", ())))
            values = dict(zip(FIGURES, told, strict=True))
        f = findings.c
        named = (f.peer == entry.peer, f.id == pair.id, f.source == entry.way)
        held = tx.run(select(f.epoch, f.number).where(*named)).one_or_none()
        place = (entry.epoch, entry.number)
        if held is None or tuple(held) < place:
            conflicts.put_finding(tx, entry.peer, pair, entry.way, revisions, values, place)
            conflicts.refresh(tx, entry.peer, pair)


def on_answer(tx: Tx, entry: Entry) -> None:
    """A person has acknowledged a conflict, or accepts it as it is."""
    said = entry.fields
    pair, revisions = _pair_of(tx, entry, said)
    if pair.id != said["about"]:
        raise _bad(f"{said['about']} is no conflict of these two plans")
    w = words.c
    named = and_(w.peer == entry.peer, w.id == pair.id, w.party == entry.issuer)
    held = tx.run(select(w.epoch, w.number).where(named)).one_or_none()
    if held is not None and tuple(held) > (entry.epoch, entry.number):
        return
    tx.run(delete(words).where(named))
    row = {
        **{"peer": entry.peer, "id": pair.id, "party": entry.issuer, "word": said["answer"]},
        **dict(zip(("first_revision", "second_revision"), revisions, strict=True)),
        **{"at": entry.at.ms, "epoch": entry.epoch, "number": entry.number},
        "by": (entry.payload.by if entry.payload else None) or "",
        "text": said.get("text", ""),
    }
    tx.run(insert(words).values(**row))
    conflicts.refresh(tx, entry.peer, pair)


def _pair_of(tx: Tx, entry: Entry, said: Mapping[str, Any]) -> tuple[Pair, tuple[int, int]]:
    """The pair that is named, and the revisions of it: of both parties of the line, and known."""
    parts = [split_id(str(said[name])) for name in ("first", "second")]
    first, second = (thing_id(issuer, uid) for issuer, uid, _ in parts)
    parties = {issuer for issuer, _, _ in parts}
    if parties != {tx.engine.party, entry.peer} or not first < second:
        raise _bad(f"{first} and {second} are no pair of this line's two parties")
    a = activities.c
    named = select(a.thing).where(a.peer == entry.peer, a.thing.in_((first, second)))
    unknown = {first, second} - set(tx.run(named).scalars())
    if unknown:
        raise OpenlineError(
            "unknown-activity",
            f"no activity {min(unknown)} was announced on this line",
            rule="R-COLL-03",
            next="`openline messages` lists the ids",
        )
    return conflicts.pair_of(first, second), (parts[0][2], parts[1][2])


def _bad(what: str) -> OpenlineError:
    return OpenlineError(
        "bad-finding",
        what,
        rule="R-COLL-03",
        next="name both plans of one line, the one whose id sorts first as `first`",
    )


# ---- what our machine says -----------------------------------------------------------


def say_due(tx: Tx, only: str = "") -> None:
    """Let the machine say what is due, or at once what it finds of the conflict `only`."""
    d = lives.c
    due = lives.c.id == only if only else _is_due(tx.now.wall)
    query = select(d.peer, d.id).where(d.due.is_not(None), due).order_by(d.peer, d.id)
    by_peer: dict[str, list[str]] = {}
    for peer, id in tx.run(query).all():
        if peer in tx.lines and tx.line(peer).level >= LEVEL:
            by_peer.setdefault(peer, []).append(id)
    for peer, ids in by_peer.items():
        for at in range(0, len(ids), limits.LIST_ITEMS):
            _say(tx, peer, ids[at : at + limits.LIST_ITEMS])


def _say(tx: Tx, peer: str, ids: Sequence[str]) -> None:
    f = findings.c
    pairs = []
    for id in ids:
        query = select(findings).where(f.peer == peer, f.id == id, f.source.in_((MACHINE, "out")))
        rows = {row.source: row for row in tx.run(query).all()}
        row = rows.get(MACHINE) or rows["out"]
        pair: dict[str, Any] = {
            "verdict": CONFLICT if MACHINE in rows else NONE,
            "first": _revision_id(row.first, row.first_revision),
            "second": _revision_id(row.second, row.second_revision),
        }
        if MACHINE in rows:
            pair |= dict(zip(SAID, (getattr(row, name) for name in FIGURES), strict=False))
            flags = row.flags.split()
            pair |= {"flags": flags[: limits.FINDING_FLAGS]} if flags else {}
        pairs.append(pair)
        tx.run(update(lives).where(lives.c.peer == peer, lives.c.id == id).values(due=None))
    tx.reply(peer, "finding", {"pairs": pairs})


def _revision_id(thing: str, revision: int) -> str:
    issuer, uid, _ = split_id(thing)
    return message_id(issuer, uid, revision)


def next_due(connection: Connection, now: Moment) -> Moment | None:
    """When our machine has something to say next to a peer that can read it."""
    readable = select(line_rows.c.peer).where(line_rows.c.level >= LEVEL)
    query = select(func.min(lives.c.due), func.max(lives.c.due)).where(
        lives.c.due.is_not(None), lives.c.peer.in_(readable)
    )
    first, last = connection.execute(query).one()
    if first is None:
        return None
    return min(Moment(first), due_at(Moment(last), now))


def _is_due(now: Moment) -> Any:
    return or_(lives.c.due <= now.ms, lives.c.due > now.plus_ms(FINDING_WAIT_MS).ms)


def about(connection: Connection, id: str) -> tuple[str, dict[str, Any]]:
    """The line of a conflict, and the fields that name its plans as they stand."""
    rows = connection.execute(select(lives).where(lives.c.id == id)).all()
    if not rows:
        raise OpenlineError(
            "unknown-conflict",
            f"no conflict {id[:64]!r}",
            rule="R-COLL-04",
            next="`openline conflicts` lists the ids",
        )
    row = rows[0]
    f = findings.c
    plans = select(f.first, f.second).where(f.peer == row.peer, f.id == id)
    pair = connection.execute(plans.limit(1)).one_or_none()
    if row.first_revision < 0 or pair is None or row.state == "resolved":
        raise OpenlineError(
            "conflict-over",
            f"the conflict {id} is resolved: nothing is to be said about it",
            rule="R-COLL-04",
            next="`openline conflicts` shows how it stands",
        )
    return row.peer, {
        "about": id,
        "first": _revision_id(pair.first, row.first_revision),
        "second": _revision_id(pair.second, row.second_revision),
    }
