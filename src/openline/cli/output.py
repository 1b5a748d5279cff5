"""How the command line shows things: tables for people, one JSON document for scripts."""

from __future__ import annotations

import json
import sys
import textwrap
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from openline.station import control
from openline.station.telling import Tell
from openline.words import limits
from openline.words.errors import BrokenInvariant, OpenlineError

JsonFlag = Annotated[bool, typer.Option("--json", help="One JSON document.")]
WIDTH_OF_PIPES = 180
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
    """Print a table, or what to say when there is nothing in it."""
    from rich import box  # noqa: PLC0415 (slow to import, and --json spares it)
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    shown = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for number, column in enumerate(columns, 1):
        # Only the last column folds: ids and times stay whole, to be copied.
        shown.add_column(column, no_wrap=number < len(columns), overflow="fold")
    for row in rows:
        # Text, not markup: what the other side wrote never steers the terminal.
        shown.add_row(*(Text("–" if cell is None else printable(str(cell))) for cell in row))
    if shown.row_count:
        width = None if sys.stdout.isatty() else WIDTH_OF_PIPES
        Console(width=width).print(shown)
    else:
        typer.echo(empty)


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
    return textwrap.indent(printable(text), "    ")


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


def fail(error: OpenlineError, as_json: bool) -> None:
    """One line on standard error."""
    text = json.dumps(error.as_json(), ensure_ascii=False) if as_json else f"openline: {error}"
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
