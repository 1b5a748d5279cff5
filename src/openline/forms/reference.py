"""docs/forms.md, made from the catalog and the phrases: what is written there is what runs."""

from __future__ import annotations

import json

from openline.forms.catalog import CATALOG, Catalog
from openline.forms.fields import fill, plain
from openline.forms.kinds import unscaled
from openline.forms.phrases import languages, phrase
from openline.forms.schema import Field, Form

_OPENING = """\
# Forms

Every kind of message, made from `src/openline/forms/catalog/` and `phrases/` by
`openline.forms.reference`; a test fails when this page is stale. Values stand here as people,
files and the API give and get them; [the specification](spec/forms.md) says how they travel.
Each form closes with an example and how it reads in each language.
"""


def reference(catalog: Catalog = CATALOG) -> str:
    """The page, in Markdown."""
    rows = [
        f"| [`{form.name}`](#{form.name}) | {form.doc} | {form.precedence} | {form.by} |"
        for form in catalog.values()
    ]
    table = ["| form | says | precedence | filled by |", "| --- | --- | --- | --- |", *rows]
    parts = [_OPENING, "\n".join(table) + "\n"]
    parts += [_form(form, catalog) for form in catalog.values()]
    return "\n".join(parts)


def _form(form: Form, catalog: Catalog) -> str:
    fields = plain(form.name, fill(form.name, form.example, catalog), catalog)
    lines = [
        f"## {form.name}",
        "",
        f"{form.doc} {_versions(form)}, {form.precedence}, filled by {form.by}.",
        "",
        "| field | is | needed | means |",
        "| --- | --- | --- | --- |",
    ]
    for field in form.fields.values():
        lines.append(_row(field, field.name))
        group = field.group or (field.item.group if field.item else {})
        lines += [_row(part, f"{field.name}.{part.name}") for part in group.values()]
    example = json.dumps(fields, ensure_ascii=False)
    lines += ["", "```json", example, "```", ""]
    lines += [f"- {tag}: {phrase(form.name, fields, tag, catalog)}" for tag in languages()]
    return "\n".join(lines) + "\n"


def _versions(form: Form) -> str:
    since = f"Version {form.version}" + (f", since level {form.since}" if form.since > 1 else "")
    older = " and ".join(str(version.version) for version in reversed(form.older))
    return since + (f" ({older} is read too)" if older else "")


def _row(field: Field, name: str) -> str:
    needed = "yes" if field.required else "no" if field.optional else f"no: {_json(field.default)}"
    return f"| `{name}` | {_kind(field)} | {needed} | {field.doc} |"


def _kind(field: Field) -> str:
    match field.type:
        case "text":
            assert field.high is not None
            lines = "text" if field.lines else "one line"
            return f"{lines}, at most {field.high.value:,} characters"
        case "choice":
            return ", ".join(f"`{value}`" for value in field.values)
        case "integer" | "decimal":
            return _range(field)
        case "list":
            assert field.high is not None and field.item is not None
            return f"list of at most {field.high.value}: {_kind(field.item)}"
        case "instant":
            return "time, RFC 3339"
        case "daytime":
            return "HH:MM"
        case "date":
            return "YYYY-MM-DD"
        case "zone":
            return "IANA time zone"
        case "hash":
            return "SHA-256, 64 hex digits"
        case "boolean":
            return "true or false"
    return field.type


def _range(field: Field) -> str:
    assert field.low is not None and field.high is not None
    places = field.scale if field.type == "decimal" else 0
    low, high = (unscaled(bound.value, places) for bound in (field.low, field.high))
    number = "whole number" if field.type == "integer" else f"number to {places} places"
    return f"{number}, {low:,} to {high:,} {field.unit}".rstrip()


def _json(value: object) -> str:
    return f"`{json.dumps(value)}`"
