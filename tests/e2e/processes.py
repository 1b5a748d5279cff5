"""Stations as processes of their own, driven as a person drives them: by commands.

Whatever a command is asked, `openline` holds it to what every command promises:
an exit code of 0, 1 or 2, no traceback, one line for an error, one document for
``--json``. Waiting is on events: the ready line, `send --wait`, and the
station's own counter of changes.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import queue
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import openline as package
from openline.cli.main import main
from openline.station import control
from ports import free_port

PATIENCE_S = 100
"""How long anything may take on a busy machine before a test gives up."""
ENTRY = ("-m", "openline.cli.main")
ERROR_LINE = re.compile(
    r"openline: (?P<message>.+) \[(?P<whose>ours|theirs|carrier)\]"
    r"( \((?P<rule>R-[A-Z]+-[0-9]+)\))? -> (?P<next>.+)"
)
ERROR_KEYS = {"code", "message", "whose", "rule", "next"}
_seen: set[tuple[object, ...]] = set()

Json = dict[str, Any]


def environment(**more: str) -> dict[str, str]:
    """This process's, without what would change a command, and with compiled files kept."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("OPENLINE_", "LC_"))}
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    source = str(Path(package.__file__).parents[1])
    return {**kept, "PYTHONPATH": source, "LANG": "C.UTF-8", **more}


@dataclass(frozen=True)
class Done:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Json:
        """The one document on standard output."""
        found: Json = json.loads(self.out)
        return found

    @property
    def error(self) -> dict[str, str]:
        """The error of a command with ``--json``."""
        found: dict[str, str] = json.loads(self.err)["error"]
        return found

    @property
    def refusal(self) -> dict[str, str]:
        """The error that people see: one line that says what, whose, by which rule, what next."""
        found = ERROR_LINE.fullmatch(self.err.removesuffix("\n"))
        assert self.code == 1 and not self.out and found is not None, self
        return found.groupdict()


def openline(
    *args: str | Path,
    cwd: Path | None = None,
    stdin: str | bytes = b"",
    env: Mapping[str, str] | None = None,
) -> Done:
    """Run one command, and hold it to what every command promises."""
    given = [str(arg) for arg in args]
    done = subprocess.run(
        [sys.executable, *ENTRY, *given],
        cwd=cwd,
        input=stdin.encode() if isinstance(stdin, str) else stdin,
        capture_output=True,
        env=environment(**(env or {})),
        timeout=PATIENCE_S,
        check=False,
    )
    result = Done(done.returncode, done.stdout.decode(), done.stderr.decode())
    hold_to_promises(given, result)
    return result


