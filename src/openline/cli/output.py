"""How the command line shows things: tables for people, one JSON document for scripts."""

from __future__ import annotations

import json
import shutil
import sys
import textwrap
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from openline.station import control
from openline.station.telling import Tell
from openline.words import limits
from openline.words.errors import BrokenInvariant, OpenlineError

JsonFlag = Annotated[bool, typer.Option("--json", help="One JSON document.")]
COORDINATES = "36.7181 68.8589 (latitude first), 36°43'05\"N 68°51'32\"E, or MGRS: 42SVF8739963610"
"""The notations in which a position is typed, wherever one is."""
WIDTH_OF_PIPES = 180
LAST_COLUMN = 24
"""A table's last column folds, and is no narrower than so many letters."""
LANGUAGE: ContextVar[str] = ContextVar("language", default="en")
"""The reader's, for errors too, which end a command wherever it is."""
_GAP = 3
_INDENT = "    "
BAR_AFTER_S = 1.0
"""What is done sooner needs no bar."""


@dataclass(frozen=True, slots=True)
class Session:
    """What holds for one command: the station's folder and the reader's language."""

    station: Path
    language: str
    officer: str = ""
    """The name of the officer who acts; empty for the folder's owner."""
    password_file: Path | None = None

    def call(self, method: str, **args: Any) -> Any:
        """Have the station carry a command out; `tell=` hears how far it is."""
        who = (self.officer, password_of(self)) if self.officer else None
        return control.call(self.station, method, who=who, **args)

    def call_running(self, method: str, within_s: float, **args: Any) -> Any:
        """The same by a station that runs or starts within the seconds; None when none does."""
        return control.call_running(self.station, method, within_s, **args)


def session(ctx: typer.Context) -> Session:
    """The session of a command."""
    found: Session = ctx.obj
    return found


def password_of(session: Session) -> str:
    """The password of the officer who acts: from a file, or typed."""
    named = printable(session.officer[: limits.OFFICER_CHARS])
    return password(session.password_file, f"Password of {named}")


def password(file: Path | None, asked: str, confirmed: bool = False) -> str:
    """The first line of a file, or what a person types; raises ``no-password``."""
    if file is not None:
        return next(iter(read_file(file).splitlines()), "")
    if not sys.stdin.isatty():
        raise OpenlineError(
            "no-password",
            "nobody is there to type the password",
            rule="R-OFF-07",
            next="name a file that holds it with --password-file",
        )
    typed: str = typer.prompt(asked, hide_input=True, confirmation_prompt=confirmed, err=True)
    return typed


def show_json(document: Any) -> None:
    """Print one document."""
    utf8 = (sys.stdout.encoding or "utf-8").lower() == "utf-8"
    typer.echo(json.dumps(document, ensure_ascii=not utf8, indent=2))


def table(columns: Sequence[str], rows: Iterable[Sequence[object]], empty: str) -> None:
    """Print a table, or what to say when there is nothing in it.

    Where the terminal is too narrow for it, each row stands as lines of its own: a table that
    cut ids, times and its last columns off would hide what it is asked for.
    """
    from rich import box  # noqa: PLC0415 (slow to import, and --json spares it)
    from rich.cells import cell_len  # noqa: PLC0415
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    cells = [["–" if cell is None else printable(str(cell)) for cell in row] for row in rows]
    if not cells:
        typer.echo(empty)
        return
    width = _width()
    widest = [max(map(cell_len, column)) for column in zip(columns, *cells, strict=True)]
    if sum(widest[:-1]) + _GAP * len(columns) + min(widest[-1], LAST_COLUMN) > width:
        for row in cells:
            typer.echo(_as_lines(columns, row, width))
        return
    shown = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for number, column in enumerate(columns, 1):
        # Only the last column folds: ids and times stay whole, to be copied.
        shown.add_column(column, no_wrap=number < len(columns), overflow="fold")
    for row in cells:
        # Text, not markup: what the other side wrote never steers the terminal.
        shown.add_row(*map(Text, row))
    Console(width=width).print(shown)


def _width() -> int:
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else WIDTH_OF_PIPES


def _as_lines(columns: Sequence[str], row: Sequence[str], width: int) -> str:
    """One row below its first cell: `column: cell`, as many to a line as fit, no cell cut."""
    lines, line = [row[0]], ""
    for name, cell in zip(columns[1:], row[1:], strict=True):
        if cell in {"", "–"}:
            continue
        piece = f"{name}: {cell}"
        if line and len(line) + len(" · ") + len(piece) > width - len(_INDENT):
            lines.append(line)
            line = ""
        line = f"{line} · {piece}" if line else piece
    wrapped = [
        part
        for each in [*lines[1:], line]
        for part in textwrap.wrap(
            each, width - len(_INDENT), break_long_words=False, break_on_hyphens=False
        )
    ]
    return "\n".join([lines[0], *(f"{_INDENT}{part}" for part in wrapped)])


