"""The console's routes for what cannot wait: answers to a message, and what became of it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from openline.console.door import Door, Reply
from openline.words import limits

MessageId = Annotated[str, Path(max_length=limits.CONSOLE_ID_CHARS)]
Language = Annotated[str, Query(max_length=limits.LANGUAGE_CHARS)]


class Answer(BaseModel):
    """A word with which the message is answered; why, to an objection, or what will change."""

    model_config = ConfigDict(extra="forbid")
    answer: Annotated[str, Field(max_length=limits.FORM_CHARS)]
    text: Annotated[str, Field(max_length=limits.CONSOLE_BODY_BYTES)] = ""


class Typed(BaseModel):
    """The phrase of a human test, as an officer typed it."""

    model_config = ConfigDict(extra="forbid")
    phrase: Annotated[str, Field(max_length=limits.FIELD_CHARS)]


def routes(door: Door) -> APIRouter:
    """The routes over `door`."""
    router = APIRouter(prefix="/api/messages")

    @router.get("/{message_id}/timeline")
    def timeline(message_id: MessageId, language: Language = "en") -> Reply:
        return {**door.timeline(message_id, language), "now": door.now()}

    @router.post("/{message_id}/answer")
    def answer(message_id: MessageId, said: Answer) -> Reply:
        named = "reason" if said.answer == "objection" else "text"
        fields = {named: said.text} if said.text else None
        return {**door.answer(message_id, said.answer, fields), "now": door.now()}

    @router.post("/{message_id}/phrase")
    def phrase(message_id: MessageId, typed: Typed, language: Language = "en") -> Reply:
        said = door.answer_phrase(message_id, typed.phrase, language)
        return {**said, "now": door.now()}

    return router
