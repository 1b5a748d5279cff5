"""The words of a station that no form holds: states, alarms, and what leaves as an alarm."""

from __future__ import annotations

from collections.abc import Mapping

WORDS: Mapping[str, tuple[str, ...]] = {
    "precedence": ("flash", "immediate", "priority", "routine"),
    "direction": ("in", "out"),
    "state": (
        *("queued", "sent", "held", "received"),
        *("opened", "answered", "expired", "withdrawn"),
    ),
    "observed": ("up", "late", "down", "untested"),
    "declared": ("open", "suspended"),
    "test": ("passed", "late", "failed"),
    "finding": ("disk", "clock", "network", "carrier", "probe", "line"),
    "health": ("well", "ill", "unknown"),
    "conclusion": (
        *("own-disk", "own-network", "machine-answers", "this-line-unreached"),
        *("this-line-silent", "all-silent", "nothing-to-compare", "not-known"),
    ),
    "call": (
        *("sought", "accepted", "countered", "declined"),
        *("unanswered", "expired", "withdrawn", "held"),
    ),
    "contact": ("claimed", "confirmed"),
    "conflict": ("found", "acknowledged", "resolved", "accepted", "expired"),
    "urgency": ("waiting", "overdue", "opened", "answered"),
    "whose": ("ours", "theirs", "carrier"),
    "alarm": (
        *("conflict", "card-differs", "own-card-newer", "records-differ", "heads-fail"),
        *("witness-unproven", "witness-contradicts", "witness-differs"),
        *("fork-messages", "fork-heads", "fork-leaves", "fork-unproven"),
        *("epoch-restored", "epoch-copied", "epoch-rolled-back", "epoch-fork"),
        *("not-received", "nobody-called", "no-voice", "alert-failed"),
        *("line-late", "line-down", "human-missed"),
        *("not-passed-on", "not-passed-on-there", "own-desk"),
        *("late-notice", "lacking", "unverified", "site-unconfirmed", "private-conflict"),
        "private-unverified",
    ),
    "phase": ("draft", "announced", "amended", "active", "ended", "cancelled", "planned"),
    "mark": (
        *("late", "unconfirmed", "unverified", "lacking"),
        *("private", "withheld", "nobody-verifies"),
    ),
    "passing": ("passed", "open", "over"),
}
"""The states of design.md that no form holds; each has a label in every language."""

SENTENCES: Mapping[str, tuple[str, ...]] = {
    "notice": ("handover", "message", "line-late", "line-down", "human-missed"),
    "missed": (
        *("line", "line-wrong", "looking", "human", "human-wrong"),
        *("received", "unreceived", "over"),
    ),
    "note": (
        *("flight-levels", "unlimited", "from-ground", "above-ground"),
        *("notam-replaces", "notam-time", "notam-circle", "kml-description"),
        *("ref-twice", "columns", "hidden", "formula"),
        *("schedule-read", "schedule-unknown", "schedule-occurrences"),
        *("schedule-features", "schedule-ref", "schedule"),
    ),
}
"""Phrases with variables: alarms on their way to people, whose text is the attribute `body`; what
an alarm about a missed test says; and notes on how a file was read."""
