"""The book of conflicts: where the activities of a line's two parties collide.

Both stations run the same verdict over the same integers, so both find the same
pairs; a pair's id follows from its two activities' ids. Only pairs of the
line's two parties stand here (R-CONF-20).
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from typing import Any

from sqlalchemy import Row, and_, insert, select, update

from openline.conflict.verdict import Finding
from openline.forms.payload import UID_ALPHABET, UID_CHARS
from openline.forms.precedence import Precedence
from openline.station.books import alarms
from openline.station.engine import Tx
from openline.station.tables import conflicts


def conflict_id(finding: Finding) -> str:
    """The pair's id, the same on both sides and in both orders."""
    digest = sha256("|".join(sorted((finding.a, finding.b))).encode()).digest()
    bits = int.from_bytes(digest[:8])
    return "x-" + "".join(UID_ALPHABET[(bits >> (5 * i)) & 31] for i in range(UID_CHARS))


def update_found(tx: Tx, peer: str, thing: str, findings: Iterable[Finding]) -> None:
    """Bring the conflicts of one activity up to date with all that was found for it now."""
    found = {conflict_id(finding): finding for finding in findings}
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
