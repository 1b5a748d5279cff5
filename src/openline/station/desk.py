"""The part of the facade that is about officers: who they are, who comes in, who acts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from openline.station import officers
from openline.station.engine import Tx
from openline.station.officers import Officer
from openline.station.passwords import Tries, hash_password, is_password
from openline.station.roles import role_named
from openline.station.seats import NOBODY, OWNER, Seat, no_officer, taken
from openline.station.station import Station
from openline.words.errors import OpenlineError

Json = dict[str, Any]
SOCKET = "socket"
"""Where tries come from that come over the station's own socket."""


class Seating:
    """Who acts: behind a session of the console, or by a command on this machine."""

    def __init__(self, verified: Callable[[str, str, str], Officer], station: Station) -> None:
        self._verified = verified
        self._station = station

    def has_officers(self) -> bool:
        """Whether there are any; then whoever gives no name only reads."""
        return bool(self._station.engine.roster)

    def may_come_in(self) -> bool:
        """Whether any of them is not disabled."""
        return any(not each.disabled for each in self._station.engine.roster.values())

    def of(self, ticket: str) -> Seat | None:
        """The seat of a ticket, None when it is over; an empty one is the one-time link's."""
        roster = self._station.engine.roster
        if not ticket:
            return NOBODY if roster else OWNER
        for each in roster.values():
            if each.ticket == ticket and not each.disabled:
                return Seat(each.role, each.name)
        return None

    def here(self, who: tuple[str, str] | None) -> Seat:
        """The seat of a command on this machine: the owner's, or that of a name and password."""
        if who is None:
            return OWNER
        officer = self._verified(*who, SOCKET)
        return Seat(officer.role, officer.name)


class Desk:
    """What can be asked of a station about its officers."""

    def __init__(self, station: Station) -> None:
        self._station = station
        self._tries = Tries()
        self.seats = Seating(self._verified, station)
        """Who sits where; not for those who sit, so no method of the facade."""

    # ---- reading ---------------------------------------------------------------------

    def officers(self) -> Json:
        """The officers, in the order in which they came."""
        roster = self._station.engine.roster
        return {"officers": [_officer(each) for each in roster.values()]}

    def whoami(self) -> Json:
        """Who acts here, null where nobody has given a name; and whether there are officers."""
        seat = taken()
        who = {"name": seat.officer, "role": str(seat.role)} if seat and seat.officer else None
        return {"officer": who, "officers": bool(self._station.engine.roster)}

    # ---- acting ----------------------------------------------------------------------

    def officer_add(self, name: str, role: str, password: str, first: bool = False) -> Json:
        """Add an officer; with `first`, only while there is none."""
        role_named(role)
        officers.spelled(name)
        hashed = hash_password(password)

        def job(tx: Tx) -> None:
            if first and officers.load(tx.connection):
                raise OpenlineError(
                    "already-there",
                    "this station has officers already",
                    rule="R-OFF-06",
                    next="come in by name, or ask an administrator to be added",
                )
            id = tx.engine.new_uid()
            officers.add(tx.connection, id, name, role, hashed, tx.now.wall)
            tx.topics.add("officers")

        self._station.run(job)
        return _officer(self._reload(name))

    def officer_change(
        self,
        name: str,
        role: str | None = None,
        disabled: bool | None = None,
        password: str | None = None,
    ) -> Json:
        """Change what is given; the officer's sessions are over."""
        values: dict[str, object] = {}
        if role is not None:
            values["role"] = role_named(role)
        if disabled is not None:
            values["disabled"] = disabled
        if password is not None:
            values["hash"] = hash_password(password)
        self._change(name, values)
        return _officer(self._reload(name))

    def own_password(self, password: str, new: str) -> Json:
        """Change the password of whoever acts; returns the ticket of a new login."""
        seat = taken()
        if seat is None or not seat.officer:
            raise no_officer("a change of one's own password")
        self._verified(seat.officer, password, f"own {seat.officer}")
        self._change(seat.officer, {"hash": hash_password(new)})
        return _ticket(self._reload(seat.officer))

    def login(self, name: str, password: str, source: str = SOCKET) -> Json:
        """A ticket for an officer who gives the password; raises ``wrong-password``."""
        return _ticket(self._verified(name, password, source))

    # ---- beneath ----------------------------------------------------------------------

    def _verified(self, name: str, password: str, source: str) -> Officer:
        """The officer whose password this is; the same refusal, as late, for whatever is wrong."""
        self._tries.begin(source)
        officer = self._station.engine.roster.get(officers.compared(name))
        usable = officer if officer is not None and not officer.disabled else None
        if not is_password(usable.hash if usable else None, password) or usable is None:
            raise OpenlineError(
                "wrong-password",
                "no officer has this name and password",
                rule="R-OFF-04",
                next="try again, or ask an administrator for a new password",
            )
        self._tries.forgive(source)
        return usable

    def _change(self, name: str, values: dict[str, object]) -> None:
        def job(tx: Tx) -> None:
            officers.change(tx.connection, name, **values)
            tx.topics.add("officers")

        self._station.run(job)

    def _reload(self, name: str) -> Officer:
        return officers.named(self._station.engine.load_roster(), name)


def _officer(officer: Officer) -> Json:
    return {
        "name": officer.name,
        "role": str(officer.role),
        "disabled": officer.disabled,
        "since": str(officer.since),
    }


def _ticket(officer: Officer) -> Json:
    return {"ticket": officer.ticket, "name": officer.name, "role": str(officer.role)}
