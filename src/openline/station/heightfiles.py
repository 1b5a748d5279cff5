"""Terrain models and the geoid's grid in backups, and what a station lacks of them after one.

The grid and small terrain models are parts of a backup. Of larger ones its list holds name, size
and SHA-256; a restore writes those into `heights/missing.json`, and there they stay until the same
file is loaded again or they are forgotten. Meanwhile nobody knows what they would say of the
ground, so wherever they lay the line's ground is counted as well (R-GROUND-11).
"""

from __future__ import annotations

import json
import re
from hashlib import file_digest
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np

from openline.words import limits
from openline.words.errors import OpenlineError

Json = dict[str, Any]
NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}")
"""What a terrain model may be called."""
GRID = "egm96_15.gtx"
_PART = re.compile(rf"heights/(egm96_15\.gtx|terrain/{NAME.pattern}\.(?:tif|npz))")
_MISSING = "missing.json"
_DIGEST = re.compile(r"[0-9a-f]{64}")


# ---- into a backup -------------------------------------------------------------------


def listed(heights: Path, grid: Path | None) -> list[Json]:
    """Every file of heights that a station goes by, the grid by `grid`, and what it lacks."""
    found = []
    if grid is not None:
        found.append(_entry("geoid", GRID, grid, [], is_held=grid.parent == heights))
    for path in sorted((heights / "terrain").glob("*.tif")):
        with np.load(path.with_suffix(".npz"), allow_pickle=False) as squares:
            box = [float(edge) for edge in squares["box"]]
        is_held = path.stat().st_size <= limits.BACKUP_TERRAIN_BYTES
        found.append(_entry("terrain", path.stem, path, box, is_held))
    return [*found, *missing(heights, grid is not None)]


def parts(heights: Path, list_: list[Json]) -> dict[str, Path]:
    """The files that a backup holds, by the names that they have in it."""
    held = [each for each in list_ if each["held"]]
    named = [
        name
        for each in held
        for name in (
            [f"terrain/{each['name']}.tif", f"terrain/{each['name']}.npz"]
            if each["of"] == "terrain"
            else [GRID]
        )
    ]
    return {f"heights/{name}": heights / name for name in named}


def _entry(of: str, name: str, path: Path, box: list[float], is_held: bool) -> Json:
    size = path.stat().st_size
    return {
        **{"of": of, "name": name, "bytes": size, "sha256": _digest(path)},
        **{"box": box, "held": is_held},
    }


# ---- out of one ----------------------------------------------------------------------


def path_of(heights: Path, part: str) -> Path | None:
    """Where a part of a backup goes, its folders made; None for what is none of these files."""
    if _PART.fullmatch(part) is None:
        return None
    path = heights / part.removeprefix("heights/")
    for each in (heights, path.parent):
        each.mkdir(mode=0o700, exist_ok=True)
    return path


def are_listed(raw: object) -> bool:
    """Whether a backup's list of heights can be read."""
    return isinstance(raw, list) and len(raw) <= 2 * limits.TERRAINS and all(map(_is_entry, raw))


def _is_entry(raw: object) -> bool:
    if not isinstance(raw, dict) or raw.keys() != {"of", "name", "bytes", "sha256", "box", "held"}:
        return False
    box = raw["box"]
    return (
        isinstance(raw["name"], str)
        and (NAME.fullmatch(raw["name"]) is not None)
        and isinstance(raw["sha256"], str)
        and (_DIGEST.fullmatch(raw["sha256"]) is not None)
        and isinstance(raw["bytes"], int)
        and isinstance(raw["held"], bool)
        and isinstance(box, list)
        and all(isinstance(edge, float) and isfinite(edge) for edge in box)
        and len(box) == {"geoid": 0, "terrain": 4}.get(str(raw["of"]))
    )


def note_missing(heights: Path, list_: list[Json]) -> None:
    """Write down what a backup does not hold."""
    _write(heights, [each for each in list_ if not each["held"]])


# ---- until it is there again ---------------------------------------------------------


def missing(heights: Path, has_grid: bool = False) -> list[Json]:
    """What was there before a restore and is not now; raises ``bad-heights``.

    Where a grid was found, wherever that is, none is missing: there is one EGM96.
    """
    try:
        raw = json.loads((heights / _MISSING).read_bytes())
    except FileNotFoundError:
        return []
    except (OSError, ValueError):
        raw = None
    if not are_listed(raw):
        raise OpenlineError(
            "bad-heights",
            f"{heights / _MISSING} cannot be read: what a restore lacks of heights is not known",
            rule="R-GROUND-11",
            next="restore again, or remove the file and load every terrain model again",
        )
    return [each for each in raw if not (has_grid and each["of"] == "geoid")]


def name_again(heights: Path, file: Path, name: str) -> str:
    """What `file` is to be called: its name from before the restore, if it was there then.

    `name` is what it would be called else. Raises ``terrain-differs`` where another file of
    that name is missing.
    """
    lacking = {each["name"]: each for each in missing(heights) if each["of"] == "terrain"}
    if not lacking or not file.is_file():
        return name
    digest = _digest(file)
    known = next((each for each in lacking.values() if each["sha256"] == digest), None)
    if known is not None:
        return str(known["name"])
    if name in lacking:
        raise OpenlineError(
            "terrain-differs",
            f"it is not the {name} that was there before the restore, of "
            f"{lacking[name]['bytes']:,} bytes with SHA-256 {lacking[name]['sha256']}",
            rule="R-GROUND-11",
            next=f"load that file, or forget it by `openline terrain remove {name}`, "
            "or give this one another name by --name",
        )
    return name


def forget(heights: Path, name: str) -> bool:
    """A terrain model that was missing is there, or is no longer asked for; whether it was."""
    before = missing(heights)
    after = [each for each in before if (each["of"], each["name"]) != ("terrain", name)]
    if len(after) < len(before):
        _write(heights, after)
    return len(after) < len(before)


def _write(heights: Path, lacking: list[Json]) -> None:
    if not lacking:
        (heights / _MISSING).unlink(missing_ok=True)
        return
    heights.mkdir(mode=0o700, exist_ok=True)
    building = heights / f"{_MISSING}.new"
    building.write_text(json.dumps(lacking, indent=1))
    building.rename(heights / _MISSING)


def _digest(path: Path) -> str:
    with path.open("rb") as content:
        return file_digest(content, "sha256").hexdigest()
