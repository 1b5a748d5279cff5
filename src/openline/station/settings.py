"""What was set about a line's carriers: rows of the database, and secrets in files beside it.

HTTPS is there for each line by the peer's card, without a row.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from urllib.parse import urlsplit

from sqlalchemy import Connection, delete, insert, select

from openline.station.carrier_tables import carriers
from openline.station.folder import Folder
from openline.wire.address import split_address
from openline.words import limits
from openline.words.errors import OpenlineError
from openline.words.party import party_id

HTTPS, FOLDER, MAIL, RELAY = "https", "folder", "mail", "relay"
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,30}")
_MAIL_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,253}")
_SECURITIES = ("tls", "starttls", "plain")
_PROXIES = ("socks5", "socks4", "http")

Check = Callable[[str], object]
Options = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of carrier: what it costs by default, and the options that it takes.

    `resend_s` is how long what it took is left to it before it is given the same again,
    `poll_s` how often a one-way carrier is looked into.
    """

    cost: int
    resend_s: int
    required: Mapping[str, Check] = field(default_factory=dict)
    optional: Mapping[str, Check] = field(default_factory=dict)
    secret: frozenset[str] = frozenset()
    poll_s: float = 2.0


@dataclass(frozen=True, slots=True)
class Setting:
    """One carrier of a line, as it was set."""

    peer: str
    name: str
    kind: str
    cost: int
    enabled: bool = True
    options: Options = field(default_factory=dict)
    secrets: tuple[str, ...] = ()
    """The options whose values lie in a file."""
    set_at_ms: int = 0

    def seconds(self, option: str, default: float) -> float:
        """An option that is a time."""
        return float(self.options.get(option, default))


def seconds(value: str) -> object:
    """Check a number of seconds; raises ``ValueError``."""
    if not 0 < float(value) <= limits.CARRIER_SECONDS:
        raise ValueError(f"it is above 0 and at most {limits.CARRIER_SECONDS} (CARRIER_SECONDS)")
    return value


def _addresses(value: str) -> object:
    found = value.split(",")
    if len(found) > limits.ADDRESSES:
        raise ValueError(f"at most {limits.ADDRESSES} addresses (ADDRESSES)")
    return [split_address(each) for each in found]


def _proxy(value: str) -> object:
    parts = urlsplit(value)
    if parts.scheme not in _PROXIES or not parts.hostname or not parts.port:
        raise ValueError("it is socks5://HOST:PORT, socks4://HOST:PORT or http://HOST:PORT")
    return value


def _folder(value: str) -> object:
    if not Path(value).is_absolute():
        raise ValueError("it is a whole path, from / on")
    return value


def number(most: int, least: int = 1) -> Check:
    """Checks a whole number from `least` to `most`; that raises ``ValueError``."""

    def check(value: str) -> object:
        if not least <= int(value) <= most:
            raise ValueError(f"it is a whole number from {least} to {most}")
        return value

    return check


def server(value: str) -> tuple[str, str, int]:
    """Security, host and port of ``tls://HOST:PORT`` or ``starttls://``; raises ``ValueError``.

    ``plain://`` is for a server that a tunnel, or this machine, leads to.
    """
    parts = urlsplit(value)
    if parts.scheme not in _SECURITIES or not parts.hostname or not parts.port or parts.path:
        raise ValueError("it is tls://HOST:PORT, starttls://HOST:PORT or plain://HOST:PORT")
    return parts.scheme, parts.hostname, parts.port


def _mail_address(value: str) -> object:
    if not _MAIL_ADDRESS.fullmatch(value):
        raise ValueError("it is NAME@HOST")
    return value


def _one_line(value: str) -> object:
    if not value.isprintable():
        raise ValueError("it is one line of printable characters")
    return value


COMMON: Mapping[str, Check] = {"next_after_s": seconds, "resend_s": seconds}
KINDS: dict[str, Kind] = {
    HTTPS: Kind(
        cost=1,
        resend_s=5,
        optional={"address": _addresses, "proxy": _proxy},
        secret=frozenset({"proxy"}),
    ),
    FOLDER: Kind(
        cost=8,
        resend_s=86_400,
        optional={
            **dict.fromkeys(("path", "out", "in"), _folder),
            "files": number(limits.FOLDER_COUNT),
            "bytes": number(limits.FOLDER_SPACE),
            "frame": number(limits.FRAME_MOST, limits.FRAME_LEAST),
            "poll_s": seconds,
        },
    ),
    MAIL: Kind(
        cost=4,
        resend_s=600,
        required={"smtp": server, "from": _mail_address, "to": _mail_address},
        optional={
            **dict.fromkeys(("user", "password", "mailbox"), _one_line),
            "imap": server,
            "ca": _folder,
            "bytes": number(limits.PARCEL_BYTES, 4 << 10),
            "poll_s": seconds,
        },
        secret=frozenset({"password"}),
        poll_s=30.0,
    ),
    RELAY: Kind(
        cost=2,
        resend_s=600,
        required={"by": party_id},
        optional={"poll_s": seconds, "proxy": _proxy},
        secret=frozenset({"proxy"}),
        poll_s=5.0,
    ),
}
"""Every kind that can be added. What is secret is read from a file, and kept in one."""


