"""The book of conflicts: where the activities of a line's two parties collide, and what follows.

Either side's finding stands (`findings`), and of a person's words on a conflict the newest
(`conflictwords`). Only pairs of the line's two parties stand here (R-CONF-20).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, and_, delete, insert, or_, select, update

from openline.conflict.verdict import Finding
from openline.forms.payload import UID_ALPHABET, UID_CHARS
from openline.forms.precedence import Precedence
from openline.line.conflictlife import (
    FINDING_WAIT_MS,
    Life,
    State,
    Word,
    figures_of,
    says_first,
    step,
)
from openline.station.books import alarms
from openline.station.collision_tables import findings, lives, words
from openline.station.engine import Tx
from openline.station.tables import activities, conflicts
from openline.words import limits

MACHINE = "machine"
"""The source of what our own machine finds now; ``out`` and ``in`` are what was said."""
FIGURES = ("start", "end", "horizontal_mm", "vertical_mm", "flags")


class Pair(NamedTuple):
    """Two activities of a line's two parties; `first` sorts before `second`."""

    id: str
    first: str
    second: str


class Known(NamedTuple):
    """What is known of a pair as both plans now stand."""

    revisions: tuple[int, int]
    found: Mapping[str, Row[Any]]
    """Findings of these revisions by source, only those that say that they conflict."""
    said: Row[Any] | None
    """What we have said of these revisions, whatever it was."""
    words: Mapping[str, Word]


def conflict_id(first: str, second: str) -> str:
    """The id of a pair of activities, the same on both sides and in both orders."""
    digest = sha256("|".join(sorted((first, second))).encode()).digest()
    bits = int.from_bytes(digest[:8])
    return "x-" + "".join(UID_ALPHABET[(bits >> (5 * i)) & 31] for i in range(UID_CHARS))


def pair_of(one: str, other: str) -> Pair:
    """The pair of two activities, by their ids without revision."""
    first, second = sorted((one, other))
    return Pair(conflict_id(first, second), first, second)


def figures(finding: Finding) -> dict[str, Any]:
    """A finding's figures as the tables have them."""
    return {
        "start": finding.window.start.ms,
        "end": finding.window.end.ms,
        "horizontal_mm": min(round(finding.horizontal_m * 1000), limits.SEPARATION_MM),
        "vertical_mm": min(round(finding.vertical_m * 1000), limits.SEPARATION_MM),
        "flags": " ".join(finding.flags),
    }


def update_found(tx: Tx, peer: str, thing: str, found: Iterable[Finding]) -> None:
    """Bring the conflicts of one activity up to date with all that our machine now finds of it."""
    now = {pair_of(each.a, each.b): each for each in found}
    f = findings.c
    mine = and_(f.peer == peer, or_(f.first == thing, f.second == thing))
    columns = select(f.id, f.first, f.second).where(mine).distinct()
    known = {Pair(*row) for row in tx.run(columns).all()}
    if known:
        tx.run(delete(findings).where(mine, f.source == MACHINE))
    for pair, finding in now.items():
        revisions = _revisions(tx.connection, peer, pair)
        if revisions is not None:
            put_finding(tx, peer, pair, MACHINE, revisions, figures(finding))
    for pair in sorted(known | now.keys()):
        refresh(tx, peer, pair)


def put_finding(
    tx: Tx,
    peer: str,
    pair: Pair,
    source: str,
    revisions: tuple[int, int],
    values: Mapping[str, Any] | None,
    place: tuple[int, int] = (0, 0),
) -> None:
    """Keep what a source finds of a pair, in place of what it found before; None: nothing."""
    f = findings.c
    tx.run(delete(findings).where(f.peer == peer, f.id == pair.id, f.source == source))
    row = {
        **{"peer": peer, "source": source, "found": values is not None},
        **pair._asdict(),
        **dict(zip(("first_revision", "second_revision"), revisions, strict=True)),
        **dict(zip(("epoch", "number"), place, strict=True)),
    }
    tx.run(insert(findings).values(**row, **(values or {})))


def refresh(tx: Tx, peer: str, pair: Pair) -> None:
    """Let a conflict's life go on with what is now known of both plans."""
    known = known_of(tx, peer, pair)
    before = life_row(tx.connection, peer, pair.id)
    if before is None and not known.found:
        return
    state = State.RESOLVED if before is None else State(before.state)
    parties = (tx.engine.party, peer)
    finds = frozenset(parties[source == "in"] for source in known.found)
    after = step(Life(parties, state), finds, known.words)
    _list(tx, peer, pair, known)
    row = {
        "state": str(after.state),
        **dict(zip(("first_revision", "second_revision"), known.revisions, strict=True)),
        "due": _due(tx, peer, known, None if before is None else before.due),
        "alarms": _alarm(tx, peer, pair, known, before),
    }
    if before is None:
        tx.run(insert(lives).values(peer=peer, id=pair.id, **row))
    else:
        tx.run(update(lives).where(lives.c.peer == peer, lives.c.id == pair.id).values(**row))
    tx.topics.add("conflicts")