def tell_missing(secrets: Sequence[dict[str, Any]]) -> None:
    """Say which secrets are to be given again, if any are."""
    rows = [
        (f"carrier {each['carrier']}, {each['line']}", each["option"], "openline carrier add")
        if each["of"] == "carrier"
        else (f"way {each['way']} to {each['person']}", each["kind"], "openline reach add")
        for each in secrets
    ]
    if rows:
        typer.echo("no backup holds secrets: give these again, nothing leaves by them until then")
        table(("of", "what", "by"), rows, "")


def tell_heights(lost: Sequence[dict[str, Any]], said: str) -> None:
    """Name terrain models and the geoid's grid by name, size and digest, if there are any."""
    rows = [(each["of"], each["name"], f"{each['bytes']:,}", each["sha256"]) for each in lost]
    if rows:
        typer.echo(said)
        table(("of", "name", "bytes", "SHA-256"), rows, "")


HEIGHTS_LOST = (
    "missing since a restore: load the same file again (openline terrain add, openline geoid use); "
    "until then the line's ground is counted as well where a model lay"
)


@contextmanager
def progress_bar(what: str, shown: bool = True, unprompted: bool = False) -> Iterator[Tell | None]:
    """A bar on standard error, from the first second on, where a person looks at it.

    Gives what is to be told how far it is; None where nobody looks, or unless `shown`. Where
    nothing is asked meanwhile (`unprompted`) it shows from the first second on even untold.
    """
    if not (shown and sys.stderr.isatty()):
        yield None
        return
    from rich import progress  # noqa: PLC0415 (slow to import)
    from rich.console import Console  # noqa: PLC0415

    columns = (
        progress.TextColumn(what),
        progress.BarColumn(),
        progress.MofNCompleteColumn(),
        progress.TimeRemainingColumn(),
    )
    bar = progress.Progress(*columns, console=Console(stderr=True), transient=True)
    task = bar.add_task(what, total=None)
    begun = time.monotonic()

    def tell(done: int, of: int) -> None:
        if time.monotonic() - begun >= BAR_AFTER_S:
            bar.start()
        bar.update(task, completed=done, total=of)

    timer = threading.Timer(BAR_AFTER_S, bar.start)
    timer.daemon = True
    if unprompted:
        timer.start()
    try:
        yield tell
    finally:
        timer.cancel()
        if unprompted:
            timer.join()
        bar.stop()


def printable(text: str) -> str:
    """`text` with control characters shown, so that it cannot steer a terminal."""
    return "".join(c if c == "\n" or c.isprintable() else f"\\u{ord(c):04x}" for c in text)


def indented(text: str) -> str:
    """`text` below a heading, printable."""
    return textwrap.indent(printable(text), _INDENT)


def read_file(path: Path) -> str:
    """A text file that a command was given, within the limit; "-" is standard input."""
    try:
        return read_bytes(path, limits.FILE_BYTES, "FILE_BYTES").decode("utf-8")
    except UnicodeDecodeError:
        raise OpenlineError(
            "not-text", f"{path} is no UTF-8 text", rule="R-CLI-03", next="save it as UTF-8"
        ) from None


def read_bytes(path: Path, most: int, limit: str) -> bytes:
    """A file of at most `most` bytes, which `limit` names; "-" is standard input."""
    try:
        if str(path) == "-":
            data = sys.stdin.buffer.read(most + 1)
        else:
            with path.open("rb") as file:
                data = file.read(most + 1)
    except OSError as error:
        raise OpenlineError(
            "no-file", f"{path} cannot be read: {error.strerror}", next="check the file's name"
        ) from None
    if len(data) > most:
        raise OpenlineError(
            "too-large",
            f"{path} is larger than {most:,} bytes ({limit})",
            rule="R-CLI-03",
            next="split it",
        )
    return data


def worded(error: OpenlineError) -> str:
    """What an error of that code means in the reader's language, then its own English words."""
    if LANGUAGE.get() == "en":
        return str(error)
    from openline.forms.phrases import refusal  # noqa: PLC0415 (slow to import)

    return " | ".join(filter(None, (refusal(error.code, LANGUAGE.get()), str(error))))


def fail(error: OpenlineError, as_json: bool) -> None:
    """One line on standard error."""
    shown = error.as_json()
    text = json.dumps(shown, ensure_ascii=False) if as_json else f"openline: {worded(error)}"
    typer.echo(printable(text).replace("\n", " "), err=True)


def broken(error: BrokenInvariant) -> OpenlineError:
    """A fault in Openline or its store, told plainly."""
    return OpenlineError(
        "broken-invariant",
        f"this cannot be: {error}",
        next="stop, keep the folder as it is, and report it with `openline record verify --json`",
    )


def system(error: OSError) -> OpenlineError:
    """What the operating system refused."""
    return OpenlineError(
        "system-refused",
        f"{error.filename or 'the system'}: {error.strerror or error}",
        next="check the path, its permissions and the space on the disk",
    )
