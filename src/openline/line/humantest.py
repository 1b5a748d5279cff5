"""The human test: a phrase crosses the line, and the person on watch there types it back.

As the operators of the teletype did with verses: whoever reads a sentence and types it is awake
and is no machine that answers by itself. Its results are those of a line test (`linetest`), and
are told apart from it: machine alive and human alive are two facts. Pure.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from types import MappingProxyType

FALLBACK = "en"
NUMBERS = range(10, 100)
VERSES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "en": (
            "a grey heron stands where the river bends",
            "the ferry waits until the fog has gone",
            "seven lanterns hang along the pier",
            "snow lies late on the northern slope",
            "the baker lights his oven before dawn",
            "two horses drink from a stone trough",
            "rain has washed the dust off the maples",
            "the bell tower counts the hours twice",
            "somebody left a blue kite on the roof",
            "the tide comes in behind the fishermen",
            "an old clock ticks in the waiting room",
            "wild geese pass over the empty field",
            "the miller closes the gate at noon",
            "a letter lies unopened by the window",
            "the shepherd knows each path by name",
            "apples ripen slowly in a cold summer",
        ),
        "ru": (
            "серая цапля стоит на излучине реки",
            "паром ждёт, пока не рассеется туман",
            "семь фонарей горят вдоль причала",
            "на северном склоне долго лежит снег",
            "пекарь топит печь ещё до рассвета",
            "две лошади пьют из каменного корыта",
            "дождь смыл пыль с молодых клёнов",
            "часы на башне бьют каждый час дважды",
            "кто-то оставил на крыше синего змея",
            "прилив подходит за спиной у рыбаков",
            "старые часы идут в зале ожидания",
            "дикие гуси летят над пустым полем",
            "мельник закрывает ворота в полдень",
            "у окна лежит нераспечатанное письмо",
            "пастух знает по имени каждую тропу",
            "холодным летом яблоки зреют медленно",
        ),
    }
)


def phrase_of(language: str, drawn: int) -> str:
    """A verse of that language (English where it has none) and a number, chosen by `drawn`."""
    tag = language.lower().partition("-")[0]
    verses = VERSES.get(tag, VERSES[FALLBACK])
    number, verse = divmod(drawn, len(verses))
    return f"{verses[verse]} {NUMBERS[number % len(NUMBERS)]}"


def is_same(typed: str, shown: str) -> bool:
    """Whether a phrase was typed back; capitals, stops and spaces aside (R-TEST-14)."""
    return _letters(typed) == _letters(shown) and bool(_letters(shown))


def _letters(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).casefold().replace("ё", "е")
    return "".join(c for c in plain if c.isalnum())
