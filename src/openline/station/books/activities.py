"""The book of activities: what each side announced on a line, matched with the other side's."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Row, and_, delete, insert, select, update

from openline.conflict.height import Geoid
from openline.conflict.index import conflicts_of
from openline.conflict.validity import check_shape
from openline.conflict.verdict import Finding, Planned
from openline.forms.activity import Activity, activity_of
from openline.forms.activitykinds import ACTIVITY_KINDS
from openline.forms.payload import split_id, thing_id
from openline.station import nearby
from openline.station.books import calls, conflicts, owndesk, passing
from openline.station.books.policy import Policy, policy_of
from openline.station.engine import Tx
from openline.station.entries import Entry
from openline.station.nearby import Nearby, Touched
from openline.station.tables import activities, cancels
from openline.wire import cbor
from openline.words import limits
from openline.words.errors import OpenlineError
from openline.words.volume import Datum, Ground


@lru_cache(maxsize=4096)
def read_activity(fields: bytes) -> Activity:
    """The activity of stored wire fields."""
    return activity_of(cbor.decode(fields, limits.MESSAGE_BYTES))  # type: ignore[arg-type]


def planned(row: Row[Any], policy: Policy) -> Planned:
    """A stored activity, as the conflict engine compares it."""
    return planned_of(row.thing, read_activity(row.fields), policy)


def planned_of(id: str, activity: Activity, policy: Policy) -> Planned:
    """An activity with its own separation, or the policy's where it gives none."""
    own = activity.separation
    separation = own if activity.separation_given else policy.separation_of(own)
    to_surface = ACTIVITY_KINDS[activity.kind].to_surface
    ground, geoid = _below(activity, policy, to_surface)
    return Planned(id, activity.volume, separation, ground, geoid, to_surface)


def _below(activity: Activity, policy: Policy, to_surface: bool) -> tuple[Ground | None, Geoid]:
    """The ground and the geoid below an activity: given with it, else by the terrain models.

    None is the line's ground; where models cover a part only, that is counted too.
    """
    ground = activity.ground
    asks = ground is None and (to_surface or activity.volume.band.datum is Datum.AGL)
    below = policy.heights.below(activity.volume, asks)
    if below.ground is not None:
        ground = below.ground if below.complete else below.ground.widest(policy.ground)
    return ground, below.geoid


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
    """Bring up to date what one activity collides with, and whether it must be passed on."""
    tx.touched.add((peer, thing))
    conflicts.update_found(tx, peer, thing, _findings(tx, peer, thing))
    owndesk.update_found(tx, thing, _elsewhere(tx, thing))
    passing.on_activity(tx, peer, thing)


def find_for(
    connection: Connection,
    peer: str,
    party: str,
    draft: Planned,
    near: Nearby,
    touched: Collection[Touched] = (),
    ground: Ground | None = None,
) -> list[Finding]:
    """What an activity of `party` would conflict with on the line to `peer`, sending nothing.

    The ground is the line's, unless another is given.
    """
    others = near.candidates(connection, peer, party, draft, reader, touched)
    return conflicts_of(draft, others, ground or policy_of(connection, peer).ground)


def reader(connection: Connection, peer: str) -> Callable[[Row[Any]], Planned]:
    """What makes of a line's stored activities what is compared."""
    policy = policy_of(connection, peer)
    return lambda row: planned(row, policy)


def _elsewhere(tx: Tx, thing: str) -> Iterator[tuple[str, str, Finding]]:
    """What an activity collides with on lines where it does not stand: its line, the other, what.

    What stands with it on any line is left out: that pair is the line's.
    """
    if len(tx.lines) < 2:
        return
    a = activities.c
    live = (a.peer.in_(sorted(tx.lines)), a.thing == thing, a.cancelled_at.is_(None))
    rows = tx.run(select(activities).where(*live).order_by(a.peer)).all()
    stands_on = [row.peer for row in rows]
    others = sorted(tx.lines.keys() - set(stands_on))
    if not rows or not others:
        return
    policy = policy_of(tx.connection, stands_on[0])
    draft = planned(rows[0], policy)
    for other in others:
        ground = policy.ground.widest(policy_of(tx.connection, other).ground)
        near, party = tx.engine.nearby, rows[0].party
        for finding in find_for(
            tx.connection, other, party, draft, near, tx.touched, ground=ground
        ):
            its = finding.b if finding.a == thing else finding.a
            beside = select(a.thing).where(a.peer.in_(stands_on), a.thing == its)
            if tx.run(beside).first() is None:
                yield stands_on[0], other, finding


def _findings(tx: Tx, peer: str, thing: str) -> list[Finding]:
    named = and_(activities.c.peer == peer, activities.c.thing == thing)
    row = tx.run(select(activities).where(named)).one_or_none()
    if row is None or row.cancelled_at is not None:
        return []
    draft = planned(row, policy_of(tx.connection, peer))
    return find_for(tx.connection, peer, row.party, draft, tx.engine.nearby, tx.touched)


def draft_json(
    connection: Connection, peer: str, party: str, title: str, finding: Finding
) -> dict[str, Any]:
    """A draft's finding in the contract's form; the draft is the one that has no row."""
    a = activities.c
    other = finding.b if finding.a.startswith("draft-") else finding.a
    draft = finding.a if other == finding.b else finding.b
    row = connection.execute(select(activities).where(a.peer == peer, a.thing == other)).one()
    said = {"id": other, "party": row.party, "title": read_activity(row.fields).title}
    return what_if_json(peer, {"id": draft, "party": party, "title": title}, said, finding)


def what_if_json(
    peer: str, draft: dict[str, str], other: dict[str, str], finding: Finding
) -> dict[str, Any]:
    """What a draft would collide with; each of both with its id, party and title."""
    return {
        "id": conflicts.conflict_id(finding.a, finding.b),
        "line": peer,
        "activities": [draft, other],
        "from": str(finding.window.start),
        "to": str(finding.window.end),
        "horizontal_m": finding.horizontal_m,
        "vertical_m": finding.vertical_m,
        "flags": list(finding.flags),
        "state": "draft",
    }
