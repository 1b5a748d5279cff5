"""Routes about who is there: sessions, officers, the live connection."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import JSONResponse, StreamingResponse

from openline.console.door import Door, Reply
from openline.console.events import Streams
from openline.console.gate import Gate
from openline.console.guard import cookie_name
from openline.words import limits
from openline.words.errors import OpenlineError

Name = Annotated[str, Field(max_length=limits.OFFICER_CHARS)]
Role = Annotated[str, Field(max_length=limits.OFFICER_CHARS)]
Password = Annotated[str, Field(max_length=limits.CONSOLE_PASSWORD_CHARS)]


class _Given(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class Entry(_Given):
    """What the page trades for a session."""

    token: Annotated[str, Field(max_length=limits.TOKEN_CHARS)]


class Login(_Given):
    """An officer's name and password."""

    name: Name
    password: Password


class NewOfficer(Login):
    """An officer to be added, with a first password."""

    role: Role


class Changed(_Given):
    """What is to be changed of an officer."""

    name: Name
    role: Role | None = None
    disabled: bool | None = None
    password: Password | None = None


class NewPassword(_Given):
    """The password that an officer has, and the one to come."""

    password: Password
    new: Password


def sessions(door: Door, gate: Gate) -> APIRouter:
    """The routes that begin and end sessions: `gate` keeps them, `door` knows the officers."""
    router = APIRouter(prefix="/api")

    def opened(request: Request, secret: str) -> JSONResponse:
        """The reply that hands out a session, in place of the one that there was."""
        gate.sessions.close(request.cookies.get(cookie_name(request)))
        reply = JSONResponse({"now": door.now()})
        reply.set_cookie(
            cookie_name(request),
            secret,
            max_age=limits.SESSION_MS // 1000,
            httponly=True,
            samesite="strict",
            secure=request.url.scheme == "https",  # on loopback it speaks plain HTTP
        )
        return reply

    @router.post("/session")
    def enter(entry: Entry, request: Request) -> JSONResponse:
        secret = gate.enter(entry.token)
        if secret is None:
            raise OpenlineError(
                "link-spent",
                "this link was used already, or is too old, or never was one",
                rule="R-CON-01",
                next="`openline console-link` prints a new one",
            )
        return opened(request, secret)

    @router.post("/login")
    def login(given: Login, request: Request) -> JSONResponse:
        source = request.client.host if request.client else ""
        ticket = door.login(given.name, given.password, source)["ticket"]
        return opened(request, gate.sessions.open(ticket))

    @router.post("/logout")
    def logout(request: Request) -> JSONResponse:
        gate.sessions.close(request.cookies.get(cookie_name(request)))
        reply = JSONResponse({"now": door.now()})
        reply.delete_cookie(cookie_name(request), secure=request.url.scheme == "https")
        return reply

    @router.post("/officers/first")
    def first(given: Login, request: Request) -> JSONResponse:
        door.officer_add(given.name, "administrator", given.password, first=True)
        return login(given, request)

    @router.post("/password")
    def password(given: NewPassword, request: Request) -> JSONResponse:
        ticket = door.own_password(given.password, given.new)["ticket"]
        return opened(request, gate.sessions.open(ticket))

    return router


def presence(door: Door, gate: Gate, streams: Streams) -> APIRouter:
    """The routes that say who is there, and hold the live connection."""
    router = APIRouter(prefix="/api")

    @router.get("/officers")
    def officers() -> Reply:
        seats = map(door.seats.of, gate.sessions.tickets())
        on = {seat.officer for seat in seats if seat is not None}
        found = [{**each, "on": each["name"] in on} for each in door.officers()["officers"]]
        return {"officers": found, "now": door.now()}

    @router.post("/officers")
    def add(given: NewOfficer) -> Reply:
        done = door.officer_add(given.name, given.role, given.password, first=False)
        return {**done, "now": door.now()}

    @router.post("/officers/change")
    def change(given: Changed) -> Reply:
        done = door.officer_change(given.name, given.role, given.disabled, given.password)
        return {**done, "now": door.now()}

    @router.get("/session")
    def session() -> Reply:
        return {**door.whoami(), "now": door.now()}

    @router.get("/events")
    async def events(request: Request) -> StreamingResponse:
        secret = request.cookies.get(cookie_name(request))

        def allowed() -> bool:
            ticket = gate.sessions.ticket(secret)
            return ticket is not None and door.seats.of(ticket) is not None

        streams.admit()
        return StreamingResponse(streams.events(allowed), media_type="text/event-stream")

    return router
