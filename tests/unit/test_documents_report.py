"""The report: what was verified, in the reader's words and times; text from outside stays text."""

from __future__ import annotations

import html
import re
import warnings
from hashlib import sha256
from importlib.resources import files
from typing import Any

import pytest
from fluent.syntax import FluentParser, ast

from evidence_world import Line, line
from openline.documents.report import (
    WORDS,
    Reader,
    content,
    pdf,
    printable,
    typeset,
    zone_named,
)
from openline.documents.words import known, languages, word
from openline.evidence.account import account
from openline.evidence.fork import Kind, contradiction, write_fork
from openline.evidence.steps import STEPS
from openline.evidence.verify import verify
from openline.wire.message import write_message
from openline.words.errors import OpenlineError
from openline.words.moment import Moment
from openline.words.party import Direction

OUT, INTO = Direction("us", "ru", 1), Direction("ru", "us", 1)
MADE = Moment.parse("2026-11-22T10:00:00Z")
NASTY = '*bold* #read("/etc/passwd") #panic() $x$ <b>&amp; \\u{41} @ref `raw` // no\nвторая строка'


def spoken() -> Line:
    made = line()
    made.say(made.us, "text", {"text": "not asked for"})
    made.say(made.us, "text", {"text": NASTY})
    made.receipt(OUT)
    id = "us-0000000004"
    for form in ("opened", "acknowledged"):
        made.say(made.ru, form, {"about": id})
    made.say(made.ru, "passed-on", {"about": id, "units": ["3rd Air Regiment"]})
    made.receipt(INTO)
    made.say(made.us, "cancel", {"about": id})
    return made


LINE = spoken()
FILE = LINE.file(LINE.record(OUT, [0, 2, 3]), LINE.record(INTO))


def told(
    language: str = "en", zone: str = "UTC", trusted: Any = None, data: bytes = FILE
) -> dict[str, Any]:
    done = verify(data, LINE.anchors if trusted is None else trusted)
    reader = Reader(language, zone_named(zone))
    return content(account(done, language), sha256(data).hexdigest(), MADE, reader)


