"""Processes of their own, told what to do over a pipe."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any

HEAR_S = 120
END_S = 10


@dataclass
class Child:
    """One end of the pipe, in either process."""

    pipe: Connection
    card: dict[str, str] = field(default_factory=dict)
    """The card of the station there, where there is one."""

    def tell(self, what: Any) -> None:
        """Send something to the other process."""
        self.pipe.send(what)

    def hear(self, seconds: float | None = HEAR_S) -> Any:
        """The next thing that the other process sends, within `seconds` or whenever it comes.

        Raises what it sends as an exception, and ``RuntimeError`` when it has ended. Whoever would
        wait for ever hears None then, which is how it is told to end.
        """
        try:
            if not self.pipe.poll(seconds):
                raise TimeoutError(f"the other process said nothing for {seconds:g} s")
            said = self.pipe.recv()
        except EOFError:
            if seconds is None:
                return None
            raise RuntimeError("the other process has ended") from None
        if isinstance(said, BaseException):
            raise said
        return said

    def ask(self, *what: Any) -> Any:
        """Tell and hear."""
        self.tell(what)
        return self.hear()


@contextmanager
def child(work: Callable[..., None], *arguments: Any) -> Iterator[Child]:
    """A new process that runs ``work(pipe, *arguments)``; it is to end when it hears None."""
    spawn = multiprocessing.get_context("spawn")  # a fork would copy threads' locks
    ours, theirs = spawn.Pipe()
    process = spawn.Process(target=work, args=(theirs, *arguments), daemon=True)
    process.start()
    theirs.close()
    try:
        yield Child(ours)
    finally:
        if process.is_alive():
            ours.send(None)
        process.join(END_S)
        if process.is_alive():
            process.terminate()
        ours.close()
