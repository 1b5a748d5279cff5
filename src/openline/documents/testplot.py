"""Availability day by day as one SVG: a row for each carrier, machine and human of each line.

A day is a bar as high as the share that was answered, so that the picture reads without colours;
a day on which nothing was tried is a dash at the foot, which is not the same as a bar of nothing.
No script, no font and no picture from elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from html import escape
from typing import Any

from openline.documents.words import known, word

DAYS = 90
CELL, BAR, ROW = 8, 24, 40
LEFT, TOP, RIGHT = 220, 48, 120
GOOD, POOR, NONE = "#2f6f4f", "#b3261e", "#9aa0a6"
HEALTHY = 0.99
"""A share from here on is drawn as good."""


def availability_plot(rows: Sequence[Mapping[str, Any]], today: date, language: str) -> str:
    """The picture of the last 90 UTC days of `rows`, as ``tests --json`` gives ``availability``."""
    width = LEFT + DAYS * CELL + RIGHT
    height = TOP + max(len(rows), 1) * ROW + 24
    first = today - timedelta(days=DAYS - 1)
    title = word("tests-plot", language, first=str(first), last=str(today))
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="12" '
        f'xml:lang="{known(language)}" role="img">'
    )
    parts = [head, f"<title>{escape(title)}</title>"]
    parts.append(f'<rect width="{width}" height="{height}" fill="#fff"/>')
    parts.append(f'<text x="12" y="24" font-size="15">{escape(title)}</text>')
    if not rows:
        parts.append(f'<text x="12" y="{TOP + BAR}">{escape(word("tests-none", language))}</text>')
    for place, row in enumerate(rows):
        parts += _row(row, first, TOP + place * ROW, language)
    return "\n".join([*parts, "</svg>"]) + "\n"


def _row(row: Mapping[str, Any], first: date, top: int, language: str) -> list[str]:
    name = row["name"] or word(f"tests-{row['of']}", language)
    foot = top + BAR
    who = escape(f"{row['line']} · {name}")
    parts = [f'<text x="12" y="{foot - 4}">{who}</text>']
    days = {day: (run, answered) for day, run, answered in row["days"]}
    for number in range(DAYS):
        day = str(first + timedelta(days=number))
        parts.append(_bar(LEFT + number * CELL, foot, day, *days.get(day, (0, 0))))
    shares = {span["days"]: span["share"] for span in row["spans"]}
    shown = "–" if shares.get(30) is None else f"{100 * shares[30]:.2f} %"
    label = word("tests-month", language, share=shown)
    parts.append(f'<text x="{LEFT + DAYS * CELL + 8}" y="{foot - 4}">{escape(label)}</text>')
    return parts


def _bar(x: int, foot: int, day: str, run: int, answered: int) -> str:
    high = max(round(BAR * answered / run), 1) if run else 1
    colour = NONE if not run else GOOD if answered >= HEALTHY * run else POOR
    wide = CELL - 2 if run else CELL // 2
    told = f"{day}: {answered}/{run}"
    return (
        f'<rect x="{x}" y="{foot - high}" width="{wide}" height="{high}" fill="{colour}">'
        f"<title>{told}</title></rect>"
    )
