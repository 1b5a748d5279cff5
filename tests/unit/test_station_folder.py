"""The folder carrier: two stations that share nothing but a folder."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from hosts import ask, carrier, found_joined, hosts, states, texts, until
from openline.carriers.folder import SUFFIX, FolderCarrier, lying
from openline.cli.carriers import _courier_list
from openline.words.errors import OpenlineError


def _down(call: object) -> str:
    with pytest.raises(OpenlineError) as caught:
        asyncio.run(call)  # type: ignore[arg-type]
    assert (caught.value.code, caught.value.whose) == ("carrier-down", "carrier")
    return caught.value.message


@pytest.mark.rule("R-CAR-04")
@pytest.mark.rule("R-CAR-08")
def test_two_stations_that_share_a_folder_speak(tmp_path: Path) -> None:
    found_joined(tmp_path, "us", "ru")
    shared = tmp_path / "stick"

    async def main() -> None:
        async with hosts(tmp_path, "us", "ru") as (us, ru):
            await ask(us, "send", ["ru"], "text", {"text": "by the stick"})
            await until(us, lambda: carrier(us, "ru", "https")["state"] == "down")
            assert "127.0.0.1" in us.facade.status()["lines"][0]["carriers"][0]["error"]
            await ask(us, "carrier_add", "ru", "folder", options={"path": str(shared)})
            await until(us, lambda: carrier(us, "ru", "folder")["state"] == "down")
            trouble = us.station.trouble("ru")
            assert "https: " in trouble and "folder: " in trouble and "is not there" in trouble
            shared.mkdir()  # somebody puts the stick in
            await until(us, lambda: carrier(us, "ru", "folder")["state"] == "up")
            assert us.station.trouble("ru") == ""
            await ask(
                ru, "carrier_add", "us", "folder", options={"path": str(shared), "poll_s": "0.1"}
            )
            await until(ru, lambda: texts(ru) == ["by the stick"])
            await until(us, lambda: states(us) == {"by the stick": "received"})
            await until(us, lambda: lying(shared / "to-us").parcels == 0)  # type: ignore[union-attr]
            before = carrier(us, "ru", "folder")["parcels_out"]
            assert carrier(ru, "us", "folder")["parcels_in"] >= 1 and before >= 1

    asyncio.run(main())
    assert texts_shown_once(tmp_path)


def texts_shown_once(folder: Path) -> bool:
    """What stands in the folder afterwards are parcels alone, and none is half written."""
    left = [path for path in (folder / "stick").rglob("*") if path.is_file()]
    return all(path.suffix == SUFFIX and not path.name.startswith(".") for path in left)


@pytest.mark.rule("R-CAR-10")
def test_a_parcel_is_there_whole_and_says_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = FolderCarrier(tmp_path, None)
    asyncio.run(one.send(b"sealed"))
    (path,) = tmp_path.iterdir()
    stem, _, drawn = path.stem.partition("-")
    assert path.read_bytes() == b"sealed" and stem.isdigit() and len(drawn) == 8

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert "No space left" in _down(one.send(b"more"))
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.rule("R-CAR-11")
def test_a_folder_is_bounded_and_has_room_again_once_somebody_takes_some(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    by_count = FolderCarrier(tmp_path / "out", None, files=2)
    by_size = FolderCarrier(tmp_path / "out", None, size=11)
    asyncio.run(by_count.send(b"12345"))
    asyncio.run(by_count.send(b"12345"))
    assert "2 parcels were not taken" in _down(by_count.send(b"1"))
    assert "is full" in _down(by_size.send(b"12"))
    held = lying(tmp_path / "out")
    assert held is not None and (held.parcels, held.size) == (2, 10)

    async def back() -> None:
        waiting = asyncio.create_task(by_count.back())
        done, _ = await asyncio.wait({waiting}, timeout=0.05)
        assert not done
        next((tmp_path / "out").iterdir()).unlink()
        async with asyncio.timeout(60):
            await waiting

    asyncio.run(back())
    asyncio.run(by_count.send(b"1"))


@pytest.mark.rule("R-CAR-11")
def test_the_courier_is_told_what_lies_there_for_whom_since_when() -> None:
    def line(party: str, *held: tuple[int, int] | None) -> dict[str, object]:
        lying = [h and {"parcels": h[0], "bytes": 9, "oldest_s": h[1]} for h in held]
        return {"line": party, "carriers": [{"name": "stick", "held": each} for each in lying]}

    found = {"lines": [line("ru", None, (3, 2_405)), line("un", (1, 5)), line("cn", (0, 0))]}
    assert _courier_list(found) == [
        "3 messages for ru in stick, oldest 40 minutes",
        "1 message for un in stick, oldest under a minute",
    ]
    assert _courier_list({"lines": [line("ru", (2, 90_000))]}) == [
        "2 messages for ru in stick, oldest 1 day"
    ]
    assert _courier_list({"lines": []}) == ["nothing waits for a courier"]


@pytest.mark.rule("R-CAR-09")
def test_what_does_not_open_is_left_and_counted_until_it_changes(tmp_path: Path) -> None:
    found_joined(tmp_path, "us", "ru")
    into, out = tmp_path / "in", tmp_path / "out"
    into.mkdir()
    out.mkdir()

    async def main() -> None:
        async with hosts(tmp_path, "us", "ru") as (us, ru):
            ways = {"in": str(into), "poll_s": "0.05"}
            await ask(us, "carrier_add", "ru", "folder", options={"out": str(out)})
            await ask(us, "send", ["ru"], "text", {"text": "in two halves"}, "flash")
            await until(us, lambda: states(us) == {"in two halves": "sent"})
            halves = sorted(out.glob(f"*{SUFFIX}"))
            for path in halves:
                (into / path.name).write_bytes(path.read_bytes()[:100])
            (into / f"junk{SUFFIX}").write_bytes(b"junk")
            (into / "letter.txt").write_bytes(b"not a parcel")
            await ask(ru, "carrier_add", "us", "folder", options=ways)
            left = len(halves) + 1
            await until(ru, lambda: carrier(ru, "us", "folder")["unreadable"] == left)
            assert len(list(into.iterdir())) == left + 1
            for path in halves:
                (into / path.name).write_bytes(path.read_bytes())
            await until(ru, lambda: texts(ru) == ["in two halves"])
            await until(ru, lambda: len(list(into.iterdir())) == 2)

    asyncio.run(main())
