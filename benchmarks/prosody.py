"""The peer: Prosody to Prosody by its server-to-server protocol, slixmpp at both ends.

Measured as a line is: threads' worth of senders, each sending a text and
waiting for the receipt (XEP-0184) of the receiver's client. Nothing in it is
signed, and a receipt says nothing about a disk. Debian has Prosody; where it
is absent it is installed when that may be, and left out with a word otherwise.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from benchmarks.children import Child, child
from benchmarks.plan import FIELDS
from benchmarks.spread import Spread, spread
from openline.station import keys

HOSTS = ("127.0.0.3", "127.0.0.4")
"""Domains that are addresses need no name service; the port between servers is fixed."""
SERVERS_PORT = 5269
USER, SECRET = "desk", "secret"
START_S = 15.0
ANSWER_S = 30.0
INSTALL_S = 180

CONFIG = """
run_as_root = true
pidfile = "{folder}/pid"
data_path = "{folder}/data"
certificates = "{folder}"
log = {{ {{ levels = {{ min = "error" }}, to = "file", filename = "{folder}/trace" }} }}
modules_enabled = {{ "dialback", "saslauth", "tls", "disco" }}
modules_disabled = {{ "offline" }}
interfaces = {{ "{host}" }}
local_interfaces = {{ "{host}" }}
c2s_ports = {{ {port} }}
s2s_ports = {{ {servers_port} }}
c2s_require_encryption = false
allow_unencrypted_plain_auth = true
s2s_require_encryption = true
s2s_secure_auth = false
authentication = "internal_plain"
ssl = {{ key = "{folder}/tls.pem"; certificate = "{folder}/tls.pem"; }}
VirtualHost "{host}"
"""


@dataclass(frozen=True)
class Peer:
    """What Prosody got through at one number of senders."""

    senders: int
    messages: int
    per_second: float
    latency: Spread


@dataclass(frozen=True)
class Peers:
    """Its figures, or why there are none."""

    version: str
    why_not: str
    line: tuple[Peer, ...] = ()


def measure(
    folder: Path,
    plan: tuple[tuple[int, int], ...],
    may_install: bool,
    progress: Callable[[int, int], Callable[[int], None]],
) -> Peers:
    """`plan` is pairs of senders and messages; `progress` begins a bar for each."""
    why_not = _absent(may_install)
    if why_not:
        return Peers("", why_not)
    with (
        _two_servers(folder) as ports,
        child(_client, HOSTS[1], ports[1]) as theirs,
        child(_client, HOSTS[0], ports[0]) as us,
    ):
        theirs.hear()
        us.hear()
        us.ask("send", 1, 1)  # the servers find each other
        line = tuple(_measure_once(us, *each, progress(*each)) for each in plan)
    return Peers(_version(), "", line)


def _measure_once(us: Child, senders: int, count: int, progress: Callable[[int], None]) -> Peer:
    us.ask("send", senders, max(senders, count // 8))
    seconds, taken = us.ask("send", senders, count)
    progress(len(taken))
    return Peer(senders, len(taken), len(taken) / seconds, spread(taken))


# ---- servers ------------------------------------------------------------------------------


def _absent(may_install: bool) -> str:
    """Why Prosody cannot be measured here; empty when it can."""
    if _found() is None and may_install:
        _install()
    if _found() is None:
        return "it is not installed, and Debian's package cannot be installed here"
    for host in HOSTS:
        with socket.socket() as sock:
            try:
                sock.bind((host, SERVERS_PORT))
            except OSError:
                return f"another program listens on {host}:{SERVERS_PORT}"
    return ""


def _found() -> str | None:
    return shutil.which("prosody", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/bin")


def _install() -> None:
    """Debian's package, its own service left stopped."""
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "prosody"]
    for command in (["apt-get", "update", "-qq"], install):
        try:
            subprocess.run(
                command, env=environment, capture_output=True, timeout=INSTALL_S, check=False
            )
        except subprocess.TimeoutExpired:
            return


def _version() -> str:
    asked = subprocess.run(["prosodyctl", "about"], capture_output=True, text=True, check=False)
    named = [line for line in asked.stdout.splitlines() if line.startswith("Prosody ")]
    return named[-1] if named else "Prosody"


