"""One root for every error: what happened, whose fault it is, what to do next.

The faces (command line, HTTP) render it; nothing inside exits or prints.
"""

from __future__ import annotations

from enum import StrEnum


class Whose(StrEnum):
    """The side at fault, as far as this station can know it."""

    OURS = "ours"
    THEIRS = "theirs"
    CARRIER = "carrier"


class OpenlineError(Exception):
    """A refusal or failure that a person can act on.

    ``code`` is stable and documented; ``message`` says what happened;
    ``rule`` cites the specification where a rule was broken; ``next`` says
    what to do. No secret ever goes into any of them.
    """

    def __init__(
        self, code: str, message: str, *, whose: Whose = Whose.OURS, rule: str = "", next: str = ""
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.whose = whose
        self.rule = rule
        self.next = next

    def __str__(self) -> str:
        parts = [self.message, f"[{self.whose}]"]
        if self.rule:
            parts.append(f"({self.rule})")
        if self.next:
            parts.append(f"-> {self.next}")
        return " ".join(parts)

    def as_json(self) -> dict[str, dict[str, str]]:
        """The one JSON shape of an error."""
        return {
            "error": {
                "code": self.code,
                "message": self.message,
                "whose": str(self.whose),
                "rule": self.rule,
                "next": self.next,
            }
        }


class BrokenInvariant(Exception):
    """Something that can only happen through a fault in Openline or its store: stop loudly."""
