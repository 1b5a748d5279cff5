"""Terrain models: GeoTIFF files that a station has loaded, asked for the ground below a shape.

A model is a copy of the file in the station's folder, `terrain/NAME.tif`, and what was found
when it was read through once, `NAME.npz`: the lowest and highest ground of each square of
`BLOCK` pixels. A pixel counts when the shape touches it. A shape that lies over more than
`TERRAIN_SAMPLE` pixels is asked of the squares instead, which may take in a little more ground
and never less. Heights are metres above mean sea level.
"""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from math import ceil, floor
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from affine import Affine
from numpy.typing import NDArray
from pyproj import CRS
from rasterio.errors import RasterioError
from rasterio.warp import transform_bounds
from rasterio.windows import Window

from openline.station.backup import Progress
from openline.station.heightfiles import NAME, forget, name_again
from openline.words import limits
from openline.words.errors import OpenlineError
from openline.words.volume import EARTH, Ground

BLOCK = 256
WGS84 = "EPSG:4326"
_ACROSS = 16 * BLOCK
_METRES = ("", "m", "metre", "metres", "meter", "meters")
_LOWEST_M, _HIGHEST_M = EARTH.lowest_mm / 1000, EARTH.highest_mm / 1000


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """One terrain model. `low` and `high` are by square, NaN where a square has no ground."""

    path: Path
    low: NDArray[np.float32]
    high: NDArray[np.float32]
    full: NDArray[np.bool_]
    """Whether every pixel of a square has a height."""
    box: tuple[float, float, float, float]
    """West, south, east, north in degrees; west is greater across the antimeridian."""

    @property
    def name(self) -> str:
        """What it is called."""
        return self.path.stem

    @property
    def ground(self) -> Ground:
        """All of its ground."""
        return ground_of(float(np.nanmin(self.low)), float(np.nanmax(self.high)))


def add(file: Path, folder: Path, name: str | None, tell: Progress) -> Model:
    """Copy a GeoTIFF into `folder` and read it through.

    A model that a restore lacks gets its name back. Raises ``bad-terrain``, ``terrain-taken``,
    ``terrain-differs`` or ``too-many-terrains``.
    """
    name = (name or re.sub(r"[^a-z0-9._-]", "-", file.stem.lower())).strip("-.")
    name = name_again(folder.parent, file, name)
    if not NAME.fullmatch(name):
        raise _bad(f"{name[:40]!r} is no name for it", "give one by --name: a-z, 0-9 and hyphens")
    if (folder / f"{name}.tif").exists():
        raise OpenlineError(
            "terrain-taken",
            f"there is a terrain model {name} already",
            rule="R-GROUND-05",
            next="remove it first, or give another name by --name",
        )
    if len(list(folder.glob("*.tif"))) >= limits.TERRAINS:
        raise OpenlineError(
            "too-many-terrains",
            f"a station holds at most {limits.TERRAINS} terrain models (TERRAINS)",
            rule="R-GROUND-05",
            next="remove one that is not needed, or join several into one file",
        )
    for each in (folder.parent, folder):
        each.mkdir(mode=0o700, exist_ok=True)
    building = folder / f"{name}.new"
    try:
        shutil.copyfile(file, building)
        building.chmod(0o600)
        _survey(building, folder / f"{name}.npz", tell)
    except OSError as error:
        building.unlink(missing_ok=True)
        raise _bad(f"it cannot be read: {error.strerror}", "check the file and the disk") from None
    except BaseException:
        building.unlink(missing_ok=True)
        raise
    building.rename(folder / f"{name}.tif")
    forget(folder.parent, name)
    return _load(folder / f"{name}.tif")


def remove(name: str, folder: Path) -> None:
    """Forget a model, or one that a restore lacks; raises ``unknown-terrain``."""
    if forget(folder.parent, name):
        return
    if not NAME.fullmatch(name) or not (folder / f"{name}.tif").exists():
        raise OpenlineError(
            "unknown-terrain",
            f"there is no terrain model {name[:40]!r}",
            rule="R-GROUND-05",
            next="`openline terrain list` names them",
        )
    (folder / f"{name}.tif").unlink()
    (folder / f"{name}.npz").unlink(missing_ok=True)


def load(folder: Path) -> tuple[Model, ...]:
    """Every model of a folder, by name."""
    return tuple(_load(path) for path in sorted(folder.glob("*.tif")))


# ---- reading a file through ----------------------------------------------------------


