"""Forms as a later release might have them: one level above today's."""

from __future__ import annotations

from openline.forms.catalog import CATALOG, FORMS_LEVEL, packaged_texts, read_catalog
from openline.forms.schema import parse_form

LEVEL = FORMS_LEVEL + 1

GREETING = f"""
name = "greeting"
version = 1
since = {LEVEL}
doc = "What a later machine says."
precedence = "routine"
by = "machine"
about = false

[fields.mood]
type = "text"
max = "FIELD_CHARS"
doc = "its mood"

[example]
mood = "good"
"""


def _next_version(name: str) -> str:
    """A form's newest file with one more optional field."""
    newest = CATALOG[name]
    (text,) = (t for t in packaged_texts() if _is(t, name, newest.version))
    head = [line for line in text.split("\n") if not line.startswith(("version =", "since ="))]
    field = '[fields.mood]\ntype = "text"\nmax = "FIELD_CHARS"\noptional = true\ndoc = "a mood"\n'
    versions = f"version = {newest.version + 1}\nsince = {LEVEL}\n"
    return (versions + "\n".join(head)).replace("[example]", f"{field}\n[example]")


def _is(text: str, name: str, version: int) -> bool:
    form = parse_form(text)
    return (form.name, form.version) == (name, version)


FUTURE = read_catalog(
    [*packaged_texts(), GREETING, *map(_next_version, ("linetest", "linetest-answer", "text"))]
)
