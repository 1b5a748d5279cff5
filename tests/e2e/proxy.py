"""A stretch of wire that a test can hold still or slow down: TCP, bytes unread."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress

from processes import PATIENCE_S

CHUNK = 1 << 16


HERE = "127.0.0.1"


class Wire:
    """Listens on `port` of `host` and passes what comes on to `target`, each connection by itself.

    `target` is a port of `there`.
    """

    def __init__(self, port: int, target: int, host: str = HERE, there: str = HERE) -> None:
        self._target = (there, target)
        self._listener = socket.create_server((host, port))
        self._delay: tuple[float, threading.Event] = (0, threading.Event())
        self._flows = threading.Event()
        self._flows.set()
        self._held: socket.socket | None = None
        self._choosing = threading.Lock()
        self._open: list[socket.socket] = []
        self.arrived = threading.Event()
        """Set when bytes wait at a held connection."""
        threading.Thread(target=self._accept, daemon=True).start()

    def hold(self) -> None:
        """Whatever is sent next hangs, with what follows on its connection; others flow."""
        self._held = None
        self._flows.clear()

    def release(self) -> None:
        """Everything flows again."""
        self._flows.set()

    def slow(self, seconds: float) -> None:
        """Whatever passes, either way, takes so much longer; 0: no longer, for all on its way."""
        (_, over), self._delay = self._delay, (seconds, threading.Event())
        over.set()

    def close(self) -> None:
        """Cut all of it."""
        self._flows.set()
        self.slow(0)
        for side in (self._listener, *self._open):
            with suppress(OSError):
                side.shutdown(socket.SHUT_RDWR)
            side.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                here, _ = self._listener.accept()
                try:
                    there = socket.create_connection(self._target, PATIENCE_S)
                except OSError:
                    here.close()
                    continue
                there.settimeout(None)
                self._open += [here, there]
                for source, sink in ((here, there), (there, here)):
                    threading.Thread(target=self._pass, args=(source, sink), daemon=True).start()

    def _pass(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(CHUNK):
                if self._hangs(source):
                    self.arrived.set()
                    self._flows.wait(PATIENCE_S)
                seconds, over = self._delay
                over.wait(seconds)
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)

    def _hangs(self, source: socket.socket) -> bool:
        with self._choosing:
            if self._held is None and not self._flows.is_set():
                self._held = source
            return self._held is source and not self._flows.is_set()
