"""Reference pages of what people and scripts touch: commands, error codes, the console's API."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import typer

from openline.cli.main import app
from openline.console.app import make_app

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
refused comes with its code behind `peer-`.

| code | rules | raised in |
| --- | --- | --- |
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
    found: dict[str, tuple[set[str], set[str]]] = {}
    for path in sorted(SOURCE.rglob("*.py")):
        for code, rule in _raised(ast.parse(path.read_text("utf-8"))):
            rules, rooms = found.setdefault(code, (set(), set()))
            rules |= {rule} - {""}
            rooms.add(path.relative_to(SOURCE).parts[0])
    rows = (
        f"| `{code}` | {', '.join(sorted(rules))} | {', '.join(sorted(rooms))} |\n"
        for code, (rules, rooms) in sorted(found.items())
    )
    return _ERRORS + "".join(rows)


def _raised(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Codes are literals, in calls of OpenlineError or of a module's own short form of it."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        if node.func.id != "OpenlineError" and not node.func.id.startswith("_"):
            continue
        given = (_text(value) for value in (*node.args, *(k.value for k in node.keywords)))
        rule = next((text for text in given if re.fullmatch(r"R-[A-Z]+-[0-9]+", text)), "")
        candidates = [node.args[0]] if node.args else []
        if node.args and isinstance(node.args[0], ast.IfExp):
            candidates = [node.args[0].body, node.args[0].orelse]
        for candidate in candidates:
            code = _text(candidate)
            if code and "-" in code and code == code.lower() and " " not in code:
                yield code, rule


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
