"""`openline demo`: two stations replay the spring of 2022, and stay until Ctrl-C.

They are stations like any other, in a temporary folder, over HTTPS on loopback;
only their clock is the scenario's.
"""

from __future__ import annotations

import asyncio
import signal
import socket
import time
from contextlib import AsyncExitStack, ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import typer
from rich import box
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn
from rich.table import Table
from rich.text import Text

from openline.cli import output
from openline.cli.activities import closeness
from openline.console.server import Running
from openline.console.server import serve as serve_console
from openline.scenario.clock import ScenarioClock
from openline.scenario.figures import figures, good
from openline.scenario.player import Happened, Player, Stopped
from openline.scenario.script import Party, Script, packaged
from openline.station.facade import Facade
from openline.station.folder import Folder
from openline.station.founding import Founding, found
from openline.station.host import Host
from openline.station.trace import to_stderr
from openline.words.errors import BrokenInvariant, OpenlineError
from openline.words.moment import Moment

HOST = "127.0.0.1"
SCENARIO = "spring_2022"
CONSOLE_PORT = 8443
CLOCKS = ("minister", "chief")
"""The levels whose days the timeline shows."""
Json = dict[str, Any]


def run(once: bool, as_json: bool, line_port: int | None, console_port: int | None) -> int:
    """Play, show the figures and, unless `once`, go on until SIGINT or SIGTERM.

    Returns 0, or 1 when a test failed, the records differ, or `once` was
    interrupted. Raises ``bad-port``, ``port-in-use``, ``scenario-stalled``, ….
    """
    to_stderr()
    with TemporaryDirectory(prefix="openline-demo-") as folder:
        demo = _Demo(packaged(SCENARIO), Path(folder), as_json)
        return asyncio.run(demo.run(once, line_port, console_port))


class _Demo:
    """One demonstration."""

    def __init__(self, script: Script, folder: Path, as_json: bool) -> None:
        self._script = script
        self._folder = folder
        self._as_json = as_json
        self._clock = ScenarioClock(script.start)
        self._hosts: dict[str, Host] = {}
        self._consoles: dict[str, Running] = {}

    async def run(self, once: bool, line_port: int | None, console_port: int | None) -> int:
        began = time.monotonic()
        stop = asyncio.Event()
        async with AsyncExitStack() as running:
            await self._start(running, line_port)
            if not once:
                await self._start_consoles(running, console_port)
            facades = {party: host.facade for party, host in self._hosts.items()}
            with _Timeline(self._script, facades, quiet=self._as_json) as timeline:
                player = Player(self._script, facades, self._clock, timeline.show)
                self._on_end(stop, player)
                try:
                    await asyncio.to_thread(player.play)
                except Stopped:
                    self._raise_failure()
                    return 1 if once else 0
            came_to = await asyncio.to_thread(figures, self._script, facades)
            came_to["seconds"] = round(time.monotonic() - began, 1)
            self._conclude(came_to)
            if not once:
                await stop.wait()
                self._raise_failure()
        return 0 if good(came_to) else 1

    async def _start(self, running: AsyncExitStack, line_port: int | None) -> None:
        ports = _line_ports(line_port, len(self._script.parties))
        for party, port in zip(self._script.parties, ports, strict=True):
            folder = Folder(self._folder / party.id)
            await asyncio.to_thread(_found, folder, party, port, self._script.start)
            host = Host(folder, (HOST, port), self._clock, is_probing=False)
            self._hosts[party.id] = await running.enter_async_context(host)

    async def _start_consoles(self, running: AsyncExitStack, given: int | None) -> None:
        for number, (party, host) in enumerate(self._hosts.items()):
            port = (CONSOLE_PORT if given is None else given) + number
            try:
                page = await serve_console(host.facade, HOST, port)
            except OpenlineError as error:
                if given is not None or error.code != "port-in-use":
                    raise
                page = await serve_console(host.facade, HOST, 0)
            running.push_async_callback(page.close)
            host.station.console_link = page.link
            self._consoles[party] = page

    def _on_end(self, stop: asyncio.Event, player: Player) -> None:
        """A signal, or a station that broke, ends everything."""

        def end() -> None:
            stop.set()
            player.stop()

        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, end)
        for host in self._hosts.values():
            host.failed.add_done_callback(lambda failed: end())

    def _raise_failure(self) -> None:
        for party, host in self._hosts.items():
            if host.failed.done() and (error := host.failed.exception()) is not None:
                raise BrokenInvariant(f"{party}: {error}") from error

    def _conclude(self, came_to: Json) -> None:
        if self._as_json:
            links = [{"party": p, "link": c.link()} for p, c in self._consoles.items()]
            output.show_json(came_to | ({"consoles": links} if links else {}))
            return
        _print_figures(came_to)
        for party, console in self._consoles.items():
            typer.echo(f"{party}: line {self._hosts[party].address} · console {console.link()}")
        if self._consoles:
            typer.echo("Each link opens one browser, once. Ctrl-C ends both stations.")


