"""Officers by command: who may act, and what the other side reads of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from processes import MakeBox, MakePair, in_process, openline, serve_all

PASSWORD = "seven words are easier to remember"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "password"
    path.write_text(f"{PASSWORD}\nnot this line\n")
    return path


@pytest.mark.rule("R-OFF-07")
@pytest.mark.rule("R-OFF-08")
@pytest.mark.rule("R-OFF-05")
def test_an_officer_acts_by_name_and_the_other_side_reads_it(
    make_pair: MakePair, file: Path
) -> None:
    us, ru = make_pair()
    serve_all(us, ru)
    named = ("--as", "anna duty", "--password-file", file)

    def act(*args: str | Path, code: int = 0) -> str:
        done = in_process("--station", us.path, *named, *args)
        assert done.code == code, done
        return done.out.strip()

    assert us.json("officer", "list")["officers"] == []
    us.run("officer", "add", "Anna Duty", "--role", "officer", "--password-file", file)
    (listed,) = us.json("officer", "list")["officers"]
    assert (listed["name"], listed["role"], listed["disabled"]) == ("Anna Duty", "officer", False)

    about = ru.send("us", "Are you there?", "--precedence", "flash", "--wait", "60")
    answer = ("send", "ru", "opened", f"about={about}")
    refused = us.refused(*answer)
    assert (refused["code"], refused["rule"]) == ("no-officer", "R-OFF-05")
    id = act(*answer, "--wait", "60")
    assert {m["id"]: m["by"] for m in ru.messages()}[id] == "Anna Duty"
    assert ru.json("show", about)["state"] == "opened"
    # A script's message goes out at once, and says that it is nobody's.
    script = us.send("ru", "from a script", "--wait", "60")
    assert ru.json("show", script)["automatic"] is True
    assert "author   by Anna Duty" in ru.run("show", id).out
    assert "automatic\n    from a script" in ru.run("messages").out

    act("officer", "list")
    act("officer", "add", "Bo", "--role", "observer", "--password-file", file, code=1)
    us.run("officer", "disable", "Anna Duty")
    act("status", code=1)
    us.run("officer", "enable", "Anna Duty")
    act("status")


@pytest.mark.rule("R-OFF-07")
def test_a_name_without_its_password_is_refused(make_box: MakeBox, file: Path) -> None:
    us = make_box("us")
    us.init("--unsafe-no-passphrase")
    us.run("officer", "add", "Anna", "--role", "officer", "--password-file", file)
    name = {"OPENLINE_OFFICER": "Anna"}
    at = ("--station", us.path)
    assert openline(*at, "status", "--json", env=name).error["code"] == "no-password"
    wrong = file.with_name("wrong")
    wrong.write_text("something else\n")
    by_file = {**name, "OPENLINE_PASSWORD_FILE": str(wrong)}
    assert in_process(*at, "status", "--json", env=by_file).error["code"] == "wrong-password"
    right = {**by_file, "OPENLINE_PASSWORD_FILE": str(file)}
    assert in_process(*at, "status", "--json", env=right).json["party"] == "us"


@pytest.mark.rule("R-OFF-07")
def test_officers_are_kept_where_no_station_runs(make_box: MakeBox, file: Path) -> None:
    box = make_box("us")
    box.init("--unsafe-no-passphrase")
    box.run("officer", "add", "Anna", "--role", "observer", "--password-file", file)
    named = ("--station", box.path, "--as", "Anna", "--password-file", file)
    assert in_process(*named, "status").code == 0
    refused = in_process(*named, "officer", "list", "--json")
    assert refused.code == 0
    box.run("officer", "role", "Anna", "administrator")
    assert in_process(*named, "officer", "add", "Bo", "--role", "observer", "--json",
                      "--password-file", file).json["name"] == "Bo"  # fmt: skip
    box.run("officer", "password", "Anna", "--password-file", file)
