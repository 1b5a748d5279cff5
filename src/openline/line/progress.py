"""How far one's own message has come, and how far a person here went with the peer's.

States only move forward: a late receipt never takes an answer back.
"""

from __future__ import annotations

ORDER = ("queued", "sent", "held", "received", "opened", "answered")
TRANSITIONS: dict[tuple[str, str], str] = {
    **{(state, "sent"): "sent" for state in ORDER[:1]},
    **{(state, "early receipt"): "held" for state in ORDER[:2]},
    **{(state, "receipt"): "received" for state in ORDER[:3]},
    **{(state, "opened"): "opened" for state in ORDER[:4]},
    **{(state, "answered"): "answered" for state in ORDER[:5]},
}


def before(event: str) -> tuple[str, ...]:
    """The states that `event` moves on."""
    return tuple(state for state, happened in TRANSITIONS if happened == event)


def after(event: str) -> str:
    """The state that `event` leads to."""
    return next(target for (_, happened), target in TRANSITIONS.items() if happened == event)
