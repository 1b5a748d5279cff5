"""A line's carriers as they were set, made to carry."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from openline.carriers.base import Carrier, OneWay
from openline.carriers.folder import FOLDER_BYTES, FOLDER_FILES, FolderCarrier
from openline.carriers.https import RELAY_PATH, HttpsCarrier
from openline.carriers.knock import Target
from openline.carriers.mail import MailCarrier, Server
from openline.line import probing
from openline.station import lacking, settings
from openline.station.framed import Framed
from openline.station.heads import require
from openline.station.probing import Probed
from openline.station.relay_carrier import RelayCarrier
from openline.station.settings import (
    FOLDER,
    HTTPS,
    KINDS,
    MAIL,
    RELAY,
    Options,
    Setting,
    folders,
    server,
)
from openline.station.station import Station
from openline.station.ways import Way
from openline.wire.relaying import write_request
from openline.words import limits

Make = Callable[[Station, Setting, Options], Carrier]
"""Makes a carrier from what was set, its options and secrets together."""


def carrier_of(station: Station, setting: Setting) -> Carrier:
    """The carrier that was set; one that carries nothing while a secret of it is not there."""
    if missing := lacking.of_carrier(station.folder, setting):
        return lacking.Locked(setting, missing)
    secrets = settings.read_secrets(station.folder, setting.peer, setting.name)
    return _MAKERS[setting.kind](station, setting, {**setting.options, **secrets})


def meet(station: Station, setting: Setting, carrier: Carrier) -> None:
    """Carry to where the peer's newest card says; its card before may still be in use there."""
    if isinstance(carrier, RelayCarrier):
        ring = require(station.engine.lines, setting.options["by"]).ring
        carrier.https.meet(ring.newest.addresses, ring.tls_keys)
    elif isinstance(carrier, HttpsCarrier):
        ring = require(station.engine.lines, setting.peer).ring
        more = setting.options["address"].split(",") if "address" in setting.options else []
        carrier.meet(tuple(dict.fromkeys((*ring.newest.addresses, *more))), ring.tls_keys)


def probed(way: Way, carrier: Carrier) -> Probed:
    """The carrier as probes use it; by a one-way carrier an answer may wait to be collected."""
    setting, within_ms = way.setting, probing.WITHIN_MS
    if isinstance(carrier, OneWay):
        within_ms += 2 * int(setting.seconds("poll_s", KINDS[setting.kind].poll_s) * 1_000)
    folder = carrier.inner if isinstance(carrier, Framed) else carrier
    return Probed(
        setting.name,
        carrier.send,
        setting.cost,
        within_ms,
        hops(carrier),
        folder.look if isinstance(folder, FolderCarrier) else None,
        way.takes and way.brings,
    )


def hops(carrier: Carrier) -> tuple[tuple[Target, ...], ...]:
    """Where it begins: of each of these one at least must take connections."""
    match carrier:
        case HttpsCarrier():
            return (carrier.begins(),)
        case RelayCarrier():
            return (carrier.https.begins(),)
        case MailCarrier():
            return tuple((server,) for server in carrier.begins())
    return ()


def _https(station: Station, setting: Setting, given: Options) -> HttpsCarrier:
    carrier = HttpsCarrier((), b"", given.get("proxy", ""))
    meet(station, setting, carrier)
    return carrier


def _folder(station: Station, setting: Setting, given: Options) -> OneWay:
    out, into = folders(setting, station.engine.party)
    files, size = int(given.get("files", FOLDER_FILES)), int(given.get("bytes", FOLDER_BYTES))
    carrier = FolderCarrier(out, into, files, size, shared="path" in given)
    if "frame" in given:
        carrier.batch, carrier.most = limits.FRAMES, limits.FRAME_MOST
        return Framed(carrier, int(given["frame"]))
    return carrier


def _mail(station: Station, setting: Setting, given: Options) -> OneWay:  # noqa: ARG001
    return MailCarrier(
        _server(given["smtp"]),
        _server(given["imap"]) if "imap" in given else None,
        given["from"],
        given["to"],
        given.get("user", ""),
        given.get("password", ""),
        given.get("mailbox", "INBOX"),
        given.get("ca"),
    )


def _server(value: str) -> Server:
    security, host, port = server(value)
    return Server(host, port, security)


def _relay(station: Station, setting: Setting, given: Options) -> OneWay:
    engine, by = station.engine, given["by"]

    def write(to: str, sealed: bytes, taken: Sequence[bytes]) -> bytes:
        at = station.now()
        return write_request(engine.signer, engine.party, by, at, to, sealed, taken)

    https = HttpsCarrier((), b"", given.get("proxy", ""), RELAY_PATH, limits.RELAY_BODY_BYTES)
    carrier = RelayCarrier(https, setting.peer, write)
    meet(station, setting, carrier)
    return carrier


_MAKERS: dict[str, Make] = {HTTPS: _https, FOLDER: _folder, MAIL: _mail, RELAY: _relay}
