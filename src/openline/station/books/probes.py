"""The book of probes: what was found of each carrier, lately and by the day. Bounded."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from openline.line.linetest import Measure
from openline.line.probing import Day, Outcome
from openline.station.books import findings
from openline.station.engine import Tx
from openline.station.linetest_tables import probe_days, probes
from openline.words import limits
from openline.words.moment import DAY_MS, Moment


def keep(
    tx: Tx, peer: str, carrier: str, at: Moment, measured: Measure | None, why: str = ""
) -> None:
    """Keep what a probe that left `at` came to: `measured`, or `why` it is lost (R-PROBE-05)."""
    outcome = Outcome.LOST if measured is None else Outcome.ANSWERED
    found: dict[str, Any] = {"outcome": str(outcome), "why": why[: limits.FIELD_CHARS]}
    if measured is not None:
        found["rtt_ms"] = measured.rtt_ms
        found["offset_ms"] = measured.offset_ms
        found["offset_uncertainty_ms"] = measured.offset_uncertainty_ms
    tx.run(insert(probes).values(peer=peer, carrier=carrier, at=at.ms, **found))
    findings.keep_carrier(tx, peer, carrier, at, found)
    _forget_old(tx, peer, carrier)
    _count(tx, peer, carrier, at, measured)
    tx.topics.add("probes")


def _forget_old(tx: Tx, peer: str, carrier: str) -> None:
    of = (probes.c.peer == peer, probes.c.carrier == carrier)
    kept = select(probes.c.pk).where(*of).order_by(probes.c.pk.desc())
    oldest = kept.offset(limits.PROBES_KEPT).limit(1).scalar_subquery()
    tx.run(delete(probes).where(*of, probes.c.pk <= oldest))


def _count(tx: Tx, peer: str, carrier: str, at: Moment, measured: Measure | None) -> None:
    day = at.ms - at.ms % DAY_MS
    d = probe_days.c
    of = (d.peer == peer, d.carrier == carrier)
    more = {
        "run": d.run + 1,
        "answered": d.answered + (measured is not None),
        "rtt_sum_ms": d.rtt_sum_ms + (measured.rtt_ms if measured else 0),
    }
    if tx.run(update(probe_days).where(*of, d.day == day).values(more)).rowcount:
        return
    first = {
        "run": 1,
        "answered": int(measured is not None),
        "rtt_sum_ms": measured.rtt_ms if measured else 0,
    }
    tx.run(insert(probe_days).values(peer=peer, carrier=carrier, day=day, **first))
    tx.run(delete(probe_days).where(*of, d.day <= day - limits.PROBE_DAYS * DAY_MS))


def carriers(connection: Connection, peer: str) -> list[str]:
    """The carriers of a line that were ever probed within the days that are kept."""
    query = select(probe_days.c.carrier).where(probe_days.c.peer == peer).distinct()
    return sorted(connection.execute(query).scalars())


def newest(
    connection: Connection, peer: str, carrier: str, since: Moment | None = None
) -> Row[Any] | None:
    """The newest probe of a carrier, if one left `since` then."""
    p = probes.c
    of = (p.peer == peer, p.carrier == carrier, p.at >= (since.ms if since else 0))
    return connection.execute(select(probes).where(*of).order_by(p.pk.desc()).limit(1)).first()


def days(connection: Connection, peer: str, carrier: str) -> Iterator[Day]:
    """How many probes were run and answered, day by day."""
    d = probe_days.c
    query = select(d.day, d.run, d.answered).where(d.peer == peer, d.carrier == carrier)
    for day, run, answered in connection.execute(query.order_by(d.day)):
        yield Day(day, run, answered)