def known(kind: str) -> Kind:
    """The kind of that name; raises ``unknown-carrier``."""
    if kind not in KINDS:
        raise OpenlineError(
            "unknown-carrier",
            f"{kind[:20]!r} is no kind of carrier",
            rule="R-CAR-05",
            next=f"say one of {', '.join(KINDS)}",
        )
    return KINDS[kind]


def checked(setting: Setting, secrets: Options) -> None:
    """Raise ``bad-carrier`` unless the carrier can be what it is set to be (R-CAR-05)."""
    kind = known(setting.kind)
    given = {**setting.options, **secrets}
    if not _NAME.fullmatch(setting.name):
        raise _bad("its name is one word of small letters, digits and hyphens")
    if (setting.name == HTTPS) is not (setting.kind == HTTPS):
        raise _bad(f"the name {HTTPS!r} is that of the card's own, and a line has one of it")
    if not 0 < setting.cost <= limits.CARRIER_COST or len(given) > limits.CARRIER_OPTIONS:
        raise _bad("its cost is 1 to CARRIER_COST, and it has at most CARRIER_OPTIONS options")
    checks = {**kind.required, **kind.optional, **COMMON}
    for name, value in given.items():
        if name not in checks:
            raise _bad(f"{setting.kind} takes no {name[:20]!r}, but {', '.join(sorted(checks))}")
        if len(value) > limits.OPTION_CHARS:
            raise _bad(f"{name} has more than {limits.OPTION_CHARS} characters (OPTION_CHARS)")
        try:
            checks[name](value)
        except (ValueError, OpenlineError) as error:
            said = error.message if isinstance(error, OpenlineError) else str(error)
            hidden = name in kind.secret
            raise _bad(f"{name} cannot be used" + ("" if hidden else f": {said}")) from None
    if setting.kind == FOLDER and folders(setting) == (None, None):
        raise _bad("a folder needs its path, or one to put parcels out or take them in from")
    if missing := kind.required.keys() - given.keys():
        raise _bad(f"{setting.kind} needs {', '.join(sorted(missing))}")


def folders(setting: Setting, party: str = "") -> tuple[Path | None, Path | None]:
    """Where a folder carrier of `party` puts parcels, and where it takes them from.

    In one `path`, which both sides may share, there is a folder for each side.
    """
    given = setting.options
    if "path" in given:
        return Path(given["path"], f"to-{setting.peer}"), Path(given["path"], f"to-{party}")
    out, into = given.get("out"), given.get("in")
    return Path(out) if out else None, Path(into) if into else None


def by_line(connection: Connection, peers: Iterable[str]) -> dict[str, dict[str, Setting]]:
    """The carriers of each line by name; HTTPS is among them, cheapest first."""
    found = {peer: {HTTPS: Setting(peer, HTTPS, HTTPS, KINDS[HTTPS].cost)} for peer in peers}
    for row in connection.execute(select(carriers)):
        if row.peer in found and row.kind in KINDS:
            options = MappingProxyType(json.loads(row.options))
            of = (row.peer, row.name, row.kind, row.cost, row.enabled, options)
            found[row.peer][row.name] = Setting(*of, tuple(json.loads(row.hidden)), row.set_at)
    return {
        peer: dict(sorted(each.items(), key=lambda item: (item[1].cost, item[0])))
        for peer, each in found.items()
    }


def store(connection: Connection, setting: Setting) -> None:
    """Set it, whatever was set under its name."""
    remove(connection, setting.peer, setting.name)
    connection.execute(
        insert(carriers).values(
            peer=setting.peer,
            name=setting.name,
            kind=setting.kind,
            options=json.dumps(dict(setting.options)),
            hidden=json.dumps(setting.secrets),
            set_at=setting.set_at_ms,
            cost=setting.cost,
            enabled=setting.enabled,
        )
    )


def remove(connection: Connection, peer: str, name: str) -> None:
    """Forget what was set; HTTPS is as the card has it then."""
    at = (carriers.c.peer == peer, carriers.c.name == name)
    connection.execute(delete(carriers).where(*at))


def write_secrets(folder: Folder, peer: str, name: str, secrets: Options) -> None:
    """Keep a carrier's secrets, readable by the folder's owner alone; none removes them."""
    path = folder.secrets / f"{peer}.{name}.json"
    if not secrets:
        path.unlink(missing_ok=True)
        return
    folder.secrets.mkdir(mode=0o700, exist_ok=True)
    building = path.with_suffix(".new")
    handle = os.open(building, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as file:
        json.dump(dict(secrets), file)
        file.flush()
        os.fsync(file.fileno())
    building.rename(path)


def read_secrets(folder: Folder, peer: str, name: str) -> Options:
    """A carrier's secrets; none where they are not there, as after a restore."""
    try:
        found: Options = json.loads((folder.secrets / f"{peer}.{name}.json").read_text())
    except (OSError, ValueError):
        return {}
    return found


def _bad(what: str) -> OpenlineError:
    return OpenlineError(
        "bad-carrier",
        f"the carrier is not added: {what}",
        rule="R-CAR-05",
        next="see `openline carrier add --help` and the manual's page on carriers",
    )
