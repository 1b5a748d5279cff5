"""Activities in ED-269 geozones (EUROCAE, chapter 8; JSON): one for each volume and time of a zone.

A zone that is permanent, and one without times, takes its window from options. A schedule makes one
for each of its times.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from itertools import product
from typing import Any, TypeGuard

from openline.formats.draft import Found, Given, Note, attempt
from openline.formats.levels import band, height
from openline.formats.schedules import Room, daily_periods, each_time
from openline.formats.shapes import area, circle
from openline.forms.jsontext import read_json
from openline.words import filelimits, limits
from openline.words.errors import OpenlineError

_REFERENCES = {"AGL": "AGL", "AMSL": "AMSL", "WGS84": "HAE", "W84": "HAE"}
_UNITS = {"M": "m", "FT": "ft"}
Json = Mapping[str, Any]


def read_geozones(data: bytes, given: Given) -> Iterator[Found]:
    """The zones in the file's order; raises ``bad-json``, ``bad-geozone`` for the whole."""
    if data.count(b"{") > filelimits.JSON_OBJECTS:
        advice = f"give at most {limits.FEATURES:,} zones (JSON_OBJECTS)"
        raise _bad(f"more than {filelimits.JSON_OBJECTS:,} objects", advice)
    document = read_json(data)
    zones = document.get("features") if isinstance(document, Mapping) else None
    if not isinstance(zones, list) or not zones:
        raise _bad("there is no list of features in it", "export the zones again as ED-269 JSON")
    count = sum(map(_parts, zones))
    if count > limits.FEATURES:
        advice = f"give at most {limits.FEATURES:,} (FEATURES)"
        raise _bad(f"{count:,} volumes and times", advice)
    room = Room(limits.FEATURES - count)
    for number, zone in enumerate(zones, 1):
        yield from _zone(number, zone, given, room)


def _parts(zone: object) -> int:
    """How many activities a zone is, its schedules aside."""
    table: Json = zone if _is_map(zone) else {}
    volumes, times = table.get("geometry"), table.get("applicability") or [{}]
    return len(volumes) * len(times) if _countable(volumes) and _countable(times) else 1


def _is_map(value: object) -> TypeGuard[Json]:
    return isinstance(value, Mapping)


def _zone(number: int, zone: object, given: Given, room: Room) -> Iterator[Found]:
    table: Json = zone if _is_map(zone) else {}
    ref = table.get("identifier")
    place = f"zone {number}"
    volumes, times = table.get("geometry"), table.get("applicability") or [{}]
    if not _countable(volumes) or not _countable(times):
        yield attempt(place, ref, partial(_no_parts, volumes))
        return
    several = len(volumes) * len(times) > 1
    for part, (volume, time) in enumerate(product(volumes, times), 1):
        own = f"{ref}-{part}" if several and isinstance(ref, str) else ref
        name = f"{place}, part {part}" if several else place
        found = attempt(name, own, partial(_activity, table, own, volume, time, given))
        schedule = time.get("schedule") if _is_map(time) else None
        if schedule:
            yield from each_time(found, given, "zone", daily_periods(schedule), room)
        else:
            yield found


def _countable(parts: object) -> TypeGuard[list[object]]:
    return isinstance(parts, list) and 0 < len(parts) <= filelimits.LAYERS


def _no_parts(volumes: object) -> tuple[dict[str, object], list[Note]]:
    count = f"{len(volumes):,}" if isinstance(volumes, list) and volumes else "no"
    raise _bad(
        f"it has {count} volumes, or as many times",
        f"give 1 to {filelimits.LAYERS} of each (LAYERS)",
    )


def _activity(
    zone: Json, ref: object, volume: object, time: object, given: Given
) -> tuple[dict[str, object], list[Note]]:
    if not isinstance(volume, Mapping) or not isinstance(time, Mapping):
        raise _bad("a volume or time is no object", "export it again")
    fields: dict[str, Any] = {"ref": ref, "title": zone.get("name") or ref}
    for name, key in (("start", "startDateTime"), ("end", "endDateTime")):
        if time.get(key) is not None:
            fields[name] = time[key]
    found, notes = band(_level(volume, "lower"), _level(volume, "upper"), given)
    fields |= found
    fields["shape"] = _shape(volume.get("horizontalProjection"), given)
    said = [f"{word}: {zone[word]}" for word in ("restriction", "message") if zone.get(word)]
    if said:
        fields["details"] = f"ED-269, {'; '.join(said)}"[: limits.TEXT_CHARS]
    return fields, notes


def _level(volume: Json, name: str) -> Any:
    number, reference = volume.get(f"{name}Limit"), volume.get(f"{name}VerticalReference")
    unit = volume.get("uomDimensions")
    if isinstance(number, bool) or not isinstance(number, int | float):
        raise _bad(f"its {name}Limit is no number", "give both limits")
    if unit not in _UNITS and unit is not None:
        raise _bad(f"uomDimensions is {str(unit)[:20]!r}", "use M or FT")
    if reference not in _REFERENCES and reference is not None:
        raise _bad(f"{name}VerticalReference is {str(reference)[:20]!r}", "use AGL or AMSL")
    return height(number, _UNITS.get(unit or "", ""), _REFERENCES.get(reference or "", ""))


def _shape(projection: object, given: Given) -> dict[str, Any]:
    table: Json = projection if isinstance(projection, Mapping) else {}
    match table.get("type"):
        case "Circle":
            centre = table.get("center")
            if not isinstance(centre, list) or len(centre) != 2:
                raise _bad("a circle without its center", "give [longitude, latitude]")
            return circle(centre, {"radius_m": table.get("radius")}, given)
        case "Polygon":
            rings = table.get("coordinates")
            if isinstance(rings, list) and all(map(_is_ring, rings)):
                return area([rings], {})
    raise _bad(
        f"its projection is {str(table.get('type'))[:20]!r}", "give a Circle or a whole Polygon"
    )


def _is_ring(ring: object) -> bool:
    return isinstance(ring, list) and all(isinstance(place, list) for place in ring)


def _bad(what: str, advice: str) -> OpenlineError:
    return OpenlineError(
        "bad-geozone", f"the zone is refused: {what}", rule="R-FMT-26", next=advice
    )
