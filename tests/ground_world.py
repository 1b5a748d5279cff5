"""A geoid's grid and terrain models for tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from rasterio.transform import from_origin

from openline.station.heights import GRID, proj_folders


def grid_file() -> Path:
    """PROJ's EGM96 grid on this machine; without it the test is skipped, and says so."""
    found = next((f / GRID for f in proj_folders() if (f / GRID).is_file()), None)
    if found is None:
        pytest.skip(f"{GRID} is absent: `make geoid` installs it (Debian: proj-data)")
    return found


def write_tif(
    path: Path,
    heights: Any,
    west: float,
    north: float,
    step: float,
    crs: str | None = "EPSG:4326",
    **profile: Any,
) -> Path:
    """A GeoTIFF of heights, its rows from north to south."""
    heights = np.atleast_2d(np.asarray(heights))
    bands = heights if heights.ndim == 3 else heights[None]
    where = {"transform": from_origin(west, north, step, step)} if step else {}
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        width=bands.shape[2],
        height=bands.shape[1],
        count=bands.shape[0],
        dtype=profile.pop("dtype", bands.dtype),
        crs=crs,
        nodata=profile.pop("nodata", None),
        **where,
        **{k: v for k, v in profile.items() if k not in {"unit", "scale", "offset"}},
    ) as made:
        made.write(bands)
        if "unit" in profile:
            made.units = [profile["unit"]]
        if "scale" in profile:
            made.scales, made.offsets = [profile["scale"]], [profile["offset"]]
    return path
