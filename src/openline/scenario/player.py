"""Plays a script on stations, through their facades, on the scenario's clock.

Before every leap of the clock all stations are quiet: nothing queued, no test
without an end, nothing overdue. A leap ends at the next event or at the next
scheduled test, whichever is first, so that no test is leapt over.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from openline.scenario import reader
from openline.scenario.clock import ScenarioClock
from openline.scenario.script import ACKNOWLEDGE_ALARMS, NOTE, OPEN_LINE, Event, Script
from openline.station.facade import Facade
from openline.words.errors import OpenlineError
from openline.words.moment import Moment

QUIET_WITHIN_S = 60.0
"""Of real time: how long stations may take over one event or test, on the slowest of machines."""
LOOK_AGAIN_S = 1.0


class Stopped(Exception):
    """The play was ended before its end."""


@dataclass(frozen=True, slots=True)
class Happened:
    """What the player reports: an `event` was played, or (None) scheduled tests were run."""

    at: Moment
    event: Event | None = None
    id: str = ""
    """Of the message that the event became; empty where it became none."""


class Player:
    """One play of a script. `facades` holds one for each party, by its id."""

    def __init__(
        self,
        script: Script,
        facades: Mapping[str, Facade],
        clock: ScenarioClock,
        report: Callable[[Happened], None] = lambda happened: None,
        quiet_within_s: float = QUIET_WITHIN_S,
    ) -> None:
        self._script = script
        self._facades = facades
        self._clock = clock
        self._report = report
        self._quiet_within_s = quiet_within_s
        self._ids: dict[str, str] = {}
        self._stop = threading.Event()

    def play(self) -> None:
        """Play to the end; blocks. Raises ``scenario-stalled``, or what an event was refused with.

        A refusal names its event. Raises :class:`Stopped` soon after `stop`.
        """
        for event in self._script.events:
            if self._stop.is_set():
                raise Stopped
            self._pass_to(event.at)
            try:
                id = self._perform(event)
            except OpenlineError as error:
                raise reader.naming(error, str(event)) from None
            self._settle(str(event))
            self._report(Happened(event.at, event, id))
        self._pass_to(self._script.end)
        self._settle("the scenario's end")

    def stop(self) -> None:
        """End the play, from another thread."""
        self._stop.set()

    # ---- time ------------------------------------------------------------------------

    def _pass_to(self, at: Moment) -> None:
        """Let time pass until `at`, stopping for every test that is due by then (R-SCN-08)."""
        while (due := self._next_test()) is not None and due <= at:
            self._clock.jump(due)
            self._settle(f"the test of {due}")
            self._report(Happened(due))
        self._clock.jump(at)

    def _next_test(self) -> Moment | None:
        due = [facade.next_test() for facade in self._facades.values()]
        return min((Moment.parse(text) for text in due if text is not None), default=None)

    def _settle(self, what: str) -> None:
        """Wait until all stations are quiet at once (R-SCN-09); raises ``scenario-stalled``."""
        until = time.monotonic() + self._quiet_within_s
        while True:
            before = self._counts()
            for party in self._facades:
                self._rest(party, until, what)
            if before == self._counts():
                return

    def _counts(self) -> dict[str, int]:
        return {party: facade.wait_change(-1, 0) for party, facade in self._facades.items()}

    def _rest(self, party: str, until: float, what: str) -> None:
        """Wait until one station is quiet."""
        facade = self._facades[party]
        count = facade.wait_change(-1, 0)
        while not facade.quiet():
            left = until - time.monotonic()
            if self._stop.is_set():
                raise Stopped
            if left <= 0:
                raise _stalled(facade, what, self._quiet_within_s)
            count = facade.wait_change(count, min(left, LOOK_AGAIN_S))

    # ---- deeds -----------------------------------------------------------------------

    def _perform(self, event: Event) -> str:
        if event.do == NOTE:
            return ""
        if event.do == OPEN_LINE:
            return self._open_lines(event)
        facade = self._facades[event.by]
        if event.do == ACKNOWLEDGE_ALARMS:
            return _acknowledge_all(facade)
        fields = dict(event.fields)
        if event.about:
            fields["about"] = self._ids[event.about]
        sent = facade.send(
            event.to, event.do, fields, event.precedence, wait=None, language=event.language
        )
        id = str(sent["id"])
        if event.name:
            self._ids[event.name] = id
        return id

    def _open_lines(self, event: Event) -> str:
        """Both sides join each other's card, having read the fingerprints aloud."""
        for other in event.to:
            for one, two in ((event.by, other), (other, event.by)):
                card = self._facades[two].card()
                self._facades[one].join(card["card"], card["fingerprint"])
        return ""


def _stalled(facade: Facade, what: str, seconds: float) -> OpenlineError:
    status = facade.status()
    left = ", ".join(f"{line['queued']} messages for {line['line']}" for line in status["lines"])
    return OpenlineError(
        "scenario-stalled",
        f"{seconds:g} s after {what} the station {status['party']} is not at rest ({left} queued)",
        rule="R-SCN-09",
        next="see the stations' trace, or whether the machine has other work to do",
    )


def _acknowledge_all(facade: Facade) -> str:
    open_alarms = [a for a in facade.alarms()["alarms"] if a["acknowledged_at"] is None]
    if not open_alarms:
        raise reader.bad("there is no alarm to acknowledge", "put it after what alarms", "07")
    for alarm in open_alarms:
        facade.acknowledge(alarm["id"])
    return ""
