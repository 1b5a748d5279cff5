"""Alarms on their way to people: by every way that is kept for them, through Apprise.

What leaves says that something urgent waits, on which line and since when, and nothing of what it
says: a gateway is a third party. What a gateway does not take is an alarm itself.
"""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

import structlog
from sqlalchemy import Connection, Row, select, update

from openline.forms.phrases import label, sentence
from openline.forms.precedence import Precedence
from openline.station import entries, reach
from openline.station.books import alarms, misses
from openline.station.engine import Tx
from openline.station.station import Station
from openline.station.urgent_tables import notices, people
from openline.words.errors import OpenlineError
from openline.words.moment import Moment

trace = structlog.get_logger("openline.alerts")
AT_ONCE = 8
"""Alarms that leave at a time; each holds one thread."""
GATEWAY_S = 20.0
"""How long a gateway may take."""
RETRY_S = 1.0
HANDOVER = "handover"


class Alerts:
    """Sends what waits in `notices`; what was under way as the station ended leaves again."""

    def __init__(self, station: Station) -> None:
        self._station = station
        self._new = asyncio.Event()
        self._new.set()

    def wake(self) -> None:
        """There may be something to send; call it in the event loop."""
        self._new.set()

    async def run(self) -> None:
        """Send, for ever."""
        while True:
            await self._new.wait()
            self._new.clear()
            try:
                while rows := await asyncio.to_thread(self._waiting):
                    await asyncio.gather(*map(self._send, rows))
            except OpenlineError as error:
                trace.error("alarms wait", code=error.code)
                await asyncio.sleep(RETRY_S)
                self._new.set()

    def _waiting(self) -> list[Row[Any]]:
        n = notices.c
        query = select(notices).where(n.ended_at.is_(None)).order_by(n.pk).limit(AT_ONCE)
        with self._station.engine.store.read() as connection:
            return list(connection.execute(query).all())

    async def _send(self, row: Row[Any]) -> None:
        title, body = await asyncio.to_thread(words, self._station, row)
        try:
            async with asyncio.timeout(2 * GATEWAY_S):
                why = await asyncio.to_thread(leave, self._station, row, title, body)
        except TimeoutError:
            why = "the gateway took too long"
        await self._station.run_soon(partial(ended, pk=row.pk, why=why))


def words(station: Station, row: Row[Any]) -> tuple[str, str]:
    """Title and text of an alarm to a person, in their language, else in the station's."""
    with station.engine.store.read() as connection:
        query = select(people.c.language).where(people.c.name == row.person)
        language = connection.execute(query).scalar() or station.language
        what, given = _what(connection, row, language)
    given |= {"party": station.engine.party, "line": row.peer}
    key = f"notice.{what}"
    return sentence(key, language, **given), sentence(key, language, "body", **given)


def _what(connection: Connection, row: Row[Any], language: str) -> tuple[str, dict[str, Any]]:
    """Which phrase an alarm to a person is, and its variables but the parties."""
    if row.step == HANDOVER:
        return HANDOVER, {}
    miss = misses.of_alarm(connection, f"{row.peer}:{row.about}")
    if miss is not None:
        return miss.what, {"at": Moment(miss.at)}
    found = entries.by_id(connection, row.about, row.peer)
    precedence = list(Precedence)[found[0].rank] if found else Precedence.IMMEDIATE
    arrived = found[0].arrived_at if found else None
    at = Moment(row.at if arrived is None else arrived)
    shown = label(f"precedence.{precedence}", language)
    return "message", {"id": row.about, "precedence": shown, "at": at}


def leave(station: Station, row: Row[Any], title: str, body: str) -> str:
    """Give an alarm to one gateway; empty when it took it, else why not, without any secret."""
    try:
        ways = reach.ways_of(station.folder, row.person)
    except OpenlineError as error:
        return error.message
    if not 0 < row.way <= len(ways):
        return "this way is no longer kept"
    try:
        to = reach.library().Apprise()
        to.add(ways[row.way - 1])
        taken = to.notify(body=body, title=title, timeout=GATEWAY_S)
    except Exception as error:  # noqa: BLE001 (a library's fault must not silence the other ways)
        return f"it failed: {type(error).__name__}"
    return "" if taken else "the gateway did not take it"


def ended(tx: Tx, pk: int, why: str) -> None:
    """An alarm has left, or has not: then that is an alarm."""
    n = notices.c
    row = tx.run(select(notices).where(n.pk == pk, n.ended_at.is_(None))).one_or_none()
    if row is None:
        return
    done = {"ended_at": tx.now.wall.ms, "left": not why, "why": why}
    tx.run(update(notices).where(n.pk == pk).values(**done))
    tx.topics.add("alerts")
    if why:
        alarms.raise_alarm(tx, row.peer, f"alert {pk}", Precedence.IMMEDIATE, "alert-failed")
