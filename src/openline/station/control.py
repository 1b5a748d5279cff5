"""Commands to a station: over its socket while it runs, else directly under its lock.

One JSON document a line each way: ``{"method", "args"}`` and ``{"result"}`` or
the error's shape. With ``"as": [name, password]`` an officer acts, else the
folder's owner. Where the request has ``"tell": true``, lines with
``{"done", "of"}`` may come before: how far it is. The socket lies in the
station's folder, for its owner alone.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from openline.station.folder import Folder
from openline.station.seats import OWNER, Seat, taking
from openline.station.telling import HALTING, TELLING, Tell, hung_up, telling
from openline.words import limits
from openline.words.errors import OpenlineError, Whose

if TYPE_CHECKING:
    from openline.station.facade import Facade

LINE_BYTES = 6 * limits.FILE_BYTES + (1 << 20)
"""A command that hands over a file: JSON writes a control character in six bytes."""
ANSWER_BYTES = 1 << 30
BUSY_S = 10.0
POLL_S = 0.05
Who = tuple[str, str] | None
"""An officer's name and password, or None: the folder's owner."""
_COMMANDS = ThreadPoolExecutor(max_workers=32, thread_name_prefix="command")
"""Commands may wait (`send --wait`), so they have threads of their own."""


@contextmanager
def _short(path: Path) -> Iterator[str]:
    """A name for a socket that fits into the 107 bytes of an address, however deep it lies."""
    handle = os.open(path.parent, os.O_PATH | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{handle}/{path.name}"
    finally:
        os.close(handle)


# ---- the station's end ---------------------------------------------------------------


class Listener:
    """Carries out commands that arrive on the folder's socket with the methods of `target`."""

    def __init__(self, target: object, seat_of: Callable[[Who], Seat] = lambda who: OWNER) -> None:
        self._target = target
        self._seat_of = seat_of
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[Any]] = set()
        self._at_work: set[asyncio.Task[Any]] = set()

    async def start(self, folder: Folder) -> None:
        """Take commands."""
        folder.socket.unlink(missing_ok=True)
        with _short(folder.socket) as name:
            self._server = await asyncio.start_unix_server(self._serve, name, limit=LINE_BYTES)
            folder.socket.chmod(0o600)

    async def stop(self) -> None:
        """Take no more commands, and answer those that are being carried out."""
        if self._server is not None:
            self._server.close()
        for task in self._connections - self._at_work:
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        try:
            line = await reader.readline()
            self._at_work.add(task)
            loop = asyncio.get_running_loop()

            def tell(done: int, of: int) -> None:
                loop.call_soon_threadsafe(_write, writer, {"done": done, "of": of})

            def gone() -> bool:
                return hung_up(writer.get_extra_info("socket").fileno())

            answer = await loop.run_in_executor(
                _COMMANDS, _carry_out, self._target, self._seat_of, line, tell, gone
            )
            _write(writer, answer)
            await writer.drain()
        except (ConnectionError, ValueError):  # the command went away, or sent too long a line
            pass
        except asyncio.CancelledError:  # the station ends, and nothing was asked yet
            pass
        finally:
            self._connections.discard(task)
            self._at_work.discard(task)
            writer.close()


def _write(writer: asyncio.StreamWriter, answer: dict[str, Any]) -> None:
    if not writer.is_closing():
        writer.write(json.dumps(answer).encode() + b"\n")


def _carry_out(
    target: object,
    seat_of: Callable[[Who], Seat],
    line: bytes,
    tell: Tell,
    gone: Callable[[], bool],
) -> dict[str, Any]:
    try:
        request = json.loads(line)
        name, args = str(request["method"]), dict(request["args"])
        method = None if name.startswith("_") else getattr(target, name, None)
        if method is None:
            raise OpenlineError("unknown-command", f"no command {name[:40]!r}", next="upgrade both")
        asked = name in TELLING and request.get("tell")
        if asked or name in HALTING:
            args["tell"] = telling(name, tell if asked else None, gone)
        with taking(seat_of(_who(request.get("as")))):
            return {"result": method(**args)}
    except OpenlineError as error:
        return error.as_json()
    except (ValueError, KeyError, TypeError, RecursionError):
        return OpenlineError(
            "bad-command", "the command could not be read", next="send one of `openline --help`"
        ).as_json()
    except Exception as error:  # noqa: BLE001 (a fault of ours: the command must hear of it)
        import structlog  # noqa: PLC0415 (slow to import, for whoever only calls)

        trace = structlog.get_logger("openline.control")
        trace.error("command failed", error=type(error).__name__)
        return OpenlineError(
            "station-fault",
            f"the station could not carry this out: {type(error).__name__}",
            next="report it, with what the station wrote on standard error",
        ).as_json()


