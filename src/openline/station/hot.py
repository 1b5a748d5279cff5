"""Statements on the path of every message, compiled once and run by the driver itself.

A Core statement costs SQLAlchemy some 25 us at each execution, its cache warm,
where SQLite needs 2: with a dozen of them to a message that is most of a
message's time. So the schema, and the wording of every statement, stay
SQLAlchemy's, and what runs a thousand times a second is worded once for each
dialect and then handed to the driver (ADR 0015). Values pass as they are: text,
whole numbers, truth values and bytes, which drivers take alike.
"""

from __future__ import annotations

from collections.abc import Iterable
from operator import itemgetter
from typing import Any

from sqlalchemy import (
    BindParameter,
    ClauseElement,
    Connection,
    Dialect,
    Table,
    bindparam,
    insert,
    literal,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler

Values = dict[str, Any]


def slot(name: str) -> BindParameter[Any]:
    """What each run of a `Hot` statement gives a value."""
    return bindparam(name, None)


def fixed(value: str) -> BindParameter[str]:
    """A value that is part of the statement's text, so that a partial index is found to fit."""
    return literal(value, literal_execute=True)


class Hot:
    """One statement; `slot` stands where each run has a value of its own."""

    __slots__ = ("_constants", "_kind", "_pick", "_statement", "_text")

    def __init__(self, statement: ClauseElement) -> None:
        self._statement = statement
        self._kind: type[Dialect] | None = None

    def run(self, connection: Connection, values: Values) -> Any:
        """Execute it once; returns the driver's cursor, whose rows are plain tuples."""
        if type(connection.dialect) is not self._kind:
            self._word(connection.dialect)
        try:
            return driver(connection).execute(self._text, self._pick(self._constants | values))
        except connection.dialect.loaded_dbapi.Error as error:
            raise _wrapped(error, connection) from error

    def run_many(self, connection: Connection, rows: Iterable[Values]) -> None:
        """Execute it for each of `rows`."""
        if type(connection.dialect) is not self._kind:
            self._word(connection.dialect)
        taken = [self._pick(self._constants | row) for row in rows]
        try:
            driver(connection).executemany(self._text, taken)
        except connection.dialect.loaded_dbapi.Error as error:
            raise _wrapped(error, connection) from error

    def _word(self, dialect: Dialect) -> None:
        """Put it into `dialect`'s words."""
        compiled = self._statement.compile(
            dialect=dialect, compile_kwargs={"render_postcompile": True}
        )
        assert isinstance(compiled, SQLCompiler)
        names = list(compiled.positiontup or compiled.params)
        self._constants = {
            name: value for name, value in compiled.params.items() if value is not None
        }
        self._pick = _picker(names, bool(compiled.positional))
        self._text = str(compiled)
        self._kind = type(dialect)


def hot_insert(table: Table, or_ignore: bool = False) -> Hot:
    """An insert of whole rows of `table`, but for a key that the database gives.

    `or_ignore` leaves a row alone that is there already.
    """
    generated = table.autoincrement_column
    columns = [column.name for column in table.columns if column is not generated]
    statement = insert(table).values({name: slot(name) for name in columns}).inline()
    return Hot(statement.prefix_with("OR IGNORE", dialect="sqlite") if or_ignore else statement)


def driver(connection: Connection) -> Any:
    """The driver's own connection, inside the same transaction."""
    return connection.connection.driver_connection


def run_text(connection: Connection, text: str) -> None:
    """Have the driver execute what takes no values."""
    run(connection, "execute", text)


def run(connection: Connection, act: str, *args: str) -> None:
    """Call the driver's own connection, with errors as SQLAlchemy raises them."""
    try:
        getattr(driver(connection), act)(*args)
    except connection.dialect.loaded_dbapi.Error as error:
        raise _wrapped(error, connection) from error


def _picker(names: list[str], positional: bool) -> Any:
    if not positional:
        return lambda values: {name: values[name] for name in names}
    if len(names) == 1:
        return lambda values: (values[names[0]],)
    return itemgetter(*names) if names else lambda values: ()


def _wrapped(error: Exception, connection: Connection) -> DBAPIError:
    """The error as SQLAlchemy raises it, without what was to be stored."""
    dbapi = connection.dialect.loaded_dbapi
    raised = DBAPIError.instance(
        None, None, error, dbapi.Error, hide_parameters=True, dialect=connection.dialect
    )
    assert isinstance(raised, DBAPIError)
    return raised
