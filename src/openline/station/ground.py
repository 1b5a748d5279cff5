"""The ground below a footprint, by all terrain models that a station has loaded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from math import ceil, floor
from typing import Any

import numpy as np
import rasterio
import shapely
from affine import Affine
from numpy.typing import NDArray
from rasterio.errors import RasterioError
from rasterio.features import geometry_mask
from rasterio.warp import transform
from rasterio.windows import Window
from shapely import affinity
from shapely.geometry.base import BaseGeometry

from openline.station.terrain import BLOCK, WGS84, Model, ground_of, heights_of
from openline.words import limits
from openline.words.volume import Ground

_STEP_DEG = 0.02
"""Edges are followed into another projection in such steps."""
_MARGIN_DEG = 0.01


@dataclass(frozen=True, slots=True)
class Sample:
    """The ground below the part of a footprint that models cover, and what none covers."""

    ground: Ground | None
    rest: BaseGeometry


def sample(models: tuple[Model, ...], footprint: dict[str, Any]) -> Sample:
    """The ground below a footprint, a GeoJSON MultiPolygon in degrees, by all models together."""
    rest: BaseGeometry = shapely.make_valid(shapely.geometry.shape(footprint))
    found: list[tuple[float, float]] = []
    whole = rest
    for model in models:
        part = _within(whole, model.box)
        if part.is_empty:
            continue
        try:
            low, high, uncovered = _asked(model, part)
        except (RasterioError, OSError):
            continue  # a file that has gone or is broken covers nothing
        if low <= high:
            found.append((low, high))
            rest = rest.difference(part.difference(uncovered).buffer(1e-6))
    if not found:
        return Sample(None, rest)
    lows, highs = zip(*found, strict=True)
    return Sample(ground_of(min(lows), max(highs)), rest.buffer(-1e-6))


def meets(footprint: dict[str, Any], boxes: Sequence[Sequence[float]]) -> bool:
    """Whether a footprint lies in any box (west, south, east, north in degrees), or very near."""
    whole: BaseGeometry = shapely.make_valid(shapely.geometry.shape(footprint))
    return any(not _within(whole, (w, s, e, n)).is_empty for w, s, e, n in boxes)


def _within(footprint: BaseGeometry, box: tuple[float, float, float, float]) -> BaseGeometry:
    """What of a footprint lies in a model's box, or very near."""
    west, south, east, north = box
    spans = [(west, east)] if west <= east else [(west, 180.0), (-180.0, east)]
    parts = [
        shapely.clip_by_rect(
            footprint,
            max(-180.0, w + turn - _MARGIN_DEG),
            max(-90.0, south - _MARGIN_DEG),
            min(180.0, e + turn + _MARGIN_DEG),
            min(90.0, north + _MARGIN_DEG),
        )
        for w, e in spans
        for turn in (-360.0, 0.0, 360.0)
        if w + turn - _MARGIN_DEG < 180 and e + turn + _MARGIN_DEG > -180
    ]
    return shapely.make_valid(shapely.union_all(shapely.make_valid(parts)))


def _asked(model: Model, part: BaseGeometry) -> tuple[float, float, BaseGeometry]:
    """The lowest and highest ground below a part of a footprint, and what it does not cover."""
    nothing = np.inf, -np.inf, part
    with rasterio.open(model.path, driver="GTiff") as raster:
        flat = _moved(part, WGS84, raster.crs)
        here, covered = _on_raster(flat, raster)
        if not here:
            return nothing
        low, high, at, place = _heights_over(model, raster, shapely.union_all(here).bounds)
        touched = geometry_mask(here, low.shape, place, all_touched=True, invert=True)
        known = touched & ~np.isnan(low)
        if not known.any():
            return nothing
        complete = bool((at | ~touched).all())
        rest = part
        if complete:
            uncovered = flat.difference(covered)
            rest = uncovered if uncovered.is_empty else _moved(uncovered, raster.crs, WGS84)
    return float(low[known].min()), float(high[known].max()), rest


def _on_raster(flat: BaseGeometry, raster: Any) -> tuple[list[shapely.Polygon], BaseGeometry]:
    """What of a shape lies on a raster, as polygons there; and the same where the shape is.

    Degrees may be counted from -180 or from 0: a shape is looked for once around either way.
    """
    corners = ((0, 0), (1, 0), (1, 1), (0, 1))
    extent = shapely.Polygon(
        [raster.transform @ (x * raster.width, y * raster.height) for x, y in corners]
    )
    here: list[shapely.Polygon] = []
    covered: list[BaseGeometry] = []
    for turn in (-360.0, 0.0, 360.0) if raster.crs.is_geographic else (0.0,):
        cut = affinity.translate(flat, turn).intersection(extent)
        parts = [each for each in shapely.get_parts(cut) if not each.is_empty]
        here += [each for each in parts if isinstance(each, shapely.Polygon)]
        covered.append(affinity.translate(cut, -turn))
    return here, shapely.union_all(covered)


def _heights_over(
    model: Model, raster: Any, bounds: tuple[float, float, float, float]
) -> tuple[NDArray[Any], NDArray[Any], NDArray[np.bool_], Affine]:
    """Lowest and highest by pixel or, of very many, by square; which are full; and where they lie.

    `bounds` are in the raster's own coordinates.
    """
    west, south, east, north = bounds
    corners = [~raster.transform @ corner for corner in product((west, east), (south, north))]
    columns, rows = (sorted(axis) for axis in zip(*corners, strict=True))
    left, right = _span(columns[0], columns[-1], raster.width)
    top, bottom = _span(rows[0], rows[-1], raster.height)
    if (right - left) * (bottom - top) <= limits.TERRAIN_SAMPLE:
        heights = heights_of(raster, Window(left, top, right - left, bottom - top))
        place = raster.transform @ Affine.translation(left, top)
        return heights, heights, ~np.isnan(heights), place
    left, top = left // BLOCK, top // BLOCK
    squares = slice(top, -(-bottom // BLOCK)), slice(left, -(-right // BLOCK))
    place = raster.transform @ Affine.scale(BLOCK) @ Affine.translation(left, top)
    return model.low[squares], model.high[squares], model.full[squares], place


def _span(least: float, most: float, size: int) -> tuple[int, int]:
    """The pixels from one edge to the other, one at least."""
    first = min(max(floor(least), 0), size - 1)
    return first, max(min(ceil(most), size), first + 1)


def _moved(figure: BaseGeometry, from_crs: Any, to_crs: Any) -> BaseGeometry:
    """A figure in another reference system; empty where it cannot be shown there."""
    if from_crs == to_crs:
        return figure
    if from_crs == WGS84:
        figure = shapely.segmentize(figure, _STEP_DEG)

    def move(places: NDArray[np.float64]) -> NDArray[np.float64]:
        xs, ys = transform(from_crs, to_crs, places[:, 0], places[:, 1])
        return np.stack([xs, ys], axis=1)

    moved = shapely.transform(figure, move)
    if not np.isfinite(shapely.get_coordinates(moved)).all():
        return shapely.Polygon()
    return shapely.make_valid(moved)
