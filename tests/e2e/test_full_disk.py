"""A full disk: nothing is half stored, the error is clear, and the station goes on by itself."""

from __future__ import annotations

import resource
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from processes import Box, MakePair, equal, serve_all, settle

SMALL = "8m"


@dataclass
class SmallDisk:
    """A file system of its own that can be filled."""

    path: Path

    def fill(self, _: Box) -> None:
        with (self.path / "filler").open("wb", buffering=0) as file, suppress(OSError):
            while file.write(bytes(4096)):
                continue

    def free(self, _: Box) -> None:
        (self.path / "filler").unlink()


@dataclass
class SmallFiles:
    """Where nothing may be mounted: the process may make no file longer than a page."""

    path: Path

    def fill(self, box: Box) -> None:
        self._limit(box, 4096)

    def free(self, box: Box) -> None:
        self._limit(box, resource.RLIM_INFINITY)

    def _limit(self, box: Box, size: int) -> None:
        assert box.process is not None
        hard = resource.RLIM_INFINITY
        resource.prlimit(box.process.pid, resource.RLIMIT_FSIZE, (size, hard))


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk | SmallFiles]:
    """A disk that can be full: a small one if one may be mounted, else files that cannot grow."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SMALL},mode=700", "tmpfs", str(place)]
    try:
        subprocess.run(mount, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        yield SmallFiles(place)
        return
    try:
        yield SmallDisk(place)
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


@pytest.mark.rule("R-STORE-01")
@pytest.mark.rule("R-STORE-02")
def test_a_full_disk_refuses_clearly_and_stores_nothing_half(
    disk: SmallDisk | SmallFiles, make_pair: MakePair
) -> None:
    us, ru = make_pair(ru_path=disk.path / "ru")
    serve_all(us, ru)
    us.send("ru", "while there is room", "--wait", "60")
    settle(us, ru)
    before = ru.line("us")["records"]
    disk.fill(ru)

    # What ru's own officer wants to say is refused, with the reason.
    for _ in range(2):
        error = ru.refused("send", "us", "text", "text=" + "x" * 9_000)
        assert error["rule"] == "R-STORE-02" and error["whose"] == "ours", error
        assert error["code"] in ("disk-full", "storage-failed")
    # What the peer sends stays with the peer, which is told no more than that.
    late = us.run("send", "ru", "text", "text=" + "y" * 9_000, "--wait", "1", "--json", code=1)
    assert late.json["state"] == "queued"
    refused = us.until(lambda: us.line("ru")["carriers"][0]["error"])
    assert "cannot store" in refused and "disk" not in refused
    assert ru.line("us")["records"] == before
    assert ru.json("record", "verify")["holds"] is True

    disk.free(ru)
    # ru goes on by itself, and us hears of it with ru's next word.
    ru.send("us", "room again", "--wait", "60")
    settle(us, ru)
    texts = [m["fields"].get("text", "")[:1] for m in ru.messages("us") if m["direction"] == "in"]
    assert texts.count("y") == 1
    assert equal(us, ru)
    for box in (us, ru):
        assert box.json("record", "verify")["holds"] is True
    assert ru.stop() == 0


def test_no_station_is_made_on_a_full_disk(tmp_path: Path, make_pair: MakePair) -> None:
    """All of a station or nothing: neither a folder nor a root key is left behind."""
    place = tmp_path / "page"
    place.mkdir()
    us = Box(place / "us", "us")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
    try:
        done = us.refused_plainly(
            *("init", "--party", "us", "--name", "US", "--unsafe-no-passphrase"),
            *("--address", us.address),
        )
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert done["whose"] == "ours"
    assert list(place.iterdir()) == []
