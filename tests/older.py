"""Stations as earlier versions left them, made from what this version wrote.

Messages, receipts and cards are those of today's wire: it is the database that was another.
"""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from pysqlite3 import dbapi2 as sqlite

from openline.station.folder import Folder
from openline.station.migrations import NEW_IN_3

SCHEMA_1 = Path(__file__).with_name("schema_1.sql")


def as_version_1(folder: Folder) -> None:
    """Make a resting station's database one of version 1; that version kept no mark."""
    database, newer = folder.database, folder.database.with_name("newer")
    with closing(sqlite.connect(str(database))) as own:
        own.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.rename(newer)
    with closing(sqlite.connect(str(database), isolation_level=None)) as own:
        own.execute("PRAGMA journal_mode=WAL")
        own.executescript(SCHEMA_1.read_text())
        own.execute("ATTACH ? AS newer", (str(newer),))
        for (table,) in own.execute("SELECT name FROM main.sqlite_master WHERE type = 'table'"):
            columns = columns_of(own, "main", table) & columns_of(own, "newer", table)
            named = ", ".join(f'"{column}"' for column in sorted(columns))
            own.execute(f"INSERT INTO main.{table} ({named}) SELECT {named} FROM newer.{table}")
        own.execute("UPDATE main.meta SET value = '1' WHERE key = 'schema'")
        own.execute("DETACH newer")
    newer.unlink()
    folder.mark.unlink(missing_ok=True)


def as_version_2(folder: Folder) -> None:
    """Make a resting station's database one of version 2, which had fewer tables."""
    with closing(sqlite.connect(str(folder.database), isolation_level=None)) as own:
        for table in NEW_IN_3:
            own.execute(f"DROP TABLE {table.name}")
        own.execute("DROP INDEX unanswered")
        own.execute("UPDATE meta SET value = '2' WHERE key = 'schema'")


def columns_of(connection: sqlite.Connection, database: str, table: str) -> set[str]:
    rows = connection.execute(f"PRAGMA {database}.table_info({table})")
    return {row[1] for row in rows}


def shape_of(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """Every table and index of a database, with columns, types and keys, whatever its text."""
    with closing(sqlite.connect(str(path))) as own:
        names = own.execute("SELECT type, name FROM sqlite_master ORDER BY type, name").fetchall()
        found = {}
        for kind, name in names:
            pragma = "table_info" if kind == "table" else "index_xinfo"
            rows = own.execute(f"PRAGMA {pragma}({name})").fetchall()
            found[f"{kind} {name}"] = sorted(
                (*row[1:],) if kind == "table" else row for row in rows
            )
        return found


def content_of(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table."""
    with closing(sqlite.connect(str(path))) as own:
        tables = own.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        return {
            name: sorted(own.execute(f"SELECT * FROM {name}").fetchall(), key=repr)
            for (name,) in tables
        }
