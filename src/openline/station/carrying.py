"""A line's carriers as they were set, made to carry."""

from __future__ import annotations

from collections.abc import Callable

from openline.carriers.base import Carrier
from openline.carriers.https import HttpsCarrier
from openline.station import settings
from openline.station.heads import require
from openline.station.settings import HTTPS, Options, Setting
from openline.station.station import Station

Make = Callable[[Station, Setting, Options], Carrier]
"""Makes a carrier from what was set and its secrets."""


def carrier_of(station: Station, setting: Setting) -> Carrier:
    """The carrier that was set."""
    secrets = settings.read_secrets(station.folder, setting.peer, setting.name)
    return _MAKERS[setting.kind](station, setting, secrets)


def _https(station: Station, setting: Setting, secrets: Options) -> HttpsCarrier:
    given = {**setting.options, **secrets}
    more = given["address"].split(",") if "address" in given else []
    card = require(station.engine.lines, setting.peer).card
    addresses = tuple(dict.fromkeys((*card.addresses, *more)))
    return HttpsCarrier(addresses, card.tls_key, given.get("proxy", ""))


_MAKERS: dict[str, Make] = {HTTPS: _https}
