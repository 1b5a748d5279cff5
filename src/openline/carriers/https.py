"""The HTTPS carrier: sealed parcels as POST bodies, the answer in the response.

The peer's TLS key is pinned from its card: no authority is trusted, no name is
checked, and an expired certificate never cuts the line. What travels inside is
sealed anyway. A proxy (SOCKS or HTTP) sees an address and a TLS connection.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import socket
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from aiohttp_socks import ProxyConnectionError, ProxyConnector, ProxyError, ProxyTimeoutError
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from openline.carriers.base import down
from openline.carriers.knock import Target, opened_again
from openline.words import limits
from openline.words.errors import OpenlineError, Whose

PATH = "/openline/1/parcels"
RELAY_PATH = "/openline/1/relay"
MEDIA_TYPE = "application/octet-stream"
CONNECT_S = 5
TOTAL_S = 20
UNSENT_MS = 5_000
"""A connection over which nothing gets through for so long is given up (RFC 5482)."""
_PROXY_FAULTS = (ProxyConnectionError, ProxyError, ProxyTimeoutError)
ERROR_BYTES = 4_096

Receive = Callable[[bytes], Awaitable[bytes | None]]
"""Takes a sealed parcel in, returns the sealed answer, raises `OpenlineError` to refuse."""
Scope = MutableMapping[str, Any]
Incoming = Callable[[], Awaitable[MutableMapping[str, Any]]]
Outgoing = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Incoming, Outgoing], Awaitable[None]]
"""ASGI's own terms (asgi.readthedocs.io, version 3)."""


class PinnedKey(aiohttp.Fingerprint):
    """Accepts a server by its TLS key alone: one of these."""

    def __init__(self, *keys: bytes) -> None:
        super().__init__(bytes(32))  # the base class pins a whole certificate; we pin its key
        self._keys = keys

    def check(self, transport: asyncio.Transport) -> None:
        """Raise unless the certificate carries a pinned Ed25519 key."""
        certificate = transport.get_extra_info("ssl_object").getpeercert(binary_form=True)
        public = x509.load_der_x509_certificate(certificate).public_key()
        raw = public.public_bytes_raw() if isinstance(public, Ed25519PublicKey) else b""
        if not any(hmac.compare_digest(raw, key) for key in self._keys):
            host, port, *_ = transport.get_extra_info("peername")
            raise aiohttp.ServerFingerprintMismatch(self._keys[0], raw, host, port)


@dataclass(slots=True)
class HttpsCarrier:
    """Sends to a peer's addresses in their order, beginning with the one that answered last.

    `proxy` is ``socks5://HOST:PORT``, ``socks4://…`` or ``http://…``, with user and password
    where it wants them; names are then looked up by the proxy (R-CAR-06).
    """

    addresses: tuple[str, ...]
    tls_key: bytes
    proxy: str = ""
    path: str = PATH
    most: int = limits.PARCEL_BYTES
    """Bytes of an answer."""
    _session: aiohttp.ClientSession | None = None
    _pin: PinnedKey = field(init=False)
    """One object for all requests: connections are kept by it."""

    def __post_init__(self) -> None:
        self._pin = PinnedKey(self.tls_key)

    def meet(self, addresses: tuple[str, ...], tls_keys: tuple[bytes, ...]) -> None:
        """Send to these addresses from now on, to whoever has one of these TLS keys."""
        self.addresses = addresses
        self._pin = PinnedKey(*tls_keys)

    async def send(self, data: bytes) -> bytes:
        """Hand a parcel over; returns the peer's sealed answer (empty when it has none).

        Raises ``carrier-down``, ``wrong-tls-key`` or what the peer refused it with.
        """
        addresses = self.addresses
        for address in addresses:
            try:
                answer = await self._post(address, data)
            except OpenlineError:
                if address == addresses[-1]:
                    raise
            else:
                self._prefer(address)
                return answer
        raise down("no address")

    def _prefer(self, address: str) -> None:
        if self.addresses[0] != address:
            others = tuple(each for each in self.addresses if each != address)
            self.addresses = (address, *others)

    async def back(self) -> None:
        """Ends when the peer takes connections again; through a proxy that is not seen."""
        await opened_again(() if self.proxy else self.begins())

    def begins(self) -> tuple[Target, ...]:
        """Where a connection goes to first: the proxy, or any of the addresses."""
        at = map(urlsplit, (self.proxy,) if self.proxy else self.addresses)
        return tuple((each.hostname or "", each.port or 443) for each in at)

    async def close(self) -> None:
        """Close kept connections."""
        if self._session is not None:
            await self._session.close()

    async def _post(self, address: str, sealed: bytes) -> bytes:
        if self._session is None:
            timeout = aiohttp.ClientTimeout(total=TOTAL_S, connect=CONNECT_S)
            self._session = aiohttp.ClientSession(
                connector=_connector(self.proxy), timeout=timeout, trust_env=False
            )
        try:
            async with self._session.post(
                address + self.path,
                data=sealed,
                headers={"Content-Type": MEDIA_TYPE},
                ssl=self._pin,
                proxy=self.proxy if self.proxy.startswith("http") else None,
                allow_redirects=False,
            ) as response:
                if response.status not in (200, 204):
                    raise _refused(response.status, await response.content.read(ERROR_BYTES))
                return await _read_answer(response, self.most)
        except (aiohttp.ServerFingerprintMismatch, ValueError) as fault:  # the latter by SOCKS
            _let_go(fault)
            raise OpenlineError(
                "wrong-tls-key",
                f"{address} answers with another key than the one on the card",
                whose=Whose.CARRIER,
                rule="R-CARR-02",
                next="somebody stands between, or the other side has a new card: ask them by voice",
            ) from None
        except (aiohttp.ClientError, TimeoutError, OSError, *_PROXY_FAULTS) as fault:
            reason = _reason(fault)
            _let_go(fault)
            raise down(f"{address}: {reason}") from None


