"""How urgent a message is."""

from __future__ import annotations

from enum import StrEnum


class Precedence(StrEnum):
    """Four ranks, most urgent first; the words happen to sort in that order too."""

    FLASH = "flash"
    IMMEDIATE = "immediate"
    PRIORITY = "priority"
    ROUTINE = "routine"

    @property
    def rank(self) -> int:
        """0 for flash to 3 for routine: queues drain by it (R-FORM-03)."""
        return _RANKS[self]

    @property
    def is_urgent(self) -> bool:
        """Flash and immediate: shown across a gap, and alarmed."""
        return self in (Precedence.FLASH, Precedence.IMMEDIATE)


_RANKS = {precedence: rank for rank, precedence in enumerate(Precedence)}
