"""The book of activities: what each side announced on a line, and where two collide.

Both stations run the same verdict over the same integers, so both find the same
pairs; a pair's id follows from its two activities' ids. Only pairs of the
line's two parties stand here (R-CONF-20).
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import lru_cache
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Row, and_, delete, insert, select, update

from openline.conflict.index import conflicts_of
from openline.conflict.validity import check_shape
from openline.conflict.verdict import Finding, Planned
from openline.forms.activity import Activity, activity_of
from openline.forms.payload import UID_ALPHABET, UID_CHARS, split_id, thing_id
from openline.forms.precedence import Precedence
from openline.station import nearby
from openline.station.books import alarms, calls
from openline.station.books.policy import Policy, policy_of
from openline.station.engine import Tx
from openline.station.entries import Entry
from openline.station.nearby import Nearby, Touched
from openline.station.tables import activities, cancels, conflicts
from openline.wire import cbor
from openline.words import limits
from openline.words.errors import OpenlineError

REACH_THE_SURFACE = frozenset({"live-fire", "missile-test"})
"""Kinds that deliver weapons: whatever their band, what falls from it reaches the ground."""


@lru_cache(maxsize=4096)
def read_activity(fields: bytes) -> Activity:
    """The activity of stored wire fields."""
    return activity_of(cbor.decode(fields, limits.MESSAGE_BYTES))  # type: ignore[arg-type]


def planned(row: Row[Any], policy: Policy) -> Planned:
    """A stored activity, as the conflict engine compares it."""
    return planned_of(row.thing, read_activity(row.fields), policy)


def planned_of(id: str, activity: Activity, policy: Policy) -> Planned:
    """An activity with its own separation, or the policy's where it gives none."""
    separation = activity.separation if activity.separation_given else policy.separation
    to_surface = activity.kind in REACH_THE_SURFACE
    return Planned(id, activity.volume, separation, to_surface=to_surface)


def on_activity(tx: Tx, entry: Entry) -> None:
    """A new activity, or a later revision of one: checked, kept, matched."""
    activity = activity_of(entry.fields)
    check_shape(activity.volume.shape, activity.volume.edges)
    named = and_(activities.c.peer == entry.peer, activities.c.thing == entry.thing)
    known = tx.run(select(activities.c.revision).where(named)).scalar()
    revision = entry.payload.revision if entry.payload else 0
    if known is not None and known >= revision:
        return
    tx.run(delete(activities).where(named))
    gone = and_(
        cancels.c.peer == entry.peer,
        cancels.c.thing == entry.thing,
        cancels.c.party == entry.issuer,
    )
    tx.run(
        insert(activities).values(
            peer=entry.peer,
            thing=entry.thing,
            party=entry.issuer,
            revision=revision,
            start=activity.volume.window.start.ms,
            end=activity.volume.window.end.ms,
            fields=cbor.encode(dict(entry.fields)),
            cancelled_at=tx.run(select(cancels.c.at).where(gone)).scalar(),
        )
    )
    tx.topics.add("activities")
    match(tx, entry.peer, entry.thing)


def on_cancel(tx: Tx, entry: Entry) -> None:
    """A party takes back its own activity or request, even one that has not arrived yet."""
    issuer, uid, _ = split_id(str(entry.fields["about"]))
    about = thing_id(issuer, uid)
    if issuer != entry.issuer:
        raise OpenlineError(
            "not-yours",
            f"{about} was not announced by {entry.issuer}",
            rule="R-LINE-14",
            next="only who announced a thing can take it back",
        )
    if calls.withdraw(tx, entry):
        return
    named = and_(cancels.c.peer == entry.peer, cancels.c.thing == about)
    if tx.run(select(cancels.c.thing).where(named)).first() is None:
        row = {"peer": entry.peer, "thing": about, "party": entry.issuer, "at": entry.at.ms}
        tx.run(insert(cancels).values(**row))
    at = and_(activities.c.peer == entry.peer, activities.c.thing == about)
    known = tx.run(update(activities).where(at).values(cancelled_at=entry.at.ms)).rowcount
    if entry.way == "out" and not known:
        raise OpenlineError(
            "unknown-activity",
            f"no activity or call {about} was announced to {entry.peer}",
            rule="R-LINE-14",
            next="`openline messages` lists the ids",
        )
    tx.topics.add("activities")
    match(tx, entry.peer, about)


