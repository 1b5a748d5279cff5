"""Secrets of carriers and of ways to people after a restore: named until they are given again."""

from __future__ import annotations

from pathlib import Path

import pytest
from gateways import gateway
from processes import Box, Json, MakePair

from openline.station import settings
from openline.station.folder import Folder

SECRET = "swordfish"
PROXY = "socks5://us:swordfish@127.0.0.1:9"
MAIL = ("smtp=plain://127.0.0.1:9", "from=us@mail.test", "to=ru@mail.test", "user=us")
LOST = [
    {"of": "carrier", "line": "ru", "carrier": "https", "option": "proxy"},
    {"of": "carrier", "line": "ru", "carrier": "mail", "option": "password"},
    {"of": "way", "person": "Ivan", "way": 1, "kind": "json"},
    {"of": "way", "person": "Ivan", "way": 2, "kind": "mailto"},
]


def carriers(us: Box) -> dict[str, Json]:
    (line,) = us.ask("status")["lines"]
    return {each["name"]: each for each in line["carriers"]}


@pytest.mark.rule("R-BACK-04")
def test_a_restore_names_what_no_backup_holds_until_it_is_given_again(
    make_pair: MakePair, tmp_path: Path
) -> None:
    us, _ = make_pair()
    files = {"password": SECRET, "proxy": PROXY}
    for name, secret in files.items():
        (tmp_path / name).write_text(secret)
    password, proxy = (f"{name}-file={tmp_path / name}" for name in files)
    us.run("carrier", "add", "ru", "mail", *MAIL, password)
    us.run("carrier", "add", "ru", "https", proxy)
    us.run("carrier", "add", "ru", "folder", f"path={tmp_path}")
    with gateway() as reached:
        ways = (reached.way("ivan"), f"mailto://ivan:{SECRET}@mail.test")
        us.run("reach", "add", "Ivan", *ways)
        us.run("reach", "add", "Olga")
        assert us.json("status")["missing_secrets"] == []
        backup = tmp_path / "backup"
        us.run("backup", backup)
        assert SECRET.encode() not in backup.read_bytes()

        shown = us.run("restore", backup, "--replace").out
        for part in ("carrier mail, ru", "password", "way 2 to Ivan", "mailto"):
            assert part in shown
        assert us.json("restore", backup, "--replace")["missing_secrets"] == LOST
        assert us.json("status")["missing_secrets"] == LOST
        assert "way 1 to Ivan" in us.run("status").out
        assert "json MISSING (way 1)" in us.run("reach", "list").out

        us.serve()  # and while it runs nothing leaves by what lacks its secret
        assert us.ask("status")["missing_secrets"] == LOST
        us.send("ru", "where are you?", "--precedence", "flash")
        us.until(lambda: carriers(us)["https"]["error"], "https was tried")
        assert carriers(us)["https"]["missing"] == ["proxy"]
        assert "its proxy is not there" in carriers(us)["https"]["error"]
        assert carriers(us)["folder"]["missing"] == []

        us.run("carrier", "add", "ru", "mail", *MAIL, password)
        us.run("carrier", "add", "ru", "https", proxy)
        assert us.ask("status")["missing_secrets"] == LOST[2:]
        gone = "not there"
        us.until(lambda: gone not in (carriers(us)["https"]["error"] or gone), "tried anew")
        us.run("reach", "add", "Ivan", reached.way("ivan"))
        assert us.ask("status")["missing_secrets"] == []
        us.run("watch", "handover", "Ivan")
        person, said = reached.next()
        assert (person, said["title"]) == ("ivan", "Openline us: test")
    assert settings.read_secrets(Folder(us.path), "ru", "mail") == {"password": SECRET}
