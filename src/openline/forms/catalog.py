"""The forms this version knows: the package's data, read once.

A form's versions are files of their own: ``text.toml`` is the newest, ``text.1.toml`` one that
is still read. A version never changes once it was sent. A level is a number that rises whenever
versions come or go into a release: a station says which level it speaks, and is sent none beyond.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from importlib.resources import files
from types import MappingProxyType

from openline.forms.payload import BY_LEVEL
from openline.forms.schema import Form, parse_form
from openline.words.errors import BrokenInvariant, OpenlineError

Catalog = Mapping[str, Form]
"""The newest version of each form, by name; `Form.older` holds the others."""

FIRST_LEVEL = 1
"""Spoken by whoever says nothing about it."""


def read_catalog(texts: Iterable[str]) -> Catalog:
    """The forms of these catalog files (TOML texts), by name; no version of a form twice."""
    found: dict[str, dict[int, Form]] = {}
    for text in texts:
        form = parse_form(text)
        if form.version in found.setdefault(form.name, {}):
            raise BrokenInvariant(f"two forms are named {form.name}, version {form.version}")
        found[form.name][form.version] = form
    return MappingProxyType({name: _newest(found[name].values()) for name in sorted(found)})


def _newest(versions: Iterable[Form]) -> Form:
    newest, *older = sorted(versions, key=lambda form: form.version, reverse=True)
    levels = [form.since for form in (newest, *older)]
    if levels != sorted(set(levels), reverse=True):
        raise BrokenInvariant(f"{newest.name}: a newer version must come with a higher level")
    return replace(newest, older=tuple(older))


def packaged_texts() -> list[str]:
    """The catalog files that come with the package."""
    folder = files("openline.forms") / "catalog"
    found = sorted(folder.iterdir(), key=lambda file: file.name)
    return [file.read_text("utf-8") for file in found if file.name.endswith(".toml")]


def level_of(catalog: Catalog) -> int:
    """The level that a station with these forms speaks."""
    return max((form.since for form in catalog.values()), default=FIRST_LEVEL)


def at_level(level: int, catalog: Catalog) -> Catalog:
    """The forms of a station that speaks no more than `level`."""
    known = {
        name: [replace(version, older=()) for version in form.versions if version.since <= level]
        for name, form in catalog.items()
    }
    return MappingProxyType({name: _newest(forms) for name, forms in known.items() if forms})


CATALOG: Catalog = read_catalog(packaged_texts())
FORMS_LEVEL = max(level_of(CATALOG), BY_LEVEL)
"""What this version speaks: its forms, and ``by`` in the payload."""


def form(name: str, catalog: Catalog = CATALOG, version: int | None = None) -> Form:
    """The form of this name, its newest version unless another is named.

    Raises ``unknown-form``, ``unknown-version`` (R-FORM-02).
    """
    if name not in catalog:
        raise OpenlineError(
            "unknown-form",
            f"no form is named {name[:40]!r}",
            rule="R-FORM-02",
            next=f"use one of {', '.join(catalog)}",
        )
    newest = catalog[name]
    for schema in newest.versions:
        if version in (None, schema.version):
            return schema
    raise OpenlineError(
        "unknown-version",
        f"version {version} of the form {name}, where {newest.version} is known",
        rule="R-FORM-02",
    )
