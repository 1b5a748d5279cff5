"""The console's routes for files of activities: look at one, ask what it collides with, send it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from openline.console.door import Door, Reply
from openline.words import filelimits, limits

Language = Annotated[str, Query(max_length=limits.LANGUAGE_CHARS)]
Name = Annotated[str, Field(max_length=limits.FIELD_CHARS)]
Line = Annotated[str, Field(max_length=limits.PARTY_CHARS)]
Word = Annotated[str, Field(max_length=limits.FORM_CHARS)]
Words = Annotated[str, Field(max_length=limits.TEXT_CHARS)]


class File(BaseModel):
    """A file as a browser hands it over: its bytes in base64, and what is said about all of it."""

    model_config = ConfigDict(extra="forbid")
    data: Annotated[str, Field(max_length=filelimits.UPLOAD_BYTES)]
    name: Name = ""
    format: Word = ""
    options: Annotated[dict[Word, Words], Field(max_length=limits.LIST_ITEMS)] = {}
    skip_bad: bool = False


class Sent(BaseModel):
    """A file, and the lines that it goes to."""

    model_config = ConfigDict(extra="forbid")
    lines: Annotated[list[Line], Field(min_length=1, max_length=limits.ADDRESSEES)]
    file: File


def routes(door: Door) -> APIRouter:
    """The routes over `door`."""
    router = APIRouter(prefix="/api/files")

    @router.post("/preview")
    def preview(file: File, language: Language = "en") -> Reply:
        return {**door.preview(file.model_dump(), language), "now": door.now()}

    @router.post("/check")
    def check(file: File, language: Language = "en") -> Reply:
        return {**door.check(language=language, file=file.model_dump()), "now": door.now()}

    @router.post("/notify")
    def notify(sent: Sent, language: Language = "en") -> Reply:
        file = sent.file.model_dump()
        return {**door.notify(sent.lines, language=language, file=file), "now": door.now()}

    return router
