"""The command `openline`: parses, calls the station, renders. No traceback reaches a person.

Exit 0 done, 1 refused or failed, 2 wrong usage.
"""

from __future__ import annotations

import io
import os
import re
import sys
from pathlib import Path
from typing import Annotated

import typer

from openline import __version__
from openline.cli import (
    activities,
    activity,
    backup,
    carriers,
    carry,
    collisions,
    contacts,
    evidence,
    founding,
    heights,
    helping,
    keys,
    lines,
    messages,
    officers,
    output,
    private,
    relay,
    standard,
    tests,
    urgent,
    watch,
)
from openline.words.errors import BrokenInvariant, OpenlineError

_LANGUAGE = re.compile(r"[a-z]{2,3}(?![a-z])")
app = typer.Typer(
    name="openline",
    help="An open deconfliction line between parties that do not trust each other.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for module in (
    *(founding, backup, keys, lines, messages, activities, activity, private, collisions, contacts),
    *(evidence, standard, officers, tests, urgent, watch),
):
    module.add_to(app)
for module in (carriers, carry, relay, heights):
    module.add_to(app)
helping.cut_nothing(app)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"openline {__version__}")
        raise typer.Exit


@app.callback()
def openline(
    ctx: typer.Context,
    station: Annotated[
        Path, typer.Option(envvar="OPENLINE_STATION", help="The station's folder.")
    ] = Path("station"),
    language: Annotated[
        str, typer.Option("--language", envvar="OPENLINE_LANGUAGE", help="en or ru.")
    ] = "",
    officer: Annotated[
        str, typer.Option("--as", envvar="OPENLINE_OFFICER", help="The officer who acts.")
    ] = "",
    password_file: Annotated[
        Path | None,
        typer.Option(
            envvar="OPENLINE_PASSWORD_FILE",
            help="A file whose first line is that officer's password (default: asked for).",
        ),
    ] = None,
    version: Annotated[  # noqa: ARG001 (its callback acts)
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """An open deconfliction line between parties that do not trust each other."""
    if language and not _LANGUAGE.fullmatch(language):
        raise typer.BadParameter(f"{language[:20]!r} is no language, like en or ru")
    spoken = language or _language_of_environment()
    output.LANGUAGE.set(spoken)
    ctx.obj = output.Session(station, spoken, officer, password_file)


def _language_of_environment() -> str:
    """The language that the terminal is set to: ru of ru_RU.UTF-8; English otherwise."""
    named = next((v for n in ("LC_ALL", "LC_MESSAGES", "LANG") if (v := os.environ.get(n))), "")
    found = _LANGUAGE.match(named)
    return found[0] if found else "en"


def main(args: list[str] | None = None) -> int:
    """Run one command; returns its exit code."""
    given = sys.argv[1:] if args is None else args
    as_json = "--json" in given
    output.LANGUAGE.set(_language_of_environment())  # until the command's own is read
    try:
        code = app(args=given, standalone_mode=False)
    except typer.Exit as done:
        return done.exit_code
    except typer.TyperException as error:
        return _usage(error, as_json)
    except OpenlineError as error:
        output.fail(error, as_json)
        return 1
    except BrokenInvariant as error:
        output.fail(output.broken(error), as_json)
        return 1
    except (KeyboardInterrupt, typer.Abort):
        return 130
    except BrokenPipeError:  # whoever read the output has gone
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        output.fail(output.system(error), as_json)
        return 1
    return code if isinstance(code, int) else 0


def _usage(error: typer.TyperException, as_json: bool) -> int:
    # Whoever gave no command at all asks what there is (Typer keeps the class to itself).
    if type(error).__name__ == "NoArgsIsHelpError" and not as_json:
        typer.echo(error.format_message(), err=True)
        return error.exit_code
    wrong = OpenlineError(
        "wrong-usage", error.format_message().replace("\n", " "), next="see --help of the command"
    )
    output.fail(wrong, as_json)
    return error.exit_code


def run() -> None:
    """The entry point of the package."""
    if isinstance(sys.stdout, io.TextIOWrapper):  # a terminal that lacks a letter shows its number
        sys.stdout.reconfigure(errors="backslashreplace")
    sys.exit(main())


if __name__ == "__main__":
    run()
