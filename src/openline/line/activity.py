"""An activity's life: drafted, announced, perhaps amended, active, ended or cancelled.

What is announced follows from signed messages (announce, amend, cancel) and the rest from the
clock alone, so that both sides see the same without a message. An amendment is a new version of
the whole: the newest window is the one that counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from openline.words.moment import Moment, Window


class Phase(StrEnum):
    """Where an activity stands."""

    DRAFT = "draft"
    ANNOUNCED = "announced"
    AMENDED = "amended"
    ACTIVE = "active"
    ENDED = "ended"
    CANCELLED = "cancelled"

    @property
    def is_over(self) -> bool:
        """Whether nothing more becomes of it."""
        return self in (Phase.ENDED, Phase.CANCELLED)


class Event(StrEnum):
    """What happens to it: three by a person's word, two by the clock."""

    ANNOUNCE = "announce"
    AMEND = "amend"
    CANCEL = "cancel"
    BEGIN = "begin"
    END = "end"


_AHEAD = (Phase.ANNOUNCED, Phase.AMENDED)
TRANSITIONS: dict[tuple[Phase, Event], Phase] = {
    (Phase.DRAFT, Event.AMEND): Phase.DRAFT,
    (Phase.DRAFT, Event.ANNOUNCE): Phase.ANNOUNCED,
    **{(phase, Event.AMEND): Phase.AMENDED for phase in _AHEAD},
    **{(phase, Event.BEGIN): Phase.ACTIVE for phase in _AHEAD},
    (Phase.ACTIVE, Event.AMEND): Phase.ACTIVE,
    (Phase.ACTIVE, Event.END): Phase.ENDED,
    **{(phase, Event.CANCEL): Phase.CANCELLED for phase in (*_AHEAD, Phase.ACTIVE)},
}


@dataclass(frozen=True, slots=True)
class Life:
    """What was said of an activity: its newest version's window, and whether it was taken back."""

    revision: int
    window: Window
    cancelled_at: Moment | None = None


def phase_at(life: Life, now: Moment) -> Phase:
    """Where it stands at `now`, as what was said of it and then time have made it (R-ACT-05)."""
    happened = {
        Event.ANNOUNCE: True,
        Event.AMEND: life.revision > 0,
        Event.BEGIN: life.window.start <= now,
        # What was taken back stays so, whatever the clock of who did it says.
        Event.CANCEL: life.cancelled_at is not None,
        Event.END: life.window.end <= now,
    }
    phase = Phase.DRAFT
    for event, holds in happened.items():
        if holds:
            phase = TRANSITIONS.get((phase, event), phase)
    return phase


def is_late(announced_at: Moment, start: Moment, notice_ms: int) -> bool:
    """Whether less than the minimum notice was given, where there is one (R-ACT-08)."""
    return notice_ms > 0 and start.ms - announced_at.ms < notice_ms


def confirm_by(last: Moment, reconfirm_ms: int | None) -> Moment | None:
    """Until when its side's last word that it is there holds; None: for good (R-ACT-10)."""
    return None if reconfirm_ms is None else last.plus_ms(reconfirm_ms)
