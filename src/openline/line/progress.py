"""How far one's own message has come, and how far a person here went with the peer's.

States only move forward: a late receipt never takes an answer back. What was taken back, or
whose validity ran out, before its receipt is delivered all the same, and says so until somebody
there opens or answers it.
"""

from __future__ import annotations

ORDER = ("queued", "sent", "held", "received", "opened", "answered")
ENDS = ("withdrawn", "expired")
TRANSITIONS: dict[tuple[str, str], str] = {
    **{(state, "sent"): "sent" for state in ORDER[:1]},
    **{(state, "early receipt"): "held" for state in ORDER[:2]},
    **{(state, "receipt"): "received" for state in ORDER[:3]},
    **{(state, "opened"): "opened" for state in ORDER[:4]},
    **{(state, "answered"): "answered" for state in ORDER[:5]},
    **{(state, "cancelled"): "withdrawn" for state in ORDER[:2]},
    **{(state, "validity over"): "expired" for state in ORDER[:2]},
    **{(state, event): event for state in ENDS for event in ORDER[4:]},
}
UNREAD = ("queued", "sent", "received")
"""Stored states that the end of a message's validity may change."""


def before(event: str) -> tuple[str, ...]:
    """The states that `event` moves on."""
    return tuple(state for state, happened in TRANSITIONS if happened == event)


def after(event: str) -> str:
    """The state that `event` leads to."""
    return next(target for (_, happened), target in TRANSITIONS.items() if happened == event)
