"""How `--help` lists commands: each with its whole first sentence, the station's own by purpose."""

from __future__ import annotations

from typing import Any

import typer
from typer.core import TyperGroup

SECTIONS: dict[str, tuple[str, ...]] = {
    "Does the line work": ("status", "test", "tests", "carriers", "policy", "declare"),
    "Urgent": ("alarms", "acknowledge", "stop", "query", "accident", "answer"),
    "Messages": ("send", "messages", "show", "timeline"),
    "Plans, and where they collide": (
        *("preview", "check", "notify", "activity", "private", "conflicts", "conflict"),
        *("notices", "passed-on", "caution", "geoid", "terrain"),
    ),
    "Calls, and who last spoke": ("clocks", "call", "contact", "readout"),
    "Proof": ("record", "evidence", "export", "witness"),
    "People": ("officer", "watch", "reach"),
    "Ways that messages take": ("carrier", "carry", "relay"),
    "The station": (
        *("init", "card", "join", "serve", "console-link", "ca", "keys"),
        *("backup", "restore", "upgrade", "demo"),
    ),
}
"""Every command of the first level, once."""

_WHOLE = 10_000
"""No sentence is longer: none is cut off."""


class Commands(TyperGroup):
    """A group whose help cuts no sentence off."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """The commands, in sections where this is the whole command line."""
        sections = SECTIONS if ctx.parent is None else {"Commands": tuple(self.commands)}
        widest = max(map(len, self.commands))
        for title, names in sections.items():
            with formatter.section(title):
                told = [(n, self.commands[n].get_short_help_str(_WHOLE)) for n in names]
                formatter.write_dl([(n.ljust(widest), said) for n, said in told])


def cut_nothing(app: typer.Typer) -> None:
    """Have `app` and every group in it list its commands so."""
    app.info.cls = Commands
    for group in app.registered_groups:
        if group.typer_instance is not None:
            cut_nothing(group.typer_instance)
