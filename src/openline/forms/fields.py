"""Filling a form, checking what the other side filled, and showing it."""

from __future__ import annotations

from collections.abc import Mapping

from openline.forms import compound
from openline.forms.activitykinds import completed
from openline.forms.catalog import CATALOG, Catalog, form
from openline.forms.refusal import sent_by_peer
from openline.forms.schema import Form, Wire
from openline.forms.typed import TYPED
from openline.words.errors import OpenlineError, Whose


def fill(
    form_name: str,
    raw: Mapping[str, object],
    catalog: Catalog = CATALOG,
    version: int | None = None,
) -> dict[str, Wire]:
    """The wire fields of what a person, a file or an API client gave, by the newest version.

    Values are JSON values, or text as KEY=VALUE gives it. Raises
    ``unknown-form``, ``unknown-version``, ``unknown-field``, ``missing-field``, ``bad-field``,
    ``field-limit``, or what openline.words raises (``bad-time``,
    ``bad-window``, …), all whose=ours.
    """
    schema = form(form_name, catalog, version)
    given = completed(raw) if form_name == "activity" and "permanent" in schema.fields else raw
    wire = compound.take_fields(schema.fields, given, "")
    _check(schema, wire)
    return wire


def check_fields(
    form_name: str, version: int, wire: Mapping[str, Wire], catalog: Catalog = CATALOG
) -> None:
    """Hold the fields of a message from the other side to that version of its form (R-FORM-12).

    Raises what :func:`fill` raises, and ``unknown-version``, whose=theirs:
    such a message stays recorded and is answered ``not-understood``.
    """
    with sent_by_peer():
        _check(form(form_name, catalog, version), wire)


def fit(
    schema: Form, wire: Mapping[str, Wire], level: int, *, whole: bool
) -> tuple[Form, Mapping[str, Wire]]:
    """The version of a form, and the fields of it, that a station which speaks `level` reads.

    `wire` are fields of its newest version, `schema`. What an older one lacks is left out,
    or refused where `whole` says that all must be said. Raises ``peer-too-old`` (R-UPG-07).
    """
    older = next((version for version in schema.versions if version.since <= level), None)
    if older is schema:
        return schema, wire
    if older is not None:
        said = {name: value for name, value in wire.items() if name in older.fields}
        try:
            _check(older, wire if whole else said)
        except OpenlineError:
            older = None
        else:
            return older, said
    raise OpenlineError(
        "peer-too-old",
        f"the form {schema.name}, as filled, came with level {schema.since} of the forms, and as"
        f" far as an addressee has said it reads level {level}",
        whose=Whose.THEIRS,
        rule="R-UPG-07",
        next="say it as a text, or ask the other side to upgrade; a line test tells when it has",
    )


def plain(
    form_name: str,
    wire: Mapping[str, Wire],
    catalog: Catalog = CATALOG,
    version: int | None = None,
) -> dict[str, object]:
    """The fields as JSON for people: numbers, RFC 3339, hex, degrees.

    :func:`fill` of the result is `wire` again. The fields must have passed
    :func:`fill` or :func:`check_fields`.
    """
    return compound.plain_fields(form(form_name, catalog, version).fields, wire)


def plain_or_raw(
    form_name: str, version: int, wire: Mapping[str, Wire], catalog: Catalog = CATALOG
) -> dict[str, object]:
    """:func:`plain` where the fields hold to a known form, else whatever stands there, as JSON.

    For showing what the other side sent, readable or not.
    """
    try:
        check_fields(form_name, version, wire, catalog)
    except OpenlineError:
        return {str(name): _raw(value) for name, value in wire.items()}
    return plain(form_name, wire, catalog, version)


def _raw(value: object) -> object:
    match value:
        case bytes():
            return value.hex()
        case list():
            return [_raw(part) for part in value]
        case dict():
            return {str(name): _raw(part) for name, part in value.items()}
    return value


def _check(schema: Form, wire: Mapping[str, Wire]) -> None:
    compound.check_fields(schema.fields, wire, "")
    for value, names in schema.typed.items():
        given = [name for name in names if name in wire]
        if given and len(given) < len(names):
            raise OpenlineError(
                "missing-field",
                f"{', '.join(given)} without {', '.join(n for n in names if n not in wire)}",
                rule="R-FORM-11",
                next=f"give {' and '.join(names)} together",
            )
        if given:
            TYPED[value](*(wire[name] for name in names))
