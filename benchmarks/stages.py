"""Where the time goes: functions of a station wrapped with watches, in this process alone."""

from __future__ import annotations

import functools
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from openline.carriers.https import HttpsCarrier
from openline.station import acts, courier, heads, inbox, store, traffic
from openline.station.engine import Engine
from openline.station.outbox import Outbox
from openline.station.station import Station
from openline.station.writer import Writer

Call = Callable[..., Any]


@dataclass
class Parcels:
    """What left by HTTPS: requests, and sealed bytes each way."""

    count: int = 0
    bytes_out: int = 0
    bytes_back: int = 0

    @classmethod
    def counting(cls) -> Parcels:
        """Count everything that this process sends from now on."""
        parcels = cls()
        send = HttpsCarrier.send

        async def counted(carrier: HttpsCarrier, sealed: bytes) -> bytes:
            answer = await send(carrier, sealed)
            parcels.count += 1
            parcels.bytes_out += len(sealed)
            parcels.bytes_back += len(answer)
            return answer

        HttpsCarrier.send = counted  # type: ignore[method-assign, assignment]
        return parcels

    def clear(self) -> None:
        """Count from here."""
        self.count = self.bytes_out = self.bytes_back = 0


@dataclass
class Stage:
    """Calls of one stage, wall seconds (others' turns included), processor seconds of its own."""

    name: str
    calls: int = 0
    wall_s: float = 0.0
    cpu_s: float | None = 0.0
    """None for what waits in the event loop, beside others."""


@dataclass
class Stages:
    """The stages of this process. Without `timing` nothing is wrapped and nothing is slower."""

    _stages: dict[str, Stage] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @classmethod
    def timing(cls) -> Stages:
        """Wrap every stage of a message's way, out and in."""
        stages = cls()
        for name, owner, attribute in WATCHED:
            setattr(owner, attribute, stages.watched(name, getattr(owner, attribute)))
        HttpsCarrier.send = stages._watched_post(HttpsCarrier.send)  # type: ignore[method-assign]
        return stages

    def watched(self, name: str, call: Call) -> Call:
        """`call`, timed."""
        writer_only = name in ON_WRITER_ONLY

        @functools.wraps(call)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            if writer_only and threading.current_thread().name != "writer":
                return call(*args, **kwargs)
            wall, cpu = time.perf_counter(), time.thread_time()
            try:
                return call(*args, **kwargs)
            finally:
                self._add(name, time.perf_counter() - wall, time.thread_time() - cpu)

        return wrapper

    def _watched_post(self, send: Call) -> Call:
        async def wrapper(*args: Any) -> Any:
            wall = time.perf_counter()
            try:
                return await send(*args)
            finally:
                self._add(POST, time.perf_counter() - wall, None)

        return wrapper

    def _add(self, name: str, wall_s: float, cpu_s: float | None) -> None:
        with self._lock:
            stage = self._stages.setdefault(name, Stage(name, cpu_s=None if cpu_s is None else 0.0))
            stage.calls += 1
            stage.wall_s += wall_s
            if stage.cpu_s is not None and cpu_s is not None:
                stage.cpu_s += cpu_s

    def clear(self) -> None:
        """Time from here."""
        with self._lock:
            self._stages.clear()

    def totals(self) -> list[Stage]:
        """The stages that were called, in the order of a message's way."""
        order = [name for name, _, _ in WATCHED]
        order.insert(order.index(REPLY), POST)
        with self._lock:
            return [self._stages[name] for name in order if name in self._stages]


POST = "post and wait for the answer"
REPLY = "open and verify the reply"
COMMIT = "  commit to disk"
# Indented stages are part of the one above them.
WATCHED: tuple[tuple[str, Any, str], ...] = (
    ("fill the form", acts, "fill"),
    ("wait for the writer", Writer, "run"),
    ("write transaction (a group of jobs)", Engine, "transact"),
    ("  submit: number, sign, store", traffic, "submit"),
    ("  arrive: record, book, receipt", traffic, "arrive"),
    ("  write the heads", heads, "save"),
    (COMMIT, store, "commit"),
    ("  tell who waits", Station, "_committed"),
    ("take from the outbox", Outbox, "take"),
    ("seal the parcel", courier, "seal"),
    (REPLY, inbox, "admit_reply"),
    ("open the parcel", inbox, "open_from_any"),
    ("read and verify the items", inbox, "admit_all"),
    ("seal the answer", inbox, "seal_answer"),
)
ON_WRITER_ONLY = {COMMIT}
