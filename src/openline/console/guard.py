"""What stands before every request: host, origin, size, session, headers.

Any page in the officer's browser can send requests to the console too. So the
Host must be loopback or a name of the certificate (against DNS rebinding), a
request that a browser marks as another site's is refused, and what changes
something needs this page's origin and a header that a form cannot set.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from ipaddress import ip_address

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from openline.console.door import Door
from openline.console.gate import Gate
from openline.console.refusals import internal, reply_to
from openline.station.seats import NOBODY, Seat, taking
from openline.words import filelimits, limits
from openline.words.errors import OpenlineError

_SECURITY = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        # MapLibre's controls are data: images in its style sheet.
        "img-src 'self' data:; worker-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-DNS-Prefetch-Control": "off",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}

_HOST = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+)(:[0-9]{1,5})?")
_KEPT = "public, max-age=31536000, immutable"

CUSTOM_HEADER = "x-openline"
FILE_PATHS = "/api/files/"
SHAPE_PATHS = ("/api/activities/", "/api/private", "/api/shapes")
"""What takes a file of activities, and so a longer request."""
OPEN_PATHS = frozenset({("POST", "/api/session"), ("POST", "/api/login")})
"""What under /api needs no session, because it makes one."""


def is_loopback(host: str) -> bool:
    """Whether a host name or address, without port, is this machine's own."""
    if host == "localhost":
        return True
    try:
        return ip_address(host.removeprefix("[").removesuffix("]")).is_loopback
    except ValueError:
        return False


def cookie_name(connection: HTTPConnection) -> str:
    """The session cookie of this address: browsers keep cookies per host, not per port."""
    url = connection.url
    if url.scheme == "https":  # no other host of the domain can set such a name (RFC 6265bis)
        return f"__Host-openline-{url.port or 443}"
    return f"openline-{url.port or 80}"


def answers_to(host: str, hosts: Sequence[str]) -> bool:
    """Whether a request may name this host: the machine itself, or one of `hosts`."""
    name = host.removeprefix("[").removesuffix("]").lower()
    above = "*." + name.partition(".")[2]
    return is_loopback(host) or name in hosts or above in hosts


def _refusal(scope: Scope, headers: Headers, hosts: Sequence[str]) -> OpenlineError | None:
    """Why a request may not pass whoever sent it; None where nothing speaks against it."""
    host = headers.get("host", "")
    named = _HOST.fullmatch(host)
    if named is None or not answers_to(named["host"], hosts):
        return OpenlineError(
            "host-not-loopback",
            "the console answers only to addresses of its own machine, and names it was given",
            rule="R-CON-05",
            next="open the address that the station printed",
        )
    if not scope["path"].startswith("/api/"):
        return None
    writes = scope["method"] not in {"GET", "HEAD"}
    foreign = headers.get("sec-fetch-site", "none") not in {"same-origin", "none"}
    if writes:
        foreign |= headers.get("origin") != f"{scope['scheme']}://{host}"
        foreign |= CUSTOM_HEADER not in headers
    if foreign:
        return OpenlineError(
            "foreign-origin",
            "this request did not come from the console's own page",
            rule="R-CON-06",
            next="use the console's page, or the command line",
        )
    most = _most(str(scope["path"]))
    if writes and not _within(headers, most):
        return OpenlineError(
            "too-large",
            f"a request says its length, at most {most:,} bytes",
            rule="R-CON-07",
            next=f"split a file; it has at most {limits.FILE_BYTES:,} bytes (FILE_BYTES)",
        )
    return None


def _most(path: str) -> int:
    """How many bytes a write to that path may have."""
    if path.startswith(FILE_PATHS):
        return filelimits.CONSOLE_FILE_BYTES
    if path.startswith(SHAPE_PATHS):
        return limits.CONSOLE_SHAPE_BYTES
    return limits.CONSOLE_BODY_BYTES


def _within(headers: Headers, most: int) -> bool:
    length = headers.get("content-length", "")
    if not (length.isascii() and length.isdigit()) or len(length) > limits.NUMBER_CHARS:
        return False
    return int(length) <= most


def needs_seat(scope: Scope) -> bool:
    """Whether a request is somebody's act: then it needs a session."""
    path = scope["path"]
    return path.startswith("/api/") and (scope["method"], path) not in OPEN_PATHS


class Guard:
    """ASGI middleware: refuses what may not pass, and puts the headers on every reply.

    What has a session is done from its seat, so that the facade asks for the officer's role.
    """

    def __init__(self, app: ASGIApp, gate: Gate, door: Door, hosts: Sequence[str] = ()) -> None:
        self.app = app
        self.hosts = hosts
        self.gate = gate
        self.door = door

    def _seat(self, scope: Scope) -> Seat:
        """The seat of the request's session; raises ``no-session`` or ``no-login``."""
        connection = HTTPConnection(scope)
        ticket = self.gate.sessions.ticket(connection.cookies.get(cookie_name(connection)))
        seat = None if ticket is None else self.door.seats.of(ticket)
        if seat is not None:
            return seat
        if self.door.seats.has_officers():
            raise OpenlineError(
                "no-login",
                "this needs a session",
                rule="R-CON-03",
                next="give name and password; an administrator adds officers",
            )
        raise OpenlineError(
            "no-session",
            "this needs a session",
            rule="R-CON-03",
            next="open the station's one-time link; `openline console-link` prints a new one",
        )

    async def _pass(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = _refusal(scope, Headers(scope=scope), self.hosts)
        try:
            if refusal is not None:
                raise refusal
            seat = self._seat(scope) if needs_seat(scope) else NOBODY
        except OpenlineError as error:
            await reply_to(error)(scope, receive, send)
            return
        with taking(seat):
            await self.app(scope, receive, send)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on, or refuse it."""
        if scope["type"] != "http":
            return
        begun = False

        async def send_guarded(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                headers = MutableHeaders(scope=message)
                for name, value in _SECURITY.items():
                    headers[name] = value
                # Assets' names carry their content's hash; nothing else is kept.
                asset = scope["path"].startswith("/assets/") and message["status"] == 200
                headers["Cache-Control"] = _KEPT if asset else "no-store"
            await send(message)

        try:
            await self._pass(scope, receive, send_guarded)
        except Exception as error:  # noqa: BLE001 - the last door: nothing inside may leak out
            reply = internal(error, scope["path"])
            if not begun:
                await reply(scope, receive, send_guarded)
