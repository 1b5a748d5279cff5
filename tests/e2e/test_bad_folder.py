"""Folders that hold no sound station, and ports that are taken: refused, and nothing changed."""

from __future__ import annotations

import shutil
import socket
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from processes import Box, MakePair, in_process, openline

from openline.station.folder import Folder
from ports import free_port


def damaged(us: Box, how: str) -> None:
    """Damage a station's folder."""
    database = us.path / "openline.db"
    if how == "no database at all":
        database.write_bytes(b"this is no database, but long enough to be looked at" * 100)
    elif how == "an empty file":
        database.write_bytes(b"")
    elif how == "half a database":
        database.write_bytes(database.read_bytes()[:6_000])
    elif how == "somebody else's database":
        database.unlink()
        with closing(sqlite3.connect(database, isolation_level=None)) as other:
            other.execute("CREATE TABLE meta (a, b)")
    elif how == "another version":
        with closing(sqlite3.connect(database, isolation_level=None)) as own:
            own.execute("UPDATE meta SET value = '999' WHERE key = 'schema'")
    elif how == "keys that are none":
        (us.path / "keys.json").write_text('{"signing": 1}')
    elif how == "no keys":
        (us.path / "keys.json").unlink()
    elif how == "another's card":
        (us.path / "card.txt").write_text("no card")
    elif how == "no card":
        (us.path / "card.txt").unlink()


DAMAGES = (
    "no database at all",
    "an empty file",
    "half a database",
    "somebody else's database",
    "another version",
    "keys that are none",
    "no keys",
    "another's card",
    "no card",
)


@pytest.mark.rule("R-CLI-01")
@pytest.mark.parametrize("how", DAMAGES)
def test_a_damaged_folder_is_refused_and_left_as_it_is(how: str, make_pair: MakePair) -> None:
    us, _ = make_pair()
    for leftover in us.path.glob("openline.db-*"):
        leftover.unlink()
    damaged(us, how)
    before = contents(us)
    for command in (("status",), ("send", "ru", "text", "text=x"), ("record", "verify")):
        error = us.refused(*command)
        assert error["whose"] == "ours" and error["next"]
    assert contents(us) == before
    if how in ("half a database", "no keys"):
        console = ("--console", f"127.0.0.1:{us.console_port}")
        assert openline("--station", us.path, "serve", *console).refusal["whose"] == "ours"


def contents(box: Box) -> dict[str, bytes]:
    kept = ("openline.db", "keys.json", "card.txt", "tls.pem")
    return {p.name: p.read_bytes() for p in box.path.iterdir() if p.name in kept}


@pytest.mark.rule("R-CLI-01")
def test_a_folder_without_a_station(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    file = tmp_path / "file"
    file.write_text("")
    for where in (tmp_path / "nowhere", empty, file, Path("/dev/null")):
        for command in (("status",), ("card",), ("messages",), ("clocks",)):
            done = in_process("--station", where, *command, "--json")
            assert done.code == 1 and str(where) in done.error["message"], done
    assert list(empty.iterdir()) == []
    assert openline("--station", empty, "serve").code == 1


@pytest.mark.rule("R-STN-06")
@pytest.mark.rule("R-CON-04")
def test_a_port_in_use_or_an_address_that_is_none(make_pair: MakePair) -> None:
    us, _ = make_pair()
    with socket.create_server(("127.0.0.1", free_port())) as taken:
        port = str(taken.getsockname()[1])
        free = f"127.0.0.1:{us.console_port}"
        for options, said in (
            (("--listen", f"127.0.0.1:{port}", "--console", free), ("--listen", port)),
            (("--console", f"127.0.0.1:{port}"), ("--console", port)),
            (("--console", f"0.0.0.0:{us.console_port}"), ("R-CON-04", "0.0.0.0")),
        ):
            done = openline("--station", us.path, "serve", *options)
            assert done.refusal["whose"] == "ours", options
            assert all(word in done.err for word in said), done.err
    for option, wrong in (("--console", "nonsense"), ("--listen", "127.0.0.1:99999")):
        assert option in us.refused_plainly("serve", option, wrong)["next"]
    us.serve()
    us.send("ru", "nothing was left behind")


@pytest.mark.rule("R-CLI-01")
def test_a_socket_that_a_killed_station_left_is_no_obstacle(make_pair: MakePair) -> None:
    us, _ = make_pair()
    us.serve()
    us.kill()
    assert Folder(us.path).socket.exists()
    us.send("ru", "goes by the database")
    us.serve()
    us.send("ru", "goes by the socket")
    shutil.rmtree(us.path)  # the ground from under its feet
    done = us.run("send", "ru", "text", "text=x", code=1)
    assert "no station" in done.err
