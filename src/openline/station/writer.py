"""The one thread that writes: jobs that wait together share a transaction.

A commit to disk is what a message costs most, so whatever arrives while one
commit runs goes into the next.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from openline.station.engine import Engine, Job
from openline.words.errors import OpenlineError

GROUP = 128
"""Jobs in one transaction."""
Waiting = tuple[Job, "Future[Any]"]


class Writer:
    """Runs jobs in order; `run` returns when its job is durable, or raises its refusal."""

    def __init__(self, engine: Engine, on_fatal: Callable[[BaseException], None]) -> None:
        self._engine = engine
        self._on_fatal = on_fatal
        self._queue: queue.SimpleQueue[Waiting | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._loop, name="writer", daemon=True)
        self._thread.start()

    def put(self, job: Job) -> Future[Any]:
        """Queue a job; the future ends after the commit."""
        future: Future[Any] = Future()
        future.set_running_or_notify_cancel()  # whoever no longer waits cannot undo it
        self._queue.put((job, future))
        return future

    def run(self, job: Job) -> Any:
        """Queue a job and wait for it."""
        return self.put(job).result()

    def close(self) -> None:
        """Finish what is queued and end the thread."""
        self._queue.put(None)
        self._thread.join()

    def _loop(self) -> None:
        while (first := self._queue.get()) is not None:
            group, last = self._gather(first)
            self._commit(group)
            if last:
                return

    def _gather(self, first: Waiting) -> tuple[list[Waiting], bool]:
        group = [first]
        while len(group) < GROUP:
            try:
                waiting = self._queue.get_nowait()
            except queue.Empty:
                break
            if waiting is None:
                return group, True
            group.append(waiting)
        return group, False

    def _commit(self, group: list[Waiting]) -> None:
        try:
            outcomes = self._engine.transact([job for job, _ in group])
        except OpenlineError as error:  # the transaction failed as a whole: nothing is stored
            for _, future in group:
                future.set_exception(error)
            return
        except BaseException as error:  # noqa: BLE001 (a broken invariant: stop loudly)
            for _, future in group:
                future.set_exception(error)
            self._on_fatal(error)
            return
        for (_, future), (value, refusal) in zip(group, outcomes, strict=True):
            if refusal is None:
                future.set_result(value)
            else:
                future.set_exception(refusal)
