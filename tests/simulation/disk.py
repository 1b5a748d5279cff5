"""A station's disk, under its real database: where a crash may come, and what it leaves.

The station's own SQLite writes real files; this stands between the station and the driver.
It counts the points at which a process can die, lets the disk be full, and, when the power
goes in the middle of a commit, leaves any part of what that commit was writing: each sector
is the old one, the new one or neither. What the station asked to have synced is honoured: it
must say `synchronous=FULL`, else a crash takes back everything since the files were opened.
(The real syncs are left out: nothing here outlives the process, and they cost most of a run.)
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

from pysqlite3 import dbapi2 as sqlite

from openline.station import store

SECTOR, HEADER = 512, 32
CHECKPOINT_PAGES = 200
"""Less than SQLite's thousand, so that the write-ahead file starts afresh within a run."""
FULL = "database or disk is full"
AMID, AFTER = "amid the commit", "after the commit"

Files = dict[str, bytes]


class Crash(BaseException):
    """The process is gone: nothing in a station may catch it."""

    def __init__(self, disk: Disk, where: str) -> None:
        super().__init__(where)
        self.disk = disk


class Disk:
    """The files of one database, through crashes."""

    def __init__(self, path: Path, random: Random | None = None) -> None:
        self.path = path
        self.random = random or Random(0)
        self.crash_in = 0
        """Crash at the n-th point from now on; 0 is never."""
        self.crash_at = ""
        """Crash at the next point of this name."""
        self.full = ""
        """While there is no room: whether writes fail at an `insert` or at the `commit`."""
        self.refusals = 0
        """How many more writes find no room; then somebody has made some."""
        self.refused = 0
        """How many writes found no room."""
        self.torn = 0
        """How many commits the power cut in two."""
        self.on_durable: Callable[[], None] = lambda: None
        """Called when a commit has become durable."""
        self._dead = False
        self._before: Files | None = None
        self._unsynced: Files | None = None
        _DISKS[str(path)] = self

    # ---- what the driver does ----------------------------------------------------------

    def point(self, where: str) -> None:
        """Here the process may die."""
        if self._dead:
            raise Crash(self, "dead already")
        if self.crash_in == 1 or self.crash_at == where:
            self._dead = True
            raise Crash(self, where)
        self.crash_in -= self.crash_in > 0

    @property
    def armed(self) -> bool:
        """Whether a crash is still to come."""
        return bool(self.crash_in or self.crash_at)

    def restart(self) -> None:
        """The files as they are found again; nobody may have them open. Disarms the crash."""
        self.crash_in, self.crash_at, self._dead = 0, "", False
        if self._unsynced is not None:
            self.put(self._unsynced)
        elif self._before is not None:
            files = self.files()
            assert files[""] == self._before[""], "somebody wrote after the crash"
            files["-wal"] = self._tear(self._before["-wal"], files["-wal"])
            self.put(files)

    # ---- what the database does --------------------------------------------------------

    def commit(self, commit: Callable[[], None]) -> None:
        """Perform a writing commit, unless the power goes before, amid or after it."""
        self.point("before the commit")
        if self.crash_in == 1 or self.crash_at == AMID:
            before = self.files()
            commit()
            if before[""] == self.files()[""]:  # no checkpoint followed, which would have synced
                self._before = before
                self.torn += 1
            self.point(AMID)
        commit()
        self.on_durable()
        self.point(AFTER)

    def no_room(self) -> sqlite.OperationalError:
        """What SQLite says on a full disk."""
        self.refused += 1
        self.refusals -= 1
        if not self.refusals:
            self.full = ""
        return sqlite.OperationalError(FULL)

    def asked_for(self, synchronous: str) -> None:
        """The station has set what a commit waits for."""
        if synchronous.upper() not in ("FULL", "EXTRA", "2", "3") and self._unsynced is None:
            self._unsynced = self.files()

    # ---- files -------------------------------------------------------------------------

    def _named(self, ending: str) -> Path:
        return self.path.with_name(self.path.name + ending)

    def files(self) -> Files:
        """What stands in the files; consistent while no transaction is under way."""
        found = {}
        for ending in ("", "-wal"):
            try:
                found[ending] = self._named(ending).read_bytes()
            except FileNotFoundError:
                found[ending] = b""
        return found

    def put(self, files: Files) -> None:
        """Other files in their place; nobody may have them open."""
        self._before = self._unsynced = None
        for ending, data in files.items():
            self._named(ending).write_bytes(data)
        self._named("-shm").unlink(missing_ok=True)

    def _tear(self, old: bytes, new: bytes) -> bytes:
        """`new` as the power left it: each sector that was being written is any of three things.

        What a file's header says is synced before what follows it, and what was not written to
        is not harmed: SQLite counts on both.
        """
        sectors = [new[:HEADER]]
        for at in range(HEADER, len(new), SECTOR):
            was, now = old[at : at + SECTOR], new[at : at + SECTOR]
            if was != now:
                pairs = enumerate(zip(was, now, strict=False))
                kept = next((i for i, (a, b) in pairs if a != b), len(was))
                noise = now[:kept] + self.random.randbytes(len(now) - kept)
                now = self.random.choice((was.ljust(len(now), b"\0"), now, now, noise))
            sectors.append(now)
        return b"".join(sectors)


