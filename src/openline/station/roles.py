"""What each role may do: every method of the facade with the least role that may call it.

A role may do all that the roles before it may. What is not named here nobody may
do who has sat down at the station (`seats`); a test names every method.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from openline.words.errors import OpenlineError


class Role(StrEnum):
    """The roles of officers, from the least to the greatest."""

    OBSERVER = "observer"
    OFFICER = "officer"
    SUPERVISOR = "supervisor"
    ADMINISTRATOR = "administrator"

    @property
    def rank(self) -> int:
        """0 is the least."""
        return list(Role).index(self)


MAY: Mapping[str, Role] = MappingProxyType(
    {
        **dict.fromkeys(
            (
                *("now", "card", "status", "messages", "show", "conflicts", "near_misses", "map"),
                *("clocks", "calls", "alarms", "policy", "check", "verify", "witnesses", "quiet"),
                *("next_test", "wait_change", "await_receipt", "export_receipt"),
                *("export_checkpoint", "officers", "whoami", "own_password", "login"),
                *("keys_list", "keys_extents", "timeline", "answers_to", "explain_test", "tests"),
                *("overdue",),
                *("watch_list", "watch_alerts", "reach_list", "escalation", "carriers"),
                *("relay_list", "notices", "geoid", "height_convert", "terrain_list"),
                *("preview", "activities_listed", "activities", "activity_show", "shape_typed"),
                "activity_check",
            ),
            Role.OBSERVER,
        ),
        **dict.fromkeys(
            (
                *("send", "notify", "test", "call_request", "call_answer", "call_held"),
                *("call_confirm", "contact_add", "readout", "acknowledge", "witness_send"),
                *("stop", "query", "accident", "answer", "watch_handover"),
                *("human_test", "answer_phrase", "carry_in", "carry_out"),
                *("conflict_acknowledge", "conflict_accept", "passed_on", "caution"),
                *("activity_draft", "activity_announce", "activity_discard", "activity_amend"),
                *("activity_cancel", "activity_confirm", "activity_verify"),
                *("private_add", "private_list", "private_show", "private_amend"),
                *("private_verify", "private_remove"),
            ),
            Role.OFFICER,
        ),
        **dict.fromkeys(
            (
                *("evidence_export", "witness_consent", "watch_add", "watch_remove"),
                *("watch_import", "reach_add", "reach_remove", "escalation_set"),
                "declare",
            ),
            Role.SUPERVISOR,
        ),
        **dict.fromkeys(
            (
                *("join", "backup", "console_link", "officer_add", "officer_change"),
                *("keys_prepare", "keys_install", "keys_revoke", "relay_allow"),
                *("carrier_add", "carrier_remove", "carrier_switch"),
                *("geoid_use", "terrain_add", "terrain_remove"),
            ),
            Role.ADMINISTRATOR,
        ),
    }
)
"""By method. Those that write files or change whom the station trusts need more than an officer."""

MAY_SEND: Mapping[str, Role] = MappingProxyType(
    {
        "terms": Role.SUPERVISOR,
        "declaration": Role.SUPERVISOR,
        "witness-consent": Role.SUPERVISOR,
    }
)
"""Forms that take more than the role officer: what they say holds for the whole line."""


def role_named(text: str) -> Role:
    """The role of that name; raises ``unknown-role``."""
    if text not in list(Role):
        raise OpenlineError(
            "unknown-role",
            f"{text[:40]!r} is no role",
            rule="R-OFF-03",
            next=f"use one of {', '.join(Role)}",
        )
    return Role(text)
