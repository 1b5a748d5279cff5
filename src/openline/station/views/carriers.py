"""The carriers of the lines: what was set, and how they do."""

from __future__ import annotations

from typing import Any

from openline.carriers.folder import lying
from openline.station import lacking
from openline.station.settings import FOLDER, folders
from openline.station.station import Station
from openline.station.ways import Way
from openline.words.moment import Moment

Json = dict[str, Any]


def carriers(station: Station) -> Json:
    """``carriers --json``."""
    return {
        "lines": [
            {
                "line": peer,
                "queued": station.ways.outbox(peer).queued(),
                "carriers": [_whole(station, way) for way in station.ways.all_of(peer)],
            }
            for peer in station.engine.lines
        ]
    }


def of_line(station: Station, peer: str) -> list[Json]:
    """The carriers of a line that are to be used, in short."""
    return [_short(station, way) for way in station.ways.of(peer)]


def _short(station: Station, way: Way) -> Json:
    failing = way.failing()
    ok, steady = way.outbox.last_ok_ms, station.clock.now().monotonic_ms
    return {
        "name": way.setting.name,
        "kind": way.setting.kind,
        "state": str(way.state),
        "last_ok": None if ok is None else str(station.now().plus_ms(ok - steady)),
        "error": way.error() or None,
        "error_code": failing.code if failing else None,
        "missing": lacking.of_carrier(station.folder, way.setting),
    }


def _whole(station: Station, way: Way) -> Json:
    used = way.last_used_ms
    return {
        **_short(station, way),
        "cost": way.setting.cost,
        "enabled": way.setting.enabled,
        "options": dict(way.setting.options),
        "since": str(Moment(way.route.since_ms)),
        "last_used": None if used is None else str(Moment(used)),
        "queue": way.outbox.waiting(),
        "under_way": way.outbox.under_way(),
        "parcels_out": way.parcels_out,
        "bytes_out": way.bytes_out,
        "parcels_in": way.parcels_in,
        "bytes_in": way.bytes_in,
        "unreadable": len(way.unreadable),
        "held": _held(way),
    }


def _held(way: Way) -> Json | None:
    """What lies in a folder for the courier."""
    out, _ = folders(way.setting)
    held = lying(out) if out is not None and way.setting.kind == FOLDER else None
    if held is None:
        return None
    return {"parcels": held.parcels, "bytes": held.size, "oldest_s": int(held.oldest_s)}
