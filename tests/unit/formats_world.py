"""What tests of the formats share: the samples, and how a file is read or refused."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from hypothesis import strategies as st
from openpyxl import Workbook

from openline.formats.draft import Draft, Given
from openline.formats.files import Reading, read
from openline.forms.fields import fill
from openline.words.errors import OpenlineError

WORDS = st.text(
    st.characters(exclude_categories=("Cc", "Cs", "Cf", "Zl", "Zp", "Cn", "Co")),
    min_size=1,
    max_size=60,
).filter(lambda text: text == text.strip())
"""What a person may write into one line."""
SAMPLES = Path(__file__).parents[1] / "samples"
WINDOW = {"start": "2026-04-02T06:00:00Z", "end": "2026-04-02T18:00:00Z"}


def sample(name: str) -> bytes:
    return (SAMPLES / name).read_bytes()


def reading(data: bytes | str, format: str = "", name: str = "", **given: Any) -> Reading:
    """The file as read; keywords that are no options are fields."""
    ways = {"zone", "encoding", "sheet", "dates", "flight_levels", "area"}
    fields = {key: value for key, value in given.items() if key not in ways}
    options = {key: value for key, value in given.items() if key in ways}
    content = data if isinstance(data, bytes) else data.encode()
    return read(content, name, Given(fields, **options), format)


def drafts(data: bytes | str, format: str = "", **given: Any) -> tuple[Draft, ...]:
    """The activities of a file in which nothing is refused."""
    found = reading(data, format, **given)
    assert found.refused == (), found.refused[0].error
    return found.drafts


def wire(draft: Draft) -> dict[str, Any]:
    return fill("activity", draft.fields)


def fields_of(data: bytes | str, format: str = "") -> list[dict[str, Any]]:
    """The fields of a file's activities as they stand there; raises its first error."""
    found = reading(data, format)
    if found.refused:
        raise found.refused[0].error
    return [dict(each.fields) for each in found.drafts]


def refusals(data: bytes | str, format: str = "", **given: Any) -> list[OpenlineError]:
    """Every error of a file, in its order."""
    return [each.error for each in reading(data, format, **given).refused]


def refusal(data: bytes | str, format: str = "", **given: Any) -> OpenlineError:
    """The one error of a file, whether it refuses the whole or one thing in it."""
    try:
        found = refusals(data, format, **given)
    except OpenlineError as error:
        found = [error]
    assert len(found) == 1, found
    (error,) = found
    assert error.rule and error.next and len(str(error)) < 900
    return error


def book(*rows: Any, merge: str = "", more: Any = None) -> bytes:
    """A workbook with these rows on its one sheet."""
    made = Workbook()
    sheet = made.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    if merge:
        sheet.merge_cells(merge)
    if more is not None:
        more(made, sheet)
    out = BytesIO()
    made.save(out)
    return out.getvalue()


def zipped(**files: bytes) -> bytes:
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name.replace("__", "/").replace("_kml", ".kml"), data)
    return out.getvalue()
