"""Reference pages of what people and scripts touch: commands, error codes, the console's API."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator
from functools import cache
from pathlib import Path

import typer

from openline.cli.main import app
from openline.console.app import make_app
from openline.forms.phrases import refusal

SOURCE = Path(__file__).resolve().parent.parent / "src" / "openline"

_COMMANDS = """\
# Commands

Every command takes `--station DIR` and `--language en|ru` before it, and `openline COMMAND --help`
says the same as this page. Exit 0 done, 1 refused or failed, 2 wrong usage. Settings from the
environment: `OPENLINE_STATION`, `OPENLINE_LANGUAGE`, `OPENLINE_OFFICER` and
`OPENLINE_PASSWORD_FILE` (as `--as` and `--password-file` before the command), and `OPENLINE_TRACE`
(debug, info, warning, error: how much goes to standard error).
"""

_ERRORS = """\
# Error codes

Every error is one line: what happened, whose fault it is (`ours`, `theirs`, `carrier`), the rule of
[the specification](SPEC.md) that was broken, and what to do next; with `--json` and over the API
the same as `{"error": {"code", "message", "whose", "rule", "next"}}`. What the other station
refused comes with its code behind `peer-`. A reader of another language is told what the code means
in it, before the error's own words.

| code | means | rules | raised in |
| --- | --- | --- | --- |
"""

_API = """\
# The console's API

On loopback, and for officers beyond it over HTTPS; behind the session that the one-time link
(`POST /api/session`) or name and password (`POST /api/login`) opens. Replies are
those of the commands with `--json`, with the station's `now` beside them; failures have the one
shape of [errors](errors.md). `/api/openapi.json` describes it for machines.

| route | does |
| --- | --- |
"""


def commands() -> str:
    """docs/commands.md, from the command line's own declarations."""
    return _COMMANDS + "".join(_command(typer.main.get_command(app), ""))


def _command(command: object, path: str) -> Iterator[str]:
    for name, child in sorted(getattr(command, "commands", {}).items()):
        full = f"{path} {name}".strip()
        if hasattr(child, "commands"):
            yield from _command(child, full)
            continue
        yield f"\n## openline {full}\n\n{child.help}\n\n"
        for parameter in child.params:
            if parameter.name == "help":
                continue
            shown = ", ".join(f"`{o}`" for o in parameter.opts)
            if parameter.param_type_name == "argument":
                shown = f"`{parameter.name.upper()}`"
            needed = "" if not parameter.required else " (required)"
            yield f"- {shown}{needed}: {getattr(parameter, 'help', '') or ''}\n"


def errors() -> str:
    """docs/errors.md, from every place that raises."""
    rows = (
        f"| `{code}` | {refusal(code, 'en')} | {', '.join(sorted(rules))} "
        f"| {', '.join(sorted(rooms))} |\n"
        for code, (rules, rooms) in sorted(codes().items())
    )
    return _ERRORS + "".join(rows)


@cache
def codes() -> dict[str, tuple[set[str], set[str]]]:
    """Every error code of the source, with the rules that it cites and the rooms that raise it."""
    trees = {path: ast.parse(path.read_text("utf-8")) for path in sorted(SOURCE.rglob("*.py"))}
    makers = {path: set(_makers(tree)) for path, tree in trees.items()}
    shared = {name for names in makers.values() for name in names if not name.startswith("_")}
    found: dict[str, tuple[set[str], set[str]]] = {}
    for path, tree in trees.items():
        for code, rule in _raised(tree, makers[path] | shared | {"OpenlineError"}):
            rules, rooms = found.setdefault(code, (set(), set()))
            rules |= {rule} - {""}
            rooms.add(path.relative_to(SOURCE).parts[0])
    return found


def _makers(tree: ast.Module) -> Iterator[str]:
    """The short forms of OpenlineError that a module defines: their first argument is the code."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and isinstance(node.returns, ast.Name):
            makes = node.returns.id == "OpenlineError"
            if makes and [given.arg for given in node.args.args][:1] == ["code"]:
                yield node.name


def _raised(tree: ast.Module, makers: Collection[str]) -> Iterator[tuple[str, str]]:
    """Codes are literals, in calls of OpenlineError or of a short form of it."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        if node.func.id not in makers or not node.args:
            continue
        given = (_text(value) for value in (*node.args, *(k.value for k in node.keywords)))
        rule = next((text for text in given if re.fullmatch(r"R-[A-Z]+-[0-9]+", text)), "")
        first = node.args[0]
        for candidate in (first.body, first.orelse) if isinstance(first, ast.IfExp) else (first,):
            if re.fullmatch(r"[a-z]+(-[a-z]+)*", _text(candidate)):
                yield _text(candidate), rule


def _text(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def api() -> str:
    """docs/api.md, from the application's own description."""
    described = make_app(None).openapi()  # type: ignore[arg-type]
    rows = [
        f"| `{method.upper()} {path}` | {said.get('description', said['summary'])} |\n"
        for path, methods in described["paths"].items()
        for method, said in methods.items()
    ]
    return _API + "".join(sorted(rows))
