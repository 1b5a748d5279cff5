"""A soak: two stations for a while, a wire between them that fails by seed, messages all along.

In the end the availability that each side measured is the one that was injected, no message is
lost, and memory is flat. The ordinary run takes a minute; OPENLINE_SOAK_S says how long else
(`make soak` takes five), and the slow set an hour.
"""

from __future__ import annotations

import os
import random
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from processes import PATIENCE_S, Box, MakePair, serve_all, settle
from pysqlite3 import dbapi2 as sqlite

from ports import free_port

ORDINARY_S = int(os.environ.get("OPENLINE_SOAK_S", "45"))
HOUR_S = 3_600
SEED = 4
EDGE_MS = 1_500
"""So near to a change, what a probe meets depends on the machine; it is counted to neither side."""
GROWTH = 1.25
"""How much more memory a station may have at the end than when it had warmed up."""
SPARE_KIB = 16 << 10


@dataclass(frozen=True)
class Span:
    """From when to when the wire was up, or down; wall clock, ms."""

    start_ms: int
    end_ms: int
    is_up: bool


class FailingWire:
    """Passes connections on while it is up; while it is down it ends what there is at once."""

    def __init__(self, port: int, target: int) -> None:
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", port))
        self._open: list[socket.socket] = []
        self._lock = threading.Lock()
        self._is_up = True
        threading.Thread(target=self._accept, daemon=True).start()

    def set(self, is_up: bool) -> None:
        with self._lock:
            self._is_up = is_up
            ended = [] if is_up else self._open
            self._open = self._open if is_up else []
        for side in ended:
            _end(side)

    def close(self) -> None:
        self.set(False)
        _end(self._listener)

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                here, _ = self._listener.accept()
                self._join(here)

    def _join(self, here: socket.socket) -> None:
        with self._lock:
            if not self._is_up:
                _end(here)
                return
        try:
            there = socket.create_connection(("127.0.0.1", self._target), PATIENCE_S)
        except OSError:
            _end(here)
            return
        there.settimeout(None)
        with self._lock:
            if not self._is_up:
                _end(here)
                _end(there)
                return
            self._open = [side for side in self._open if side.fileno() >= 0] + [here, there]
        for source, sink in ((here, there), (there, here)):
            threading.Thread(target=_pass, args=(source, sink), daemon=True).start()


def _end(side: socket.socket) -> None:
    with suppress(OSError):
        side.shutdown(socket.SHUT_RDWR)
    side.close()


def _pass(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(1 << 16):
            sink.sendall(data)
    for side in (source, sink):
        _end(side)


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def spans_for(seconds: float, drawn: random.Random) -> Iterator[tuple[float, bool]]:
    """How long the wire is up and down, in turn, until so many seconds are over."""
    is_up, left = True, seconds
    while left > 0:
        span = min(drawn.uniform(5, 11) if is_up else drawn.uniform(4, 8), left)
        yield span, is_up
        left, is_up = left - span, not is_up


def memory_kib(box: Box) -> int:
    assert box.process is not None
    status = Path(f"/proc/{box.process.pid}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1])


def soak(us: Box, ru: Box, wire: FailingWire, seconds: float) -> tuple[list[Span], list[str]]:
    """Send for so long while the wire fails; returns when it was up, and what was sent."""
    injected: list[Span] = []
    over = threading.Event()

    def fail() -> None:
        for span, is_up in spans_for(seconds, random.Random(SEED)):
            wire.set(is_up)
            start = now_ms()
            over.wait(span)
            injected.append(Span(start, now_ms(), is_up))
        wire.set(True)
        over.set()

    failing = threading.Thread(target=fail)
    failing.start()
    sent, warm = [], {}
    try:
        while not over.wait(0.5):
            for box, other in ((us, "ru"), (ru, "us")):
                fields = {"text": f"number {len(sent)}"}
                sent.append(box.ask("send", lines=[other], form="text", fields=fields)["id"])
            if not warm and injected:
                warm = {box.party: memory_kib(box) for box in (us, ru)}
    finally:
        over.set()
        failing.join()
    settle(us, ru)
    for box in (us, ru):
        grown = memory_kib(box)
        assert grown <= warm[box.party] * GROWTH + SPARE_KIB, (warm, grown)
    return injected, sent


def measured(box: Box, injected: list[Span]) -> tuple[int, int, int]:
    """Of the probes that fell clearly within one span: run, answered, and run while it was up."""
    with closing(sqlite.connect(str(box.path / "openline.db"))) as database:
        rows = database.execute("SELECT at, outcome FROM probes").fetchall()
    run = answered = up = 0
    for at, outcome in rows:
        for span in injected:
            if span.start_ms + EDGE_MS <= at < span.end_ms - EDGE_MS:
                run, answered = run + 1, answered + (outcome == "answered")
                up += span.is_up
    return run, answered, up


def check(us: Box, ru: Box, wire_port: int, seconds: float) -> None:
    wire = FailingWire(wire_port, ru.line_port)
    try:
        serve_all(us, ru)
        for one, other in ((us, ru), (ru, us)):  # so that each knows what the other reads
            assert one.json("test", other.party)["result"] == "passed"
            one.run("send", other.party, "terms", "probe_every_s=1")
        settle(us, ru)
        injected, sent = soak(us, ru, wire, seconds)
        for box, other in ((us, "ru"), (ru, "us")):
            arrived = {message["id"] for message in box.messages(other)}
            assert set(sent) <= arrived  # both what it sent and what it was sent
        assert us.json("record", "verify")["holds"] and ru.json("record", "verify")["holds"]
        row = next(r for r in us.ask("tests", line="ru")["availability"] if r["name"] == "https")
        told = row["spans"][0]
        for box in (us, ru):
            assert box.stop() == 0
    finally:
        wire.close()
    assert 0 < told["answered"] < told["run"]
    assert told["share"] == told["answered"] / told["run"]
    run, answered, up = measured(us, injected)
    # `us` reaches `ru` through the wire: what it measured is what was injected, probe by probe.
    assert 0 < up < run
    assert answered == up, (run, answered, up)


def failing_pair(make_pair: MakePair) -> tuple[Box, Box, int]:
    """Two stations of which `us` reaches `ru` by a wire's port."""
    port = free_port()

    def before(us: Box, ru: Box) -> None:
        ru.reached_at, ru.listen = port, ("--listen", f"127.0.0.1:{ru.line_port}")

    us, ru = make_pair(before=before)
    return us, ru, port


@pytest.mark.rule("R-PROBE-03")
@pytest.mark.timeout(ORDINARY_S + 300)
def test_availability_as_measured_is_availability_as_injected(make_pair: MakePair) -> None:
    check(*failing_pair(make_pair), ORDINARY_S)


@pytest.mark.slow
@pytest.mark.timeout(HOUR_S + 600)
def test_the_same_for_an_hour(make_pair: MakePair) -> None:
    check(*failing_pair(make_pair), HOUR_S)
