"""Shapes as the form takes them, out of positions and lengths that a file gives apart.

What is a way and what an area is never guessed (R-FMT-17): a way has a width, a point a radius, and
an area repeats its first position last.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from openline.formats.draft import Given, option_of
from openline.words import limits
from openline.words.errors import OpenlineError
from openline.words.volume import Position

Place = tuple[float, float]
"""Longitude and latitude in degrees."""
_ARTICLES = {"radius_m": "a point", "width_m": "a way"}


def place_of(position: Position) -> Place:
    """Its degrees."""
    return position.lon, position.lat


def bad_shape(what: str, advice: str) -> OpenlineError:
    """The error ``bad-shape`` (ours)."""
    return OpenlineError("bad-shape", what, rule="R-FMT-17", next=advice)


def length(name: str, said: Mapping[str, object], given: Given) -> object:
    """A radius or width: the file's own, else the one given for all; else refused."""
    value = said.get(name)
    if value in (None, ""):
        value = given.value(name)
    if value is None:
        raise bad_shape(
            f"{_ARTICLES[name]} without {name}",
            f"say it in the file, or for all of it by {option_of(name)}",
        )
    return value


def circle(centre: Sequence[float], said: Mapping[str, object], given: Given) -> dict[str, Any]:
    """A point with its radius."""
    _only(said, "radius_m")
    radius = length("radius_m", said, given)
    return {"type": "circle", "centre": list(centre), "radius_m": radius}


def corridor(
    path: Sequence[Sequence[float]], said: Mapping[str, object], given: Given
) -> dict[str, Any]:
    """A way with its whole width."""
    _only(said, "width_m")
    places = [list(place) for place in path]
    return {"type": "corridor", "path": places, "width_m": length("width_m", said, given)}


def area(
    polygons: Sequence[Sequence[Sequence[Sequence[float]]]], said: Mapping[str, object]
) -> dict[str, Any]:
    """Polygons, each its outer ring and its holes."""
    _only(said, "")
    rings = [[[list(place) for place in ring] for ring in polygon] for polygon in polygons]
    return {"type": "area", "polygons": rings}


def positions(
    places: Sequence[Sequence[float]], said: Mapping[str, object], given: Given
) -> dict[str, Any]:
    """What several positions in a row mean: one a circle, a closed ring an area, else a way."""
    if len(places) > limits.VERTICES:
        advice = f"give at most {limits.VERTICES:,} (VERTICES)"
        raise bad_shape(f"{len(places):,} positions", advice)
    if len(places) == 1:
        return circle(places[0], said, given)
    if said.get("width_m") in (None, "") and len(places) > 3 and places[0] == places[-1]:
        return area([[places]], said)
    if said.get("width_m") in (None, "") and given.value("width_m") is None:
        raise bad_shape(
            f"{len(places)} positions that are neither a way nor an area",
            f"give width_m for a way ({option_of('width_m')}), or repeat the first position last",
        )
    return corridor(places, said, given)


def _only(said: Mapping[str, object], wanted: str) -> None:
    for name, what in _ARTICLES.items():
        if name != wanted and said.get(name) not in (None, ""):
            raise bad_shape(f"{name} belongs to {what}, and this is none", "take it out")
