"""The report of a bundle, for a person: a PDF made by Typst from what verifying showed.

Typst gets the account as JSON and a template that treats every part of it as text: what the
parties wrote can neither be markup nor reach a file. Its fonts come with it; no network is used.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typst

from openline.documents.words import known, word
from openline.evidence.verify import Result
from openline.forms.phrases import label
from openline.words.errors import OpenlineError
from openline.words.moment import Moment

Json = dict[str, Any]
TONES = {
    Result.VERIFIED: "verified",
    Result.UNIDENTIFIED: "unidentified",
    Result.FAILED: "failed",
}
WORDS = (
    *("title", "made", "zone", "file", "parties", "party", "fingerprint", "anchored", "found"),
    *("found-means", "messages", "messages-mean", "none", "hash", "signed-with", "records"),
    *("records-mean", "record", "size", "given", "not-given", "heads", "heads-mean", "signed-by"),
    "time-signed",
)
"""The words that the template puts in by itself."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: the language, and the zone of the local times beside those in UTC."""

    language: str
    zone: ZoneInfo


def zone_named(name: str) -> ZoneInfo:
    """The time zone of that name, like Europe/Kyiv; raises ``unknown-zone`` (ours)."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise OpenlineError(
            "unknown-zone",
            f"{name[:40]!r} is no time zone that this machine knows",
            rule="R-DOC-03",
            next="give its name in the time zone database, like Europe/Kyiv, or UTC",
        ) from None


def pdf(account: Json, file_hash: str, made: Moment, reader: Reader) -> bytes:
    """The report as PDF: `account` is that of `evidence.account`, `file_hash` hex."""
    (whole,) = typeset(content(account, file_hash, made, reader), "pdf")
    return whole


def typeset(
    data: Json, how: Literal["pdf", "png", "html"], template: str = "report.typ"
) -> list[bytes]:
    """What `content` says, as one PDF, a picture of each page, or HTML."""
    made: bytes | list[bytes] | None = typst.compile(
        (files("openline.documents") / template).read_bytes(),
        format=how,
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data)},
        timestamp=data["made"]["seconds"],
    )
    return made if isinstance(made, list) else [made or b""]


def content(account: Json, file_hash: str, made: Moment, reader: Reader) -> Json:
    """Everything that the report says, in the reader's words, as the template takes it."""
    say = reader.language
    tone = TONES[Result(account["result"])]
    return {
        "language": known(say),
        "words": {key.replace("-", "_"): word(key, say) for key in WORDS},
        "made": {**time_shown(str(made), reader), "seconds": made.ms // 1000},
        "zone": str(reader.zone),
        "file_hash": file_hash,
        "tone": tone,
        "result": word(f"result-{tone}", say),
        "result_means": word(f"means-{tone}", say),
        "parties": [_party(party, say) for party in account["parties"]],
        "steps": [_step(step, say) for step in account["steps"]],
        "forks": [
            *(_fork(fork, say) for fork in account["forks"]),
            *(word("remark", say, party=r["party"], what=r["what"]) for r in account["remarks"]),
        ],
        "messages": [
            _message(message, reader)
            for message in sorted(account["messages"], key=lambda m: m["at"] or "")
        ],
        "records": list(_records(account, say)),
        "heads": [_head(head, reader) for head in account["heads"]],
    }


def _party(party: Json, say: str) -> Json:
    cards = [
        word("card", say, serial=str(c["serial"]), issued=c["issued"], key=c["signing_key"])
        for c in party["cards"]
    ]
    witness = f" ({word('witness', say)})" if party["witness"] else ""
    return {
        "party": party["party"],
        "name": party["name"] + witness,
        "fingerprint": party["fingerprint"] or "–",
        "anchored": party["anchored"],
        "anchored_label": word(f"anchored-{'yes' if party['anchored'] else 'no'}", say),
        "cards": cards,
    }


def _step(step: Json, say: str) -> Json:
    """A step in the reader's words; what is wrong stays as the program says it everywhere."""
    what = step["what"]
    if step["holds"] is None:
        what = word("not-looked-at", say)
    elif step["holds"]:
        key = "bytes" if step["name"] == "file" else "looked-at" if step["count"] else "none-there"
        what = word(key, say, count=f"{step['count']:,}")
    return {
        "number": step["number"],
        "holds": step["holds"],
        "shows": word(f"step-{step['name']}", say),
        "what": what,
    }


def _fork(fork: Json, say: str) -> str:
    return word(
        "fork",
        say,
        party=fork["accused"],
        kind=word(f"fork-{fork['kind']}", say),
        position=str(fork["position"]),
        record=fork["record"],
    )


def _message(message: Json, reader: Reader) -> Json:
    say = reader.language
    signed = word("signed-by-nobody", say)
    if message["card"]:
        signed = word("signed-by-card", say, key=message["key"], serial=str(message["card"]))
    return {
        "form": label(f"form.{message['form']}", say),
        "sender": message["sender"],
        "receiver": message["receiver"],
        "id": message["id"],
        "place": word("place", say, number=str(message["number"]), record=message["record"]),
        "text": printable(message["text"]),
        "notes": [word("disputed", say)] if message["disputed"] else [],
        "times": list(_times(message, reader)),
        "hash": message["hash"],
        "signed_with": signed,
    }


def _times(message: Json, reader: Reader) -> Iterator[Json]:
    """When it was signed, held, received, and what was said about it afterwards."""
    say = reader.language
    yield _row(word("time-signed", say), message["at"], "", reader)
    if message["held_at"]:
        yield _row(word("time-held", say), message["held_at"], word("held-note", say), reader)
    note = word("not-received-held" if message["held_at"] else "not-received", say)
    if message["received_at"]:
        note = word("received-note", say, size=message["receipt_size"])
    yield _row(word("time-received", say), message["received_at"], note, reader)
    for event in message["events"]:
        amended = event["form"] == "amended"
        name = word("amended", say) if amended else label(f"form.{event['form']}", say)
        note = word("by", say, party=event["by"], id=event["id"])
        yield _row(name[:1].upper() + name[1:], event["at"], note, reader)


def _row(name: str, at: str | None, note: str, reader: Reader) -> Json:
    return {"name": name, "at": None if at is None else time_shown(at, reader), "note": note}


def time_shown(at: str, reader: Reader) -> Json:
    """A time in UTC to the millisecond, and the reader's wall clock with its offset."""
    moment = _EPOCH + timedelta(milliseconds=Moment.parse(at).ms)
    local = moment.astimezone(reader.zone)
    same = local.utcoffset() == timedelta()
    offset = f"{local:%z}"
    return {
        "utc": f"{moment:%Y-%m-%d %H:%M:%S}.{moment.microsecond // 1000:03d} UTC",
        "local": "" if same else f"{local:%Y-%m-%d %H:%M:%S} {offset[:3]}:{offset[3:]}",
    }


def _head(head: Json, reader: Reader) -> Json:
    return {
        "record": head["record"],
        "size": f"{head['size']:,}",
        "by": f"{head['by']}, {word('head-' + head['kind'], reader.language)}",
        "at": time_shown(head["at"], reader) if head["at"] else None,
    }


def _records(account: Json, say: str) -> Iterator[Mapping[str, str]]:
    missing = {m["record"]: m["numbers"] for m in account["missing"]}
    for record in account["records"]:
        runs = (f"{a}" if a == b else f"{a}–{b}" for a, b in missing.get(record["record"], []))
        yield {
            "record": record["record"],
            "size": f"{record['size']:,}",
            "given": f"{record['given']:,}",
            "not_given": ", ".join(runs) or word("nothing-missing", say),
        }


def printable(text: str) -> str:
    """`text` with what cannot be printed shown by its number."""
    return "".join(c if c == "\n" or c.isprintable() else f"\\u{ord(c):04x}" for c in text)