def _found(folder: Folder, party: Party, port: int, issued: Moment) -> None:
    address = f"https://{HOST}:{port}"
    found(folder, Founding(party.id, party.name, (address,), party.voice, issued=issued))


def _line_ports(first: int | None, count: int) -> list[int]:
    """`count` ports from `first` on, or free ones: a card names its port before anyone listens."""
    if first is not None:
        if not 0 < first <= 65_536 - count:
            raise OpenlineError(
                "bad-port",
                f"{first} and what follows are no ports",
                rule="R-SCN-16",
                next=f"give --line-port 1 to {65_536 - count}",
            )
        return list(range(first, first + count))
    with ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for sock in sockets:
            sock.bind((HOST, 0))
        return [int(sock.getsockname()[1]) for sock in sockets]


# ---- what people see -----------------------------------------------------------------


class _Timeline:
    """Prints each event as it was played, with the clocks as they then stand."""

    def __init__(self, script: Script, facades: dict[str, Facade], quiet: bool) -> None:
        self._script = script
        self._facade = facades[script.parties[0].id]
        self._console = Console(quiet=quiet, highlight=False)
        if not self._console.is_terminal:
            self._console.width = output.WIDTH_OF_PIPES
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            console=self._console,
            transient=True,
            disable=quiet or not self._console.is_terminal,
        )
        self._task = self._progress.add_task("", total=self._hours(script.end.ms))
        self._conflicts: set[str] = set()

    def __enter__(self) -> _Timeline:
        self._console.print(Text(self._script.title, style="bold"))
        self._row("when (UTC)", "", "", [f"{level}s" for level in CLOCKS], "bold")
        self._progress.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self._progress.stop()

    def show(self, happened: Happened) -> None:
        """Called by the player, in its thread."""
        when = str(happened.at)[:16].replace("T", " ")
        done = self._hours(happened.at.ms)
        self._progress.update(
            self._task, completed=done, description=f"{when[:10]}, line tests on schedule"
        )
        if happened.event is None or self._console.quiet:
            return
        days = {c["level"]: c["days"] for c in self._facade.clocks()["clocks"]}
        shown = ["–" if days.get(level) is None else f"{days[level]} d" for level in CLOCKS]
        self._row(when, happened.event.by, happened.event.note, shown)
        for conflict in self._facade.conflicts()["conflicts"]:
            if conflict["id"] not in self._conflicts:
                self._conflicts.add(conflict["id"])
                self._row("", "", _conflict(conflict), [""] * len(CLOCKS), "bold red")

    def _hours(self, ms: int) -> float:
        return (ms - self._script.start.ms) / 3_600_000

    def _row(self, when: str, by: str, what: str, clocks: list[str], style: str = "") -> None:
        row = Table.grid(padding=(0, 1), expand=True)
        for width in (16, 4):
            row.add_column(width=width)
        row.add_column(ratio=1)
        for _ in clocks:
            row.add_column(width=9, justify="right")
        row.add_row(*(Text(cell, style) for cell in (when, by, what, *clocks)))
        self._console.print(row)


def _conflict(conflict: Json) -> str:
    first, second = (f"{a['party']} “{a['title']}”" for a in conflict["activities"])
    when = f"{conflict['from'][:16].replace('T', ' ')} to {conflict['to'][11:16]}"
    return f"conflict: {first} and {second}: {closeness(conflict)}, {when}"


def _print_figures(came_to: Json) -> None:
    table = Table(box=box.SIMPLE_HEAD, show_header=False, pad_edge=False)
    tests, messages = came_to["tests"], came_to["messages"]
    table.add_row("line tests", f"{tests['run']} run, {tests['passed']} passed")
    for contact in came_to["contacts"]:
        before = "never" if contact["before_days"] is None else f"{contact['before_days']} days"
        days = f"{before} before the call, {contact['after_days']} at the end of that day"
        table.add_row(f"{contact['level']}: last contact", days)
    table.add_row("conflicts found", str(came_to["conflicts"]))
    table.add_row("near misses, no conflict", str(came_to["near_misses"]))
    table.add_row("messages", ", ".join(f"{n} by {party}" for party, n in messages.items()))
    table.add_row("records equal", "yes" if came_to["records_equal"] else "NO")
    table.add_row("played in", f"{came_to['seconds']:g} s")
    Console().print(table)
