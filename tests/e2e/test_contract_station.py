"""The contract's commands that make and run a station, word for word."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from processes import (
    ENTRY,
    Box,
    Done,
    MakeBox,
    MakePair,
    environment,
    hold_to_promises,
    openline,
    serve_all,
    settle,
)

LINE_KEYS = {"line", "name", "observed", "declared", "queued", "last_test", "records"}
LINE_KEYS |= {"contacts", "conflicts"}


# ---- init, card, join -----------------------------------------------------------------


@pytest.mark.rule("R-CLI-12")
def test_a_station_is_made_with_its_root_key_encrypted_beside_it(
    make_box: MakeBox, tmp_path: Path
) -> None:
    us = make_box("us")
    secret = tmp_path / "secret"
    secret.write_text("correct horse\n")
    us.init("--passphrase-file", str(secret))
    root = tmp_path / "us.root"
    assert load_pem_private_key(root.read_bytes(), b"correct horse")
    with pytest.raises(TypeError, match="encrypted"):
        load_pem_private_key(root.read_bytes(), None)
    inside = list(us.path.iterdir())
    assert not [path for path in inside if path.read_bytes() == root.read_bytes()]
    assert {path.stat().st_mode & 0o077 for path in (root, us.path, *inside)} == {0}


def test_the_root_key_goes_where_it_is_told_but_never_into_the_folder(
    make_box: MakeBox, tmp_path: Path
) -> None:
    us = make_box("us")
    inside = ("--root-key", str(us.path / "root"), "--unsafe-no-passphrase")
    named = ("--party", "us", "--name", "US", "--address", us.address)
    refused = us.run("init", *named, *inside, code=1)
    assert "[ours]" in refused.err and "R-STN-02" in refused.err
    assert not us.path.exists()
    elsewhere = tmp_path / "medium" / "key"
    elsewhere.parent.mkdir()
    us.run("init", *named, "--root-key", elsewhere, "--unsafe-no-passphrase")
    assert load_pem_private_key(elsewhere.read_bytes(), None)
    assert not (tmp_path / "us.root").exists()


@pytest.mark.rule("R-CLI-12")
def test_a_root_key_is_left_unencrypted_only_by_the_option_that_says_unsafe(
    make_box: MakeBox, tmp_path: Path
) -> None:
    us = make_box("us")
    named = ("init", "--party", "us", "--name", "US", "--address", us.address)
    assert us.run(*named, code=2).err
    empty = tmp_path / "empty"
    empty.write_text("\nsecond line\n")
    assert us.run(*named, "--passphrase-file", empty, code=1).err
    assert us.run(*named, "--passphrase-file", empty, "--unsafe-no-passphrase", code=2).err
    assert not us.path.exists() and not (tmp_path / "us.root").exists()


def test_a_station_is_not_made_twice(make_box: MakeBox) -> None:
    us = make_box("us")
    us.init("--unsafe-no-passphrase")
    before = {path.name: path.read_bytes() for path in us.path.iterdir()}
    again = us.run(
        *("init", "--party", "us", "--name", "other", "--unsafe-no-passphrase"),
        "--address",
        us.address,
        code=1,
    )
    assert "exists already" in again.err
    assert {path.name: path.read_bytes() for path in us.path.iterdir()} == before


def test_the_card_is_one_page_of_text_with_a_fingerprint_of_words(make_box: MakeBox) -> None:
    us = make_box("us")
    us.init("--unsafe-no-passphrase")
    text = us.run("card").out
    shown = us.json("card")
    assert shown["party"] == "us" and shown["name"] == "us side"
    assert shown["addresses"] == [us.address]
    assert shown["card"] == text
    assert len(shown["fingerprint"].split(" ")) == 12
    assert shown["fingerprint"] in " ".join(text.split())
    assert len(text.splitlines()) < 60


@pytest.mark.rule("R-CLI-09")
def test_the_folder_is_the_option_or_the_variable_or_station(
    make_box: MakeBox, tmp_path: Path
) -> None:
    us, ru = make_box("us"), make_box("ru")
    us.init("--unsafe-no-passphrase")
    ru.init("--unsafe-no-passphrase")
    named = {"OPENLINE_STATION": str(us.path)}
    assert openline("card", "--json", env=named).json["party"] == "us"
    assert openline("--station", ru.path, "card", "--json", env=named).json["party"] == "ru"
    home = tmp_path / "home"
    home.mkdir()
    us.path.rename(home / "station")
    assert openline("card", "--json", cwd=home).json["party"] == "us"
    assert openline("card", cwd=tmp_path).code == 1


def test_join_opens_the_line_once_and_only_by_the_right_words(make_box: MakeBox) -> None:
    """Every command by a process of its own: what none of them may rely on is another's memory."""
    us, ru = make_box("us"), make_box("ru")
    for box in (us, ru):
        named = ("--party", box.party, "--name", f"{box.party} side", "--unsafe-no-passphrase")
        assert openline("--station", box.path, "init", *named, "--address", box.address).code == 0
    card, own = us.path.with_name("ru.card"), us.path.with_name("own.card")
    card.write_text(ru.run("card").out)
    own.write_text(us.run("card").out)
    words = ru.json("card")["fingerprint"]
    ours = us.json("card")["fingerprint"]
    for wrong in (ours, words.rsplit(" ", 1)[0], "", f"{words} abandon"):
        refused = us.run("join", card, "--fingerprint", wrong, code=1)
        assert "[theirs]" in refused.err and "R-STN-07" in refused.err
    assert us.run("join", own, "--fingerprint", ours, code=1).err
    assert us.json("status")["lines"] == []
    assert openline("--station", us.path, "join", card, "--fingerprint", words).code == 0
    assert "open already" in us.run("join", card, "--fingerprint", words, code=1).err
    (line,) = openline("--station", us.path, "status", "--json").json["lines"]
    assert (line["line"], line["name"], line["observed"]) == ("ru", "ru side", "untested")
    assert (line["queued"], line["last_test"]) == (1, None)