def in_process(*args: str | Path, env: Mapping[str, str] | None = None) -> Done:
    """The same command without a process of its own, where it would need a second to begin."""
    given = [str(arg) for arg in args]
    out, err = io.StringIO(), io.StringIO()
    with (
        pytest.MonkeyPatch.context() as patch,
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        for name in ("OPENLINE_STATION", "OPENLINE_LANGUAGE", "LC_ALL", "LC_MESSAGES"):
            patch.delenv(name, raising=False)
        for name, value in {"LANG": "C.UTF-8", **(env or {})}.items():
            patch.setenv(name, value)
        code = main(given)
    result = Done(code, out.getvalue(), err.getvalue())
    hold_to_promises(given, result)
    return result


def hold_to_promises(args: Iterable[str], done: Done) -> None:
    """What the contract promises of every command."""
    assert "Traceback" not in done.out + done.err, done
    assert done.code in (0, 1, 2), done
    if "--json" in args:
        assert not done.out or isinstance(json.loads(done.out), dict), done
        assert not done.err or set(json.loads(done.err)["error"]) == ERROR_KEYS, done
    if done.code != 0:
        assert done.err.count("\n") == (1 if done.err else 0), done
        assert done.err or done.out, done


class Box:
    """One station: its folder, its ports, and the process that serves it while one does."""

    def __init__(self, path: Path, party: str) -> None:
        self.path, self.party = path, party
        self.line_port, self.console_port = free_port(), free_port()
        self.reached_at = self.line_port
        """The port on the card."""
        self.host = "127.0.0.1"
        """The host on the card."""
        self.within: tuple[str, ...] = ()
        """What the serving process is started by, as in another network namespace."""
        self.listen: tuple[str, ...] = ()
        self.ready = ""
        self.said: list[str] = []
        """What the serving process printed on standard output."""
        self.process: subprocess.Popen[str] | None = None
        self.trace = path.with_name(path.name + ".trace")

    def __repr__(self) -> str:
        return f"Box({self.party})"

    @property
    def address(self) -> str:
        """The address on the card."""
        return f"https://{self.host}:{self.reached_at}"

    # ---- commands --------------------------------------------------------------------

    def run(self, *args: str | Path, code: int = 0) -> Done:
        """One command to this station; `code` is the exit code it must have.

        What has been a process of its own once, is carried out in this one from then on,
        which spares the half second, or two without a running station, that one needs to begin.
        """
        flags = {str(a).partition("=")[0] for a in args if str(a).startswith("--")}
        kind = (*args[:1], self.process is not None, code, *sorted(flags))
        command = in_process if kind in _seen or self.process is None else openline
        _seen.add(kind)
        done = command("--station", self.path, *args)
        assert done.code == code, (args, done)
        return done

    def json(self, *args: str | Path, code: int = 0) -> Json:
        """The document that a command prints with ``--json``."""
        return self.run(*args, "--json", code=code).json

    def refused(self, *args: str | Path, code: int = 1) -> dict[str, str]:
        """The error with which a command is refused."""
        done = in_process("--station", self.path, *args, "--json")
        assert done.code == code and not done.out, (args, done)
        assert done.error["message"] and done.error["next"], done
        return done.error

    def refused_plainly(self, *args: str | Path) -> dict[str, str]:
        """The same, read from the line that people see."""
        return in_process("--station", self.path, *args).refusal

    def init(self, *more: str) -> Done:
        """Make the station by its command."""
        named = ("--party", self.party, "--name", f"{self.party} side")
        return self.run("init", *named, "--address", self.address, *more)

    def join(self, other: Box) -> None:
        """Open the line to another station's party, by the commands of both."""
        card = other.path.with_name(f"{other.party}.card")
        shown = other.json("card")
        card.write_text(shown["card"])
        self.run("join", card, "--fingerprint", shown["fingerprint"])

    def send(self, to: str, text: str, *more: str) -> str:
        """Send a text; returns the message's id."""
        return self.run("send", to, "text", f"text={text}", *more).out.strip()

    # ---- over the socket, without a process for each question -------------------------

    def ask(self, method: str, **args: Any) -> Any:
        """What a script asks over the socket of the running station."""
        connection = control._connect(control.Folder(self.path))
        assert connection is not None, f"{self.party} does not run"
        return control.Remote(connection).call(method, **args)

    def line(self, peer: str) -> Json:
        """One line of the status."""
        found: Json = next(x for x in self.ask("status")["lines"] if x["line"] == peer)
        return found

    def messages(self, line: str | None = None) -> list[Json]:
        """All messages, oldest first."""
        found: list[Json] = self.ask("messages", line=line)["messages"]
        return found

    def until(self, holds: Callable[[], Any], what: str = "") -> Any:
        """Wait, from change to change of this station, until something holds; returns it."""
        give_up = time.monotonic() + PATIENCE_S
        count = 0
        while not (found := holds()):
            assert time.monotonic() < give_up, f"{self.party}: {what or holds} in vain"
            count = self.ask("wait_change", since=count, timeout_s=0.5)
        return found

    # ---- the process -----------------------------------------------------------------

    def serve(self, program: tuple[str, ...] = ENTRY, **more: Any) -> Box:
        """Start the station and wait for its ready line."""
        self.start(program, **more)
        self.await_ready()
        return self

    def start(self, program: tuple[str, ...] = ENTRY, **more: Any) -> None:
        """Start the station's process; `said` is what this one says."""
        self.said = []
        console = ("--console", f"127.0.0.1:{self.console_port}")
        command = ("--station", str(self.path), "serve", *console, *self.listen)
        with self.trace.open("a") as trace:
            self.process = subprocess.Popen(
                [*self.within, sys.executable, *program, *command],
                stdout=subprocess.PIPE,
                stderr=trace,
                text=True,
                env=environment(),
                **more,
            )
        self._lines: queue.Queue[str] = queue.Queue()
        self._reader = threading.Thread(target=self._read, args=(self.process,), daemon=True)
        self._reader.start()

    def _read(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            self.said.append(line)
            self._lines.put(line)
        self._lines.put("")

    def await_ready(self) -> str:
        """The ready line."""
        self.ready = self._lines.get(timeout=PATIENCE_S)
        assert self.ready, f"{self.party} ended: {self.trace.read_text()}"
        return self.ready

    def kill(self) -> None:
        """SIGKILL: it can do nothing about it."""
        assert self.process is not None
        self.process.kill()
        assert self._ended() == -signal.SIGKILL, self.trace.read_text()

    def stop(self, number: int = signal.SIGTERM) -> int:
        """End it by a signal; returns its exit code."""
        assert self.process is not None
        self.process.send_signal(number)
        return self._ended()

    def _ended(self) -> int:
        assert self.process is not None and self.process.stdout is not None
        code = self.process.wait(PATIENCE_S)
        self._reader.join(PATIENCE_S)
        self.process.stdout.close()
        self.process = None
        return code

    def end(self) -> None:
        """Leave nothing behind; whatever happened, no traceback was written."""
        if self.process is not None:
            self.process.kill()
            self._ended()
        if self.trace.exists():
            assert "Traceback" not in self.trace.read_text(), self.trace.read_text()


MakeBox = Callable[[str], Box]
MakePair = Callable[..., tuple[Box, Box]]


def end_all(*boxes: Box) -> None:
    """Leave nothing behind of any of them, whatever is found of another."""
    with contextlib.ExitStack() as stack:
        for box in boxes:
            stack.callback(box.end)


def serve_all(*boxes: Box) -> None:
    """Start stations side by side, and wait for all of them."""
    for box in boxes:
        box.start()
    for box in boxes:
        box.await_ready()


def equal(one: Box, other: Box) -> bool:
    """Whether the line is quiet and both sides hold the same two records."""
    ours, theirs = one.line(other.party), other.line(one.party)
    records = (ours["records"], theirs["records"])
    return bool(
        not ours["queued"]
        and not theirs["queued"]
        and not ours["lost"]
        and not theirs["lost"]
        and records[0]["out"] == records[1]["in"]
        and records[0]["in"] == records[1]["out"]
    )


def settle(one: Box, other: Box) -> None:
    """Wait until the line is quiet: each side's `out` is the other's `in`."""
    one.until(lambda: equal(one, other), "waited for equal records")


@contextlib.contextmanager
def unharmed(us: Box, ru: Box) -> Iterator[None]:
    """What happens inside stores nothing on either side, and the line works afterwards."""
    settle(us, ru)
    before = [state_of(box) for box in (us, ru)]
    yield
    assert [state_of(box) for box in (us, ru)] == before
    fields = {"text": "the station goes on"}
    done = us.ask("send", lines=[ru.party], form="text", fields=fields, wait=60)
    assert done["state"] == "received"
    assert done["id"] in {m["id"] for m in ru.messages()}


BY_THE_CLOCK = {"escalation", "linetest", "linetest-answer"}
"""Forms that a station fills when their hour comes, whatever a test does meanwhile."""
ALARMS_BY_THE_CLOCK = {
    *("not-received", "nobody-called", "alert-failed"),
    *("line-late", "line-down", "human-missed"),
}


def said(box: Box, peer: str | None = None) -> list[str]:
    """The ids of all messages but those that the clock brings."""
    return [m["id"] for m in box.messages(peer) if m["form"] not in BY_THE_CLOCK]


def state_of(box: Box) -> Json:
    """Everything that bad input could have changed."""
    alarms = [a["form"] for a in box.ask("alarms")["alarms"]]
    return {
        "messages": len(said(box)),
        "alarms": len([form for form in alarms if form not in ALARMS_BY_THE_CLOCK]),
        "activities": len(box.ask("map")["activities"]),
        "conflicts": len(box.ask("conflicts")["conflicts"]),
        "calls": len(box.ask("calls")["calls"]),
        "card": box.ask("card"),
    }
