"""Terrain models and the geoid's grid in a backup, and after it until they are there again."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from conflict_world import circle, volume
from ground_world import grid_file, write_tif
from openline.cli.main import main
from openline.station import backup
from openline.station import heights as heights_module
from openline.station.backup import MANIFEST
from openline.station.folder import Folder
from openline.station.founding import Founding, found
from openline.station.heights import GRID, Heights
from openline.words import limits
from openline.words.volume import Band, Datum, Unit

STEP = 1 / 120
Capsys = pytest.CaptureFixture[str]


class Us:
    """A station, and its commands in this process."""

    def __init__(self, path: Path, capsys: Capsys) -> None:
        self.path, self._capsys = path, capsys

    def run(self, *args: object, code: int = 0) -> str:
        self._capsys.readouterr()
        assert main(["--station", str(self.path), *map(str, args)]) == code
        told = self._capsys.readouterr()
        return told.out if code == 0 else told.err

    def json(self, *args: object, code: int = 0) -> Any:
        document = json.loads(self.run(*args, "--json", code=code))
        return document if code == 0 else document["error"]


@pytest.fixture
def us(tmp_path: Path, capsys: Capsys, monkeypatch: pytest.MonkeyPatch) -> Us:
    """With a small and a large model, and the limit of backups between them."""
    monkeypatch.setattr(heights_module, "proj_folders", list)
    path = tmp_path / "us"
    found(Folder(path), Founding("us", "US", ("https://127.0.0.1:18440",), passphrase=b"x" * 12))
    made = Us(path, capsys)
    for name, west, size in (("small", 22, 60), ("large", 22, 120)):
        heights = np.full((size, size), size, dtype=np.int16)
        made.run("terrain", "add", write_tif(tmp_path / f"{name}.tif", heights, west, 50, STEP))
    monkeypatch.setattr(limits, "BACKUP_TERRAIN_BYTES", (tmp_path / "small.tif").stat().st_size)
    return made


def entry(file: Path) -> dict[str, Any]:
    raw = file.read_bytes()
    about = {"of": "terrain", "name": file.stem, "bytes": len(raw), "box": [22.0, 49.0, 23.0, 50.0]}
    return {**about, "sha256": hashlib.sha256(raw).hexdigest(), "held": False}


def below(us: Us) -> tuple[float, float, bool] | None:
    """The ground below a circle that lies on both models, and whether models cover all of it."""
    agl = volume(circle(22.2, 49.8, 1_000), band=Band(0, 50_000, Unit.METRE, Datum.AGL))
    known = Heights(us.path / "heights").below(agl, asks_ground=True)
    ground = known.ground
    return ground and (ground.lowest_mm / 1000, ground.highest_mm / 1000, known.complete)


@pytest.mark.rule("R-GROUND-10")
@pytest.mark.rule("R-GROUND-11")
def test_small_models_are_in_a_backup_and_large_ones_are_asked_for(us: Us, tmp_path: Path) -> None:
    assert below(us) == (60, 120, True)
    large = entry(tmp_path / "large.tif")
    made = us.json("backup", tmp_path / "one.backup")
    assert [(e["name"], e["held"]) for e in made["heights"]] == [("large", False), ("small", True)]
    shown = us.run("backup", tmp_path / "two.backup")
    assert "keep these files" in shown and large["sha256"] in shown
    assert us.json("status")["missing_heights"] == []

    done = us.json("restore", tmp_path / "one.backup", "--replace")
    assert done["missing_heights"] == [large]
    assert large["sha256"] in us.run("restore", tmp_path / "two.backup", "--replace")
    assert us.json("status")["missing_heights"] == us.json("terrain", "list")["missing"] == [large]
    for asked in (("status",), ("terrain", "list")):
        assert large["sha256"] in us.run(*asked) and "large" in us.run(*asked)
    assert below(us) == (60, 60, False), "the small one alone is not taken for the whole truth"
    assert [m["name"] for m in us.json("terrain", "list")["terrain"]] == ["small"]

    again = us.json("backup", tmp_path / "three.backup")
    assert [e["name"] for e in again["heights"]] == ["small", "large"], "it is still asked for"

    (tmp_path / "x").mkdir()
    other = write_tif(tmp_path / "x" / "large.tif", np.zeros((9, 9), np.int16), 22, 50, STEP)
    refused = us.json("terrain", "add", other, code=1)
    assert (refused["code"], refused["rule"]) == ("terrain-differs", "R-GROUND-11")
    assert us.json("status")["missing_heights"] == [large]
    moved = (tmp_path / "large.tif").rename(tmp_path / "from the stick.tif")
    assert us.json("terrain", "add", moved)["name"] == "large", "the same file gets its name back"
    assert us.json("status")["missing_heights"] == []
    assert below(us) == (60, 120, True)


@pytest.mark.rule("R-GROUND-11")
def test_what_is_missing_can_be_given_up(us: Us, tmp_path: Path) -> None:
    us.run("backup", tmp_path / "backup")
    us.run("restore", tmp_path / "backup", "--replace")
    us.run("terrain", "remove", "large")
    assert us.json("status")["missing_heights"] == []
    assert below(us) == (60, 60, True)
    assert us.json("terrain", "remove", "large", code=1)["code"] == "unknown-terrain"


@pytest.mark.rule("R-GROUND-10")
@pytest.mark.rule("R-GROUND-11")
def test_the_grid_is_in_a_backup_where_it_is_our_own(
    us: Us, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    grid = grid_file()
    monkeypatch.setattr(heights_module, "proj_folders", lambda: [grid.parent])
    us.run("backup", tmp_path / "of-the-machine")
    us.run("geoid", "use", grid)
    us.run("backup", tmp_path / "of-ours")
    monkeypatch.setattr(heights_module, "proj_folders", list)

    us.run("restore", tmp_path / "of-ours", "--replace")
    assert us.json("geoid", "show")["file"] == str(us.path / "heights" / GRID)
    assert [e["of"] for e in us.json("status")["missing_heights"]] == ["terrain"]
    us.run("restore", tmp_path / "of-the-machine", "--replace")
    assert [e["name"] for e in us.json("status")["missing_heights"]] == [GRID, "large"]
    us.run("geoid", "use", grid)
    assert [e["name"] for e in us.json("status")["missing_heights"]] == ["large"]


@pytest.mark.rule("R-BACK-02")
@pytest.mark.parametrize(
    "name", ["heights/../../evil", "heights/terrain/../x.tif", "heights/terrain/small.tif"]
)
def test_a_backup_with_other_files_of_heights_is_refused(us: Us, tmp_path: Path, name: str) -> None:
    us.run("backup", tmp_path / "backup")
    with tarfile.open(tmp_path / "backup") as tar:
        held = {m.name: tar.extractfile(m).read() for m in tar}  # type: ignore[union-attr]
    manifest = json.loads(held.pop(MANIFEST))
    if name in held:  # it is there, and nothing says what it is
        manifest["heights"] = []
    else:
        held[name] = b"x"
        manifest["parts"][name] = hashlib.sha256(b"x").hexdigest()
    bad = tmp_path / "bad"
    with tarfile.open(bad, "w") as tar:
        for part, raw in {MANIFEST: json.dumps(manifest).encode(), **held}.items():
            member = tarfile.TarInfo(part)
            member.size = len(raw)
            tar.addfile(member, io.BytesIO(raw))
    assert us.json("restore", bad, "--replace", code=1)["code"] == "bad-backup"
    assert not (tmp_path / "evil").exists()
    assert [m["name"] for m in us.json("terrain", "list")["terrain"]] == ["large", "small"]


@pytest.mark.rule("R-BACK-02")
@pytest.mark.parametrize("name", ["heights/../../evil", "heights/terrain/../x.tif", "evil"])
def test_what_comes_into_a_backup_after_its_check_is_written_nowhere(
    us: Us, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    us.run("backup", tmp_path / "backup")
    check = backup.check_backup

    def then_changed(file: Path) -> dict[str, Any]:
        checked = check(file)
        with tarfile.open(file, "a") as tar:
            member = tarfile.TarInfo(name)
            member.size = 1
            tar.addfile(member, io.BytesIO(b"x"))
        return checked

    monkeypatch.setattr(backup, "check_backup", then_changed)
    there = set(tmp_path.iterdir())
    assert us.json("restore", tmp_path / "backup", "--replace", code=1)["code"] == "bad-backup"
    assert set(tmp_path.iterdir()) == there
    assert [m["name"] for m in us.json("terrain", "list")["terrain"]] == ["large", "small"]


@pytest.mark.rule("R-GROUND-11")
def test_a_list_of_what_is_missing_that_cannot_be_read_is_said(us: Us) -> None:
    for raw in ("{", "[1]", '[{"of": "terrain"}]'):
        (us.path / "heights" / "missing.json").write_text(raw)
        assert us.json("status", code=1)["code"] == "bad-heights"
