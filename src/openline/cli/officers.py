"""Commands about officers: who may act at this station, and as what."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from openline.cli import output
from openline.cli.output import JsonFlag, printable, session, show_json, table

Name = Annotated[str, typer.Argument(help="The officer's name, as the other side reads it.")]
ROLES = "observer, officer, supervisor or administrator."
RoleOption = Annotated[str, typer.Option(help=ROLES)]
PasswordFile = Annotated[
    Path | None, typer.Option(help="A file whose first line is the new password (default: asked).")
]


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    group = typer.Typer(help="Officers: who may act here, and as what.", no_args_is_help=True)
    for command in (add, role, disable, enable, password):
        group.command()(command)
    group.command("list")(list_)
    app.add_typer(group, name="officer")


def add(
    ctx: typer.Context,
    name: Name,
    role: RoleOption,
    password_file: PasswordFile = None,
    as_json: JsonFlag = False,
) -> None:
    """Add an officer."""
    new = _new_password(name, password_file)
    done = session(ctx).call("officer_add", name=name, role=role, password=new)
    _tell(done, f"is {done['role']}", as_json)


def list_(ctx: typer.Context, as_json: JsonFlag = False) -> None:
    """The officers, with their roles."""
    found = session(ctx).call("officers")
    if as_json:
        show_json(found)
        return
    table(
        ("name", "role", "since", "may come in"),
        [
            (o["name"], o["role"], o["since"], "no: disabled" if o["disabled"] else "yes")
            for o in found["officers"]
        ],
        "no officers: whoever opens the console's one-time link may do everything",
    )


def role(
    ctx: typer.Context,
    name: Name,
    role: Annotated[str, typer.Argument(help=ROLES)],
    as_json: JsonFlag = False,
) -> None:
    """Give an officer another role; the officer's sessions end."""
    done = session(ctx).call("officer_change", name=name, role=role)
    _tell(done, f"is {done['role']}", as_json)


def disable(ctx: typer.Context, name: Name, as_json: JsonFlag = False) -> None:
    """Let an officer come in no more; the officer's sessions end, the name stays in the record."""
    done = session(ctx).call("officer_change", name=name, disabled=True)
    _tell(done, "is disabled", as_json)


def enable(ctx: typer.Context, name: Name, as_json: JsonFlag = False) -> None:
    """Let a disabled officer come in again."""
    done = session(ctx).call("officer_change", name=name, disabled=False)
    _tell(done, "may come in again", as_json)


def password(
    ctx: typer.Context, name: Name, password_file: PasswordFile = None, as_json: JsonFlag = False
) -> None:
    """Give an officer a new password; the officer's sessions end."""
    new = _new_password(name, password_file)
    done = session(ctx).call("officer_change", name=name, password=new)
    _tell(done, "has a new password", as_json)


def _new_password(name: str, file: Path | None) -> str:
    return output.password(file, f"New password of {printable(name)}", confirmed=True)


def _tell(done: dict[str, Any], what: str, as_json: bool) -> None:
    if as_json:
        show_json(done)
    else:
        typer.echo(f"{done['name']} {what}")
