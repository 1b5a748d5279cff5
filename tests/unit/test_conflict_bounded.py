"""Shapes made to take long, and files made to mislead: bounded work, and a clear refusal."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conflict_world import GEOD, corridor, volume
from openline.conflict.core import Core, core_of
from openline.conflict.geometry import _near_pieces, gap_m
from openline.conflict.segments import segments_apart
from openline.conflict.validity import check_shape
from openline.station.filing import as_file, read_file, untold
from openline.words.errors import OpenlineError

numbers = st.lists(st.floats(-1, 1), min_size=12, max_size=12)


@pytest.mark.rule("R-CONF-44")
@given(numbers, st.sampled_from(["any", "point", "parallel"]))
def test_segments_are_as_far_apart_as_their_nearest_points(given: list[float], how: str) -> None:
    p, q, r, s = np.array(given).reshape(4, 3)
    if how == "point":
        q = p
    elif how == "parallel":
        s = r + (q - p) / 3
    share = np.linspace(0, 1, 41)[:, None]
    least = np.linalg.norm((p + share * (q - p))[:, None] - (r + share * (s - r)), axis=-1).min()
    found = float(segments_apart(p, q, r, s))
    step = (np.linalg.norm(q - p) + np.linalg.norm(s - r)) / 40
    assert least - step <= found <= least + 1e-6


def zigzag(lat: float) -> Core:
    """10,000 legs of 36 km, one a metre beside the other."""
    path = ((10 + k % 2 / 2, lat + k * 1e-5) for k in range(9_999))
    shape = corridor(10, *path)
    check_shape(shape, volume(shape).edges)
    return core_of(shape, volume(shape).edges)


@pytest.mark.rule("R-CONF-44")
@pytest.mark.parametrize("lat", [50.11, 51.0])
def test_what_goes_to_and_fro_is_asked_of_few_pieces(lat: float) -> None:
    first, second = zigzag(50), zigzag(lat)
    assert len(_near_pieces(first, second, np.inf)[0]) < 10_000, "of 1,600,000,000 pairs"
    between = GEOD.inv(10, 50 + 9_998e-5, 10, lat)[2]
    assert gap_m(first, second) == pytest.approx(between - 10, abs=1)


ROW = {
    "ref": "C-17",
    "kind": "convoy",
    "title": "Convoy",
    "start": "2022-04-02T08:00:00Z",
    "end": "2022-04-02T12:00:00Z",
    "lower": 0,
    "upper": 50,
    "unit": "m",
    "datum": "AGL",
}
SQUARE = [[9, 49], [11, 49], [11, 51], [9, 51], [9, 49]]


def taken(ring: object, **more: object) -> None:
    """Read a file whose second feature is the one that is asked about, and check its shape."""
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Polygon", "coordinates": [shape]},
            "properties": {k: v for k, v in {**ROW, **other}.items() if v is not None},
        }
        for shape, other in ((SQUARE, {"datum": "AMSL"}), (ring, more))
    ]
    text = json.dumps({"type": "FeatureCollection", "features": features})
    errors = read_file(as_file(text), untold).errors
    if errors:
        raise errors[0]


@pytest.mark.rule("R-CONF-13")
def test_each_feature_keeps_its_own_datum() -> None:
    taken(SQUARE, datum="HAE", unit="ft")


BOW = [[9, 49], [11, 51], [11, 49], [9, 51], [9, 49]]
SLIVER = [[9, 49], [11, 50], [9, 49], [9, 49]]


@pytest.mark.rule("R-CONF-44")
@pytest.mark.parametrize(
    ("ring", "more", "code"),
    [
        (BOW, {}, "self-crossing"),
        (SLIVER, {}, "empty-area"),
        ([[99, 89], [120, 90.5], [110, 51], [99, 89]], {}, "bad-position"),
        ([[9, 49], [181, 49], [11, 51], [9, 49]], {}, "bad-position"),
        ([[9, float("nan")], *SQUARE[1:]], {}, "bad-json"),
        ([[9, float("inf")], *SQUARE[1:]], {}, "bad-json"),
        ([[9, 49], [11, 49], [11, 51], [9, 51]], {}, "bad-ring"),
        (SQUARE, {"lower": 100, "upper": 50}, "bad-band"),
        (SQUARE, {"end": "3022-04-02T12:00:00Z"}, "bad-window"),
        (SQUARE, {"end": "2022-04-02T08:00:00Z"}, "bad-window"),
        (SQUARE, {"datum": "MSL"}, "bad-field"),
        (SQUARE, {"datum": None}, "missing-field"),
        (SQUARE, {"unit": None}, "missing-field"),
        ([*SQUARE[:-1] * 2_600, SQUARE[0]], {}, "field-limit"),
    ],
)
def test_bad_geometry_is_refused_clearly(ring: object, more: dict, code: str) -> None:
    with pytest.raises(OpenlineError) as refused:
        taken(ring, **more)
    assert refused.value.code == code, refused.value
    assert refused.value.next
