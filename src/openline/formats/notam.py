"""Activities in the text of NOTAMs (ICAO Annex 15 and Doc 8126): the lines Q, B to G.

Where: the coordinates of E, a closed ring or one circle, else the circle of Q. A NOTAM that
cancels, an end that is estimated or permanent and a start "with immediate effect" are not guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from typing import Any

from openline.formats.coordinates import read_coordinates
from openline.formats.csvfile import decoded
from openline.formats.draft import Draft, Found, Given, Note, attempt
from openline.formats.levels import GROUND, UNLIMITED, Level, band, read_level
from openline.formats.schedules import Room, each_time, notam_schedule
from openline.formats.shapes import area, circle, place_of
from openline.words import filelimits, limits
from openline.words.errors import OpenlineError

METRES = {"NM": Decimal(1852), "KM": Decimal(1000), "M": Decimal(1)}
_HEAD = re.compile(r"\(?\s*\b([A-Z]\d{1,4}/\d{2})\s+NOTAM([NRC])\b(?:[ \t]+([A-Z]\d{1,4}/\d{2}))?")
_Q_BEGINS = re.compile(r"\bQ\)\s{0,20}[A-Z]{4}/Q[A-Z]{4}/")
_Q_LINE = re.compile(
    r"[A-Z]{4}/Q[A-Z]{4}/[A-Z ]{0,4}/[A-Z ]{0,4}/[A-Z ]{0,3}/(\d{3})/(\d{3})"
    r"/(\d{4}[NS]\d{5}[EW])(\d{3})?"
)
_PLACE = re.compile(r"\d{4}(?:\d{2})?(?:\.\d{1,4})?[NS][ /]{0,2}\d{5}(?:\d{2})?(?:\.\d{1,4})?[EW]")
_LIKE_A_PLACE = re.compile(
    r"\d[°'\". ]{0,3}[NS]\W{0,3}\d[\d°'\". ]{1,14}[EW]\b|\b[NS] ?\d{2}.{0,14}[EW] ?\d{2}"
)
"""A position that is written otherwise, and would be passed over."""
_NUMBER = r"(\d{1,4}(?:\.\d{1,3})?) ?(NM|KM|M)"
_RADIUS = re.compile(
    rf"\bRADIUS (?:OF )?{_NUMBER}\b|\b{_NUMBER} (?:RADIUS|RAD)\b|\b(?:WITHIN|WI) {_NUMBER} OF\b"
)
_ARC = re.compile(r"\b(?:ARC|CLOCKWISE|ANTICLOCKWISE|COUNTERCLOCKWISE|ALONG)\b")
_TIME = re.compile(r"(\d{10})(?:\s*(EST))?")
_WHOLE_FIR = "999"


def looks_like_notam(text: str) -> bool:
    """Whether there is a Q line."""
    return _Q_BEGINS.search(text) is not None


def read_notams(data: bytes, given: Given) -> Iterator[Found]:
    """The NOTAMs in the file's order; raises ``bad-encoding``, ``bad-notam`` for the whole."""
    text = decoded(data, given.encoding).replace("\r\n", "\n")
    starts = [found.start() for found in _HEAD.finditer(text)]
    starts = starts or [found.start() for found in re.finditer(r"\bQ\)", text)]
    if not starts:
        raise _bad("there is no Q line", "give NOTAMs in the ICAO format")
    if _Q_BEGINS.search(text, 0, starts[0]):
        raise _bad("its first NOTAM has no number", "begin each like (A1/26 NOTAMN")
    if len(starts) > limits.FEATURES:
        raise _bad(f"{len(starts):,} NOTAMs", f"give at most {limits.FEATURES:,} (FEATURES)")
    room = Room(limits.FEATURES - len(starts))
    for number, (start, end) in enumerate(zip(starts, [*starts[1:], len(text)], strict=True), 1):
        one = text[start:end].strip()
        head = _HEAD.match(one)
        line = text.count("\n", 0, start) + 1
        place = f"NOTAM {number}, line {line}"
        ref = head[1] if head else ""
        found = attempt(place, ref, partial(_activity, one, head, given))
        schedule = _lines(one).get("D") if isinstance(found, Draft) else None
        if schedule is None:
            yield found
        else:
            yield from each_time(found, given, "line", notam_schedule(schedule), room)


