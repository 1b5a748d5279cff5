"""A gateway for alarms, as a webhook: what reached whom, in the order in which it came."""

from __future__ import annotations

import json
import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from processes import PATIENCE_S, Json


class Gateway:
    """Takes alarms at ``json://127.0.0.1:PORT/PERSON``; refuses those to whom it is told to."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.refused: set[str] = set()
        self._came: queue.Queue[tuple[str, Json]] = queue.Queue()

    def way(self, person: str) -> str:
        """The Apprise URL of a person."""
        return f"json://127.0.0.1:{self.port}/{person}"

    def take(self, person: str, said: Json) -> bool:
        """An alarm has come."""
        self._came.put((person, said))
        return person not in self.refused

    def next(self) -> tuple[str, Json]:
        """Whom the next alarm reached, and what it said."""
        return self._came.get(timeout=PATIENCE_S)


@contextmanager
def gateway() -> Iterator[Gateway]:
    """A gateway that runs for a while."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            taken = own.take(self.path.strip("/"), said)
            self.send_response(200 if taken else 503)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing on standard error."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    own = Gateway(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield own
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
