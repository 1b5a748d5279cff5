"""Witnesses of the lines, and the lines that this station is a witness of."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, select

from openline.station.station import Station
from openline.station.tables import consents, witnessed
from openline.words.moment import Moment
from openline.words.party import Direction

Json = dict[str, Any]


def list_witnesses(station: Station) -> Json:
    """``witness list --json``: for each pair and witness who consents, and what is cosigned."""
    found: dict[tuple[str, str, str], set[str]] = {}
    with station.engine.store.read() as connection:
        for row in connection.execute(select(consents).order_by(consents.c.at)).all():
            a, b = sorted((row.party, row.other))
            given = found.setdefault((row.witness, a, b), set())
            if row.given:
                given.add(row.party)
        listed = [
            {
                "witness": third,
                "between": [a, b],
                "consents": sorted(given),
                "agreed": given == {a, b},
                "records": _records(connection, third, {a, b}),
            }
            for (third, a, b), given in sorted(found.items())
        ]
    return {"party": station.engine.party, "witnesses": listed}


def _records(connection: Connection, third: str, pair: set[str]) -> list[Json]:
    query = select(witnessed).where(witnessed.c.witness == third).order_by(witnessed.c.record)
    rows = connection.execute(query).all()
    of_line = [row for row in rows if _parties(row.record) == pair]
    return [
        {
            "record": row.record,
            "cosigned": row.size,
            "verdict": row.verdict,
            "at": str(Moment(row.at)),
        }
        for row in of_line
    ]


def _parties(record: str) -> set[str]:
    direction = Direction.parse(record)
    return {direction.sender, direction.receiver}