# ---- serve and status -----------------------------------------------------------------


@pytest.mark.rule("R-CLI-08")
def test_one_line_says_when_the_station_is_ready(pair: tuple[Box, Box]) -> None:
    us, _ = pair
    console = f"http://127.0.0.1:{us.console_port}"
    assert us.address in us.ready and console in us.ready
    assert us.said == [us.ready]
    link = us.ready.split()[-1]
    assert link.startswith(f"{console}/#") and len(link) > len(console) + 20
    with urllib.request.urlopen(link, timeout=30) as page:
        assert page.status == 200


@pytest.mark.rule("R-CLI-08")
def test_a_signal_ends_it_cleanly_whatever_waits(make_pair: MakePair) -> None:
    us, _ = make_pair()
    us.start()
    us.await_ready()
    accepted = us.ask("send", lines=["ru"], form="text", fields={"text": "kept"})["id"]
    waiting = _begin(us, "send", "ru", "text", "text=waits", "--wait", "3600")
    us.until(lambda: len(us.messages()) == 3)
    assert us.stop(signal.SIGTERM) == 0
    assert us.said == [us.ready]
    _, said = waiting.communicate(timeout=100)
    assert waiting.returncode == 1 and b"stopped meanwhile" in said
    us.serve()
    assert us.stop(signal.SIGINT) == 0
    assert accepted in {m["id"] for m in us.json("messages")["messages"]}


@pytest.mark.rule("R-CLI-08")
def test_serve_listens_where_it_is_told(make_pair: MakePair) -> None:
    us, ru = make_pair()
    other = Box(us.path, "us")
    us.listen = ("--listen", f"127.0.0.1:{other.line_port}")
    serve_all(us, ru)
    assert other.address in us.ready and us.address not in us.ready
    # Peers use what the card says: nothing comes, and what goes out is answered all the same.
    us.send("ru", "out", "--wait", "60")


