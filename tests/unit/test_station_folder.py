"""The folder carrier: two stations that share nothing but a folder."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any

import pytest

from hosts import ask, carrier, found_joined, hosts, states, texts, until
from openline.carriers.folder import SUFFIX, FolderCarrier, lying
from openline.cli.carriers import _courier_list
from openline.line.diagnosis import About
from openline.station import ownside
from openline.station.carrying import carrier_of, probed
from openline.station.framed import Framed
from openline.station.host import Host
from openline.station.probing import Probed
from openline.wire import frames
from openline.words import limits
from openline.words.errors import OpenlineError

JUNK = limits.COLLECTED + 8
"""More than is looked at at a time."""


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
            failing = us.facade.status()["lines"][0]["carriers"][0]
            assert "127.0.0.1" in failing["error"] and failing["error_code"] == "carrier-down"
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

    monkeypatch.setattr(os, "fsync", _full)
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


def _ends(waiting: object) -> bool:
    """Whether it ends by itself, and at once."""

    async def main() -> bool:
        task = asyncio.ensure_future(waiting)  # type: ignore[arg-type]
        done, _ = await asyncio.wait({task}, timeout=0.2)
        task.cancel()
        return bool(done)

    return asyncio.run(main())


@pytest.mark.rule("R-CAR-03")
@pytest.mark.rule("R-CAR-11")
def test_room_for_less_than_what_waits_is_no_return(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or what finds no room would be tried again and again without a pause."""
    small = FolderCarrier(tmp_path, None, size=10)
    asyncio.run(small.send(b"12345"))
    assert "is full" in _down(small.send(b"123456"))
    assert not _ends(small.back())
    next(tmp_path.iterdir()).unlink()
    asyncio.run(small.send(b"123456"))
    assert "less than one parcel" in _down(small.send(b"12345678901"))

    sound = FolderCarrier(tmp_path, None)
    monkeypatch.setattr(os, "fsync", _full)
    assert "No space left" in _down(sound.send(b"more"))
    assert not _ends(sound.back())  # it looks sound: the clock alone says when to try again


def _full(handle: int) -> None:
    raise OSError(28, "No space left on device")


