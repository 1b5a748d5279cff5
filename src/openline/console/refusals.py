"""Every failure of the console in the contract's one JSON shape (R-CON-09)."""

from __future__ import annotations

import traceback
from typing import cast

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from openline.words.errors import OpenlineError

trace = structlog.get_logger("openline.console")

_STATUS = {
    "no-session": 401,
    "no-login": 401,
    "no-officer": 403,
    "role-too-low": 403,
    "wrong-password": 403,
    "too-many-tries": 429,
    "link-spent": 403,
    "host-not-loopback": 403,
    "foreign-origin": 403,
    "no-such-page": 404,
    "no-such-method": 405,
    "too-large": 413,
    "bad-request": 422,
    "internal": 500,
    "not-built": 503,
    "too-many-streams": 503,
}


def reply_to(error: OpenlineError, *, status: int | None = None) -> JSONResponse:
    """The reply for an error; the status follows its code, 400 where none is set."""
    if status is None:
        unknown = 404 if error.code.startswith(("unknown-", "no-such-")) else 400
        status = _STATUS.get(error.code, unknown)
    return JSONResponse(error.as_json(), status_code=status)


def internal(error: Exception, path: str) -> JSONResponse:
    """The reply for a fault of Openline's own: what happened stays in the trace."""
    # The kind of fault and its place: values of variables may be secret.
    where = traceback.extract_tb(error.__traceback__)[-1]
    trace.error("the console failed", path=path, fault=type(error).__name__, at=where.name)
    return reply_to(
        OpenlineError(
            "internal",
            "the station could not do this: a fault of its own",
            next="look into the station's trace, and use another way meanwhile",
        )
    )


async def _openline(_request: Request, error: Exception) -> JSONResponse:
    return reply_to(cast(OpenlineError, error))


async def _invalid(_request: Request, error: Exception) -> JSONResponse:
    # Where and what, never the value: it may be a secret.
    first = cast(RequestValidationError, error).errors()[0]
    where = ".".join(str(part) for part in first.get("loc", ()))
    return reply_to(
        OpenlineError(
            "bad-request",
            f"{where}: {first.get('msg', 'is not valid')}",
            rule="R-CON-09",
            next="see /api/openapi.json for what each request takes",
        )
    )


async def _http(_request: Request, error: Exception) -> JSONResponse:
    status = cast(HTTPException, error).status_code
    advice = "see /api/openapi.json for the addresses"
    match status:
        case 404:
            said = OpenlineError("no-such-page", "there is nothing at this address", next=advice)
        case 405:
            what = "this address does not take this method"
            said = OpenlineError("no-such-method", what, next=advice)
        case _:
            said = OpenlineError("bad-request", "the request cannot be read", next=advice)
    return reply_to(said, status=status)


def install(app: FastAPI) -> None:
    """Make ``app`` answer every failure in the contract's shape."""
    app.add_exception_handler(OpenlineError, _openline)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
