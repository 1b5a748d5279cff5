"""The part of the facade that is about carriers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from openline.station import carry, relays, settings
from openline.station.engine import Job, Tx
from openline.station.settings import Setting
from openline.station.station import Station
from openline.station.views import carriers
from openline.wire.frames import compact, text
from openline.words import limits
from openline.words.errors import OpenlineError

Json = dict[str, Any]


class CarrierDoor:
    """What can be asked about the carriers of the lines."""

    _station: Station

    def carriers(self) -> Json:
        """Every line's carriers: set how, up or why not, last used, and what waits."""
        return carriers.carriers(self._station)

    def carrier_add(
        self,
        line: str,
        kind: str,
        name: str = "",
        cost: int = 0,
        options: Mapping[str, str] | None = None,
        secrets: Mapping[str, str] | None = None,
    ) -> Json:
        """Add a carrier to a line, or set one anew."""
        own = settings.known(kind)
        given, hidden = MappingProxyType(dict(options or {})), dict(secrets or {})
        if shown := own.secret & given.keys() if kind != settings.HTTPS else set():
            raise _secret_shown(sorted(shown)[0])
        if "@" in given.get("proxy", ""):
            raise _secret_shown("proxy")
        secret_options = tuple(sorted(hidden))
        setting = Setting(line, name or kind, kind, cost or own.cost, True, given, secret_options)
        settings.checked(setting, hidden)

        def job(tx: Tx) -> None:
            tx.line(line)
            if "by" in given:
                _other_line(tx, line, given["by"])
            found = settings.by_line(tx.connection, (line,))[line]
            if setting.name not in found and len(found) >= limits.CARRIERS:
                raise OpenlineError(
                    "too-many-carriers",
                    f"the line has {len(found)} carriers already (CARRIERS)",
                    rule="R-CAR-05",
                    next="remove one first",
                )
            settings.write_secrets(self._station.folder, line, setting.name, hidden)
            settings.store(tx.connection, replace(setting, set_at_ms=tx.now.wall.ms))

        self._set(job)
        return {"line": line, "name": setting.name}

    def carrier_remove(self, line: str, name: str) -> Json:
        """Remove a carrier; HTTPS is as the peer's card has it again."""

        def job(tx: Tx) -> None:
            _found(tx, line, name)
            settings.remove(tx.connection, line, name)
            settings.write_secrets(self._station.folder, line, name, {})

        self._set(job)
        return {"line": line, "name": name}

    def carrier_switch(self, line: str, name: str, on: bool) -> Json:
        """Use a carrier, or leave it unused."""

        def job(tx: Tx) -> None:
            settings.store(tx.connection, replace(_found(tx, line, name), enabled=on))

        self._set(job)
        return {"line": line, "name": name, "enabled": on}

    def relay_allow(self, one: str, other: str, allowed: bool) -> Json:
        """Relay between two parties that have lines here, or not any more."""
        act = relays.allow if allowed else relays.forbid
        self._station.run(lambda tx: act(tx, one, other))
        return {"pair": sorted((one, other)), "allowed": allowed}

    def relay_list(self) -> Json:
        """Between whom this station relays, and what it holds."""
        return relays.listed(self._station.engine, lambda: self._station.now().ms)

    def carry_out(self, line: str, frame: int, most: int) -> Json:
        """What waits on a line as frames of at most `frame` bytes, for whoever carries them."""
        carried = carry.out(self._station, line, frame, most)
        return {
            "line": line,
            "messages": carried.messages,
            "left": carried.left,
            "bytes": sum(map(len, carried.frames)),
            "frames": [compact(each) for each in carried.frames],
            "text": text(carried.frames),
        }

    def carry_in(self, text: str) -> Json:
        """Take in frames that somebody brought."""
        return carry.into(self._station, text)

    def _set(self, job: Job) -> None:
        def marked(tx: Tx) -> None:
            job(tx)
            tx.topics.add("carriers")

        self._station.run(marked)


def _other_line(tx: Tx, line: str, by: str) -> None:
    tx.line(by)
    if by == line:
        raise OpenlineError(
            "bad-carrier",
            "the carrier is not added: the relay is the other side itself",
            rule="R-CAR-05",
            next="name a third party with which both sides have lines",
        )


def _found(tx: Tx, line: str, name: str) -> Setting:
    tx.line(line)
    setting = settings.by_line(tx.connection, (line,))[line].get(name)
    if setting is None:
        raise OpenlineError(
            "unknown-carrier",
            f"the line to {line} has no carrier {name[:40]!r}",
            rule="R-CAR-05",
            next="`openline carriers` lists them",
        )
    return setting


def _secret_shown(option: str) -> OpenlineError:
    return OpenlineError(
        "secret-shown",
        f"a secret on a command line can be read by every user of this machine: {option}",
        rule="R-CAR-06",
        next=f"put it into a file, and say {option}-file=FILE",
    )
