"""Epochs of our own record: their numbers, and what is known when one begins."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from openline.line.records import FIRST_EPOCH, LineState, Received, Sent
from openline.station.engine import Tx
from openline.station.heads import Line
from openline.station.mark import Mark

STEP_BYTES = 5
"""A new epoch lies a random step of 40 bits beyond the last one known: stations brought back
from one backup, which know of one another nothing, do not come to the same number."""


def draw(tx: Tx, state: LineState, floor: int = 0) -> int:
    """The number of a new epoch of our record, greater than `floor` and all that are known."""
    known = max((state.out_epoch, floor, *state.sent))
    random = sha256(tx.engine.new_uid().encode()).digest()[:STEP_BYTES]
    return known + 1 + int.from_bytes(random)


def heads_known(state: LineState) -> dict[str, Any]:
    """Both records' heads, as the first message of a new epoch names them."""
    older = [_head(each) for epoch, each in state.received.items() if epoch != state.in_epoch]
    known = {"previous": _head(state.out), "peer": _head(state.into)}
    return known | ({"held": older} if older else {})


def _head(each: Sent | Received) -> dict[str, Any]:
    return {"epoch": each.direction.epoch, "size": each.size, "root": each.root()}


def reason_to_begin(mark: Mark, lines: Mapping[str, Line]) -> str:
    """Why our records cannot go on as the database has them; empty when they can."""
    if mark.behind(lines):
        return "rolled-back"
    return "" if mark.is_sound else "copied"


def was_broken(state: LineState) -> bool:
    """Whether our record ever had to go on in another epoch."""
    return state.out_epoch != FIRST_EPOCH


def is_recovering(state: LineState) -> bool:
    """Whether the peer may still hold messages of ours that we have lost.

    The answer to an epoch's first message brings the peer's receipts of all epochs.
    """
    lacks = any(sent.lacks for sent in state.sent.values())
    return was_broken(state) and (lacks or state.out.covered == 0)
