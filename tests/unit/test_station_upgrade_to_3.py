"""From version 2 of the database to 3: new tables, and who answered what, read from the record."""

from contextlib import closing
from pathlib import Path

import pytest
from pysqlite3 import dbapi2 as sqlite

from collision_world import open_alarms, plan, same, settle
from older import content_of, shape_of
from openline.station import migrations, saying
from openline.station.folder import Folder
from openline.station.founding import Founding, found
from openline.station.tables import SCHEMA_VERSION
from openline.station.upgrade import upgrade
from simulation.world import START, joined


def _as_version_2(folder: Folder) -> None:
    with closing(sqlite.connect(str(folder.database), isolation_level=None)) as own:
        for table in migrations.NEW_IN_3:
            own.execute(f"DROP TABLE {table.name}")
        own.execute("UPDATE meta SET value = '2' WHERE key = 'schema'")


@pytest.mark.rule("R-UPG-01")
def test_version_2_gets_the_new_tables_and_keeps_the_rest(tmp_path: Path) -> None:
    us, ru = Folder(tmp_path / "us"), Folder(tmp_path / "ru")
    for folder in (us, ru):
        named = Founding(folder.path.name, "a side", ("https://us.example:8440",))
        found(folder, named)
    new = shape_of(us.database)
    before = content_of(us.database)
    _as_version_2(us)
    done = upgrade(us)
    assert (done["from"], done["to"]) == ("2", SCHEMA_VERSION)
    assert shape_of(us.database) == new and content_of(us.database) == before


@pytest.mark.rule("R-UPG-01")
def test_what_answers_what_is_read_from_the_messages_of_version_2(tmp_path: Path) -> None:
    with joined(tmp_path) as world:
        us, ru = world["us"], world["ru"]
        id = us.send("ru")
        world.settle()
        ru.send("us", "acknowledged", about=id)
        us.test("ru")
        world.settle()
        for side in (us, ru):
            kept = content_of(side.path)["abouts"]
            assert len(kept) == 1
            with closing(sqlite.connect(str(side.path), isolation_level=None)) as own:
                for table in migrations.NEW_IN_3:
                    own.execute(f"DELETE FROM {table.name}")
            with side.store.write() as connection:
                migrations._desk(connection)
            assert content_of(side.path)["abouts"] == kept


@pytest.mark.rule("R-UPG-01")
def test_conflicts_and_notices_of_version_2_go_on(tmp_path: Path) -> None:
    with joined(tmp_path) as world:
        us, ru = world["us"], world["ru"]
        us.send("ru", "activity", **plan("ours"))
        theirs = ru.send("us", "activity", **plan("theirs", 22.75))
        settle(world)
        us.send("ru", "passed-on", about=theirs, units=["3rd Brigade"])
        settle(world)
        (before,) = same(world)
        for side in (us, ru):
            with closing(sqlite.connect(str(side.path), isolation_level=None)) as own:
                for table in migrations.NEW_IN_3:
                    own.execute(f"DELETE FROM {table.name}")
            with side.store.write() as connection:
                migrations._desk(connection)
        settle(world, START.plus_ms(46 * 3_600_000).ms - world.clock.wall)  # they have begun
        assert same(world) == [before]
        for side in (us, ru):
            assert len(open_alarms(side, "not-passed-on")) == 1  # theirs was passed on
            saying.answer(side, before["id"], "accepted", None, "en")  # type: ignore[arg-type]
        settle(world)
        assert [c["state"] for c in same(world)] == ["accepted"]
