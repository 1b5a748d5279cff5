"""Carrying by hand between two stations that no network joins, and carriers of small frames."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from hosts import ask, carrier, found_joined, hosts, states, texts, until
from openline.carriers.folder import SUFFIX
from openline.cli.main import main

Capsys = pytest.CaptureFixture[str]


def _run(folder: Path, capsys: Capsys, *args: str, code: int = 0) -> tuple[str, str]:
    assert main(["--station", str(folder), *args]) == code
    done = capsys.readouterr()
    return done.out, done.err


def _texts(folder: Path, capsys: Capsys) -> list[tuple[str, str]]:
    out, _ = _run(folder, capsys, "messages", "--json")
    found = json.loads(out)["messages"]
    return [(m["fields"]["text"], m["state"]) for m in found if m["form"] == "text"]


@pytest.mark.rule("R-CAR-12")
@pytest.mark.rule("R-CAR-13")
@pytest.mark.parametrize("how", ["text", "qr"])
def test_a_message_and_its_receipt_are_carried_by_hand(
    tmp_path: Path, capsys: Capsys, how: str
) -> None:
    found_joined(tmp_path, "us", "ru")
    us, ru = tmp_path / "us", tmp_path / "ru"
    _run(us, capsys, "send", "ru", "text", "text=by voice", "--precedence", "flash")

    def carry(at: Path, line: str) -> list[str]:
        if how == "text":
            out, _ = _run(at, capsys, "carry", "out", line, "--text")
            file = tmp_path / f"{line}.txt"
            file.write_text("".join(sorted(out.splitlines(keepends=True), reverse=True)))
            return [str(file)]
        out, _ = _run(at, capsys, "carry", "out", line, "--qr", str(tmp_path / f"{line}.png"))
        return out.split()

    files = carry(us, "ru")
    out, _ = _run(ru, capsys, "carry", "in", *files)
    assert out.startswith("us: 2 new messages: carry the answer back")
    assert _texts(ru, capsys) == [("by voice", "received")]
    assert _texts(us, capsys) == [("by voice", "sent")]
    _run(us, capsys, "carry", "in", *carry(ru, "us"))
    assert _texts(us, capsys) == [("by voice", "received")]
    out, _ = _run(ru, capsys, "carry", "in", *files)  # it comes again, and is shown once
    assert out.startswith("us: 0 new messages") and len(_texts(ru, capsys)) == 1


@pytest.mark.rule("R-CAR-12")
def test_frames_that_lack_are_named_and_nothing_is_stored(tmp_path: Path, capsys: Capsys) -> None:
    found_joined(tmp_path, "us", "ru")
    us, ru = tmp_path / "us", tmp_path / "ru"
    out, err = _run(us, capsys, "carry", "out", "ru", "--frame", "100")
    lines = out.splitlines(keepends=True)
    assert f"1 messages in {len(lines)} frames" in err
    (tmp_path / "paper").write_text("".join(lines[:3] + lines[4:]))
    _, err = _run(ru, capsys, "carry", "in", str(tmp_path / "paper"), code=1)
    assert f"frames lack: 4/{len(lines)}" in err
    (tmp_path / "rest").write_text(lines[3])
    _run(ru, capsys, "carry", "in", str(tmp_path / "paper"), str(tmp_path / "rest"))
    (tmp_path / "paper").write_text(lines[0].replace(lines[0].split()[1], "QQQQ"))
    _, err = _run(ru, capsys, "carry", "in", str(tmp_path / "paper"), code=1)
    assert "line 1 was read, heard or typed wrongly" in err
    (tmp_path / "paper").write_text("\n")
    _run(ru, capsys, "carry", "in", str(tmp_path / "paper"), code=1)
    (tmp_path / "paper").write_bytes(b"\xff\xfe")
    _run(ru, capsys, "carry", "in", str(tmp_path / "paper"), code=1)


@pytest.mark.rule("R-CAR-12")
def test_what_is_carried_goes_by_precedence_and_within_bounds(
    tmp_path: Path, capsys: Capsys
) -> None:
    found_joined(tmp_path, "us", "ru")
    us, ru = tmp_path / "us", tmp_path / "ru"
    for precedence in ("routine", "flash"):
        text = f"text={precedence} {'x' * 300}"
        _run(us, capsys, "send", "ru", "text", text, "--precedence", precedence)
    out, err = _run(us, capsys, "carry", "out", "ru", "--bytes", "600")
    assert "1 messages in" in err and "2 more wait" in err
    (tmp_path / "paper").write_text(out)
    _run(ru, capsys, "carry", "in", str(tmp_path / "paper"))
    assert [text.split()[0] for text, _ in _texts(ru, capsys)] == ["flash"]
    assert main(["--station", str(us), "carry", "out", "cn"]) == 1


@pytest.mark.rule("R-CAR-14")
def test_a_folder_of_small_frames_joins_what_it_brings(tmp_path: Path) -> None:
    found_joined(tmp_path, "us", "ru")
    (tmp_path / "radio").mkdir()
    options = {"path": str(tmp_path / "radio"), "frame": "140", "poll_s": "0.1"}

    async def main() -> None:
        async with hosts(tmp_path, "us", "ru") as (us, ru):
            await ask(us, "send", ["ru"], "text", {"text": "in small pieces"})
            await ask(us, "carrier_add", "ru", "folder", options=options)
            await until(us, lambda: carrier(us, "ru", "folder")["state"] == "up")
            lying = list((tmp_path / "radio" / "to-ru").glob(f"*{SUFFIX}"))
            assert len(lying) > 10 and all(path.stat().st_size <= 140 for path in lying)
            await ask(ru, "carrier_add", "us", "folder", options=options)
            await until(ru, lambda: texts(ru) == ["in small pieces"])
            await until(us, lambda: states(us) == {"in small pieces": "received"})

    asyncio.run(main())
