"""The console's HTTP application: thin routes over the station's door.

The routes' replies are the facade's, with the station's ``now`` beside them.
The facade blocks, so every route is a plain function that runs in a thread.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path as FilePath
from typing import Annotated

from fastapi import APIRouter, FastAPI, Path, Query
from starlette.responses import FileResponse, Response
from starlette.staticfiles import StaticFiles

from openline import __version__
from openline.console import activities, calls, collisions, files, refusals, urgent
from openline.console.door import Door, Reply
from openline.console.events import Streams
from openline.console.gate import Gate
from openline.console.guard import Guard
from openline.console.sessions import presence, sessions
from openline.words import limits
from openline.words.errors import OpenlineError

STATIC = FilePath(__file__).parent / "static"

LineId = Annotated[str | None, Query(max_length=limits.PARTY_CHARS)]
Limit = Annotated[int, Query(ge=1, le=limits.CONSOLE_MESSAGES)]
Language = Annotated[str, Query(max_length=limits.LANGUAGE_CHARS)]
At = Annotated[str | None, Query(max_length=limits.CONSOLE_TIME_CHARS)]
AlarmId = Annotated[str, Path(max_length=limits.CONSOLE_ID_CHARS)]


def _reads(door: Door) -> APIRouter:
    router = APIRouter(prefix="/api")

    def stamped(reply: Reply) -> Reply:
        return {**reply, "now": door.now()}

    @router.get("/status")
    def status() -> Reply:
        return stamped(door.status())

    @router.get("/messages")
    def messages(line: LineId = None, limit: Limit = 50, language: Language = "en") -> Reply:
        return stamped(door.messages(line, limit, language))

    @router.get("/overdue")
    def overdue(line: LineId = None, language: Language = "en") -> Reply:
        return stamped(door.overdue(line, language))

    @router.get("/clocks")
    def clocks(at: At = None) -> Reply:
        return stamped(door.clocks(at))

    @router.get("/conflicts")
    def conflicts() -> Reply:
        return stamped(door.conflicts())

    @router.get("/map")
    def map_(language: Language = "en") -> Reply:
        return stamped(door.map(language))

    @router.get("/alarms")
    def alarms(language: Language = "en") -> Reply:
        return stamped(door.alarms(language))

    @router.post("/alarms/{alarm_id}/acknowledge")
    def acknowledge(alarm_id: AlarmId) -> Reply:
        return stamped(door.acknowledge(alarm_id))

    return router


def _page(app: FastAPI, static: FilePath) -> None:
    @app.get("/", include_in_schema=False)
    def page() -> Response:
        index = static / "index.html"
        if not index.is_file():
            raise OpenlineError(
                "not-built",
                "this installation has no console page",
                next="install Openline again with `pip install .`, which builds it",
            )
        return FileResponse(index)

    if (static / "assets").is_dir():
        app.mount("/assets", StaticFiles(directory=static / "assets"))


def make_app(
    door: Door,
    *,
    gate: Gate | None = None,
    static: FilePath = STATIC,
    hosts: Sequence[str] = (),
) -> FastAPI:
    """The console over ``door``; ``app.state.gate`` issues links, ``app.state.streams`` closes.

    ``static`` is the folder with the built page; without it the API still
    answers and ``/`` says what to do. `hosts` are what it is called beyond loopback.
    """
    gate = gate or Gate()
    streams = Streams(door)
    app = FastAPI(
        title="Openline console",
        version=__version__,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
    )
    app.state.gate = gate
    app.state.streams = streams
    refusals.install(app)
    app.include_router(_reads(door))
    app.include_router(sessions(door, gate))
    app.include_router(presence(door, gate, streams))
    app.include_router(urgent.routes(door))
    app.include_router(calls.routes(door))
    app.include_router(collisions.routes(door))
    app.include_router(files.routes(door))
    app.include_router(activities.routes(door))
    app.include_router(activities.private_routes(door))
    app.include_router(activities.shape_routes(door))
    _page(app, static)
    app.add_middleware(Guard, gate=gate, door=door, hosts=hosts)
    return app
