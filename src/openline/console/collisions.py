"""The console's routes for collisions: words on conflicts, notices passed on, plans moved."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from openline.console.door import Door, Reply
from openline.words import limits

Id = Annotated[str, Path(max_length=limits.CONSOLE_ID_CHARS)]
Language = Annotated[str, Query(max_length=limits.LANGUAGE_CHARS)]
Name = Annotated[str, Field(max_length=limits.NAME_CHARS)]
Time = Annotated[str, Field(max_length=limits.CONSOLE_TIME_CHARS)]


class PassedOn(BaseModel):
    """Which units were told of a notice, and who acknowledged it there."""

    model_config = ConfigDict(extra="forbid")
    units: Annotated[list[Name], Field(min_length=1, max_length=limits.LIST_ITEMS)]
    acknowledged_by: Name | None = None


def routes(door: Door) -> APIRouter:
    """The routes over `door`."""
    router = APIRouter(prefix="/api")

    def stamped(reply: Reply) -> Reply:
        return {**reply, "now": door.now()}

    @router.get("/notices")
    def notices(language: Language = "en") -> Reply:
        return stamped(door.notices(None, False, language))

    @router.post("/notices/{notice_id}/passed-on")
    def passed_on(notice_id: Id, told: PassedOn) -> Reply:
        by = told.acknowledged_by
        at = door.now() if by else None
        return stamped(door.passed_on(notice_id, told.units, None, by, at))

    @router.post("/conflicts/{conflict_id}/acknowledge")
    def acknowledge(conflict_id: Id) -> Reply:
        return stamped(door.conflict_acknowledge(conflict_id))

    @router.post("/conflicts/{conflict_id}/accept")
    def accept(conflict_id: Id) -> Reply:
        return stamped(door.conflict_accept(conflict_id))

    return router