def match_all(tx: Tx, peer: str) -> None:
    """Match every activity of a line again, as when its policy changed."""
    tx.touched.add((peer, nearby.WHOLE_LINE))
    for thing in (
        tx.run(select(activities.c.thing).where(activities.c.peer == peer)).scalars().all()
    ):
        match(tx, peer, thing)


def match(tx: Tx, peer: str, thing: str) -> None:
    """Bring the conflicts of one activity up to date."""
    tx.touched.add((peer, thing))
    found = {conflict_id(finding): finding for finding in _findings(tx, peer, thing)}
    c = conflicts.c
    mine = and_(c.peer == peer, (c.a == thing) | (c.b == thing))
    known = {row.id: row for row in tx.run(select(conflicts).where(mine)).all()}
    for id, row in known.items():
        if id not in found and row.resolved_at is None:
            named = and_(c.peer == peer, c.id == id)
            tx.run(update(conflicts).where(named).values(resolved_at=tx.now.wall.ms))
            tx.topics.add("conflicts")
    for id, finding in found.items():
        _keep(tx, peer, id, finding, known.get(id))


def find_for(
    connection: Connection,
    peer: str,
    party: str,
    draft: Planned,
    near: Nearby,
    touched: Collection[Touched] = (),
) -> list[Finding]:
    """What an activity of `party` would conflict with on the line to `peer`, sending nothing."""
    ground = policy_of(connection, peer).ground
    return conflicts_of(
        draft, near.candidates(connection, peer, party, draft, reader, touched), ground
    )


def reader(connection: Connection, peer: str) -> Callable[[Row[Any]], Planned]:
    """What makes of a line's stored activities what is compared."""
    policy = policy_of(connection, peer)
    return lambda row: planned(row, policy)


def conflict_id(finding: Finding) -> str:
    """The pair's id, the same on both sides and in both orders."""
    digest = sha256("|".join(sorted((finding.a, finding.b))).encode()).digest()
    bits = int.from_bytes(digest[:8])
    return "x-" + "".join(UID_ALPHABET[(bits >> (5 * i)) & 31] for i in range(UID_CHARS))


def _findings(tx: Tx, peer: str, thing: str) -> list[Finding]:
    named = and_(activities.c.peer == peer, activities.c.thing == thing)
    row = tx.run(select(activities).where(named)).one_or_none()
    if row is None or row.cancelled_at is not None:
        return []
    draft = planned(row, policy_of(tx.connection, peer))
    return find_for(tx.connection, peer, row.party, draft, tx.engine.nearby, tx.touched)


def _keep(tx: Tx, peer: str, id: str, finding: Finding, known: Row[Any] | None) -> None:
    values = {
        "a": finding.a,
        "b": finding.b,
        "start": finding.window.start.ms,
        "end": finding.window.end.ms,
        "horizontal_mm": round(finding.horizontal_m * 1000),
        "vertical_mm": round(finding.vertical_m * 1000),
        "flags": " ".join(finding.flags),
        "resolved_at": None,
    }
    tx.topics.add("conflicts")
    if known is None:
        tx.run(insert(conflicts).values(peer=peer, id=id, found_at=tx.now.wall.ms, **values))
    else:
        named = and_(conflicts.c.peer == peer, conflicts.c.id == id)
        tx.run(update(conflicts).where(named).values(**values))
    if finding.window.end > tx.now.wall and (known is None or known.resolved_at is not None):
        alarms.raise_alarm(tx, peer, id, Precedence.PRIORITY, "conflict")


def draft_json(
    connection: Connection, peer: str, party: str, title: str, finding: Finding
) -> dict[str, Any]:
    """A draft's finding in the contract's form; the draft is the one that has no row."""
    a = activities.c
    other = finding.b if finding.a.startswith("draft-") else finding.a
    draft = finding.a if other == finding.b else finding.b
    row = connection.execute(select(activities).where(a.peer == peer, a.thing == other)).one()
    return {
        "id": conflict_id(finding),
        "line": peer,
        "activities": [
            {"id": draft, "party": party, "title": title},
            {"id": other, "party": row.party, "title": read_activity(row.fields).title},
        ],
        "from": str(finding.window.start),
        "to": str(finding.window.end),
        "horizontal_m": finding.horizontal_m,
        "vertical_m": finding.vertical_m,
        "flags": list(finding.flags),
        "state": "draft",
    }
