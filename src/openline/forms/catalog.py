"""The forms this version knows: the package's data, read once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib.resources import files
from types import MappingProxyType

from openline.forms.schema import Form, parse_form
from openline.words.errors import BrokenInvariant, OpenlineError

Catalog = Mapping[str, Form]


def read_catalog(texts: Iterable[str]) -> Catalog:
    """The forms of these catalog files (TOML texts), by name; no name twice."""
    forms: dict[str, Form] = {}
    for text in texts:
        form = parse_form(text)
        if form.name in forms:
            raise BrokenInvariant(f"two forms are named {form.name}")
        forms[form.name] = form
    return MappingProxyType(dict(sorted(forms.items())))


def packaged_texts() -> list[str]:
    """The catalog files that come with the package."""
    folder = files("openline.forms") / "catalog"
    found = sorted(folder.iterdir(), key=lambda file: file.name)
    return [file.read_text("utf-8") for file in found if file.name.endswith(".toml")]


CATALOG: Catalog = read_catalog(packaged_texts())


def form(name: str, catalog: Catalog = CATALOG) -> Form:
    """The form of this name; raises ``unknown-form`` (R-FORM-02)."""
    if name not in catalog:
        raise OpenlineError(
            "unknown-form",
            f"no form is named {name[:40]!r}",
            rule="R-FORM-02",
            next=f"use one of {', '.join(catalog)}",
        )
    return catalog[name]