@contextmanager
def _two_servers(folder: Path) -> Iterator[tuple[int, ...]]:
    """Both at work; gives the ports of their clients."""
    ports = tuple(_free_port(host) for host in HOSTS)
    servers = []
    try:
        for host, port in zip(HOSTS, ports, strict=True):
            config = _configure(folder / f"prosody-{host}", host, port)
            command = [str(_found()), "--config", str(config), "-F"]
            quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
            servers.append(subprocess.Popen(command, **quiet))  # type: ignore[call-overload]
        for host, port in zip(HOSTS, ports, strict=True):
            _wait_for(host, port)
        yield ports
    finally:
        for server in servers:
            server.terminate()
        for server in servers:
            server.wait(START_S)


def _configure(folder: Path, host: str, port: int) -> Path:
    (folder / "data").mkdir(parents=True)
    (folder / "tls.pem").write_bytes(keys.new_keys().tls_pem(host))
    config = folder / "prosody.cfg.lua"
    values = {"folder": folder, "host": host, "port": port, "servers_port": SERVERS_PORT}
    config.write_text(CONFIG.format(**values))
    enrol = ["prosodyctl", "--config", str(config), "register", USER, host, SECRET]
    subprocess.run(enrol, capture_output=True, check=True)
    return config


def _free_port(host: str) -> int:
    with socket.socket() as sock:
        sock.bind((host, 0))
        return int(sock.getsockname()[1])


def _wait_for(host: str, port: int) -> None:
    until = time.monotonic() + START_S
    while True:
        try:
            socket.create_connection((host, port), timeout=1).close()
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
        else:
            return


# ---- clients, each in a process of its own ------------------------------------------------


def _client(pipe: Connection, host: str, port: int) -> None:
    asyncio.run(_serve(Child(pipe), host, port))


async def _serve(parent: Child, host: str, port: int) -> None:
    desk = await _connected(host, port)
    parent.tell(True)
    while (said := await asyncio.to_thread(parent.hear, None)) is not None:
        try:
            _, senders, count = said
            parent.tell(await _send_all(desk, senders, count))
        except Exception as error:  # noqa: BLE001 (the parent raises it)
            parent.tell(RuntimeError(f"{type(error).__name__}: {error}"))
    await desk.disconnect()


async def _connected(host: str, port: int) -> Any:
    from slixmpp import ClientXMPP  # noqa: PLC0415 (only where it is measured)

    desk: Any = ClientXMPP(f"{USER}@{host}/bench", SECRET)
    desk.register_plugin("feature_mechanisms")
    desk.plugin["feature_mechanisms"].unencrypted_plain = True
    desk.register_plugin("xep_0184")
    desk.plugin["xep_0184"].auto_ack = True
    desk.plugin["xep_0184"].auto_request = True
    desk.enable_starttls, desk.enable_direct_tls, desk.enable_plaintext = False, False, True
    desk.connect(host, port)
    await desk.wait_until("session_start", START_S)
    desk.send_presence()
    return desk


async def _send_all(desk: Any, senders: int, count: int) -> tuple[float, list[float]]:
    """Seconds in all, and those of each message."""
    receipts: dict[str, asyncio.Future[None]] = {}
    taken: list[float] = []
    left = iter(range(count))

    def received(stanza: Any) -> None:
        waiting = receipts.pop(stanza["receipt"], None)
        if waiting is not None:
            waiting.set_result(None)

    async def send() -> None:
        for _ in left:
            begun = time.perf_counter()
            stanza = desk.make_message(f"{USER}@{HOSTS[1]}/bench", FIELDS["text"], mtype="chat")
            stanza["id"] = desk.new_id()
            waiting = receipts[stanza["id"]] = asyncio.get_running_loop().create_future()
            stanza.send()
            async with asyncio.timeout(ANSWER_S):
                await waiting
            taken.append(time.perf_counter() - begun)

    desk.add_event_handler("receipt_received", received)
    begun = time.perf_counter()
    await asyncio.gather(*(send() for _ in range(senders)))
    seconds = time.perf_counter() - begun
    desk.del_event_handler("receipt_received", received)
    return seconds, taken
