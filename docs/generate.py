"""Writes the pages of docs/ that come from the code and from docs/spec/.

`make docs` runs it; tests/test_spec.py fails when a page is stale.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from pathlib import Path
from typing import Any

import faces
import weights

from openline.forms.reference import reference
from openline.line import (
    activity,
    call,
    conflictlife,
    linetest,
    probing,
    progress,
    routing,
    urgency,
)

DOCS = Path(__file__).resolve().parent
ROOMS = (
    *("words", "record", "wire", "keys", "heads", "forms", "activities", "conflict", "line"),
    *("collisions", "urgency"),
    *("evidence", "station", "carriers", "upgrade", "formats", "documents", "scenario"),
    *("console", "cli", "house"),
)
"""The order of the rooms in the specification; what is not named here comes last, by name."""
GENERATED = "<!-- Made by docs/generate.py: do not edit here. -->\n\n"

_SPEC = """\
# The specification of Openline

Numbered rules, one sentence each, grouped by room. A rule's number never changes and is never
given to another rule. Every rule has a test that carries its number (`pytest.mark.rule`), and
errors cite the rule that was broken. Names in capitals are limits, in
`src/openline/words/limits.py`. [forms.md](forms.md) lists every form, [machines.md](machines.md)
draws the states.

"""

_MACHINES = """\
# The machines

Each diagram is the table `TRANSITIONS` of its module in `src/openline/line/`: what is not drawn
does not happen. [The specification](spec/line.md) says who may do what.

"""


def _name(value: object) -> str:
    return str(value.value if isinstance(value, Enum) else value).replace("-", " ")


def diagram(transitions: Mapping[tuple[Any, Any], Any], first: object) -> str:
    """A Mermaid state diagram; a state's id has underscores where its name has spaces."""
    found: dict[tuple[str, str], list[str]] = {}
    for (state, event), after in transitions.items():
        found.setdefault((_name(state), _name(event)), []).append(_name(after))
    lines = ["```mermaid", "stateDiagram-v2", f"    [*] --> {_id(_name(first))}"]
    for (state, event), targets in found.items():
        lines += [f"    {_id(state)} --> {_id(target)}: {event}" for target in targets]
    return "\n".join([*lines, "```"]) + "\n"


def _id(name: str) -> str:
    return name.replace(" ", "_")


def machines() -> str:
    """docs/machines.md."""
    hours = call.ANSWER_WITHIN_MS // 3_600_000
    held = call.HELD_WITHIN_MS // 3_600_000
    parts = [
        ("A message, to its sender", diagram(progress.TRANSITIONS, progress.ORDER[0]), ""),
        (
            "A carrier, to the line that uses it",
            diagram(routing.TRANSITIONS, routing.State.UNTRIED),
            "",
        ),
        ("A line test", diagram(linetest.TRANSITIONS, linetest.Result.PENDING), ""),
        ("A probe", diagram(probing.TRANSITIONS, probing.Outcome.UNDER_WAY), ""),
        (
            "A call",
            diagram(call.TRANSITIONS, call.CallState.SOUGHT),
            f"\nTime alone makes a call unanswered ({hours} hours after it was sought or\n"
            f"countered) or expired ({held} hours after the agreed time); no message says so\n"
            "(R-CALL-03).\n",
        ),
        (
            "An activity",
            diagram(activity.TRANSITIONS, activity.Phase.DRAFT),
            "\nIt begins and ends by its window and the clock alone, and no message says so\n"
            "(R-ACT-05).\n",
        ),
        (
            "A conflict",
            diagram(conflictlife.TRANSITIONS, conflictlife.State.FOUND),
            "\nTime alone makes it expired; no message says so (R-COLL-04).\n",
        ),
        (
            "A message that needs a person",
            diagram(urgency.TRANSITIONS, urgency.State.WAITING),
            "\nWho is called when its time is over is in the line's policy (R-URG-02).\n",
        ),
    ]
    return _MACHINES + "\n".join(f"## {title}\n\n{drawn}{said}" for title, drawn, said in parts)


def specification() -> str:
    """docs/SPEC.md: the parts in docs/spec/, one after another."""
    parts = {path.stem: path.read_text("utf-8") for path in (DOCS / "spec").glob("*.md")}
    order = [room for room in ROOMS if room in parts]
    order += sorted(parts.keys() - set(order))
    return _SPEC + "\n".join(_part(parts[room]) for room in order)


def _part(text: str) -> str:
    """A part with its title one below the page's, and its links as seen from docs/."""
    lines = text.replace("](../", "](").strip().split("\n")
    if lines[0].startswith("# "):
        lines = [f"#{line}" if line.startswith("#") else line for line in lines]
    return "\n".join(lines) + "\n"


def pages() -> dict[str, str]:
    """Every generated page by its path below docs/."""
    return {
        "SPEC.md": GENERATED + specification(),
        "forms.md": reference(),
        "machines.md": GENERATED + machines(),
        "commands.md": GENERATED + faces.commands(),
        "errors.md": GENERATED + faces.errors(),
        "api.md": GENERATED + faces.api(),
        "sizes.md": GENERATED + weights.page(),
    }


def main() -> None:
    """Write all pages."""
    for name, text in pages().items():
        (DOCS / name).write_text(text, "utf-8")


if __name__ == "__main__":
    main()