class _Cursor(sqlite.Cursor):  # type: ignore[misc]
    def execute(self, sql: str, *args: Any) -> Any:
        return super().execute(self.connection.before(sql), *args)

    def executemany(self, sql: str, *args: Any) -> Any:
        return super().executemany(self.connection.before(sql), *args)


class _Connection(sqlite.Connection):  # type: ignore[misc]
    disk: Disk
    writing = False

    def cursor(self, _factory: object = None) -> Any:
        return super().cursor(_Cursor)

    def before(self, sql: str) -> str:
        """What happens before a statement; the statement to execute."""
        if sql == "BEGIN IMMEDIATE":
            self.disk.point("before the transaction")
            self.writing = True
        elif self.writing:
            self.disk.point("before a statement")
            if self.disk.full == "insert" and sql.startswith(("INSERT", "UPDATE")):
                raise self.disk.no_room()
        elif sql.startswith("PRAGMA synchronous="):
            self.disk.asked_for(sql.partition("=")[2])
            return "PRAGMA synchronous=OFF"
        return sql

    def commit(self) -> None:
        if not self.writing:
            super().commit()
        elif self.disk.full == "commit":
            self.rollback()
            raise self.disk.no_room()
        else:
            self.disk.commit(super().commit)
            self.writing = False

    def rollback(self) -> None:
        self.writing = False
        super().rollback()


_DISKS: dict[str, Disk] = {}


class _Sqlite:
    """The database's module as the store sees it: connections to a simulated disk are watched."""

    def __getattr__(self, name: str) -> Any:
        return getattr(sqlite, name)

    def connect(self, path: str, **how: Any) -> Any:
        disk = _DISKS.get(path)
        if disk is None:
            return sqlite.connect(path, **how)
        connection = sqlite.connect(path, **how, factory=_Connection)
        connection.disk = disk
        connection.execute(f"PRAGMA wal_autocheckpoint={CHECKPOINT_PAGES}")
        return connection


store.sqlite = _Sqlite()  # type: ignore[attr-defined]  # real ones pass through untouched


class Reader:
    """Reads what is committed, past the station; the last to let go, it leaves the files alone."""

    def __init__(self, path: Path) -> None:
        uri = f"file:{path}?mode=ro"
        self._connection = sqlite.connect(uri, uri=True, isolation_level=None)
        self._version = -1
        self.rows("SELECT 1 FROM messages LIMIT 1")  # from here on it holds the files open

    def changed(self) -> bool:
        """Whether anything was committed since this was asked last."""
        before = self._version
        ((self._version,),) = self.rows("PRAGMA data_version")
        return before != self._version

    def rows(self, sql: str, *values: Any) -> list[Any]:
        return list(self._connection.execute(sql, values))

    def close(self) -> None:
        self._connection.close()
