"""The console's routes for activities: how each stands, what a desk does with its own, private."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from openline.console.door import Door, Reply
from openline.words import limits

ActivityId = Annotated[str, Path(max_length=limits.CONSOLE_ID_CHARS)]
Language = Annotated[str, Query(max_length=limits.LANGUAGE_CHARS)]
Name = Annotated[str, Field(max_length=limits.FORM_CHARS)]
Value = Annotated[str, Field(max_length=limits.CONSOLE_SHAPE_BYTES)]
Typed = Annotated[str, Field(max_length=limits.COORDINATES_CHARS)]


class _Given(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Filled(_Given):
    """Fields of the form, by name; one that is empty is taken out. `place` is coordinates."""

    fields: dict[Name, Value]


class Why(_Given):
    """Why it is taken back, for the other side to read."""

    reason: Value = ""


class Again(_Given):
    """Each position, typed again."""

    coordinates: Annotated[list[Typed], Field(max_length=limits.LIST_ITEMS)]


class To(_Given):
    """On which lines."""

    lines: Annotated[list[Typed], Field(max_length=limits.ADDRESSEES)]


def _stamping(door: Door) -> Callable[[Reply], Reply]:
    return lambda reply: {**reply, "now": door.now()}


def routes(door: Door) -> APIRouter:
    """The routes over `door` for what is announced or drafted."""
    router = APIRouter(prefix="/api/activities")
    stamped = _stamping(door)

    @router.get("")
    def activities(language: Language = "en") -> Reply:
        return stamped(door.activities(language=language))

    @router.get("/{activity_id}")
    def activity(activity_id: ActivityId, language: Language = "en") -> Reply:
        return stamped(door.activity_show(activity_id, language))

    @router.post("/{activity_id}/amend")
    def amend(activity_id: ActivityId, given: Filled, language: Language = "en") -> Reply:
        return stamped(door.activity_amend(activity_id, given.fields, language=language))

    @router.post("/{activity_id}/cancel")
    def cancel(activity_id: ActivityId, given: Why, language: Language = "en") -> Reply:
        return stamped(door.activity_cancel(activity_id, given.reason, language))

    @router.post("/{activity_id}/confirm")
    def confirm(activity_id: ActivityId, language: Language = "en") -> Reply:
        return stamped(door.activity_confirm(activity_id, language))

    @router.post("/{activity_id}/verify")
    def verify(activity_id: ActivityId, given: Again, language: Language = "en") -> Reply:
        return stamped(door.activity_verify(activity_id, given.coordinates, language))

    @router.post("/{activity_id}/check")
    def check(activity_id: ActivityId, given: Filled) -> Reply:
        return stamped(door.activity_check(activity_id, given.fields))

    @router.post("/{activity_id}/announce")
    def announce(activity_id: ActivityId, given: To, language: Language = "en") -> Reply:
        return stamped(door.activity_announce(activity_id, given.lines, language))

    @router.post("/{activity_id}/discard")
    def discard(activity_id: ActivityId) -> Reply:
        return stamped(door.activity_discard(activity_id))

    return router


def shape_routes(door: Door) -> APIRouter:
    """The route over `door` for a shape while it is typed or drawn."""
    router = APIRouter(prefix="/api/shapes")

    @router.post("")
    def typed(given: Filled) -> Reply:
        return door.shape_typed(given.fields)

    return router


def private_routes(door: Door) -> APIRouter:
    """The routes over `door` for what never leaves the station."""
    router = APIRouter(prefix="/api/private")
    stamped = _stamping(door)

    @router.get("")
    def private(language: Language = "en") -> Reply:
        return stamped(door.private_list(language))

    @router.post("")
    def add(given: Filled) -> Reply:
        return stamped(door.private_add(fields=given.fields))

    @router.get("/{private_id}")
    def one(private_id: ActivityId, language: Language = "en") -> Reply:
        return stamped(door.private_show(private_id, language))

    @router.post("/{private_id}/amend")
    def amend(private_id: ActivityId, given: Filled) -> Reply:
        return stamped(door.private_amend(private_id, given.fields))

    @router.post("/{private_id}/verify")
    def verify(private_id: ActivityId, given: Again) -> Reply:
        return stamped(door.private_verify(private_id, given.coordinates))

    @router.post("/{private_id}/remove")
    def remove(private_id: ActivityId) -> Reply:
        return stamped(door.private_remove(private_id))

    return router
