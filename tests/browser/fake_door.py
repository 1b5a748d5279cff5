"""A station's facade with made-up but realistic data, for the console's tests.

It is the evening of 12 May 2022 at United States European Command.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from openline.station import filing, placing
from openline.station.roles import Role
from openline.station.seats import NOBODY, OWNER, Seat, checked, taken
from openline.station.views import filed
from openline.words.errors import OpenlineError

EVENING = datetime(2022, 5, 12, 20, 30, tzinfo=UTC)


def rfc3339(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def back(**ago: float) -> str:
    return rfc3339(EVENING - timedelta(**ago))


def activity(
    id: str, party: str, title: str, kind: str, band: str, ring: list[list[float]], **over: Any
) -> dict[str, Any]:
    made: dict[str, Any] = {
        "id": id,
        "line": "ru",
        "party": party,
        "title": title,
        "kind": kind,
        "state": "announced",
        "from": "2022-05-13T06:00:00Z",
        "to": "2022-05-13T10:00:00Z",
        "band": band,
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
    return {**made, **over}


ACTIVITIES = [
    activity(
        "a-us-1",
        "us",
        "Air policing, south-east",
        "flight",
        "3000–9000 m AMSL",
        [[22.1, 49.7], [23.2, 49.7], [23.2, 50.5], [22.1, 50.5], [22.1, 49.7]],
    ),
    activity(
        "a-us-2",
        "us",
        "Supply convoy 17",
        "convoy",
        "0–50 m AGL",
        [[22.0, 50.62], [22.9, 50.75], [22.9, 50.8], [22.0, 50.67], [22.0, 50.62]],
    ),
    activity(
        "a-ru-1",
        "ru",
        "Long-range patrol",
        "flight",
        "6000–11000 m AMSL",
        [[22.9, 50.1], [23.9, 50.0], [24.0, 50.7], [23.0, 50.8], [22.9, 50.1]],
        **{"from": "2022-05-13T07:30:00Z", "to": "2022-05-13T09:00:00Z"},
    ),
    activity(
        "a-ru-2",
        "ru",
        "Unmanned survey",
        "unmanned-flight",
        "200–1500 m AGL",
        [[23.5, 49.55], [24.0, 49.6], [23.9, 49.8], [23.4, 49.75], [23.5, 49.55]],
    ),
]
CONFLICTS = [
    {
        "id": "c-1",
        "line": "ru",
        "activities": [
            {"id": "a-us-1", "party": "us", "title": "Air policing, south-east"},
            {"id": "a-ru-1", "party": "ru", "title": "Long-range patrol"},
        ],
        "from": "2022-05-13T07:30:00Z",
        "to": "2022-05-13T09:00:00Z",
        "horizontal_m": 0,
        "vertical_m": 0,
        "state": "found",
        "said": [],
        "flags": [],
    }
]


def notice(id: str, party: str, title: str, state: str, **over: Any) -> dict[str, Any]:
    """A notice of one side, which the other passes on or has not."""
    made: dict[str, Any] = {
        "id": id,
        "revision": id,
        "line": "ru",
        "party": party,
        "title": title,
        "kind": "convoy",
        "from": "2022-05-12T22:00:00Z",
        "to": "2022-05-13T02:00:00Z",
        "cancelled": False,
        "answers": [],
        "passing": {
            "by": "ru" if party == "us" else "us",
            "state": state,
            "next_alarm": None,
            "units": [],
        },
    }
    return {**made, **over}


def clock(level: str, last: str | None, days: int | None, *counts: int) -> dict[str, Any]:
    sought, declined, unanswered = counts
    return {
        "line": "ru",
        "level": level,
        "last": last,
        "days": days,
        "certainty": "certain" if last else None,
        "sought": sought,
        "declined": declined,
        "unanswered": unanswered,
    }


CLOCKS = [
    clock("desk", "2022-05-12T16:02:00Z", 0, 0, 0, 0),
    clock("commander", None, None, 0, 0, 0),
    clock("chief", "2022-02-11T15:00:00Z", 90, 4, 1, 3),
    clock("minister", "2022-02-18T15:00:00Z", 83, 6, 2, 3),
]


def message(id: str, way: str, number: int, form: str, at: str, **over: Any) -> dict[str, Any]:
    made: dict[str, Any] = {
        "id": id,
        "line": "ru",
        "direction": way,
        "number": number,
        "form": form,
        "precedence": "routine",
        "at": at,
        "state": "received",
        "received_at": at,
        "disputed": False,
        "fields": {},
        "text": None,
    }
    return {**made, **over}


MESSAGES = [
    message("m-1", "out", 154, "linetest", back(hours=4.5), text="Line test 144."),
    message(
        "m-2",
        "in",
        149,
        "activity",
        back(hours=3),
        text="Long-range patrol: flight, 13 May 07:30–09:00 UTC, 6000–11000 m AMSL.",
    ),
    message(
        "m-3",
        "out",
        155,
        "call-request",
        back(hours=2),
        precedence="priority",
        state="opened",
        text="The Secretary of Defense seeks a call with the Minister on 13 May.",
    ),
    message("m-4", "in", 150, "text", back(minutes=50), text="Запрос передан. Ответ утром."),
    message(
        "m-5",
        "in",
        151,
        "text",
        back(minutes=6),
        precedence="flash",
        text="Drone lost over 23.4 E 50.1 N, no weapon aboard. Please confirm that you track it.",
    ),
]
ALARM = {
    "id": "alarm-1",
    "line": "ru",
    "message": "m-5",
    "precedence": "flash",
    "form": "text",
    "text": "Drone lost over 23.4 E 50.1 N, no weapon aboard. Please confirm that you track it.",
    "raised_at": back(minutes=6),
    "count": 3,
    "answers": [],
    "acknowledged_at": None,
}


def line(**over: Any) -> dict[str, Any]:
    made: dict[str, Any] = {
        "line": "ru",
        "name": "Russian Ministry of Defence",
        "observed": "up",
        "declared": "open",
        "queued": 0,
        "last_test": {
            "at": back(hours=4.5),
            "result": "passed",
            "rtt_ms": 412,
            "offset_ms": -38,
            "records_equal": True,
        },
        "next_test": rfc3339(EVENING + timedelta(hours=7.5)),
        "records": {
            "out": {"epoch": 0, "size": 156, "root": "5f" * 32},
            "in": {"epoch": 0, "size": 152, "root": "a1" * 32},
        },
        "contacts": [],
        "conflicts": 1,
        "alarms": 1,
        "carriers": [{"name": "https", "state": "up", "last_ok": back(minutes=6), "error": None}],
    }
    return {**made, **over}


class FakeSeats:
    """Who sits where: a ticket is an officer's name."""

    def __init__(self) -> None:
        self.held: dict[str, tuple[Role, str]] = {}
        self.disabled: set[str] = set()

    def has_officers(self) -> bool:
        return bool(self.held)

    may_come_in = has_officers

    def of(self, ticket: str) -> Seat | None:
        if not ticket:
            return NOBODY if self.held else OWNER
        known = ticket in self.held and ticket not in self.disabled
        return Seat(self.held[ticket][0], ticket) if known else None


