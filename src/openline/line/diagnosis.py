"""After a missed test: what one's own side found, and what may be said of it. Pure.

The own side is tested first (disk, clock, network, the first hop of each carrier), then the
other lines. What is concluded names the nearest thing that was found wrong here, or says that
nothing was; it never names a cause on the other side or between, since nobody here knows one
(R-TEST-12).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class About(StrEnum):
    """What a finding is about, in the order in which it is looked at."""

    DISK = "disk"
    CLOCK = "clock"
    NETWORK = "network"
    CARRIER = "carrier"
    """The first hop of one carrier of the line that missed its test."""
    PROBE = "probe"
    """What a probe over that carrier came to, since the test began."""
    LINE = "line"
    """Another line."""


class Health(StrEnum):
    """What was found."""

    WELL = "well"
    ILL = "ill"
    UNKNOWN = "unknown"


class Conclusion(StrEnum):
    """What may be said."""

    OWN_DISK = "own-disk"
    OWN_NETWORK = "own-network"
    MACHINE_ANSWERS = "machine-answers"
    """The other machine answers probes: it is there, though the test was not answered in time."""
    THIS_LINE_UNREACHED = "this-line-unreached"
    """Other lines work, and nothing of this one's carriers can be reached from here."""
    THIS_LINE_SILENT = "this-line-silent"
    """Other lines work, and a carrier of this one can be reached, but brings no answer."""
    ALL_SILENT = "all-silent"
    """No line answers, and nothing was found wrong here."""
    NOTHING_TO_COMPARE = "nothing-to-compare"
    """Nothing was found wrong here, and no other line tells whether that is all."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: `subject` names the carrier or line, `detail` says what was seen."""

    about: About
    state: Health
    detail: str
    subject: str = ""


def conclude(findings: Sequence[Finding]) -> Conclusion:
    """The most that these findings let one say."""

    def states(about: About) -> set[Health]:
        return {found.state for found in findings if found.about is about}

    if Health.ILL in states(About.DISK):
        return Conclusion.OWN_DISK
    if Health.WELL in states(About.PROBE):
        return Conclusion.MACHINE_ANSWERS
    if Health.ILL in states(About.NETWORK):
        return Conclusion.OWN_NETWORK
    others = states(About.LINE)
    if Health.WELL in others:
        reached = Health.WELL in states(About.CARRIER)
        return Conclusion.THIS_LINE_SILENT if reached else Conclusion.THIS_LINE_UNREACHED
    # A line that could not be looked at tells nothing.
    return Conclusion.ALL_SILENT if Health.ILL in others else Conclusion.NOTHING_TO_COMPARE


def clock(drift_ms: int, offsets: Sequence[tuple[int, int]], tolerance_ms: int) -> Finding:
    """Our own clock: how far it was set since the station started, and what other lines say.

    `offsets` are the other sides' clocks less ours and the uncertainty of each, in ms. One clock
    that differs may be the other one; when all of two or more differ to one side, it is ours.
    """
    if abs(drift_ms) > tolerance_ms:
        return Finding(About.CLOCK, Health.ILL, f"set by {drift_ms:+d} ms while the station ran")
    far = [offset for offset, unsure in offsets if abs(offset) > unsure + tolerance_ms]
    agree = len(far) == len(offsets) >= 2 and len({offset > 0 for offset in far}) == 1
    if agree:
        nearest = min(far, key=abs)
        detail = f"{len(far)} other clocks are all at least {nearest:+d} ms from it"
        return Finding(About.CLOCK, Health.ILL, detail)
    if not offsets:
        return Finding(About.CLOCK, Health.UNKNOWN, "not set while the station ran; none compared")
    state = Health.UNKNOWN if far else Health.WELL
    return Finding(About.CLOCK, state, f"{len(offsets) - len(far)} of {len(offsets)} clocks agree")