def test_status_has_the_shape_of_the_contract(pair: tuple[Box, Box]) -> None:
    us, ru = pair
    us.send("ru", "for the status", "--wait", "60")
    found = us.json("status")
    assert found["party"] == "us"
    by_line = {line["line"]: line for line in found["lines"]}
    assert set(by_line) >= {"ru", "un"}
    for line in by_line.values():
        assert line.keys() >= LINE_KEYS
        assert line["declared"] == "open"
        assert line["observed"] in ("up", "late", "down", "untested")
        assert isinstance(line["queued"], int) and isinstance(line["conflicts"], int)
        levels = [contact["level"] for contact in line["contacts"]]
        assert levels == ["desk", "commander", "chief", "minister", "leader"]
        assert all(contact.keys() >= {"last", "days"} for contact in line["contacts"])
        for record in line["records"].values():
            assert record["epoch"] == 1 and len(bytes.fromhex(record["root"])) == 32
    assert by_line["un"]["queued"] == by_line["un"]["records"]["out"]["size"]
    settle(us, ru)
    ours, theirs = us.line("ru")["records"], ru.line("us")["records"]
    assert (ours["out"], ours["in"]) == (theirs["in"], theirs["out"])


# ---- what every command promises -------------------------------------------------------


@pytest.mark.rule("R-CLI-01")
@pytest.mark.rule("R-CLI-02")
def test_exit_codes_and_errors_for_people_and_for_scripts(pair: tuple[Box, Box]) -> None:
    us, _ = pair
    plain = us.run("send", "xx", "text", "text=x", code=1).refusal
    assert (plain["whose"], plain["rule"]) == ("ours", "R-STN-05")
    error = us.run("send", "xx", "text", "text=x", "--json", code=1).error
    assert {key: error[key] for key in plain} == plain and error["code"] == "unknown-line"
    for wrong in (("frob",), ("send",), ("send", "ru"), ("status", "--frob"), ("test", "ru", "x")):
        assert us.run(*wrong, code=2).err.startswith("openline: ")
        assert us.run(*wrong, "--json", code=2).error["code"] == "wrong-usage"
    assert us.run("send", "ru", "text", "novalue", code=2).err
    assert "Usage" in us.run("--help").out


@pytest.mark.rule("R-CLI-01")
def test_output_that_nobody_takes_is_no_traceback(pair: tuple[Box, Box]) -> None:
    us, _ = pair
    command = [sys.executable, *ENTRY, "--station", str(us.path), "messages"]
    closed, gone = os.pipe()
    os.close(closed)
    for sink in (os.open("/dev/full", os.O_WRONLY), gone):
        with os.fdopen(sink, "wb"):
            done = subprocess.run(
                command, stdout=sink, stderr=subprocess.PIPE, env=environment(), check=False
            )
        hold_to_promises((), Done(done.returncode, "-", done.stderr.decode()))
        assert done.returncode == 1
    latin = environment(PYTHONIOENCODING="latin-1")
    us.send("ru", "Привет")
    done = subprocess.run(command, capture_output=True, env=latin, check=False)
    hold_to_promises((), Done(done.returncode, "-", done.stderr.decode("latin-1")))
    assert done.returncode == 0 and rb"\u041f" in done.stdout


# ---- commands with and without a running station ---------------------------------------


@pytest.mark.rule("R-CLI-05")
@pytest.mark.rule("R-STN-03")
def test_two_writers_never_meet(make_pair: MakePair) -> None:
    """Commands at once, a station that starts among them, and a second one that may not."""
    us, ru = make_pair()
    texts = [f"text {n}" for n in range(4)]
    running = [_begin(us, "send", "ru", "text", f"text={text}") for text in texts[:3]]
    us.start()
    running += [_begin(us, "send", "ru", "text", f"text={text}") for text in texts[3:]]
    ids = {_finish(process).out.strip() for process in running}
    us.await_ready()
    assert len(ids) == 4
    second = Box(us.path, "us")
    command = ("serve", "--console", f"127.0.0.1:{second.console_port}")
    refused = us.run(*command, "--listen", f"127.0.0.1:{second.line_port}", code=1)
    assert "another process works on" in refused.err and "R-STN-03" in refused.err
    found = us.json("messages")["messages"]
    assert [m["number"] for m in found] == list(range(5))
    assert {m["id"] for m in found[1:]} == ids
    assert sorted(m["fields"]["text"] for m in found[1:]) == texts
    us.run("record", "verify")