def _survey(file: Path, to: Path, tell: Progress) -> None:
    """Check a GeoTIFF and write down what its squares hold."""
    try:
        with rasterio.open(file, driver="GTiff") as model:
            _check(model)
            held = _squares(model, tell)
            box = transform_bounds(model.crs, WGS84, *model.bounds, densify_pts=101)
    except RasterioError as error:
        raise _bad(f"it is no GeoTIFF that can be read ({error})"[:200], "export it anew") from None
    low, high, _ = held
    if np.isnan(low).all():
        raise _bad("no pixel of it has a height", "check its value for no data")
    least, most = float(np.nanmin(low)), float(np.nanmax(high))
    if least < _LOWEST_M or most > _HIGHEST_M:
        raise _bad(
            f"its heights run from {least:g} to {most:g} m, and dry land lies within "
            f"{_LOWEST_M:g} and {_HIGHEST_M:g} m",
            "name its value for no data in the file, and leave the sea floor out",
        )
    if not np.isfinite(box).all():
        raise _bad("its place on the earth cannot be found", "export it in EPSG:4326")
    with to.open("wb") as file_to:
        np.savez(file_to, low=low, high=high, full=held[2], box=np.array(box))


def _check(model: Any) -> None:
    if model.crs is None:
        raise _bad("it names no reference system", "export it with one, as EPSG:4326 is")
    if model.count != 1:
        raise _bad(f"it has {model.count} bands", "export the one with the heights")
    if np.dtype(model.dtypes[0]).kind not in "iuf":
        raise _bad(f"its heights are {model.dtypes[0]}", "export them as whole or real numbers")
    if model.width * model.height > limits.TERRAIN_PIXELS:
        raise _bad(
            f"it has {model.width:,} by {model.height:,} pixels",
            f"give at most {limits.TERRAIN_PIXELS:,} (TERRAIN_PIXELS): cut it, or make it coarser",
        )
    if (model.units[0] or "").lower() not in _METRES:
        raise _bad(f"its heights are in {model.units[0]}", "export it in metres")
    if model.transform.determinant == 0 or model.transform == Affine.identity():
        raise _bad("it does not say where its pixels lie", "export it with its place on the earth")
    system = CRS.from_wkt(model.crs.to_wkt())
    vertical = [each for each in system.sub_crs_list if each.is_vertical]
    if len(system.axis_info) > 2 and not vertical:
        raise _bad("its heights are above the ellipsoid", "export it above mean sea level")
    for unit in (axis.unit_name for each in vertical for axis in each.axis_info):
        if unit.lower() not in _METRES:
            raise _bad(f"its heights are in {unit}", "export it in metres")


def _squares(model: Any, tell: Progress) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """The lowest and highest height of each square, and whether all its pixels have one."""
    rows, columns = -(-model.height // BLOCK), -(-model.width // BLOCK)
    low = np.full((rows, columns), np.nan, dtype=np.float32)
    high, full = low.copy(), np.zeros(low.shape, dtype=np.bool_)
    for row in range(rows):
        tell(row, rows)
        for left in range(0, model.width, _ACROSS):
            window = Window(
                left,
                row * BLOCK,
                min(_ACROSS, model.width - left),
                min(BLOCK, model.height - row * BLOCK),
            )
            heights = heights_of(model, window)
            for column in range(0, heights.shape[1], BLOCK):
                square = heights[:, column : column + BLOCK]
                at = row, (left + column) // BLOCK
                known = square[~np.isnan(square)]
                if known.size:
                    low[at], high[at] = known.min(), known.max()
                full[at] = known.size == square.size
    return low, high, full


def heights_of(model: Any, window: Window) -> NDArray[np.float64]:
    """A window's heights in metres, NaN where there are none."""
    raw = model.read(1, window=window, masked=True)
    heights: NDArray[np.float64] = raw.astype(np.float64).filled(np.nan)
    heights[~np.isfinite(heights)] = np.nan
    heights *= model.scales[0]
    heights += model.offsets[0]
    return heights


def _load(path: Path) -> Model:
    with np.load(path.with_suffix(".npz"), allow_pickle=False) as held:
        west, south, east, north = (float(edge) for edge in held["box"])
        box = (west, south, east, north)
        return Model(path, held["low"], held["high"], held["full"], box)


def ground_of(lowest_m: float, highest_m: float) -> Ground:
    """Ground from heights in metres, rounded outward."""
    return Ground(floor(lowest_m * 1000), ceil(highest_m * 1000))


def _bad(why: str, advice: str) -> OpenlineError:
    return OpenlineError(
        "bad-terrain",
        f"the terrain model is not loaded: {why}",
        rule="R-GROUND-04",
        next=advice,
    )