def _activity(
    text: str, head: re.Match[str] | None, given: Given
) -> tuple[dict[str, object], list[Note]]:
    if len(text) > filelimits.NOTAM_CHARS:
        most = f"{filelimits.NOTAM_CHARS:,} (NOTAM_CHARS)"
        raise _bad(f"it has {len(text):,} characters", f"give at most {most}")
    notes: list[Note] = []
    fields: dict[str, Any] = {}
    if head:
        fields["ref"] = head[1]
        if head[2] == "C":
            raise _bad(
                "it cancels another (NOTAMC)", "cancel that one: `openline send LINE cancel`"
            )
        if head[2] == "R":
            notes.append(Note("notam-replaces", {"replaced": head[3] or "none"}))
    if len(_Q_BEGINS.findall(text)) > 1:
        raise _bad(
            "another NOTAM follows in it that has no number", "begin each like (A1/26 NOTAMN"
        )
    said = _lines(text)
    q_line = _Q_LINE.fullmatch("".join(said["Q"].split()))
    if q_line is None:
        raise _bad("its Q line is incomplete", "give FIR/code/…/lower/upper/position and radius")
    _times(said, fields, notes, given)
    fields["shape"] = _shape(said["E"], q_line, given, notes)
    lower, upper = _limits(said, q_line)
    found, more = band(lower, upper, given)
    fields |= found
    words = " ".join(said["E"].split())
    fields["title"] = words[: limits.NAME_CHARS]
    schedule = f"\nD) {said['D']}" if "D" in said else ""
    fields["details"] = f"Q) {said['Q']}\nA) {said['A']}{schedule}\nE) {said['E']}"
    return fields, [*notes, *more]


def _lines(text: str) -> dict[str, str]:
    """The text of each line by its letter. E may hold letters with a bracket of its own."""
    at: dict[str, re.Match[str]] = {}
    end = 0
    for letter in "QABCE":
        found = re.compile(rf"(?<![A-Z0-9]){letter}\)").search(text, end)
        if found is None:
            raise _bad(f"it has no line {letter}) in its place", "give Q, A, B, C and E in order")
        at[letter], end = found, found.end()
    schedule = re.compile(r"(?<![A-Z0-9])D\)").search(text, at["C"].end(), at["E"].start())
    if schedule:
        at["D"] = schedule
    for letter in "GF":
        last = at["G"].start() if "G" in at else len(text)
        matches = list(re.compile(rf"(?<![A-Z0-9]){letter}\)").finditer(text, end, last))
        if not matches:
            break
        at[letter] = matches[-1]
    if "G" in at and "F" not in at:
        raise _bad("it has a line G) and no F)", "give both limits")
    order = sorted(at.items(), key=lambda each: each[1].start())
    ends = [found.start() for _, found in order[1:]] + [len(text)]
    return {
        letter: text[found.end() : stop].strip().removesuffix(")").strip()
        if stop == len(text)
        else text[found.end() : stop].strip()
        for (letter, found), stop in zip(order, ends, strict=True)
    }


def _times(
    said: Mapping[str, str], fields: dict[str, Any], notes: list[Note], given: Given
) -> None:
    for letter, name in (("B", "start"), ("C", "end")):
        text = " ".join(said[letter].split())
        found = _TIME.fullmatch(text)
        if found and not found[2]:
            fields[name] = _instant(found[1])
        elif given.value(name) is None:
            raise _bad(
                f"{letter}) is {text[:40]!r}, which is no fixed time",
                f"say when by --{name}; an estimate or PERM is not guessed at",
            )
        else:
            notes.append(Note("notam-time", {"letter": letter, "text": text[:40], "end": name}))


def _instant(digits: str) -> str:
    try:
        at = datetime.strptime(f"20{digits}", "%Y%m%d%H%M").replace(tzinfo=UTC)
    except ValueError:
        raise _bad(f"{digits!r} is no time", "write YYMMDDHHMM in UTC") from None
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _limits(said: Mapping[str, str], q_line: re.Match[str]) -> tuple[Level, Level]:
    if "F" in said:
        return read_level(said["F"]), read_level(said["G"])
    low, high = q_line[1], q_line[2]
    return (
        GROUND if low == "000" else read_level(f"FL{low}"),
        UNLIMITED if high == "999" else read_level(f"FL{high}"),
    )


def _shape(words: str, q_line: re.Match[str], given: Given, notes: list[Note]) -> dict[str, Any]:
    plain = " ".join(words.upper().split())
    places = [
        place_of(read_coordinates(found[0].replace("/", " "))) for found in _PLACE.finditer(plain)
    ]
    radii = [
        next(zip(*[iter(part for part in found if part)] * 2, strict=True))
        for found in _RADIUS.findall(plain)
    ]
    if given.area != "q" and (places or _LIKE_A_PLACE.search(plain)):
        if len(places) == 1 and len(radii) == 1:
            number, unit = radii[0]
            return circle(places[0], {"radius_m": str(Decimal(number) * METRES[unit])}, given)
        if len(places) > 3 and places[0] == places[-1] and not radii and not _ARC.search(plain):
            return area([[places]], {})
        raise _bad(
            "the coordinates in E) are neither one closed ring nor one circle",
            "draw it in another format, or take the Q line's circle by --area q",
        )
    if not q_line[4] or q_line[4] in (_WHOLE_FIR, "000"):
        raise _bad("its Q line has no radius that bounds it", "draw its area in another format")
    notes.append(Note("notam-circle"))
    metres = str(int(q_line[4]) * METRES["NM"])
    centre = place_of(read_coordinates(q_line[3]))
    return circle(centre, {"radius_m": metres}, given)


def _bad(what: str, advice: str) -> OpenlineError:
    return OpenlineError("bad-notam", f"the NOTAM is refused: {what}", rule="R-FMT-25", next=advice)