def _begin(box: Box, *args: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, *ENTRY, "--station", str(box.path), *args]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(command, env=environment(), **pipes)  # type: ignore[call-overload,no-any-return]


def _finish(process: subprocess.Popen[bytes]) -> Done:
    out, err = process.communicate(timeout=100)
    done = Done(process.returncode, out.decode(), err.decode())
    hold_to_promises((), done)
    assert done.code == 0, done
    return done


@pytest.mark.rule("R-CLI-05")
def test_a_station_that_does_not_run_answers_as_well(make_pair: MakePair) -> None:
    us, ru = make_pair()
    id = us.send("ru", "stored while nothing runs")
    (card, text) = us.json("messages", "--line", "ru")["messages"]
    assert (text["id"], text["state"], card["form"]) == (id, "queued", "card")
    assert us.json("show", id)["receipt"] is None
    assert us.json("record", "verify")["holds"] is True
    status = us.json("status")
    assert status["lines"][0]["queued"] == 2 and not (us.path / "socket").exists()
    assert us.refused("test", "ru")["code"] == "not-running"
    waited = us.run("send", "ru", "text", "text=x", "--wait", "0.2", "--json", code=1)
    assert waited.json["state"] == "queued"


@pytest.mark.rule("R-CLI-10")
def test_waiting_does_not_keep_a_station_from_starting(make_pair: MakePair) -> None:
    us, ru = make_pair()
    ru.serve()
    waiting = _begin(us, "send", "ru", "text", "text=first", "--wait", "90")
    ru.until(lambda: stored(us) == 2)
    us.serve()
    id = _finish(waiting).out.strip()
    assert id in {m["id"] for m in ru.messages()}


def stored(box: Box) -> int:
    """How many messages are in the database, read without taking the lock."""
    with contextlib.closing(
        sqlite3.connect(f"file:{box.path}/openline.db?mode=ro", uri=True)
    ) as db:
        (count,) = db.execute("SELECT count(*) FROM messages").fetchone()
        return int(count)


# ---- the record ------------------------------------------------------------------------


def test_verify_names_what_does_not_hold(make_pair: MakePair) -> None:
    us, ru = make_pair()
    for text in ("one", "two"):
        us.send("ru", text)
    assert us.json("record", "verify")["holds"] is True
    database = sqlite3.connect(us.path / "openline.db")
    (raw,) = database.execute("SELECT raw FROM messages WHERE number = 1").fetchone()
    changed = bytearray(raw)
    changed[-1] ^= 1
    database.execute("UPDATE messages SET raw = ? WHERE number = 1", (bytes(changed),))
    database.commit()
    database.close()
    done = us.run("record", "verify", "--json", code=1)
    assert done.json["holds"] is False
    assert {f["number"] for f in done.json["faults"] if f["record"] == "out"} >= {1}
    assert done.error["code"] == "record-broken" and "number 1" in done.error["message"]
    shown = us.run("record", "verify", code=1)
    assert "DOES NOT HOLD" in shown.out and "number 1" in shown.err


def test_a_copied_folder_is_a_station_as_it_was(make_pair: MakePair, tmp_path: Path) -> None:
    """The folder is all of a station: nothing of it lies elsewhere but the root key."""
    us, ru = make_pair()
    us.send("ru", "moves with the folder")
    shutil.copytree(us.path, tmp_path / "moved")
    moved = openline("--station", tmp_path / "moved", "messages", "--json").json
    stayed = us.json("messages")["messages"]
    assert moved["messages"][: len(stayed)] == stayed
    # It cannot know whether the folder that it was copied from still speaks: it begins anew.
    assert [m["form"] for m in moved["messages"][len(stayed) :]] == ["epoch"]
