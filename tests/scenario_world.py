"""A small scenario, and a station that is made up, for the player's tests."""

from __future__ import annotations

from typing import Any

from openline.scenario.clock import ScenarioClock
from openline.words.errors import OpenlineError
from openline.words.moment import Moment

HEAD = """
title = "Two days"
start = "2022-03-01T08:00:00Z"
end = "2022-03-02T12:00:00Z"

[[party]]
id = "us"
name = "One side"

[[party]]
id = "ru"
name = "The other side"
voice = ["+1 202 555 0101"]
"""
OPEN = """
[[event]]
at = "2022-03-01T08:00:00Z"
by = "us"
do = "open-line"
note = "The line is opened"
"""
HELLO = """
[[event]]
at = "2022-03-01T09:00:00Z"
by = "us"
do = "text"
name = "hello"
note = "Hello"
fields = { text = "Hello." }
"""
ANSWER = """
[[event]]
at = "2022-03-01T10:00:00Z"
by = "ru"
do = "acknowledged"
about = "hello"
note = "Acknowledged"
"""
TINY = HEAD + OPEN + HELLO + ANSWER


def event(**changes: str) -> str:
    """One more event as TOML; keys given as None-like "" are left out."""
    lines = {
        "at": '"2022-03-01T11:00:00Z"',
        "by": '"us"',
        "do": '"text"',
        "note": '"A note"',
        "fields": '{ text = "Words." }',
    } | changes
    return "\n[[event]]\n" + "".join(f"{k} = {v}\n" for k, v in lines.items() if v)


class FakeStation:
    """Answers as a facade does; tests are run when the clock has come to them."""

    def __init__(self, party: str, clock: ScenarioClock, due: list[str]) -> None:
        self.party = party
        self.clock = clock
        self.due = [Moment.parse(text) for text in due]
        self.ran: list[Moment] = []
        self.sent: list[tuple[str, dict[str, Any]]] = []
        self.joined: list[str] = []
        self.restless = 0
        """How many more times it says that it is not quiet."""
        self.refuse = ""

    def wait_change(self, since: int, timeout_s: float) -> int:
        return len(self.ran) + len(self.sent)

    def quiet(self) -> bool:
        while self.due and self.due[0] <= self.clock.now().wall:
            self.ran.append(self.clock.now().wall)
            self.due.pop(0)
        self.restless -= 1
        return self.restless < 0

    def next_test(self) -> str | None:
        return str(self.due[0]) if self.due else None

    def status(self) -> dict[str, Any]:
        return {"party": self.party, "lines": [{"line": "other", "queued": 3}]}

    def card(self) -> dict[str, Any]:
        return {"card": f"card of {self.party}", "fingerprint": f"words of {self.party}"}

    def join(self, card: str, fingerprint: str) -> dict[str, Any]:
        self.joined.append(f"{card}, {fingerprint}")
        return {}

    def send(self, lines: Any, form: str, fields: dict[str, Any], *_: Any, **__: Any) -> Any:
        if form == self.refuse:
            raise OpenlineError("refused-here", "it is refused", rule="R-SCN-01", next="do it not")
        self.sent.append((form, fields))
        return {"id": f"{self.party}-{len(self.sent):010d}", "state": "queued"}

    def alarms(self) -> dict[str, Any]:
        return {"alarms": []}
