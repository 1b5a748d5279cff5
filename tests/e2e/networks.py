"""Two stations' networks as namespaces: a cable between them, and one from each to the mail.

us ---- 10.77.0.0/24 ---- ru          (HTTPS)
us -- 10.77.1.0/24 -- here -- 10.77.2.0/24 -- ru   (mail)
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

DIRECT = {"us": "10.77.0.1", "ru": "10.77.0.2"}
MAIL = {"us": "10.77.1.1", "ru": "10.77.2.1"}
"""Where each side finds the mail servers."""
_OWN = {"us": "10.77.1.2", "ru": "10.77.2.2"}


def why_not() -> str:
    """Why no namespaces can be made here; empty when they can."""
    if os.geteuid() != 0:
        return "network namespaces are made by root alone"
    if shutil.which("ip") is None:
        return "`ip` is absent (Debian: iproute2)"
    name = f"ol-try-{os.getpid()}"
    made = subprocess.run(["ip", "netns", "add", name], capture_output=True, check=False)
    if made.returncode:
        return "this machine lets nobody make network namespaces"
    _ip("netns", "delete", name)
    return ""


class Networks:
    """The cables; each can be cut and mended."""

    def __init__(self) -> None:
        self._names = {party: f"ol-{party}-{os.getpid()}" for party in DIRECT}
        self._ends = {party: f"olm-{party}-{os.getpid() % 10_000}" for party in DIRECT}

    def within(self, party: str) -> tuple[str, ...]:
        """What starts a process in a party's network."""
        return ("ip", "netns", "exec", self._names[party])

    def cut(self, party: str, cable: str) -> None:
        """`cable` is "direct" or "mail"."""
        _ip("-n", self._names[party], "link", "set", cable, "down")

    def mend(self, party: str, cable: str) -> None:
        """It carries again."""
        _ip("-n", self._names[party], "link", "set", cable, "up")

    def make(self) -> None:
        """Lay the cables."""
        for party, name in self._names.items():
            _ip("netns", "add", name)
            _ip("-n", name, "link", "set", "lo", "up")
            end = self._ends[party]
            _ip("link", "add", end, "type", "veth", "peer", "name", "mail", "netns", name)
            _ip("addr", "add", f"{MAIL[party]}/24", "dev", end)
            _ip("link", "set", end, "up")
            _ip("-n", name, "addr", "add", f"{_OWN[party]}/24", "dev", "mail")
            _ip("-n", name, "link", "set", "mail", "up")
        us, ru = self._names.values()
        _ip(
            *("-n", us, "link", "add", "direct", "type", "veth"),
            *("peer", "name", "direct", "netns", ru),
        )
        for party, name in self._names.items():
            _ip("-n", name, "addr", "add", f"{DIRECT[party]}/24", "dev", "direct")
            _ip("-n", name, "link", "set", "direct", "up")

    def remove(self) -> None:
        """Take everything away.

        The kernel clears a deleted namespace in its own time; a cable whose end is here is deleted
        by name, which is done when the command returns, so that the next may lay one of that name.
        """
        for end in self._ends.values():
            subprocess.run(["ip", "link", "delete", end], capture_output=True, check=False)
        for name in self._names.values():
            subprocess.run(["ip", "netns", "delete", name], capture_output=True, check=False)


@contextmanager
def networks() -> Iterator[Networks]:
    """The networks, for as long as the block lasts."""
    made = Networks()
    try:
        made.make()
        yield made
    finally:
        made.remove()


def _ip(*args: str) -> None:
    done = subprocess.run(["ip", *args], check=False, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"ip {' '.join(args)}: {done.stderr.strip()}")
