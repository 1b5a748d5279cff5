"""`upgrade`: the database of an earlier version, brought to this one, or left as it was."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from pysqlite3 import dbapi2 as sqlite
from sqlalchemy import select

import openline
from older import as_version_1, as_version_2, content_of, shape_of
from openline.evidence.fork import read_fork
from openline.station import acts, forks, migrations
from openline.station.backup import restore
from openline.station.books.alarms import digest_of
from openline.station.facade import Facade
from openline.station.folder import Folder
from openline.station.founding import Founding, found
from openline.station.keys import read_keys
from openline.station.station import Station
from openline.station.tables import SCHEMA_VERSION, alarms
from openline.station.upgrade import upgrade
from openline.wire.card import card_text, fingerprint
from openline.wire.message import write_message
from openline.wire.receipt import write_early
from openline.words.errors import OpenlineError
from openline.words.moment import Moment
from openline.words.party import Direction

MESSAGES = 20
"""Enough for a node of the record's tree to be kept."""
US = Founding("us", "us side", ("https://us.example:8440",))


@pytest.fixture(scope="module")
def version_1(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """A station of version 1 with a line to `ru` and MESSAGES on it."""
    home = tmp_path_factory.mktemp("version-1")
    folder = Folder(home / "us")
    found(folder, US)
    ru = found(Folder(home / "ru"), Founding("ru", "ru side", ("https://ru.example:8440",)))
    station = Station(folder)
    acts.join(station, card_text(ru), fingerprint(ru))
    for number in range(1, MESSAGES):
        acts.send(station, ("ru",), "text", {"text": f"number {number}"}, None, "en")
    station.close()
    as_version_1(folder)
    return folder


@pytest.fixture
def old(version_1: Folder, tmp_path: Path) -> Folder:
    """A copy of it for one test."""
    shutil.copytree(version_1.path.parent, tmp_path, dirs_exist_ok=True)
    return Folder(tmp_path / "us")


def beside(folder: Folder) -> set[str]:
    return {file.name for file in folder.path.parent.iterdir()}


def refusal(call: Callable[[], object]) -> OpenlineError:
    with pytest.raises(OpenlineError) as caught:
        call()
    return caught.value


def run(folder: Folder, sql: str, *values: object) -> None:
    with closing(sqlite.connect(str(folder.database), isolation_level=None)) as own:
        own.execute(sql, values)


@pytest.mark.rule("R-UPG-01")
def test_an_upgraded_database_is_as_a_new_one_and_keeps_every_message(old: Folder) -> None:
    before = content_of(old.database)["messages"]
    done = upgrade(old)
    assert (done["from"], done["to"]) == ("1", SCHEMA_VERSION)
    new = Folder(old.path.with_name("new"))
    found(new, US)
    assert shape_of(old.database) == shape_of(new.database)
    after = content_of(old.database)
    assert len(after["messages"]) == len(before) == MESSAGES
    assert len(after["nodes"]) == 1

    station = Station(old)
    state = station.engine.lines["ru"].state
    assert Facade(station).verify()["holds"]
    # Version 1 kept no mark: whether this is the newest copy is not known.
    assert state.sent[1].size == MESSAGES and state.out_epoch > 1
    # What had no receipt leaves in the new epoch, which its first message begins.
    assert station.ways.outbox("ru").queued() == MESSAGES + 1
    station.close()


@pytest.mark.rule("R-UPG-01")
def test_a_database_of_version_2_gets_the_tables_that_came_later(old: Folder) -> None:
    upgrade(old)
    new = shape_of(old.database)
    as_version_2(old)
    before = content_of(old.database)
    assert shape_of(old.database).keys() < new.keys()
    assert upgrade(old)["from"] == "2"
    assert shape_of(old.database) == new
    after = content_of(old.database)
    assert all(after[name] == rows for name, rows in before.items() if name != "meta")


@pytest.mark.rule("R-UPG-02")
def test_a_second_upgrade_finds_nothing_to_do(old: Folder) -> None:
    made = Path(upgrade(old)["backup"])
    assert made.parent == old.path.parent
    there = beside(old)
    assert upgrade(old) == {"from": SCHEMA_VERSION, "to": SCHEMA_VERSION, "backup": None}
    assert beside(old) == there


@pytest.mark.rule("R-UPG-02")
def test_without_a_backup_or_the_lock_nothing_is_changed(old: Folder) -> None:
    taken = old.path.with_name("taken")
    taken.write_text("something else")
    before = content_of(old.database)
    assert refusal(lambda: upgrade(old, taken)).code == "already-there"
    assert refusal(lambda: upgrade(old, old.path / "inside")).code == "backup-inside"
    assert content_of(old.database) == before and taken.read_text() == "something else"
    upgrade(old)
    station = Station(old)
    assert refusal(lambda: upgrade(old)).code == "station-busy"
    station.close()


@pytest.mark.rule("R-UPG-03")
def test_an_older_database_is_refused_with_the_command_that_upgrades_it(old: Folder) -> None:
    before = content_of(old.database)
    error = refusal(lambda: Station(old))
    assert error.code == "other-schema" and "`openline upgrade`" in error.next
    assert content_of(old.database) == before


@pytest.mark.rule("R-UPG-03")
@pytest.mark.parametrize("version", [str(int(SCHEMA_VERSION) + 1), "0", "", "from the future"])
def test_a_version_that_no_step_leads_from_is_refused_untouched(old: Folder, version: str) -> None:
    run(old, "UPDATE meta SET value = ? WHERE key = 'schema'", version)
    before, there = content_of(old.database), beside(old)
    error = refusal(lambda: upgrade(old))
    assert error.code == "other-schema" and "version of Openline that wrote it" in error.next
    assert content_of(old.database) == before and beside(old) == there


@pytest.mark.rule("R-UPG-04")
@pytest.mark.parametrize("what", ["its own", "its keys", "a peer's"])
def test_cards_that_are_read_no_more_are_refused_before_anything_is_changed(
    old: Folder, what: str
) -> None:
    if what == "its own":
        old.card.write_text("OPENLINE CARD\n\nparty: us\n")
    elif what == "its keys":
        old.keys.write_text('{"signing": "", "sealing": "", "tls": ""}')
    else:
        run(old, "UPDATE lines SET card = 'OPENLINE CARD'")
    before, there = content_of(old.database), beside(old)
    error = refusal(lambda: upgrade(old))
    assert error.code == "old-card" and "openline init" in error.next
    assert content_of(old.database) == before and beside(old) == there


@pytest.mark.rule("R-UPG-01")
def test_a_fork_that_version_1_kept_is_proven_once_it_runs(old: Folder, tmp_path: Path) -> None:
    ru = read_keys(Folder(tmp_path / "ru").keys).signing
    to_us, at = Direction("ru", "us", 1), Moment.parse("2022-03-01T12:00:00Z")
    one, other = (write_message(ru, to_us, 0, at, text) for text in (b"one", b"another"))
    early = write_early(ru, Direction("us", "ru", 1), 7, bytes(32), at)
    with closing(sqlite.connect(str(old.database), isolation_level=None)) as own:
        row = ("ru", "in", 1, 0, "x", "x", "unreadable", 3, 0, one.raw, one.leaf, "received", 1)
        own.execute(
            "INSERT INTO messages (peer, way, epoch, number, id, thing, form, rank, at, raw, leaf,"
            " state, shown) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            row,
        )
        kinds = (("two messages at one position", other), ("a receipt for what we did not", early))
        for number, (what, said) in enumerate(kinds):
            digest = digest_of(said.raw)
            fork = (digest, "ru", what, said.number, said.raw, 0)
            own.execute("INSERT INTO forks VALUES (?, ?, ?, ?, ?, ?)", fork)
            alarm = (f"a{number}", "ru", digest.hex()[:12], "immediate", f"fork: {what}", 0, 0, 0)
            own.execute("INSERT INTO alarms VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL)", alarm)
    upgrade(old)
    station = Station(old)
    with station.engine.store.read() as connection:
        whats = connection.execute(select(alarms.c.what)).scalars()
        assert [what for what in whats if "fork" in what] == ["fork-unproven"] * 2
    station.run(forks.prove_later)
    station.close()
    with closing(sqlite.connect(str(old.database))) as own:
        kept = own.execute("SELECT what, way, epoch, position, evidence FROM forks ORDER BY what")
        proven, unproven = kept.fetchall()
    assert proven[:4] == ("messages", "in", 1, 0)
    assert {exhibit.raw for exhibit in read_fork(proven[4]).exhibits} == {one.raw, other.raw}
    assert unproven == ("unproven", "out", 1, 7, early.raw)


CRASH = """
import os, sys
from pathlib import Path
from sqlalchemy import event
from sqlalchemy.engine import Engine
from openline.station.folder import Folder
from openline.station.upgrade import upgrade

left = int(sys.argv[2])

@event.listens_for(Engine, "before_cursor_execute")
def count(connection, cursor, statement, *_):
    global left
    if connection.get_execution_options().get("openline_write"):
        left -= 1
        if not left:
            os._exit(9)

upgrade(Folder(Path(sys.argv[1])))
print("done")
"""


@pytest.mark.rule("R-UPG-01")
@pytest.mark.parametrize("statement", [2, 12, 30, 60])
def test_a_crash_at_any_statement_leaves_the_old_database(old: Folder, statement: int) -> None:
    before = content_of(old.database)
    source = str(Path(openline.__file__).parents[1])
    done = subprocess.run(
        [sys.executable, "-c", CRASH, str(old.path), str(statement)],
        env={**os.environ, "PYTHONPATH": source},
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (9, b"")
    assert content_of(old.database) == before
    assert upgrade(old)["from"] == "1"


@pytest.mark.rule("R-UPG-05")
def test_a_backup_of_an_older_version_is_upgraded_as_it_is_restored(
    old: Folder, tmp_path: Path
) -> None:
    backup = tmp_path / "us.backup"
    upgrade(old, backup)
    elsewhere = Folder(tmp_path / "elsewhere")
    assert restore(elsewhere, backup)["epochs"].keys() == {"ru"}
    assert shape_of(elsewhere.database) == shape_of(old.database)
    station = Station(elsewhere)
    assert Facade(station).verify()["holds"]
    assert station.engine.lines["ru"].state.sent[1].size == MESSAGES
    station.close()


def test_steps_lead_from_every_earlier_version_to_this_one() -> None:
    assert [start for start, _, _ in migrations.STEPS] == [
        str(version) for version in range(1, int(SCHEMA_VERSION))
    ]
    for start, _, _ in migrations.STEPS:
        assert migrations.steps_from(start)[-1][1] == SCHEMA_VERSION


@pytest.mark.rule("R-UPG-01")
def test_version_2_gets_the_tables_that_it_lacked_and_keeps_the_rest(tmp_path: Path) -> None:
    folder, new = Folder(tmp_path / "us"), Folder(tmp_path / "new" / "us")
    new.path.parent.mkdir()
    for each in (folder, new):
        found(each, US)
    as_version_2(folder)
    before = content_of(folder.database)
    assert refusal(lambda: Station(folder)).code == "other-schema"
    assert upgrade(folder)["from"] == "2"
    assert shape_of(folder.database) == shape_of(new.database)
    after = content_of(folder.database)
    assert {name: after[name] for name in before.keys() - {"meta"}} == {
        name: rows for name, rows in before.items() if name != "meta"
    }
