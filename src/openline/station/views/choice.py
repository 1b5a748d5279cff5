"""Which messages a bundle holds: those asked for, what belongs with them, and what keys hang on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row, func, or_, select

from openline.evidence.related import related
from openline.station import entries
from openline.station.tables import messages
from openline.wire.message import read_message
from openline.words.errors import OpenlineError
from openline.words.moment import Moment

ALWAYS = ("keys", "revocation", "revocation-held")
"""Forms that a bundle of a line holds in any case: they say which keys count."""

Place = tuple[str, str, int]
"""Peer, way and epoch: one record as the store knows it."""
Things = Mapping[str, "set[str] | None"]
"""The things chosen on each line; None for all there are."""
_m = messages.c


@dataclass
class Choice:
    """The numbers chosen of one record, and the sizes at which other statements name its root."""

    numbers: set[int] = field(default_factory=set)
    heads: set[int] = field(default_factory=set)

    @property
    def end(self) -> int:
        """The least size of the record that covers all of it."""
        return max(self.numbers) + 1


def named(
    connection: Connection, ids: Sequence[str], line: str | None
) -> dict[str, set[str] | None]:
    """The things of the messages with these ids, by the lines that they travelled.

    Raises ``unknown-message`` (R-EVID-13).
    """
    found: dict[str, set[str]] = {}
    for id in ids:
        query = select(_m.peer, _m.thing).where(or_(_m.id == id, _m.thing == id)).distinct()
        rows = connection.execute(query if line is None else query.where(_m.peer == line)).all()
        if not rows:
            raise OpenlineError(
                "unknown-message",
                f"no message {id[:64]!r} is recorded" + (f" on the line to {line}" * bool(line)),
                rule="R-EVID-13",
                next="`openline messages` lists the ids",
            )
        for peer, thing in rows:
            found.setdefault(peer, set()).add(thing)
    return dict(found)


def within(
    connection: Connection, line: str, since: str | None, until: str | None
) -> set[str] | None:
    """The things of what was signed on the line in the span; None for all there is.

    Raises ``nothing-chosen`` (R-EVID-13) and ``bad-time``.
    """
    if since is None and until is None:
        return None
    query = select(_m.thing).where(_m.peer == line).distinct()
    if since is not None:
        query = query.where(_m.at >= Moment.parse_date_or_time(since).ms)
    if until is not None:
        query = query.where(_m.at < Moment.parse_date_or_time(until).ms)
    found = set(connection.execute(query).scalars())
    if not found:
        raise OpenlineError(
            "nothing-chosen",
            f"nothing was signed on the line to {line} in that time",
            rule="R-EVID-13",
            next="`openline messages --line LINE` shows when something was",
        )
    return found


def choose(connection: Connection, things: Things) -> dict[Place, Choice]:
    """The records and numbers that hold those things and what belongs with them."""
    found: dict[Place, Choice] = {}
    for peer, chosen in things.items():
        wanted = None if chosen is None else related(chosen, _ties(connection, peer))
        query = select(_m.way, _m.epoch, _m.number, _m.thing, _m.form).where(_m.peer == peer)
        for way, epoch, number, thing, form in connection.execute(query):
            if wanted is None or thing in wanted or form in ALWAYS:
                found.setdefault((peer, way, epoch), Choice()).numbers.add(number)
        for way, epoch in connection.execute(
            select(_m.way, func.min(_m.epoch)).where(_m.peer == peer).group_by(_m.way)
        ):
            found.setdefault((peer, way, epoch), Choice())
    for (peer, way, epoch), choice in found.items():
        first = entries.at_number(connection, peer, way, epoch, 0)
        if first is not None:
            choice.numbers.add(0)
            _name_heads(first, found)
    return {place: choice for place, choice in found.items() if choice.numbers}


def _ties(connection: Connection, peer: str) -> Iterator[tuple[str, str]]:
    """Of each message of the line that is about another: both things."""
    leaves = select(_m.leaf, _m.thing).where(_m.peer == peer)
    hashed: dict[bytes, str] = {}
    for row in connection.execute(select(_m.thing, _m.raw).where(_m.peer == peer)):
        if b"about" not in row.raw:
            continue
        payload = entries.payload_of(read_message(row.raw))
        fields = payload.fields if payload else {}
        about, leaf = fields.get("about"), fields.get("about_hash")
        if isinstance(about, str):
            yield row.thing, about
        elif isinstance(leaf, bytes):
            if not hashed:
                hashed = {row.leaf: row.thing for row in connection.execute(leaves)}
            if leaf in hashed:
                yield row.thing, hashed[leaf]


def _name_heads(first: Row[Any], found: Mapping[Place, Choice]) -> None:
    """Note the heads that an epoch's first message names, where those records are chosen too."""
    payload = entries.payload_of(read_message(first.raw))
    if payload is None or payload.form != "epoch":
        return
    other = "in" if first.way == "out" else "out"
    for name, way in (("previous", first.way), ("peer", other)):
        match payload.fields.get(name):
            case {"epoch": int(epoch), "size": int(size)} if (first.peer, way, epoch) in found:
                found[first.peer, way, epoch].heads.add(size)
