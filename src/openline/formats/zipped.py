"""Zipped files from strangers: bounded by what they say they hold, and by what they do hold."""

from __future__ import annotations

import zlib
from io import BytesIO
from zipfile import BadZipFile, LargeZipFile, ZipFile

from openline.words import filelimits
from openline.words.errors import OpenlineError

_FAULTS = (
    *(BadZipFile, LargeZipFile, NotImplementedError, RuntimeError, EOFError, OSError),
    *(zlib.error, ValueError, KeyError, UnicodeError),
)


def names_in(data: bytes, most: int = filelimits.UNZIPPED_BYTES) -> list[str]:
    """The names in a zipped file of at most `most` bytes, unpacked; raises ``bad-zip`` (ours)."""
    try:
        with ZipFile(BytesIO(data)) as archive:
            files = archive.infolist()
    except _FAULTS:
        raise _bad("it cannot be unpacked") from None
    if len(files) > filelimits.ZIPPED_FILES:
        raise _bad(
            f"it holds {len(files):,} files, more than {filelimits.ZIPPED_FILES:,} (ZIPPED_FILES)"
        )
    whole = sum(file.file_size for file in files)
    # What is read of each never exceeds the size that is said here: zipfile stops there.
    if whole > most:
        name = "UNZIPPED_BYTES" if most == filelimits.UNZIPPED_BYTES else "WORKBOOK_BYTES"
        raise _bad(f"unpacked it has {whole:,} bytes, more than {most:,} ({name})")
    return [file.filename for file in files]


def unzip(data: bytes, name: str) -> bytes:
    """One file of a zipped file, within UNZIPPED_BYTES; raises ``bad-zip`` (ours)."""
    names_in(data)
    try:
        with ZipFile(BytesIO(data)) as archive, archive.open(name) as file:
            found = file.read(filelimits.UNZIPPED_BYTES + 1)
    except _FAULTS:
        raise _bad(f"{name[:80]!r} in it cannot be unpacked") from None
    if len(found) > filelimits.UNZIPPED_BYTES:
        raise _bad(f"{name[:80]!r} in it is larger than UNZIPPED_BYTES")
    return found


def bounded_workbook(data: bytes) -> None:
    """Refuse a zipped workbook beyond WORKBOOK_BYTES and XML_ELEMENTS; raises ``bad-zip``.

    A cell without anything takes four bytes in the file and five hundred where it is read.
    """
    names_in(data, filelimits.WORKBOOK_BYTES)
    elements = 0
    try:
        with ZipFile(BytesIO(data)) as archive:
            for file in archive.infolist():
                part = archive.read(file)
                elements += part.count(b"<") - part.count(b"</")
    except _FAULTS:
        raise _bad("it cannot be unpacked") from None
    if elements > filelimits.XML_ELEMENTS:
        most = f"{filelimits.XML_ELEMENTS:,} (XML_ELEMENTS)"
        raise _bad(f"it has {elements:,} cells and other elements, more than {most}")


def _bad(why: str) -> OpenlineError:
    return OpenlineError(
        "bad-zip",
        f"this zipped file is refused: {why}",
        rule="R-FMT-18",
        next="save it again, without pictures and whatever else is not needed",
    )
