"""Who acts: the seat at the station from which a method of the facade is called.

Console and command line sit somebody down (`taking`) before they call the facade;
then the facade refuses what the role may not do, and whatever the writer does for
that call bears the officer's name. A scenario calls the facade from inside the
station, without a seat: nothing is refused, nobody is named.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

from openline.station.roles import MAY, Role
from openline.words.errors import OpenlineError

if TYPE_CHECKING:
    from openline.station.engine import Job, Tx

Kind = TypeVar("Kind", bound=type)


@dataclass(frozen=True, slots=True)
class Seat:
    """Somebody who acts, with a role; `officer` is a name, empty where nobody has given a name."""

    role: Role
    officer: str = ""

    def require(self, least: Role, what: str) -> None:
        """Raise ``no-officer`` or ``role-too-low`` unless the role suffices."""
        if self.role.rank >= least.rank:
            return
        if not self.officer:
            raise no_officer(what)
        raise OpenlineError(
            "role-too-low",
            f"{what} takes the role {least}, and {self.officer} has the role {self.role}",
            rule="R-OFF-03",
            next=f"ask somebody with the role {least}, or an administrator for it",
        )


NOBODY = Seat(Role.OBSERVER)
"""Whoever may at most read."""
OWNER = Seat(Role.ADMINISTRATOR)
"""Whoever owns the station's folder, and with it the keys: any role, and nobody by name."""

_TAKEN: ContextVar[Seat | None] = ContextVar("seat", default=None)


def taken() -> Seat | None:
    """The seat from which the running call comes."""
    return _TAKEN.get()


@contextmanager
def taking(seat: Seat) -> Iterator[None]:
    """What is called inside is called from this seat, in the threads that it starts too."""
    token = _TAKEN.set(seat)
    try:
        yield
    finally:
        _TAKEN.reset(token)


def no_officer(what: str) -> OpenlineError:
    """The refusal of what takes a person, where none has said who it is."""
    return OpenlineError(
        "no-officer",
        f"{what} takes an officer, and nobody has given a name",
        rule="R-OFF-05",
        next="give name and password at the console, or name yourself with `openline --as NAME`",
    )


def checked(facade: Kind) -> Kind:
    """A class whose public methods ask the seat, if there is one, whether it may call them."""
    for name in dir(facade):
        method = getattr(facade, name)
        if not name.startswith("_") and callable(method):
            setattr(facade, name, _checked(name, method))
    return facade


def _checked(name: str, method: Callable[..., Any]) -> Callable[..., Any]:
    least = MAY.get(name)

    @wraps(method)
    def call(*args: Any, **named: Any) -> Any:
        seat = _TAKEN.get()
        if seat is not None:
            what = f"`{name.replace('_', ' ')}`"
            if least is None:  # forgotten in the table
                raise OpenlineError("role-too-low", f"no role may do {what}", rule="R-OFF-03")
            seat.require(least, what)
        return method(*args, **named)

    return call


def bound(job: Job) -> Job:
    """The job, done for the seat from which the running call comes."""
    seat = _TAKEN.get()
    if seat is None:
        return job

    def seated(tx: Tx) -> Any:
        before, tx.seat = tx.seat, seat
        try:
            return job(tx)
        finally:
            tx.seat = before

    return seated
