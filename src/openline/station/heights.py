"""What a station knows of the earth's heights: the geoid's grid, and terrain models.

Both lie in its folder, `heights/egm96_15.gtx` and `heights/terrain`; the grid is otherwise looked
for where PROJ keeps its data. They are this station's own knowledge, not agreed on any line:
where one side has them and the other has not, each finds what it finds (ADR 0024).
"""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from pyproj import datadir
from sqlalchemy import Connection

from openline.conflict.core import core_of
from openline.conflict.footprint import footprint
from openline.conflict.geoid import BYTES, GeoidGrid, read_gtx
from openline.conflict.height import ANY_GEOID, Geoid
from openline.station.heightfiles import GRID, missing
from openline.words import limits
from openline.words.errors import OpenlineError
from openline.words.volume import Datum, Ground, Position, Volume

if TYPE_CHECKING:
    from openline.station import terrain

OPTION = "openline_heights"
_PLACES = ("/usr/share/proj", "/usr/local/share/proj", "/opt/homebrew/share/proj")


class Below(NamedTuple):
    """What is known of the ground and the geoid below a shape."""

    ground: Ground | None
    """None where no terrain model covers any of it."""
    complete: bool
    """Whether models cover all of it."""
    geoid: Geoid


class Heights:
    """The heights that one station knows; without a folder none."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        self._lock = threading.Lock()
        self._known: OrderedDict[tuple[object, ...], Below] = OrderedDict()
        self._models: tuple[terrain.Model, ...] | None = None
        self._gone: list[list[float]] = []
        """Where terrain models lay that are missing since a restore."""

    @property
    def terrain_folder(self) -> Path:
        """Where terrain models lie."""
        assert self.folder is not None
        return self.folder / "terrain"

    def changed(self) -> None:
        """Look again: a grid or a model has come or gone."""
        with self._lock:
            self._known.clear()
            self._models = None

    def models(self) -> tuple[terrain.Model, ...]:
        """The terrain models that are loaded."""
        with self._lock:
            if self._models is None:
                self._models = self._load()
            return self._models

    def missing(self) -> list[dict[str, Any]]:
        """Each grid or model that was there before a restore; raises ``bad-heights``."""
        if self.folder is None:
            return []
        lacking = missing(self.folder)
        has_grid = any(each["of"] == "geoid" for each in lacking) and self.grid() is not None
        return missing(self.folder, has_grid)

    def _load(self) -> tuple[terrain.Model, ...]:
        if self.folder is not None:
            self._gone = [each["box"] for each in missing(self.folder) if each["box"]]
        if self.folder is None or not any(self.terrain_folder.glob("*.tif")):
            return ()
        # GDAL takes long to import, and few stations need it.
        from openline.station import terrain  # noqa: PLC0415

        return terrain.load(self.terrain_folder)

    def grid(self) -> GeoidGrid | None:
        """The geoid's grid, where it is found and is what it should be."""
        found = self.find_grid()
        return found and found[1]

    def find_grid(self) -> tuple[Path, GeoidGrid] | None:
        """The grid with its file: our own, else PROJ's. What is no such grid is passed by."""
        if self.folder is None:
            return None
        for folder in (self.folder, *proj_folders()):
            try:
                return folder / GRID, _grid(folder / GRID)
            except (OSError, OpenlineError):
                continue
        return None

    def below(self, volume: Volume, asks_ground: bool) -> Below:
        """What is known below a volume: of the geoid where its band needs it, of the ground
        where that is asked for.
        """
        asks_geoid = volume.band.datum is Datum.HAE
        if self.folder is None or not (asks_geoid or asks_ground):
            return _NOTHING
        key = (volume.shape, volume.edges, asks_geoid, asks_ground)
        with self._lock:
            if (found := self._known.get(key)) is not None:
                self._known.move_to_end(key)
                return found
        grid = self.grid() if asks_geoid else None
        geoid = grid.below(core_of(volume.shape, volume.edges)) if grid else ANY_GEOID
        ground, complete = self._ground(volume) if asks_ground else (None, False)
        found = Below(ground, complete, geoid)
        with self._lock:
            self._known[key] = found
            while len(self._known) > limits.FOOTPRINTS:
                self._known.popitem(last=False)
        return found

    def _ground(self, volume: Volume) -> tuple[Ground | None, bool]:
        models = self.models()
        if not models:
            return None, False
        from openline.station import ground  # noqa: PLC0415

        below = footprint(volume)
        found = ground.sample(models, below)
        is_whole = found.rest.is_empty and not ground.meets(below, self._gone)
        return found.ground, is_whole

    # ---- the geoid -------------------------------------------------------------------

    def use_grid(self, file: Path) -> Path:
        """Take a grid's file into our folder; raises ``bad-geoid``."""
        assert self.folder is not None
        building = self.folder / f"{GRID}.new"
        try:
            raw = _read(file)
            read_gtx(raw)
            self.folder.mkdir(mode=0o700, exist_ok=True)
            building.write_bytes(raw)
            building.rename(self.folder / GRID)
        except OSError as error:
            raise _unreadable(error) from None
        self.changed()
        return self.folder / GRID

    def convert(self, place: Position, metres: float, of: Datum, to: Datum) -> float:
        """A height on another datum; raises ``no-geoid`` rather than give it back unchanged."""
        if Datum.AGL in {of, to}:
            raise OpenlineError(
                "bad-datum",
                "a height above ground needs the ground, and is not converted",
                rule="R-GROUND-03",
                next="give AMSL or HAE; the ground below an activity is found when it is compared",
            )
        if of is to:
            return metres
        grid = self.grid()
        if grid is None:
            raise no_geoid()
        geoid = float(grid.at(np.array([place.lon]), np.array([place.lat]))[0])
        return metres + geoid if to is Datum.HAE else metres - geoid