def _who(said: Any) -> Who:
    if said is None:
        return None
    name, password = said
    return str(name), str(password)


# ---- the command's end ---------------------------------------------------------------


class Remote:
    """A running station, over its socket."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection

    def call(self, method: str, tell: Tell | None = None, who: Who = None, **args: Any) -> Any:
        """Have the station carry a command out; `tell` hears how far it is, if it says so."""
        asked = {"method": method, "args": args, "tell": tell is not None, "as": who}
        request = json.dumps(asked, ensure_ascii=False)
        line = b""
        with (
            self._connection as connection,
            connection.makefile("rb") as file,
            suppress(ConnectionError),
        ):
            # What is no Unicode on the command line reaches the station, which refuses it.
            connection.sendall(request.encode("utf-8", "surrogatepass") + b"\n")
            while (line := file.readline(ANSWER_BYTES)).startswith(b'{"done"'):
                if tell is not None:
                    said = json.loads(line)
                    tell(said["done"], said["of"])
        if not line.endswith(b"\n"):
            raise OpenlineError(
                "station-ended",
                "the station ended while it carried this out",
                next="see whether it took effect: `openline messages`",
            )
        answer = json.loads(line)
        if "error" in answer:
            raise _error(answer["error"])
        return answer["result"]


class Local:
    """A station that does not run, opened under its lock for one command."""

    def __init__(self, folder: Folder) -> None:
        self._folder = folder

    def call(self, method: str, tell: Tell | None = None, who: Who = None, **args: Any) -> Any:
        """Carry a command out here."""
        if tell is not None and method in TELLING:
            args["tell"] = telling(method, tell, lambda: False)
        with _opened(self._folder) as facade, taking(facade.seats.here(who)):
            return getattr(facade, method)(**args)


@contextmanager
def without_keys(path: Path) -> Iterator[Callable[..., Any]]:
    """What calls a station that does not run and has lost its keys: fresh ones stand in."""
    with _opened(Folder(path), lost_keys=True) as facade:
        yield lambda method, **args: getattr(facade, method)(**args)


@contextmanager
def _opened(folder: Folder, lost_keys: bool = False) -> Iterator[Facade]:
    from openline.station.facade import Facade  # noqa: PLC0415 (heavy, and a running station spares it)
    from openline.station.station import Station  # noqa: PLC0415
    from openline.station.trace import to_stderr  # noqa: PLC0415

    to_stderr()
    station = Station(folder, lost_keys=lost_keys)
    try:
        yield Facade(station)
    finally:
        station.close()


def call(path: Path, method: str, tell: Tell | None = None, who: Who = None, **args: Any) -> Any:
    """Have the station in `path` carry a command out, running or not (R-STN-03).

    `tell` hears how far it is, where the command takes long; `who` acts, else the owner.
    """
    folder = Folder(path)
    folder.require()
    until = time.monotonic() + BUSY_S
    while True:
        connection = _connect(folder)
        if connection is not None:
            return Remote(connection).call(method, tell, who, **args)
        try:
            return Local(folder).call(method, tell, who, **args)
        except OpenlineError as error:
            if error.code != "station-busy" or time.monotonic() >= until:
                raise
        time.sleep(POLL_S)  # another command holds the lock, or a station is just starting


def call_running(path: Path, method: str, within_s: float, **args: Any) -> Any:
    """Have a station that starts within the seconds carry a command out; None when none does."""
    until = time.monotonic() + within_s
    while (connection := _connect(Folder(path))) is None:
        if time.monotonic() >= until:
            return None
        time.sleep(POLL_S)
    return Remote(connection).call(method, **args)


def runs(folder: Folder) -> bool:
    """Whether a station takes commands in `folder`."""
    connection = _connect(folder)
    if connection is not None:
        connection.close()
    return connection is not None


def _connect(folder: Folder) -> socket.socket | None:
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        with _short(folder.socket) as name:
            connection.connect(name)
    except (FileNotFoundError, ConnectionRefusedError):
        connection.close()
        return None
    return connection


def _error(said: dict[str, str]) -> OpenlineError:
    return OpenlineError(
        said["code"],
        said["message"],
        whose=Whose(said["whose"]),
        rule=said["rule"],
        next=said["next"],
    )
