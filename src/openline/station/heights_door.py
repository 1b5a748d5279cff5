"""The part of the facade for what the station knows of the earth's heights."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from openline.conflict.geoid import ERROR_MM
from openline.formats.coordinates import read_coordinates
from openline.station.backup import Progress
from openline.station.books import activities, announced
from openline.station.heights import no_geoid
from openline.station.station import Station
from openline.words import limits
from openline.words.errors import OpenlineError
from openline.words.volume import Datum

Json = dict[str, Any]


class HeightsDoor:
    """The geoid's grid, and terrain models."""

    _station: Station

    def geoid(self) -> Json:
        """Where the geoid's grid was found; without one, why that matters."""
        found = self._station.heights.find_grid()
        if found is None:
            refusal = no_geoid()
            return {"found": False, "file": None, "why": refusal.message, "next": refusal.next}
        return {"found": True, "file": str(found[0]), "error_m": ERROR_MM / 1000}

    def geoid_use(self, file: str) -> Json:
        """Take the grid in a file of this machine, named by its whole path, into use."""
        taken = self._station.heights.use_grid(Path(file))
        _match_again(self._station)
        return {"found": True, "file": str(taken), "error_m": ERROR_MM / 1000}

    def height_convert(self, at: str, metres: float, of: str, to: str) -> Json:
        """A height at a place, as a person writes it, on another datum, by the geoid's grid."""
        place = read_coordinates(at)
        found = self._station.heights.convert(place, _metres(metres), _datum(of), _datum(to))
        return {"lat": place.lat, "lon": place.lon, "metres": round(found, 3), "datum": to.upper()}

    def terrain_list(self) -> Json:
        """The terrain models that are loaded."""
        heights = self._station.heights
        held = [_model_json(model) for model in heights.models()]
        lost = [each for each in heights.missing() if each["of"] == "terrain"]
        return {"terrain": held, "missing": lost}

    def terrain_add(
        self, file: str, name: str | None = None, tell: Progress = lambda done, of: None
    ) -> Json:
        """Load a terrain model from a GeoTIFF of this machine, named by its whole path."""
        from openline.station import terrain  # noqa: PLC0415 (slow to import)

        heights = self._station.heights
        added = terrain.add(Path(file), heights.terrain_folder, name, tell)
        heights.changed()
        _match_again(self._station)
        return _model_json(added)

    def terrain_remove(self, name: str) -> Json:
        """Forget a terrain model."""
        from openline.station import terrain  # noqa: PLC0415 (slow to import)

        heights = self._station.heights
        terrain.remove(name, heights.terrain_folder)
        heights.changed()
        _match_again(self._station)
        return {"name": name}


def _metres(metres: float) -> float:
    if not abs(metres) * 1000 <= limits.ALTITUDE_MILLI:  # what is no number is not
        raise _bad_height(f"{metres:g} m", "give at most 100,000 m (ALTITUDE_MILLI)")
    return metres


def _datum(name: str) -> Datum:
    if name.upper() not in list(Datum):
        raise _bad_height(f"{name[:20]!r} for a datum", "give AMSL or HAE")
    return Datum(name.upper())


def _bad_height(what: str, advice: str) -> OpenlineError:
    return OpenlineError("bad-height", f"no height can be {what}", rule="R-GROUND-03", next=advice)


def _match_again(station: Station) -> None:
    """What is known of the ground has changed, and with it what collides."""
    for peer in station.engine.lines:
        station.run(partial(activities.match_all, peer=peer))
    station.run(announced.on_ground)


def _model_json(model: Any) -> Json:
    west, south, east, north = model.box
    return {
        "name": model.name,
        "west": west,
        "south": south,
        "east": east,
        "north": north,
        "lowest_m": model.ground.lowest_mm / 1000,
        "highest_m": model.ground.highest_mm / 1000,
    }