_NOTHING = Below(None, False, ANY_GEOID)
UNKNOWN = Heights(None)


def heights_of(connection: Connection) -> Heights:
    """The heights of the station whose database this is (`Store.know_heights`)."""
    found: Heights = connection.get_execution_options().get(OPTION, UNKNOWN)
    return found


def proj_folders() -> list[Path]:
    """Where PROJ keeps its data, the likeliest first."""
    named = [each for name in ("PROJ_DATA", "PROJ_LIB") for each in _parts(os.environ.get(name))]
    users: str = datadir.get_user_data_dir()  # type: ignore[attr-defined]
    own = [part for each in (users, datadir.get_data_dir()) for part in _parts(each)]
    return [Path(each) for each in (*named, *_PLACES, *own)]


def _parts(paths: str | None) -> list[str]:
    return [part for part in (paths or "").split(os.pathsep) if part]


def _grid(file: Path) -> GeoidGrid:
    known = file.stat()
    return _read_grid(file, known.st_mtime_ns, known.st_size)


@lru_cache(maxsize=4)
def _read_grid(file: Path, _mtime: int, _size: int) -> GeoidGrid:
    return read_gtx(_read(file))


def _read(file: Path) -> bytes:
    """The file, or so much of it that it is seen to be too long."""
    with file.open("rb") as held:
        return held.read(BYTES + 1)


def no_geoid() -> OpenlineError:
    """The refusal to convert without a grid."""
    return OpenlineError(
        "no-geoid",
        f"the EGM96 grid {GRID} is not found, and without it no height is converted",
        rule="R-GROUND-03",
        next="install PROJ's data (Debian: apt-get install proj-data), or give the file by "
        "`openline geoid use FILE`",
    )


def _unreadable(error: OSError) -> OpenlineError:
    return OpenlineError(
        "bad-geoid",
        f"the grid cannot be taken: {error.strerror}",
        rule="R-GROUND-02",
        next="check the file and the disk",
    )
