"""Two stations' networks as namespaces: a cable between them, and one from each to this machine.

us ---- 10.77.0.0/24 ---- ru          (HTTPS)
us -- 10.78.A.0/24 -- here -- 10.78.B.0/24 -- ru   (mail, and what a test puts in the path)

The first is in the namespaces alone. Of the others every run has its own, held by a lock for as
long as its process lives: runs in two worktrees do not meet, and what a killed run left behind is
taken away by the next one that is given its place.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

DIRECT = {"us": "10.77.0.1", "ru": "10.77.0.2"}
PLACES = 128
"""How many runs one machine has room for at a time."""


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

    def __init__(self, place: int) -> None:
        self._names = {party: f"ol-{party}-{place}" for party in DIRECT}
        self._ends = {party: f"olm-{party}-{place}" for party in DIRECT}
        nets = {party: f"10.78.{2 * place + second}" for second, party in enumerate(DIRECT)}
        self.here = {party: f"{net}.1" for party, net in nets.items()}
        """Where each side finds this machine, and the mail servers on it."""
        self.there = {party: f"{net}.2" for party, net in nets.items()}
        """Where this machine finds each side."""

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
        self.remove()  # what a run that was killed left at this place
        for party, name in self._names.items():
            _ip("netns", "add", name)
            _ip("-n", name, "link", "set", "lo", "up")
            end = self._ends[party]
            _ip("link", "add", end, "type", "veth", "peer", "name", "mail", "netns", name)
            _ip("addr", "add", f"{self.here[party]}/24", "dev", end)
            _ip("link", "set", end, "up")
            _ip("-n", name, "addr", "add", f"{self.there[party]}/24", "dev", "mail")
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
    with _place() as place:
        made = Networks(place)
        try:
            made.make()
            yield made
        finally:
            made.remove()


@contextmanager
def _place() -> Iterator[int]:
    """A number that no other run on this machine has meanwhile."""
    for place in range(PLACES):
        with Path(tempfile.gettempdir(), f"openline-networks-{place}.lock").open("w") as file:
            if _locked(file):
                yield place
                return
    raise RuntimeError(f"{PLACES} runs have networks here already")


def _locked(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _ip(*args: str) -> None:
    done = subprocess.run(["ip", *args], check=False, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"ip {' '.join(args)}: {done.stderr.strip()}")