@pytest.mark.rule("R-CAR-11")
def test_the_frames_of_a_parcel_are_put_there_all_or_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = FolderCarrier(tmp_path, tmp_path, files=5)
    framed = Framed(folder, 140)
    asyncio.run(framed.send(bytes(300)))
    assert len(list(tmp_path.iterdir())) == 3
    assert "is full" in _down(framed.send(bytes(400)))
    assert len(list(tmp_path.iterdir())) == 3
    (one,) = asyncio.run(framed.collect(()))
    assert one.data == bytes(300)
    assert asyncio.run(framed.collect({one.name})) == []  # it did not open: not tried again
    asyncio.run(framed.forget([one.name]))

    kept = os.fsync
    calls = iter([kept, kept, _full])

    def fsync(handle: int) -> None:
        next(calls)(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    assert "No space left" in _down(framed.send(bytes(400)))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.rule("R-CAR-09")
@pytest.mark.rule("R-CAR-14")
def test_a_flood_of_frames_that_make_no_parcel_holds_nothing_up(tmp_path: Path) -> None:
    framed = Framed(FolderCarrier(tmp_path, tmp_path, batch=8), 140)
    for number in range(20):
        first, *_ = frames.split(bytes([number]) * 300, 140)
        (tmp_path / f"{number:02d}{SUFFIX}").write_bytes(first)
    asyncio.run(framed.send(b"sealed" * 50))
    skip: set[str] = set()
    for _ in range(20):
        found = asyncio.run(framed.collect(skip))
        if whole := [each for each in found if each.data == b"sealed" * 50]:
            break
        skip |= {each.name for each in found}
    asyncio.run(framed.forget([whole[0].name]))
    assert len(list(tmp_path.iterdir())) == 20


@pytest.mark.rule("R-CAR-09")
def test_a_strangers_files_hold_nothing_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Gone again, not to be read, much too long, no file at all: what is a parcel comes."""
    (tmp_path / f"1{SUFFIX}").symlink_to(tmp_path / "gone")
    (tmp_path / f"2{SUFFIX}").mkdir()
    os.mkfifo(tmp_path / f"3{SUFFIX}")
    (tmp_path / f"4{SUFFIX}").write_bytes(b"nobody may read this")
    with (tmp_path / f"5{SUFFIX}").open("wb") as file:
        file.truncate(1 << 40)
    (tmp_path / f"6{SUFFIX}").write_bytes(b"sealed")
    opened = Path.open

    def refused(path: Path, *args: Any, **named: Any) -> Any:
        if path.name.startswith("4"):
            raise PermissionError(13, "Permission denied")
        return opened(path, *args, **named)

    monkeypatch.setattr(Path, "open", refused)
    found = asyncio.run(FolderCarrier(None, tmp_path, most=100).collect(()))
    assert [each.data for each in found] == [b"", bytes(101), b"sealed"]


@pytest.mark.rule("R-CAR-09")
def test_more_of_what_does_not_open_than_is_remembered_holds_nothing_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "UNREADABLE", 4)
    found_joined(tmp_path, "us", "ru")
    into, out = tmp_path / "in", tmp_path / "out"
    into.mkdir()
    out.mkdir()
    for number in range(JUNK):
        (into / f"{number:02d}{SUFFIX}").write_bytes(b"junk")

    async def main() -> None:
        async with hosts(tmp_path, "us", "ru") as (us, ru):
            await ask(us, "carrier_add", "ru", "folder", options={"out": str(out)})
            await ask(us, "send", ["ru"], "text", {"text": "behind junk"}, "flash")
            await until(us, lambda: states(us) == {"behind junk": "sent"})
            for number, path in enumerate(sorted(out.glob(f"*{SUFFIX}"))):
                path.rename(into / f"99{number}{SUFFIX}")
            options = {"in": str(into), "poll_s": "0.01"}
            await ask(ru, "carrier_add", "us", "folder", options=options)
            await until(ru, lambda: texts(ru) == ["behind junk"])
            await until(ru, lambda: len(list(into.iterdir())) == JUNK)
            assert carrier(ru, "us", "folder")["unreadable"] <= 4

    asyncio.run(main())


@pytest.mark.rule("R-CAR-20")
def test_a_folder_that_only_brings_is_given_nothing_and_is_up(tmp_path: Path) -> None:
    """As behind a data diode: one side puts parcels out, the other takes them in."""
    found_joined(tmp_path, "us", "ru")
    diode = tmp_path / "diode"
    diode.mkdir()

    async def main() -> None:
        async with hosts(tmp_path, "us", "ru") as (us, ru):
            await ask(us, "carrier_add", "ru", "folder", options={"out": str(diode)})
            options = {"in": str(diode), "poll_s": "0.05"}
            await ask(ru, "carrier_add", "us", "folder", options=options)
            await ask(us, "send", ["ru"], "text", {"text": "through"}, "flash")
            await until(ru, lambda: texts(ru) == ["through"])
            await ask(ru, "send", ["us"], "text", {"text": "back"}, "flash")
            await until(ru, lambda: carrier(ru, "us", "https")["state"] == "down")
            brings = carrier(ru, "us", "folder")
            assert (brings["state"], brings["error"], brings["parcels_out"]) == ("up", None, 0)
            assert brings["parcels_in"] >= 1 and brings["queue"] == 0
            assert carrier(us, "ru", "folder")["state"] == "up"
            # It cannot take what waits: that nothing leaves is still said, and why.
            assert "127.0.0.1" in ru.station.trouble("us")
            service = [way.is_round for way in _probed(ru, "us")]
            assert service == [True, False] and [w.is_round for w in _probed(us, "ru")] == service
            diode.rename(tmp_path / "elsewhere")
            await until(ru, lambda: carrier(ru, "us", "folder")["state"] == "down")
            assert "is not there" in carrier(ru, "us", "folder")["error"]
            await ask(ru, "carrier_switch", "us", "https", False)
            assert "switched off" in ru.station.trouble("us")

    asyncio.run(main())


def _probed(host: Host, peer: str) -> list[Probed]:
    ways = host.station.ways.of(peer)
    return [probed(way, carrier_of(host.station, way.setting)) for way in ways]


@pytest.mark.rule("R-TEST-11")
def test_the_first_hop_of_a_folder_is_whether_it_can_be_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def looked(carrier: FolderCarrier) -> tuple[str, str]:
        way = Probed("stick", carrier.send, look=carrier.look)
        (look,) = ownside.hops(way)
        found = asyncio.run(look)  # type: ignore[arg-type]
        assert (found.about, found.subject) == (About.CARRIER, "stick")
        return str(found.state), found.detail

    out, into = tmp_path / "out", tmp_path / "in"
    both = FolderCarrier(out, into, files=2)
    state, said = looked(both)
    assert state == "ill" and f"{out} is not there" in said
    out.mkdir()
    assert looked(both) == ("ill", f"the folder {into} is not there")
    into.mkdir()
    asyncio.run(both.send(b"sealed"))
    state, said = looked(both)
    assert state == "well" and "1 of 2 parcels" in said and str(into) in said
    assert len(list(out.iterdir())) == 1
    asyncio.run(both.send(b"sealed"))
    state, said = looked(both)
    assert state == "ill" and "is full" in said
    assert looked(FolderCarrier(None, into))[0] == "well"
    monkeypatch.setattr(os, "fsync", _full)
    state, said = looked(FolderCarrier(out, None))
    assert state == "ill" and "No space left" in said and len(list(out.iterdir())) == 2


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