def _connector(proxy: str) -> aiohttp.BaseConnector:
    if proxy.startswith("socks"):
        return ProxyConnector.from_url(proxy, rdns=True)
    return aiohttp.TCPConnector(socket_factory=_socket)


def _socket(info: Any) -> socket.socket:
    family, kind, protocol, *_ = info
    made = socket.socket(family, kind, protocol)
    with suppress(OSError, AttributeError):  # where the system has it
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNSENT_MS)
    return made


async def _read_answer(response: aiohttp.ClientResponse, most: int) -> bytes:
    answer = bytearray()
    async for chunk in response.content.iter_any():
        answer += chunk
        if len(answer) > most:
            raise OpenlineError(
                "too-large",
                "the answer is larger than it can be",
                whose=Whose.THEIRS,
                rule="R-CARR-04",
            )
    return bytes(answer)


def _let_go(fault: BaseException | None) -> None:
    """Forget where a fault came from: its frames refer to it, and hold a connection's buffers.

    In such a circle 256 KiB of each try that failed would wait for a search for garbage.
    """
    while fault is not None:
        fault.__traceback__ = None
        fault = fault.__cause__ or fault.__context__


def _reason(fault: BaseException) -> str:
    if isinstance(fault, TimeoutError):
        return "no answer in time"
    cause = fault.os_error if isinstance(fault, aiohttp.ClientConnectorError) else fault
    return (getattr(cause, "strerror", None) or str(cause) or type(cause).__name__)[:200]


def _refused(status: int, body: bytes) -> OpenlineError:
    """The peer's refusal, in its own words where it used ours."""
    try:
        said = json.loads(body)["error"]
        code, message = str(said["code"])[:40], str(said["message"])[:200]
    except (ValueError, KeyError, TypeError):
        code, message = "refused", f"HTTP status {status}"
    return OpenlineError(
        f"peer-{code}",
        f"the other side refused: {message}",
        whose=Whose.THEIRS,
        rule="R-CARR-05",
        next="ask the desk there by voice",
    )


async def _relays_nothing(body: bytes) -> bytes | None:  # noqa: ARG001
    raise OpenlineError("not-relayed", "nothing is relayed here", whose=Whose.THEIRS)


def listener(receive: Receive, relay: Receive = _relays_nothing) -> Application:
    """The line's listener as a bare ASGI application: two paths, one method, nothing else.

    `relay` takes what is asked of a relay.
    """
    takers = {PATH: (receive, limits.PARCEL_BYTES), RELAY_PATH: (relay, limits.RELAY_BODY_BYTES)}

    async def parcels(scope: Scope, body: Incoming, send: Outgoing) -> None:
        if scope["type"] != "http" or scope["path"] not in takers:
            await _respond(send, 404)
        elif scope["method"] != "POST":
            await _respond(send, 405, headers=((b"allow", b"POST"),))
        else:
            await _respond(send, *await _answer(*takers[scope["path"]], body))

    return parcels


async def _answer(receive: Receive, most: int, body: Incoming) -> tuple[int, bytes]:
    """The status and body of the response to a parcel."""
    try:
        answer = await receive(await _read_body(body, most))
    except OpenlineError as error:
        ours = error.whose is Whose.OURS
        shown = _unavailable() if ours else error
        return (503 if ours else 403), json.dumps(shown.as_json()).encode()
    return (204, b"") if answer is None else (200, answer)


async def _respond(
    send: Outgoing, status: int, body: bytes = b"", headers: Sequence[tuple[bytes, bytes]] = ()
) -> None:
    kind = MEDIA_TYPE.encode() if status == 200 else b"application/json"
    length = (b"content-length", b"%d" % len(body))
    all_headers = [*headers, length, (b"content-type", kind)] if status != 204 else list(headers)
    await send({"type": "http.response.start", "status": status, "headers": all_headers})
    await send({"type": "http.response.body", "body": body})


async def _read_body(receive: Incoming, most: int) -> bytes:
    body = bytearray()
    more = True
    while more and len(body) <= most:
        event = await receive()
        if event["type"] == "http.disconnect":
            body.clear()
            break
        body += event.get("body", b"")
        more = event.get("more_body", False)
    if not 0 < len(body) <= most:
        raise OpenlineError(
            "too-large",
            f"it has 1 to {most} bytes (PARCEL_BYTES, RELAY_BODY_BYTES)",
            whose=Whose.THEIRS,
            rule="R-CARR-04",
            next="send what a station seals",
        )
    return bytes(body)


def _unavailable() -> OpenlineError:
    """Our own trouble is nobody else's business beyond the fact."""
    return OpenlineError(
        "unavailable",
        "this station cannot store anything just now",
        whose=Whose.OURS,
        next="keep the message and try again",
    )