def known_of(tx: Tx, peer: str, pair: Pair) -> Known:
    """What is known of a pair; nothing where either plan is cancelled, or not here."""
    revisions = _revisions(tx.connection, peer, pair)
    if revisions is None:
        return Known((-1, -1), {}, None, {})
    f, w = findings.c, words.c
    same = (f.first_revision == revisions[0], f.second_revision == revisions[1])
    query = select(findings).where(f.peer == peer, f.id == pair.id, *same)
    rows = {row.source: row for row in tx.run(query).all()}
    of_these = (w.first_revision == revisions[0], w.second_revision == revisions[1])
    said = select(w.party, w.word).where(w.peer == peer, w.id == pair.id, *of_these)
    found = {source: row for source, row in rows.items() if row.found and source != "out"}
    heard = {party: Word(word) for party, word in tx.run(said).all()}
    return Known(revisions, found, rows.get("out"), heard)


def life_row(connection: Connection, peer: str, id: str) -> Row[Any] | None:
    """How a conflict stands, if there is one of that id."""
    query = select(lives).where(lives.c.peer == peer, lives.c.id == id)
    row: Row[Any] | None = connection.execute(query).one_or_none()
    return row


def _revisions(connection: Connection, peer: str, pair: Pair) -> tuple[int, int] | None:
    """The revisions of both plans that stand; None where either is cancelled or unknown."""
    a = activities.c
    query = select(a.thing, a.revision).where(
        a.peer == peer, a.thing.in_((pair.first, pair.second)), a.cancelled_at.is_(None)
    )
    live = {row.thing: int(row.revision) for row in connection.execute(query)}
    return (live[pair.first], live[pair.second]) if len(live) == 2 else None


def listed(tx: Tx, peer: str, known: Known) -> Row[Any] | None:
    """The finding whose figures both sides list; None where nobody finds it."""
    if not known.found:
        return None
    parties = (tx.engine.party, peer)
    by = {parties[source == "in"]: row for source, row in known.found.items()}
    return by[figures_of(parties, frozenset(by))]


def _list(tx: Tx, peer: str, pair: Pair, known: Known) -> None:
    """Keep the figures and whether it is over, in the table that lists read."""
    c = conflicts.c
    named = and_(c.peer == peer, c.id == pair.id)
    row = tx.run(select(conflicts).where(named)).one_or_none()
    chosen = listed(tx, peer, known)
    if chosen is None:
        gone = update(conflicts).where(named, c.resolved_at.is_(None))
        tx.run(gone.values(resolved_at=tx.now.wall.ms))
        return
    values = {name: getattr(chosen, name) for name in FIGURES} | {"resolved_at": None}
    if row is None:
        new = {"peer": peer, "id": pair.id, "a": pair.first, "b": pair.second}
        tx.run(insert(conflicts).values(**new, found_at=tx.now.wall.ms, **values))
    else:
        tx.run(update(conflicts).where(named).values(**values))


def _due(tx: Tx, peer: str, known: Known, due: int | None) -> int | None:
    """When our machine is to say what it finds: at once, or when the first side has not."""
    ours, said = known.found.get(MACHINE), known.said
    now = tx.now.wall.ms
    if ours is None:
        return now if said is not None and said.found else None
    if said is not None and said.found and _same(said, ours):
        return None
    if says_first((tx.engine.party, peer)) == tx.engine.party:
        return now
    if "in" in known.found:
        return None  # both sides list what the first side has said
    return due if due is not None else now + FINDING_WAIT_MS


def _same(one: Row[Any], other: Row[Any]) -> bool:
    return all(getattr(one, name) == getattr(other, name) for name in FIGURES)


def _alarm(tx: Tx, peer: str, pair: Pair, known: Known, before: Row[Any] | None) -> int:
    """Alarm what was found of these plans and nobody here has said a word about; how many so far.

    Nothing is alarmed twice while its alarm still stands, and what is resolved alarms no more.
    """
    count = 0 if before is None else int(before.alarms)
    chosen = listed(tx, peer, known)
    if chosen is None or tx.engine.party in known.words:
        silence(tx, peer, pair.id, count)
        return count
    again = before is not None and (
        (before.first_revision, before.second_revision) == known.revisions
        and before.state != State.RESOLVED
    )
    if (
        again
        or chosen.end <= tx.now.wall.ms
        or not alarms.is_silent(tx, peer, alarm_of(pair.id, count))
    ):
        return count
    alarms.raise_alarm(tx, peer, alarm_of(pair.id, count + 1), Precedence.PRIORITY, "conflict")
    return count + 1


def alarm_of(id: str, count: int) -> str:
    """What the `count`-th alarm of a conflict is about."""
    return id if count <= 1 else f"{id} {count}"


def silence(tx: Tx, peer: str, id: str, count: int) -> None:
    """End the alarm of a conflict, if it has raised one."""
    if count:
        alarms.acknowledge(tx, peer, alarm_of(id, count))
