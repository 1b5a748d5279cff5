"""The payload of a message: the same bytes on every line that it travels.

A CBOR map with exactly these keys: ``form`` (name), ``v`` (the form's
version), ``uid`` and ``rev`` (the thing and its revision), ``to`` (all
addressees), ``prec``, ``lang`` and ``fields``; stations that speak level BY_LEVEL
add ``by``, the officer who says it. Who issued it stands in the message's header.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from openline.forms.precedence import Precedence
from openline.forms.schema import NAME, Wire
from openline.wire import cbor
from openline.words import limits
from openline.words.errors import OpenlineError, Whose
from openline.words.party import party_id

UID_CHARS = 10
UID_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32 in lower case: 50 bits that can be read over a telephone."""

_UID = re.compile(f"[{UID_ALPHABET}]{{{UID_CHARS}}}")
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{1,8})*")
_ID = re.compile(rf"(.+)-([{UID_ALPHABET}]{{{UID_CHARS}}})(?:\.([1-9][0-9]{{0,8}}))?")
_URGENCIES = frozenset(Precedence)
_KEYS = {"form", "v", "uid", "rev", "to", "prec", "lang", "fields"}
BY_LEVEL = 3
"""The level of the forms from which a station reads ``by``; older ones would refuse it."""
AUTOMATIC = ""
"""Stands in ``by`` where no person said it, or none who gave a name."""


@dataclass(frozen=True, slots=True)
class Payload:
    """One filled form. Raises ``bad-payload`` when a part is not what its name says.

    The fields are judged by :func:`openline.forms.fields.check_fields` alone, so
    that a form which this version does not know is still a payload (R-FORM-15).
    """

    form: str
    form_version: int
    uid: str
    revision: int
    to: tuple[str, ...]
    precedence: Precedence
    language: str
    fields: Mapping[str, Wire]
    by: str | None = None
    """The officer's name, AUTOMATIC, or None where the message does not say it."""

    def __post_init__(self) -> None:
        _require(_short(self.form, limits.FORM_CHARS) and NAME.fullmatch(self.form), "form")
        _require(_whole(self.form_version, 1, limits.FORM_VERSIONS), "version")
        _require(isinstance(self.uid, str) and _UID.fullmatch(self.uid), "uid")
        _require(_whole(self.revision, 0, limits.REVISIONS), "revision")
        _require(0 < len(self.to) <= limits.ADDRESSEES, "number of addressees")
        _require(all(isinstance(party, str) for party in self.to), "addressee")
        _require(len(set(self.to)) == len(self.to), "addressee, who stands there twice")
        for party in self.to:
            party_id(party)
        _require(isinstance(self.precedence, Precedence), "precedence")
        _require(_short(self.language, limits.LANGUAGE_CHARS), "language")
        _require(LANGUAGE.fullmatch(self.language), "language")
        _require(all(isinstance(name, str) for name in self.fields), "field's name")
        if self.by is not None:
            _require(_short(self.by, limits.OFFICER_CHARS) and self.by.isprintable(), "officer")


def write_payload(payload: Payload) -> bytes:
    """The payload's one encoding."""
    said: dict[str, Wire] = {
        "form": payload.form,
        "v": payload.form_version,
        "uid": payload.uid,
        "rev": payload.revision,
        "to": list(payload.to),
        "prec": str(payload.precedence),
        "lang": payload.language,
        "fields": dict(payload.fields),
    }
    return cbor.encode(said if payload.by is None else {**said, "by": payload.by})


def read_payload(data: bytes) -> Payload:
    """The payload that `data` encodes; raises ``bad-payload`` or ``bad-cbor`` (theirs)."""
    value = cbor.decode(data, limits.MESSAGE_BYTES)
    try:
        _require(isinstance(value, dict) and set(value) - {"by"} == _KEYS, "set of keys")
        table = cast(dict[str, Wire], value)
        _require(isinstance(table["to"], list), "list of addressees")
        _require(isinstance(table["prec"], str) and table["prec"] in _URGENCIES, "precedence")
        _require(isinstance(table["fields"], dict), "fields")
        _require(isinstance(table.get("by", ""), str), "officer")
        return Payload(
            form=cast(str, table["form"]),
            form_version=cast(int, table["v"]),
            uid=cast(str, table["uid"]),
            revision=cast(int, table["rev"]),
            to=tuple(cast(list[str], table["to"])),
            precedence=Precedence(cast(str, table["prec"])),
            language=cast(str, table["lang"]),
            fields=cast(dict[str, Wire], table["fields"]),
            by=cast("str | None", table.get("by")),
        )
    except OpenlineError as error:
        raise OpenlineError(
            "bad-payload",
            error.message,
            whose=Whose.THEIRS,
            rule="R-FORM-14",
            next="the message stays recorded and is answered not-understood",
        ) from None


def thing_id(issuer: str, uid: str) -> str:
    """The id of the thing that `issuer` announced, the same on every line: ``us-7h2k9m4q3x``."""
    return f"{issuer}-{uid}"


def message_id(issuer: str, uid: str, revision: int) -> str:
    """The id of one revision: the thing's id, from revision 1 on with its number after a dot."""
    return thing_id(issuer, uid) + (f".{revision}" if revision else "")


def split_id(text: str) -> tuple[str, str, int]:
    """Issuer, uid and revision of a thing's or message's id; raises ``bad-id`` (R-FORM-16)."""
    match = _ID.fullmatch(text) if len(text) <= limits.ID_CHARS else None
    if match is None:
        raise OpenlineError(
            "bad-id",
            f"{text[: limits.ID_CHARS]!r} is no id",
            rule="R-FORM-16",
            next="give it as it was printed, like us-7h2k9m4q3x",
        )
    return party_id(match[1]), match[2], int(match[3] or 0)


def _require(holds: object, what: str) -> None:
    if not holds:
        raise OpenlineError(
            "bad-payload",
            f"a payload whose {what} is not as it should be",
            rule="R-FORM-14",
            next="fill the form anew",
        )


def _short(value: object, most: int) -> bool:
    return isinstance(value, str) and len(value) <= most


def _whole(value: object, least: int, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most
