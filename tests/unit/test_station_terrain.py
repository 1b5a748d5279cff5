"""Terrain models: what is taken, what is refused, and the ground that they give."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from conflict_world import area, away, box, circle, corridor, volume
from ground_world import write_tif
from openline.conflict.footprint import footprint
from openline.station import terrain
from openline.station.ground import sample
from openline.words import limits
from openline.words.errors import OpenlineError
from openline.words.volume import Edges, Ground, Shape

STEP = 1 / 120  # 30 seconds of arc


def add(file: Path, folder: Path, name: str | None = None) -> terrain.Model:
    return terrain.add(file, folder, name, lambda done, of: None)


def ground(models: tuple[terrain.Model, ...], shape: Shape) -> tuple[float, float, bool] | None:
    """Lowest and highest in metres, and whether all of it is covered."""
    found = sample(models, footprint(volume(shape)))
    if found.ground is None:
        return None
    return found.ground.lowest_mm / 1000, found.ground.highest_mm / 1000, found.rest.is_empty


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "terrain"


@pytest.fixture
def slope(tmp_path: Path, folder: Path) -> tuple[terrain.Model, ...]:
    """A degree by a degree from 22 E, 50 N southwards, 1 m higher with each column eastwards."""
    heights = np.tile(np.arange(120, dtype=np.int16), (120, 1))
    return (add(write_tif(tmp_path / "slope.tif", heights, 22, 50, STEP), folder),)


@pytest.mark.rule("R-GROUND-06")
def test_every_pixel_that_a_footprint_touches_counts(slope: tuple[terrain.Model, ...]) -> None:
    inside = circle(22 + 10.5 * STEP, 49.5, 10)
    assert ground(slope, inside) == (10, 10, True)
    astride = circle(22 + 10.99 * STEP, 49.5, 50)
    assert ground(slope, astride) == (10, 11, True)
    assert ground(slope, box(22 + 5.5 * STEP, 49.4, 22 + 20.5 * STEP, 49.6)) == (5, 20, True)


@pytest.mark.rule("R-GROUND-06")
def test_the_radius_is_counted_in(slope: tuple[terrain.Model, ...]) -> None:
    lon, lat = 22 + 60.5 * STEP, 49.5
    east, _ = away(lon, lat, 90, 5_000)
    columns = int((east - 22) / STEP)
    assert ground(slope, circle(lon, lat, 5_000)) == (120 - columns, columns, True)
    along = corridor(10_000, (lon, 49.3), (lon, 49.7))
    lowest, highest, whole = ground(slope, along) or (0, 0, False)
    assert whole
    assert lowest == pytest.approx(120 - columns, abs=1)
    assert highest == pytest.approx(columns, abs=1)


@pytest.mark.rule("R-GROUND-06")
def test_a_peak_beside_the_footprint_does_not_count(tmp_path: Path, folder: Path) -> None:
    heights = np.full((120, 120), 100, dtype=np.int16)
    heights[60, 60] = 4_000
    models = (add(write_tif(tmp_path / "peak.tif", heights, 22, 50, STEP), folder),)
    lon, lat = 22 + 60.5 * STEP, 50 - 60.5 * STEP
    assert ground(models, circle(lon, lat, 10)) == (4_000, 4_000, True)
    assert ground(models, circle(*away(lon, lat, 90, 2_000), 500)) == (100, 100, True)
    assert ground(models, circle(*away(lon, lat, 90, 2_000), 2_000)) == (100, 4_000, True)


@pytest.mark.rule("R-GROUND-07")
@pytest.mark.parametrize("empty", ["nodata", "nan"])
def test_what_has_no_height_is_not_covered(tmp_path: Path, folder: Path, empty: str) -> None:
    heights = np.full((120, 120), 100, dtype=np.float32)
    heights[:, 60:] = -9999 if empty == "nodata" else np.nan
    nodata = -9999 if empty == "nodata" else None
    file = write_tif(tmp_path / "half.tif", heights, 22, 50, STEP, nodata=nodata)
    models = (add(file, folder),)
    assert ground(models, circle(22.2, 49.5, 1_000)) == (100, 100, True)
    assert ground(models, circle(22.5, 49.5, 1_000)) == (100, 100, False)
    assert ground(models, circle(22.8, 49.5, 1_000)) is None


@pytest.mark.rule("R-GROUND-07")
def test_what_lies_outside_is_not_covered(slope: tuple[terrain.Model, ...]) -> None:
    found = ground(slope, circle(23.0, 49.5, 2_000))
    assert found is not None and found[1:] == (119, False)
    assert ground(slope, circle(24, 49.5, 1_000)) is None
    assert ground(slope, circle(-158, -49.5, 1_000)) is None
    assert ground(slope, box(21, 48, 24, 51)) == (0, 119, False)


@pytest.mark.rule("R-GROUND-06")
def test_models_side_by_side_cover_together(tmp_path: Path, folder: Path) -> None:
    for name, west, height in (("west", 22, 100), ("east", 23, 300)):
        heights = np.full((120, 120), height, dtype=np.int16)
        add(write_tif(tmp_path / f"{name}.tif", heights, west, 50, STEP), folder)
    models = terrain.load(folder)
    assert [model.name for model in models] == ["east", "west"]
    convoy = corridor(2_000, (22.7, 49.5), (23.3, 49.5))
    assert ground(models, convoy) == (100, 300, True)
    assert ground(models[:1], convoy) == (300, 300, False)


@pytest.mark.rule("R-GROUND-06")
@pytest.mark.parametrize(
    ("crs", "west", "north", "step", "place"),
    [
        ("EPSG:32634", 500_000, 5_600_000, 100, (21.1, 50.5)),
        ("EPSG:3031", -1_000_000, 1_000_000, 20_000, (100, -88)),
        ("EPSG:3031", -1_000_000, 1_000_000, 20_000, (180, -87.5)),
        ("EPSG:3395", 19_900_000, 2_000_000, 1_000, (179.2, 17)),
        ("EPSG:4326", 179.5, 10, STEP, (180, 9.5)),
        ("EPSG:4326", 350, 10, 0.1, (-5, 5)),
        ("EPSG:4258", 10, 50, STEP, (10.5, 49.5)),
        ("EPSG:4326+5773", 10, 50, STEP, (10.5, 49.5)),
    ],
)
def test_other_reference_systems(
    tmp_path: Path,
    folder: Path,
    crs: str,
    west: float,
    north: float,
    step: float,
    place: tuple[float, float],
) -> None:
    heights = np.full((120, 120), 250, dtype=np.int16)
    models = (add(write_tif(tmp_path / "m.tif", heights, west, north, step, crs), folder),)
    assert ground(models, circle(*place, 2_000)) == (250, 250, True)
    lon, lat = place
    assert ground(models, circle(lon, -lat, 2_000)) is None or abs(lat) < 10


@pytest.mark.rule("R-GROUND-06")
def test_the_ground_below_the_pole(tmp_path: Path, folder: Path) -> None:
    heights = np.full((100, 100), 2_800, dtype=np.int16)
    file = write_tif(tmp_path / "p.tif", heights, -1_000_000, 1_000_000, 20_000, "EPSG:3031")
    models = (add(file, folder),)
    assert ground(models, circle(0, -90, 50_000)) == (2_800, 2_800, True)
    assert ground(models, area((0, -88), (120, -88), (-120, -88))) == (2_800, 2_800, True)


@pytest.mark.rule("R-GROUND-06")
def test_scale_and_offset_of_the_file_are_used(tmp_path: Path, folder: Path) -> None:
    heights = np.full((120, 120), 1_000, dtype=np.int16)
    file = write_tif(tmp_path / "s.tif", heights, 22, 50, STEP, scale=0.1, offset=50, unit="metre")
    assert ground((add(file, folder),), circle(22.5, 49.5, 500)) == (150, 150, True)


@pytest.mark.rule("R-GROUND-09")
def test_very_many_pixels_are_asked_by_squares(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heights = np.random.default_rng(3).integers(100, 200, (1_500, 1_400)).astype(np.int16)
    heights[700, 700] = 3_000
    heights[1_400, 100] = -32_768
    file = write_tif(tmp_path / "m.tif", heights, 22, 50, 0.001, nodata=-32_768)
    models = (add(file, folder),)
    shapes = [circle(22.7, 49.3, 30_000), box(22.65, 49.2, 22.8, 49.4), circle(22.2, 49.8, 9_000)]
    exact = [ground(models, shape) for shape in shapes]
    assert exact[0] == (100, 3_000, True) and exact[2] == (100, 199, True)
    monkeypatch.setattr(limits, "TERRAIN_SAMPLE", 100)
    for shape, (low, high, whole) in zip(shapes, exact, strict=True):
        rough = ground(models, shape)
        assert rough is not None
        assert rough[0] <= low and high <= rough[1] and rough[2] is whole
    assert ground(models, circle(22.1, 48.6, 1_000)) == (100, 199, False), "in a square with a gap"


@pytest.mark.rule("R-GROUND-04")
@pytest.mark.parametrize(
    ("told", "profile"),
    [
        ("no reference system", {"crs": None}),
        ("dry land", {"heights": np.full((9, 9), -32_768, np.int16)}),
        ("dry land", {"heights": np.full((9, 9), 12_000, np.int16)}),
        ("no pixel", {"heights": np.full((9, 9), -1, np.int16), "nodata": -1}),
        ("2 bands", {"heights": np.zeros((2, 9, 9), np.int16)}),
        ("feet", {"unit": "feet"}),
        ("ellipsoid", {"crs": "EPSG:4979"}),
        ("foot", {"crs": "EPSG:4326+8228"}),
        ("where its pixels lie", {"step": 0}),
        ("complex", {"heights": np.zeros((9, 9), np.complex64)}),
    ],
)
@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
def test_what_is_no_terrain_model_is_refused(
    tmp_path: Path, folder: Path, told: str, profile: dict
) -> None:
    heights = profile.pop("heights", np.full((9, 9), 100, np.int16))
    crs, step = profile.pop("crs", "EPSG:4326"), profile.pop("step", STEP)
    file = write_tif(tmp_path / "m.tif", heights, 22, 50, step, crs, **profile)
    with pytest.raises(OpenlineError, match=told) as refused:
        add(file, folder)
    assert (refused.value.code, refused.value.rule) == ("bad-terrain", "R-GROUND-04")
    assert refused.value.next
    assert list(folder.iterdir()) == []


@pytest.mark.rule("R-GROUND-04")
@pytest.mark.parametrize("content", [b"", b"II*\0", b"<VRTDataset/>", b"\0" * 5_000])
def test_what_is_no_geotiff_is_refused(tmp_path: Path, folder: Path, content: bytes) -> None:
    file = tmp_path / "m.tif"
    file.write_bytes(content)
    with pytest.raises(OpenlineError, match="no GeoTIFF"):
        add(file, folder)
    with pytest.raises(OpenlineError, match="cannot be read"):
        add(tmp_path / "not there.tif", folder)
    assert list(folder.iterdir()) == []


@pytest.mark.rule("R-GROUND-04")
def test_more_pixels_than_may_be_are_refused(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "TERRAIN_PIXELS", 80)
    file = write_tif(tmp_path / "m.tif", np.zeros((9, 9), np.int16), 22, 50, STEP)
    with pytest.raises(OpenlineError, match="TERRAIN_PIXELS"):
        add(file, folder)


@pytest.mark.rule("R-GROUND-05")
def test_names_are_kept_apart(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write_tif(tmp_path / "Kabul 30m.tif", np.zeros((9, 9), np.int16), 22, 50, STEP)
    assert add(file, folder).name == "kabul-30m"
    for name, code in ((None, "terrain-taken"), ("../x", "bad-terrain"), ("", "terrain-taken")):
        with pytest.raises(OpenlineError) as refused:
            add(file, folder, name)
        assert refused.value.code == code
    assert add(file, folder, "other").ground == Ground(0, 0)
    monkeypatch.setattr(limits, "TERRAINS", 2)
    with pytest.raises(OpenlineError, match="TERRAINS"):
        add(file, folder, "third")
    terrain.remove("other", folder)
    assert [model.name for model in terrain.load(folder)] == ["kabul-30m"]
    for name in ("other", "../kabul-30m"):
        with pytest.raises(OpenlineError) as refused:
            terrain.remove(name, folder)
        assert refused.value.code == "unknown-terrain"


@pytest.mark.rule("R-GROUND-07")
def test_a_model_whose_file_went_away_covers_nothing(slope: tuple[terrain.Model, ...]) -> None:
    slope[0].path.unlink()
    assert ground(slope, circle(22.5, 49.5, 500)) is None


@pytest.mark.rule("R-GROUND-06")
def test_lonlat_edges_are_followed(slope: tuple[terrain.Model, ...]) -> None:
    found = sample(slope, footprint(volume(box(22.1, 49.1, 22.9, 49.9), Edges.LONLAT)))
    assert found.ground == Ground(12_000, 107_000) or found.ground == Ground(11_000, 108_000)
    assert found.rest.is_empty
