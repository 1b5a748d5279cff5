"""The console's routes for calls: how each stands, and our answer where it is awaited."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from openline.console.door import Door, Reply
from openline.words import limits

CallId = Annotated[str, Path(max_length=limits.CONSOLE_ID_CHARS)]
Language = Annotated[str, Query(max_length=limits.LANGUAGE_CHARS)]


class Answer(BaseModel):
    """A turn of ours; a time proposed or agreed to, another level, and why, where given."""

    model_config = ConfigDict(extra="forbid")
    answer: Literal["accept", "decline", "counter"]
    propose: Annotated[str | None, Field(max_length=limits.CONSOLE_TIME_CHARS)] = None
    level: Annotated[str | None, Field(max_length=limits.FORM_CHARS)] = None
    reason: Annotated[str | None, Field(max_length=limits.CONSOLE_BODY_BYTES)] = None


def routes(door: Door) -> APIRouter:
    """The routes over `door`."""
    router = APIRouter(prefix="/api/calls")

    @router.get("")
    def calls() -> Reply:
        return {**door.calls(), "now": door.now()}

    @router.post("/{call_id}/answer")
    def answer_call(call_id: CallId, said: Answer, language: Language = "en") -> Reply:
        given = said.model_dump()
        return {**door.call_answer(call_id, **given, language=language), "now": door.now()}

    return router
