"""PostGIS: a GiST index over box, time and height ranges, and `ST_DWithin` on geographies.

A server of its own in a temporary folder, over a Unix socket, told not to wait
for the disk, without parallel plans: what is compared is search on one core, not
durability. Prepared statements; a question and the insertion after it are one
round trip.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from benchmarks.crowd.peers import SEPARATION_M, TIME_MS, VERTICAL_MM, Pair
from openline.conflict.earth import ERROR_M
from openline.conflict.verdict import Planned
from openline.words.volume import Area, Circle
from openline.words.volume import Path as Way

SCRIPT = Path(__file__).parent / "install-postgis.sh"
INSTALL_S = 300
DEGREE_M = 110_000.0
SETTINGS = (
    *("fsync=off", "synchronous_commit=off", "full_page_writes=off", "jit=off"),
    *("shared_buffers=1GB", "work_mem=256MB", "maintenance_work_mem=1GB", "max_wal_size=8GB"),
    *(
        "listen_addresses=",
        "autovacuum=off",
        "random_page_cost=1.1",
        "max_parallel_workers_per_gather=0",
    ),
)
TABLE = """
CREATE EXTENSION postgis;
CREATE TABLE plan (
    number serial, id text, core geography, reach float8, box geometry, wide geometry,
    during int8range, span int8range, heights int8range, tall int8range);
"""
INDEX = "CREATE INDEX plan_near ON plan USING gist (box, during, heights); ANALYZE plan"
COLUMNS = "id, core, reach, box, wide, during, span, heights, tall"
ASK = f"""
WITH new AS MATERIALIZED (
    SELECT %(id)s::text AS id, ST_GeogFromText(%(core)s) AS core, %(reach)s::float8 AS reach,
        %(box)s::geometry AS box, %(wide)s::geometry AS wide,
        %(during)s::int8range AS during, %(span)s::int8range AS span,
        %(heights)s::int8range AS heights, %(tall)s::int8range AS tall
), added AS (INSERT INTO plan ({COLUMNS}) SELECT {COLUMNS} FROM new)
SELECT plan.id FROM plan WHERE plan.box && %(wide)s::geometry
    AND plan.during && %(span)s::int8range AND plan.heights && %(tall)s::int8range
    AND ST_DWithin(plan.core, ST_GeogFromText(%(core)s),
        plan.reach + %(reach)s::float8 + {SEPARATION_M + ERROR_M})
"""
PAIRS = f"""
SELECT a.id, b.id FROM plan a JOIN plan b ON b.number > a.number
    AND b.box && a.wide AND b.during && a.span AND b.heights && a.tall
    AND ST_DWithin(b.core, a.core, a.reach + b.reach + {SEPARATION_M + ERROR_M})