@checked
class FakeDoor:
    """The facade's methods over plain attributes that a test may change."""

    def __init__(self) -> None:
        self.seats = FakeSeats()
        self.line = line()
        self.messages_held = list(MESSAGES)
        self.calls_held: list[dict[str, Any]] = []
        self.clocks_held = list(CLOCKS)
        self.activities_held = list(ACTIVITIES)
        self.written: dict[str, Any] = {"fields": {}, "versions": []}
        self.conflicts_held = list(CONFLICTS)
        self.own_desk: list[dict[str, Any]] = []
        self.would_conflict: list[dict[str, Any]] = []
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.notices_held: list[dict[str, Any]] = []
        self.done: list[tuple[Any, ...]] = []
        self.alarms_held = [dict(ALARM)]
        self.overdue_held: list[dict[str, Any]] = []
        self.missing_held: list[dict[str, Any]] = []
        self.heights_lost: list[dict[str, Any]] = []
        self.acknowledged: list[str] = []
        self.languages: set[str] = set()
        self.answered: list[tuple[str, str]] = []
        self.notified: list[Any] = []
        self.fails: Exception | None = None
        self.silent = threading.Event()
        self._skew = timedelta()
        self._begun = time.monotonic()
        self._counter = 1
        self._changed = threading.Condition()

    def change(self) -> None:
        """Say that something changed."""
        self._change()

    def _change(self) -> None:
        with self._changed:
            self._counter += 1
            self._changed.notify_all()

    def pass_time(self, **much: float) -> None:
        """Move the station's clock, and only it."""
        self._skew += timedelta(**much)
        self.change()

    def now(self) -> str:
        elapsed = timedelta(seconds=time.monotonic() - self._begun)
        return rfc3339(EVENING + elapsed + self._skew)

    def status(self) -> dict[str, Any]:
        if self.fails is not None:
            raise self.fails
        own = {"party": "us", "name": "United States European Command"}
        lost = {"missing_secrets": self.missing_held, "missing_heights": self.heights_lost}
        return {**own, **lost, "lines": [self.line]}

    def messages(self, line: str | None, limit: int, language: str) -> dict[str, Any]:
        chosen = [each for each in self.messages_held if line in {None, each["line"]}]
        self.languages.add(language)
        return {"messages": chosen[-limit:]}

    def overdue(self, line: str | None, language: str) -> dict[str, Any]:
        return {"messages": self.overdue_held, "more": False}

    def clocks(self, at: str | None) -> dict[str, Any]:
        tests = [{"line": "ru", "last": back(hours=4.5), "run": 145, "passed": 143}]
        return {"clocks": self.clocks_held, "tests": tests, "at": at}

    def calls(self) -> dict[str, Any]:
        return {"calls": self.calls_held}

    def call_answer(
        self,
        id: str,
        answer: str,
        propose: str | None,
        level: str | None,
        reason: str | None,
        language: str,
    ) -> dict[str, Any]:
        return self._did("call", id, answer, propose, level, reason)

    def conflicts(self) -> dict[str, Any]:
        return {"conflicts": self.conflicts_held, "own_desk": self.own_desk}

    def map(self, language: str) -> dict[str, Any]:
        held = {"activities": self.activities_held, "conflicts": self.conflicts_held}
        return {**held, "own_desk": self.own_desk}

    def alarms(self, language: str) -> dict[str, Any]:
        return {"alarms": self.alarms_held}

    def acknowledge(self, alarm_id: str) -> dict[str, Any]:
        for each in self.alarms_held:
            if each["id"] == alarm_id:
                each["acknowledged_at"] = self.now()
                self.acknowledged.append(alarm_id)
                self._change()
                return {"id": alarm_id, "acknowledged_at": each["acknowledged_at"]}
        raise OpenlineError("unknown-alarm", "there is no such alarm", next="reload the page")

    def officers(self) -> dict[str, Any]:
        return {
            "officers": [
                {
                    **{"name": name, "role": str(role), "since": back(days=9)},
                    "disabled": name in self.seats.disabled,
                }
                for name, (role, _) in self.seats.held.items()
            ]
        }

    def officer_add(self, name: str, role: str, password: str, first: bool) -> dict[str, Any]:
        if first and self.seats.held:
            raise OpenlineError("already-there", "this station has officers already")
        if name in self.seats.held:
            raise OpenlineError("already-there", f"an officer is named {name} already", next="no")
        self.seats.held[name] = (Role(role), password)
        return {"name": name, "role": role}

    def officer_change(
        self, name: str, role: str | None, disabled: bool | None, password: str | None
    ) -> dict[str, Any]:
        was, held = self.seats.held[name]
        self.seats.held[name] = (Role(role) if role else was, password or held)
        if disabled is not None:
            (self.seats.disabled.add if disabled else self.seats.disabled.discard)(name)
        return {"name": name}

    def login(self, name: str, password: str, source: str) -> dict[str, Any]:
        role, held = self.seats.held.get(name, (Role.OBSERVER, None))
        if held != password:
            raise OpenlineError("wrong-password", "no officer has this name and password")
        return {"ticket": name, "name": name, "role": str(role)}

    def own_password(self, password: str, new: str) -> dict[str, Any]:
        seat = taken()
        assert seat is not None
        done = self.login(seat.officer, password, "")
        self.seats.held[seat.officer] = (seat.role, new)
        return done

    def whoami(self) -> dict[str, Any]:
        seat = taken()
        who = {"name": seat.officer, "role": str(seat.role)} if seat and seat.officer else None
        return {"officer": who, "officers": self.seats.has_officers()}

    def preview(self, file: dict[str, Any], language: str) -> dict[str, Any]:
        return filed.preview(filing.read_file(file, lambda done, of: None), language)

    def check(
        self, text: str = "", language: str = "en", file: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        self.preview(file or {}, language)
        return {"conflicts": self.would_conflict}

    def activity_check(self, id: str, fields: dict[str, str]) -> dict[str, Any]:
        self.asked.append((id, fields))
        return {"conflicts": self.would_conflict}

    def notify(
        self,
        lines: list[str],
        text: str = "",
        language: str = "en",
        file: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        said = self.preview(file or {}, language)
        if said["errors"] and not (file or {})["skip_bad"]:
            raise OpenlineError("bad-field", said["errors"][0]["message"], next="mend it")
        self.notified.append((lines, [each["fields"] for each in said["activities"]]))
        return {"ids": [f"us-{n}" for n in range(len(said["activities"]))]}

    def timeline(self, id: str, language: str) -> dict[str, Any]:
        step = {"form": None, "text": None, "automatic": False}
        steps = [
            {**step, "step": "sent", "by": "ru", "at": back(minutes=6)},
            {**step, "step": "received", "by": "us", "at": back(minutes=5), "automatic": True},
        ]
        waits = {"answer_by": back(minutes=4)}
        return {"id": id, "lines": [{"line": "ru", "steps": steps, "waits": waits}]}

    def answer(
        self, id: str, answer: str, fields: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        self.answered.append((id, answer))
        self.done.append(("answer", id, answer, fields))
        return {"id": "us-0000000001"}

    def notices(self, line: str | None, past: bool, language: str) -> dict[str, Any]:
        return {"notices": self.notices_held}

    def passed_on(self, id: str, units: Sequence[str], *more: Any) -> dict[str, Any]:
        self.done.append(("passed_on", id, list(units), more[1]))
        return {"id": "us-0000000002"}

    def conflict_acknowledge(self, id: str) -> dict[str, Any]:
        self.done.append(("acknowledge", id))
        return {"id": "us-0000000003"}

    def conflict_accept(self, id: str) -> dict[str, Any]:
        self.done.append(("accept", id))
        return {"id": "us-0000000004"}

    def answer_phrase(self, id: str, phrase: str, language: str) -> dict[str, Any]:
        raise OpenlineError("unknown-message", "there is no such test", next="reload the page")

    # ---- activities ----------------------------------------------------------------

    def _did(self, what: str, *given: Any) -> dict[str, Any]:
        self.done.append((what, *given))
        return {"id": "us-0000000001"}

    def activities(self, language: str) -> dict[str, Any]:
        return {"activities": self.activities_held}

    def activity_show(self, id: str, language: str) -> dict[str, Any]:
        return {"id": id, **self.written, "places": [], "lines": ["ru"]}

    def activity_amend(self, id: str, fields: dict[str, str], language: str) -> dict[str, Any]:
        return self._did("amend", id, fields)

    def activity_cancel(self, id: str, reason: str, language: str) -> dict[str, Any]:
        return self._did("cancel", id, reason)

    def activity_confirm(self, id: str, language: str) -> dict[str, Any]:
        return self._did("confirm", id)

    def activity_verify(self, id: str, coordinates: list[str], language: str) -> dict[str, Any]:
        return self._did("verify", id, coordinates)

    def activity_announce(self, id: str, lines: list[str], language: str) -> dict[str, Any]:
        return self._did("announce", id, lines)

    def activity_discard(self, id: str) -> dict[str, Any]:
        return self._did("discard", id)

    def shape_typed(self, fields: dict[str, str]) -> dict[str, Any]:
        return placing.seen(fields)

    def private_list(self, language: str) -> dict[str, Any]:
        return {"private": []}

    def private_add(self, fields: dict[str, str]) -> dict[str, Any]:
        return self._did("private", fields)

    def private_show(self, id: str, language: str) -> dict[str, Any]:
        return {"id": id, **self.written}

    def private_amend(self, id: str, fields: dict[str, str]) -> dict[str, Any]:
        return self._did("private-amend", id, fields)

    def private_verify(self, id: str, coordinates: list[str]) -> dict[str, Any]:
        return self._did("private-verify", id, coordinates)

    def private_remove(self, id: str) -> dict[str, Any]:
        return self._did("remove", id)

    def wait_change(self, since: int, timeout_s: float) -> int:
        with self._changed:
            self._changed.wait_for(lambda: self._counter > since, timeout_s)
            while self.silent.is_set():
                self._changed.wait(0.1)
            return self._counter
