"""Ports for tests: free, and not in the range from which outgoing connections are given theirs."""

from __future__ import annotations

import contextlib
import os
import random
import socket

_drawn = random.Random(os.getpid())  # two runs at a time do not draw the same
_given: set[int] = set()


def free_port(host: str = "127.0.0.1") -> int:
    """A port of `host` nobody listens on; each is given once."""
    while True:
        port = _drawn.randrange(20_000, 32_000)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                probe.bind((host, port))
                if port not in _given:
                    _given.add(port)
                    return port