WHERE (a.number - 1) %% %(every)s = 0
"""


def absent() -> str:
    """Why PostGIS cannot be measured here; empty when it can, installed where that may be."""
    if _programs() is None:
        subprocess.run(["sh", str(SCRIPT)], check=False, timeout=INSTALL_S)
    if _programs() is None:
        return "it is not installed, and Debian's package cannot be installed here"
    if os.geteuid() == 0 and shutil.which("runuser") is None:
        return "its server does not run as root, and there is no runuser"
    return ""


def _programs() -> Path | None:
    """The programs of a PostgreSQL for which PostGIS is installed, the newest."""
    found = sorted(Path("/usr/share/postgresql").glob("*/extension/postgis.control"))
    folders = [Path("/usr/lib/postgresql") / each.parts[-3] / "bin" for each in found]
    return next((each for each in reversed(folders) if (each / "initdb").exists()), None)


@contextmanager
def server() -> Iterator[str]:
    """Run a server in a folder of its own; gives what to connect with."""
    with (
        tempfile.TemporaryDirectory(prefix="openline-postgis-") as folder,
        _serving(Path(folder)) as connect,
    ):
        yield connect


@contextmanager
def _serving(folder: Path) -> Iterator[str]:
    programs = _programs()
    assert programs is not None
    as_user: list[str] = []
    if os.geteuid() == 0:  # as whom the server does not run
        shutil.chown(folder, "postgres")
        as_user = ["runuser", "-u", "postgres", "--"]
    data = str(folder / "data")

    def run(name: str, *arguments: str) -> None:
        command = [*as_user, str(programs / name), "-D", data, *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/")

    run("initdb", "-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C")
    options = " ".join(
        f"-c {setting}" for setting in (*SETTINGS, f"unix_socket_directories={folder}")
    )
    run("pg_ctl", "-w", "-l", str(folder / "trace"), "-o", options, "start")
    try:
        yield f"host={folder} user=postgres dbname=postgres"
    finally:
        run("pg_ctl", "-m", "immediate", "stop")


class PostGIS:
    """The peer. Its edges are geodesics, its distances good to some metres."""

    name = "PostGIS"
    doubt = (0.0005, 5.0)

    def __init__(self, connect: str) -> None:
        self._db = psycopg.connect(connect, autocommit=True, prepare_threshold=0)
        self._db.execute("SET client_min_messages = warning")
        self._db.execute("DROP TABLE IF EXISTS plan")
        for statement in TABLE.split(";")[:-1]:
            self._db.execute(statement.replace("EXTENSION", "EXTENSION IF NOT EXISTS"))
        self.pid = self._db.info.backend_pid
        self.version = str(self._db.execute("SELECT postgis_lib_version()").fetchone()[0])  # type: ignore[index]

    def load(self, crowd: Sequence[Planned]) -> None:
        with self._db.cursor().copy(f"COPY plan ({COLUMNS}) FROM STDIN") as copy:
            for planned in crowd:
                copy.write_row(list(values(planned).values()))
        for statement in INDEX.split(";"):
            self._db.execute(statement)

    def ask_and_add(self, planned: Planned) -> set[str]:
        return self.ask(values(planned))

    def ask(self, given: dict[str, Any]) -> set[str]:
        """As `ask_and_add`, with what was prepared before."""
        return {row[0] for row in self._db.execute(ASK, given, prepare=True)}

    def pairs(self, every: int) -> Iterator[Pair]:
        yield from self._db.execute(PAIRS, {"every": every})

    def cpu(self) -> float:
        """Of the server's process for this connection, which works alone."""
        return int(Path(f"/proc/{self.pid}/schedstat").read_text().split()[0]) / 1e9

    def bytes(self) -> int:
        """What table and index take up."""
        row = self._db.execute("SELECT pg_total_relation_size('plan')").fetchone()
        assert row is not None
        return int(row[0])

    def close(self) -> None:
        self._db.close()


def values(planned: Planned) -> dict[str, Any]:
    """An activity as the table has it."""
    volume, shape = planned.volume, planned.volume.shape
    way: Way
    if isinstance(shape, Circle):
        way, reach = (shape.centre,), shape.radius_mm / 1000
        core = f"POINT({shape.centre.lon} {shape.centre.lat})"
    elif isinstance(shape, Area):
        way, reach = shape.polygons[0].outer, 0.0
        core = f"POLYGON(({_text(way)}))"
    else:
        way, reach = shape.path, shape.width_mm / 2000
        core = f"LINESTRING({_text(way)})"
    start, end = volume.window.start.ms, volume.window.end.ms
    low, high = volume.band.lower_milli, volume.band.upper_milli
    return {
        "id": planned.id,
        "core": core,
        "reach": reach,
        "box": _box(way, reach),
        "wide": _box(way, reach + SEPARATION_M + ERROR_M),
        "during": f"[{start},{end}]",
        "span": f"[{start - TIME_MS + 1},{end + TIME_MS - 1}]",
        "heights": f"[{low},{high}]",
        "tall": f"({low - VERTICAL_MM},{high + VERTICAL_MM})",
    }


def _text(way: Way) -> str:
    return ", ".join(f"{p.lon} {p.lat}" for p in way)


def _box(way: Way, reach: float) -> str:
    """The box in degrees around a shape; wide enough for the bend of its edges, at 60 degrees."""
    up, aside = reach / DEGREE_M, reach / DEGREE_M * 2.2
    bend = 0.002 if len(way) > 1 else 0.0
    west, east = min(p.lon for p in way) - aside, max(p.lon for p in way) + aside
    south, north = min(p.lat for p in way) - up - bend, max(p.lat for p in way) + up + bend
    corners = (west, south), (east, south), (east, north), (west, north), (west, south)
    return f"POLYGON(({', '.join(f'{x} {y}' for x, y in corners)}))"
