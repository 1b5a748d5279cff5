"""The station's database: one writer, many readers, nothing half stored.

SQLite through `pysqlite3` (the standard library's may have the WAL fault of
3.40), write-ahead, `synchronous=FULL`: a commit that returned is on the disk.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, cast

from pysqlite3 import dbapi2 as sqlite
from sqlalchemy import Connection, Engine, create_engine, event, insert, select
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.pool import QueuePool

from openline.station import migrations, tables
from openline.station.heights import OPTION, Heights
from openline.station.hot import run, run_text
from openline.words.errors import OpenlineError

# The driver looks for a way to adapt these at every value, which costs more than storing it,
# unless it is told of one.
sqlite.register_adapter(bytes, bytes)
sqlite.register_adapter(bool, int)
sqlite.register_adapter(type(None), lambda nothing: nothing)

BUSY_S = 10
CONNECTIONS = 72
"""One writer, and a reader for every thread of station, commands and console."""
KEPT = 8
"""As long as no more are in use, a reader is kept for the next view: SQLAlchemy takes 30 us to
take one from its pool and to give it back."""


def storage_error(error: DBAPIError) -> OpenlineError:
    """The clear error behind a failure of the database."""
    text = str(error.orig)
    if "full" in text:
        return OpenlineError(
            "disk-full",
            "the disk is full: nothing was stored",
            rule="R-STORE-02",
            next="free some space; the station goes on by itself",
        )
    return OpenlineError(
        "storage-failed",
        f"the database refused: {text[:200]}",
        rule="R-STORE-02",
        next="check the disk and `openline record verify`; nothing was stored",
    )


class Store:
    """One database file. `write()` and `read()` give connections inside a transaction."""

    def __init__(self, path: Path) -> None:
        self._engine: Engine = create_engine(
            "sqlite://",
            module=sqlite,
            creator=lambda: sqlite.connect(
                str(path), timeout=BUSY_S, isolation_level=None, check_same_thread=False
            ),
            poolclass=QueuePool,
            pool_size=CONNECTIONS,
            max_overflow=0,
            pool_timeout=BUSY_S,
        )
        event.listen(self._engine, "connect", _configure)
        self._open()

    def _open(self) -> None:
        self._writing = threading.Lock()
        self._writer: Connection | None = None
        """Kept from one write transaction to the next."""
        self._readers: deque[Connection] = deque()
        """Those kept that nobody reads with now."""

    def know_heights(self, heights: Heights) -> None:
        """What this station knows of the earth's heights, for whoever compares activities."""
        with self._writing:
            self._engine.update_execution_options(**{OPTION: heights})
            self._give_up()

    @classmethod
    def create(cls, path: Path, facts: dict[str, str]) -> Store:
        """A new database with its `facts` (party, name, …)."""
        with closing(sqlite.connect(str(path))) as file:
            file.execute("PRAGMA journal_mode=WAL")  # the file keeps it; others' are left alone
        store = cls(path)
        with store.write() as connection:
            tables.METADATA.create_all(connection)
            rows = {"schema": tables.SCHEMA_VERSION, **facts}
            connection.execute(
                insert(tables.meta), [{"key": k, "value": v} for k, v in rows.items()]
            )
        return store

    def facts(self) -> dict[str, str]:
        """What `create` was given; refuses a database of another version."""
        with self.read() as connection:
            rows = connection.execute(select(tables.meta.c.key, tables.meta.c.value))
            facts: dict[str, str] = {row.key: row.value for row in rows}
        if facts.get("schema") != tables.SCHEMA_VERSION:
            raise migrations.other_schema(str(facts.get("schema")))
        return facts

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A write transaction: all of it is durable on exit, or none of it."""
        with self._writing, _clear_errors():
            try:
                if self._writer is None:
                    self._writer = self._connect().execution_options(openline_write=True)
                run_text(self._writer, "BEGIN IMMEDIATE")
                yield self._writer
                commit(self._writer)
            except BaseException:  # whatever state it is in: the next transaction takes a new one
                self._give_up()
                raise

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A consistent view."""
        with _clear_errors():
            try:
                reader = self._readers.pop()
            except IndexError:
                reader = self._connect()
            try:
                run_text(reader, "BEGIN")
                yield reader
                run(reader, "rollback")
            except BaseException:
                _let_go(reader)
                raise
            if cast(QueuePool, self._engine.pool).checkedout() > KEPT:  # others may wait for one
                _let_go(reader)
            else:
                self._readers.append(reader)

    def close(self) -> None:
        """Close all connections."""
        with self._writing:
            self._give_up()
        while self._readers:
            _let_go(self._readers.pop())
        self._engine.dispose()

    def _connect(self) -> Connection:
        """A connection that is, for SQLAlchemy, in one transaction as long as it is kept.

        BEGIN and what ends it go to the driver.
        """
        connection = self._engine.connect()
        connection.begin()
        return connection

    def _give_up(self) -> None:
        writer, self._writer = self._writer, None
        if writer is not None:
            _let_go(writer)


def _let_go(connection: Connection) -> None:
    with suppress(SQLAlchemyError):
        connection.close()


def commit(connection: Connection) -> None:
    """Make durable what `connection` has written."""
    run(connection, "commit")


@contextmanager
def _clear_errors() -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        raise storage_error(error) from error


@contextmanager
def savepoint(connection: Connection) -> Iterator[None]:
    """Undo what stands inside when it raises, and keep the transaction."""
    run_text(connection, "SAVEPOINT inner_step")
    try:
        yield
    except BaseException:
        # A full disk has already undone the whole transaction: then there is no savepoint left.
        # What went wrong first is what must be heard of.
        with suppress(SQLAlchemyError):
            run_text(connection, "ROLLBACK TO inner_step")
            run_text(connection, "RELEASE inner_step")
        raise
    run_text(connection, "RELEASE inner_step")


def _configure(raw: Any, _record: object) -> None:
    for pragma in ("synchronous=FULL", "foreign_keys=ON", "cache_size=-16000"):
        raw.execute(f"PRAGMA {pragma}")