def printed(data: dict[str, Any]) -> str:
    """The words on the pages, as Typst puts them there."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Typst warns that its HTML may change
        (page,) = typeset(data, "html")
    return html.unescape(re.sub("<[^>]+>", " ", re.sub("<br/?>", "\n", page.decode())))


def keys(language: str) -> set[str]:
    source = (files("openline.documents") / "phrases" / f"{language}.ftl").read_text("utf-8")
    body = FluentParser().parse(source).body
    assert not [entry for entry in body if isinstance(entry, ast.Junk)]
    return {entry.id.name for entry in body if isinstance(entry, ast.Message)}


@pytest.mark.rule("R-DOC-01")
@pytest.mark.parametrize("language", languages())
def test_every_language_has_every_word_that_a_report_needs(language: str) -> None:
    needed = {*WORDS, *(f"step-{name}" for name in STEPS), *(f"fork-{kind}" for kind in Kind)}
    needed |= {f"{what}-{tone}" for what in ("result", "means") for tone in ("verified", "failed")}
    needed |= {f"head-{kind}" for kind in ("mldsa", "checkpoint", "cosignature")}
    assert needed <= keys(language)
    assert keys(language) == keys("en")
    assert {"en", "ru"} <= set(languages())


@pytest.mark.rule("R-DOC-01")
@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("Verified", "Passed on", "Received", "without a receipt", "3rd Air Regiment")),
        ("ru-RU", ("Подтверждено", "Доведено", "Получено", "без квитанции", "3rd Air Regiment")),
    ],
)
def test_a_report_is_in_the_readers_language_and_what_was_written_as_it_was(
    language: str, words: tuple[str, ...]
) -> None:
    text = printed(told(language))
    for wanted in words:
        assert wanted in text
    assert known("xx") == "en" and word("no-such-key", "ru") == "no-such-key"


@pytest.mark.rule("R-DOC-02")
def test_it_tells_who_sent_what_and_what_became_of_it_with_hashes_and_fingerprints() -> None:
    text = printed(told())
    for party in (LINE.us, LINE.ru):
        assert party.fingerprint in text
    assert sha256(FILE).hexdigest() in text
    for message in (LINE.messages[OUT][2], *LINE.messages[INTO]):
        assert message.leaf.hex() in text
        assert str(message.at).replace("T", " ")[:19] in text
    receipt = str(LINE.receipts[OUT][-1].at).replace("T", " ")[:19]
    assert f"{receipt}.500 UTC" in text
    (plan,) = [m for m in told()["messages"] if m["id"] == "us-0000000004"]
    assert [row["name"] for row in plan["times"]] == [
        *("Signed", "Received", "Opened", "Acknowledged", "Passed on", "Cancellation"),
    ]
    for number, shows in enumerate(STEPS, 1):
        assert f"{number}" in text and word(f"step-{shows}", "en") in text


@pytest.mark.rule("R-DOC-02")
def test_it_holds_only_what_was_asked_for() -> None:
    text = printed(told())
    assert "not asked for" not in text
    assert LINE.messages[OUT][1].leaf.hex() not in text
    (record,) = [r for r in told()["records"] if r["record"] == "us/ru/1"]
    assert (record["given"], record["not_given"]) == ("3", "1")


@pytest.mark.rule("R-DOC-02")
def test_signed_heads_and_witnesses_are_named() -> None:
    head = {"record": "us/ru/1", "size": 4, "kind": "cosignature", "by": "un", "at": None}
    witness = {"party": "un", "name": "United", "fingerprint": "a b", "anchored": False}
    done = account(verify(FILE, LINE.anchors), "en")
    done["heads"] = [head, {**head, "kind": "mldsa", "by": "ru", "at": "2022-03-01T10:00:00Z"}]
    done["parties"].append({**witness, "witness": True, "cards": []})
    data = content(done, "00" * 32, MADE, Reader("en", zone_named("UTC")))
    text = printed(data)
    for wanted in ("United (witness)", "un, cosignature", "ru, ML-DSA-65", "2022-03-01 10:00:00"):
        assert wanted in text


@pytest.mark.rule("R-DOC-03")
def test_times_are_in_utc_and_in_the_zone_that_was_asked_for() -> None:
    data = told("en", "Europe/Kyiv")
    signed = next(m for m in data["messages"] if m["id"] == "us-0000000004")["times"][0]["at"]
    at = LINE.messages[OUT][2].at
    assert signed["utc"] == f"2022-03-01 09:30:{at.ms // 1000 % 60:02d}.{at.ms % 1000:03d} UTC"
    assert signed["local"].startswith("2022-03-01 11:30:") and signed["local"].endswith("+02:00")
    assert "Europe/Kyiv" in printed(data)
    assert told()["messages"][0]["times"][0]["at"]["local"] == ""
    for wrong in ("Mars/Olympus", "../../etc/passwd", "", "/etc/localtime"):
        with pytest.raises(OpenlineError) as refused:
            zone_named(wrong)
        assert refused.value.code == "unknown-zone"


@pytest.mark.rule("R-DOC-04")
def test_text_from_outside_is_printed_and_never_obeyed() -> None:
    text = printed(told())
    first, _, second = NASTY.partition("\n")
    assert first in text
    assert second in text
    assert printable("a\x1b[2J\u202e\nb") == "a\\u001b[2J\\u202e\nb"


@pytest.mark.rule("R-DOC-05")
def test_what_does_not_hold_stands_at_the_head_of_the_report_and_at_its_step() -> None:
    for trusted, head, mark in (
        ({}, "Consistent, parties unidentified", "✗"),
        ({"us": LINE.ru.fingerprint, "ru": LINE.ru.fingerprint}, "Failed", "✗"),
    ):
        text = printed(told(trusted=trusted))
        assert head in text and mark in text
    text = printed(told(data=b"junk"))
    assert "Failed" in text and "not looked at" in text
    other = write_message(LINE.us.signing, OUT, 2, MADE, b"\x60").raw
    proof = contradiction(LINE.messages[OUT][2].raw, other)
    assert proof is not None
    text = printed(told(data=LINE.file(forks=(write_fork(proof),))))
    assert "us has signed two things that contradict each other: two messages at 2" in text


@pytest.mark.rule("R-DOC-04")
def test_a_report_is_a_pdf_with_its_own_fonts_and_the_same_for_the_same_file() -> None:
    done = account(verify(FILE, LINE.anchors), "ru")
    reader = Reader("ru", zone_named("UTC"))
    one, other = (pdf(done, sha256(FILE).hexdigest(), MADE, reader) for _ in range(2))
    assert one == other and one.startswith(b"%PDF-") and b"LibertinusSerif" in one
