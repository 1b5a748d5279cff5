"""Where a station is reached: ``https://HOST:PORT``, judged by its text alone."""

from __future__ import annotations

import re
from ipaddress import AddressValueError, IPv4Address, IPv6Address

from openline.words import limits
from openline.words.errors import OpenlineError

_HOST = re.compile(
    r"(?=.{1,253}\Z)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*"
)
_ADDRESS = re.compile(r"https://(\[[0-9a-f:.]+\]|[a-z0-9.-]+):([1-9][0-9]{0,4})")


def split_address(address: str) -> tuple[str, int]:
    """Host (IPv6 without brackets) and port of ``https://HOST:PORT``, by its text alone.

    Raises ``bad-address`` (ours) for anything else: a path, a user, capitals, no port.
    """
    match = _ADDRESS.fullmatch(address) if len(address) <= limits.ADDRESS_CHARS else None
    if match:
        host, port = match[1].strip("[]"), int(match[2])
        if port < 1 << 16 and _is_host(host, bracketed=match[1] != host):
            return host, port
    raise OpenlineError(
        "bad-address",
        f"{address[:80]!r} is no address of a station",
        rule="R-WIRE-18",
        next="write it as https://HOST:PORT, in lower case and with nothing after the port",
    )


def _is_host(host: str, *, bracketed: bool) -> bool:
    try:
        if bracketed:
            return str(IPv6Address(host)) == host
        if host.rpartition(".")[2].isdigit():
            return str(IPv4Address(host)) == host
    except AddressValueError:
        return False
    return _HOST.fullmatch(host) is not None
