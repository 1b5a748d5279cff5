"""One cell of a table: what stands there, where, and what it can be read as."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time

from openline.formats.draft import Note
from openline.formats.times import western
from openline.words.errors import OpenlineError

_PLAIN = re.compile(r"[+-]?\d+(\.\d+)?")
COMMA = re.compile(r"[+-]?\d+,\d+")
_COMMA_OR_THOUSANDS = re.compile(r"[+-]?\d{1,3},\d{3}")
_QUOTED = re.compile(r"'+[=+\-@\t\r]")


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: text, or what a spreadsheet holds; `wrong` is why it cannot be read, if so."""

    value: str | int | float | bool | datetime | date | time
    where: str
    wrong: str = ""
    note: Note | None = None

    def text(self) -> str:
        """What it says; raises ``bad-cell`` (ours) where it cannot be read."""
        if self.wrong:
            raise bad_cell(f"{self.where} {self.wrong}", "put the value itself there")
        value = self.value
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, float):
            return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
        text = str(value).strip()
        # The sign that keeps a spreadsheet from calculating (R-FMT-24).
        return text[1:] if _QUOTED.match(text) else text


Row = list[Cell | None]


def bad_cell(what: str, advice: str) -> OpenlineError:
    """The error ``bad-cell`` (ours)."""
    return OpenlineError("bad-cell", what, rule="R-FMT-21", next=advice)


class InCell:
    """Put the cell's place before whatever is refused inside."""

    def __init__(self, cell: Cell) -> None:
        self._cell = cell

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, OpenlineError) and self._cell.where not in error.message:
            raise OpenlineError(
                error.code,
                f"{self._cell.where}: {error.message}",
                whose=error.whose,
                rule=error.rule,
                next=error.next,
            ) from None


def number(cell: Cell) -> str:
    """A number with a point; a comma is one where it can't part thousands."""
    text = western(cell.text()).replace("\u00a0", "").replace("−", "-").strip()
    if _PLAIN.fullmatch(text):
        return text
    if COMMA.fullmatch(text) and not _COMMA_OR_THOUSANDS.fullmatch(text):
        return text.replace(",", ".")
    why = "can be read two ways" if COMMA.fullmatch(text) else "is no number"
    raise bad_cell(f"{cell.where}: {text[:40]!r} {why}", "write it like 1000 or 1.5")


def degrees(cell: Cell) -> str:
    """A latitude or longitude, where a comma can part no thousands."""
    text = western(cell.text()).replace("−", "-").strip()
    return text.replace(",", ".") if COMMA.fullmatch(text) else text
