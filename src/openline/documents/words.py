"""The words of documents, in every language of phrases/."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from fluent.runtime import FluentBundle, FluentResource

FALLBACK = "en"


@cache
def _bundles() -> Mapping[str, FluentBundle]:
    bundles = {}
    for file in (files("openline.documents") / "phrases").iterdir():
        tag, _, ending = file.name.rpartition(".")
        if ending == "ftl":
            bundles[tag] = FluentBundle([tag], use_isolating=False)
            bundles[tag].add_resource(FluentResource(file.read_text("utf-8")))
    return bundles


def languages() -> list[str]:
    """The languages that documents can be in."""
    return sorted(_bundles())


def known(language: str) -> str:
    """The nearest language that has words: ru for ru-RU; English for one that has none."""
    tag = language.lower().partition("-")[0]
    return tag if tag in _bundles() else FALLBACK


def word(key: str, language: str, /, **args: str | int) -> str:
    """A word or sentence; its key where no language has it."""
    for tag in (known(language), FALLBACK):
        bundle = _bundles()[tag]
        pattern = bundle.get_message(key).value if bundle.has_message(key) else None
        if pattern is not None:
            text, errors = bundle.format_pattern(pattern, args)
            if not errors:
                return str(text)
    return key
