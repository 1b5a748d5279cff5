"""`openline backup` and `openline restore`, with running stations."""

from __future__ import annotations

import shutil
import tarfile
from pathlib import Path

import pytest
from processes import Box, MakePair, serve_all, settle


def texts(box: Box) -> list[str]:
    return [m["fields"]["text"] for m in box.messages() if m["form"] == "text"]


@pytest.mark.rule("R-BACK-01")
@pytest.mark.rule("R-BACK-03")
@pytest.mark.rule("R-EPOCH-01")
@pytest.mark.rule("R-EPOCH-04")
def test_a_station_is_backed_up_running_and_brought_back_whole(
    make_pair: MakePair, tmp_path: Path
) -> None:
    us, ru = make_pair()
    serve_all(us, ru)
    us.send("ru", "before the backup", "--wait", "60")
    file = tmp_path / "us.backup"
    made = us.json("backup", file)
    assert made["party"] == "us" and made["bytes"] == file.stat().st_size
    assert file.stat().st_mode & 0o077 == 0
    assert us.refused("backup", file)["code"] == "already-there"
    assert us.refused("backup", us.path / "inside")["code"] == "backup-inside"
    lost = us.send("ru", "after the backup", "--wait", "60")
    answer = ru.send("us", "answered after the backup", "--wait", "60")
    assert us.refused("restore", file)["code"] == "already-there"
    assert us.refused("restore", file, "--replace")["code"] == "station-busy"
    us.stop()

    done = us.json("restore", file, "--replace")
    assert done["epochs"]["ru"] > 1 and Path(done["aside"]).is_dir()
    # "Stop" goes at once into the new epoch, before the other side was heard.
    stop = us.send("ru", "stop", "--precedence", "flash")
    assert us.json("show", stop)["state"] == "queued"
    us.serve()
    us.until(lambda: lost in {m["id"] for m in us.messages()}, "what was lost is back")
    settle(us, ru)
    assert answer in {m["id"] for m in us.messages()}
    assert stop in {m["id"] for m in ru.messages("us")}
    assert sorted(texts(us)) == sorted(texts(ru))
    for box, peer in ((us, "ru"), (ru, "us")):
        assert box.json("record", "verify")["holds"]
        assert not [m for m in box.messages(peer) if m["form"] in ("fork", "not-understood")]
    records = us.line("ru")["records"]
    assert records["out"]["epoch"] == done["epochs"]["ru"]
    assert ru.line("us")["records"]["in"] == records["out"]


@pytest.mark.rule("R-EPOCH-01")
@pytest.mark.rule("R-EPOCH-05")
def test_a_copied_folder_is_noticed_when_it_starts(make_pair: MakePair, tmp_path: Path) -> None:
    us, ru = make_pair()
    serve_all(us, ru)
    us.send("ru", "first", "--wait", "60")
    us.stop()
    copy = tmp_path / "copy"
    shutil.copytree(us.path, copy, ignore=shutil.ignore_patterns("socket"))
    us.serve()
    us.send("ru", "second", "--wait", "60")
    us.stop()
    shutil.rmtree(us.path)
    copy.rename(us.path)
    us.serve()
    settle(us, ru)
    assert sorted(texts(us)) == ["first", "second"]
    assert us.line("ru")["records"]["out"]["epoch"] > 1
    alarms = us.json("alarms")["alarms"]
    assert any("epoch" in alarm["form"] for alarm in alarms)


@pytest.mark.rule("R-BACK-02")
def test_what_is_no_backup_is_refused_and_changes_nothing(
    make_pair: MakePair, tmp_path: Path
) -> None:
    us, _ = make_pair()
    good = tmp_path / "good"
    us.run("backup", good)
    data = good.read_bytes()
    damaged = tmp_path / "damaged"
    place = data.index(b"SQLite format 3") + 5_000
    damaged.write_bytes(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
    cut = tmp_path / "cut"
    cut.write_bytes(data[: len(data) // 2])
    text = tmp_path / "text"
    text.write_text("hello")
    strange = tmp_path / "strange"
    with tarfile.open(strange, "w:") as tar:
        tar.add(text, arcname="../outside")
    elsewhere = Box(tmp_path / "new", "us")
    for file in (damaged, cut, text, strange, tmp_path / "absent"):
        refusal = elsewhere.refused("restore", file)
        assert (refusal["code"], refusal["rule"]) == ("bad-backup", "R-BACK-02"), file
        assert not elsewhere.path.exists() and not (tmp_path / "outside").exists()
    assert elsewhere.json("restore", good)["epochs"].keys() == {"ru"}
    assert not (elsewhere.path.with_name("new.new")).exists()
