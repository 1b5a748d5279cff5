"""What a side declares about a line stands apart from what is observed."""

from __future__ import annotations

from pathlib import Path

import pytest

from openline.station.books import linetests
from openline.station.views.lines import declared_by
from simulation.world import Side, joined


def seen(side: Side, peer: str) -> tuple[str, dict[str, str]]:
    """What is observed of the line, and what each side declares."""
    with side.store.read() as connection:
        declared = declared_by(side, connection, peer)  # type: ignore[arg-type]
        return str(linetests.observed(connection, peer)), declared


@pytest.mark.rule("R-LINE-30")
def test_a_suspended_line_is_declared_so_on_both_sides_and_messages_still_flow(
    tmp_path: Path,
) -> None:
    with joined(tmp_path) as world:
        us, ru = world["us"], world["ru"]
        observed, _ = seen(us, "ru")
        us.send("ru", "declaration", declared="suspended", text="Until it is explained.")
        world.settle()
        for side, peer in ((us, "ru"), (ru, "us")):
            assert seen(side, peer)[1] == {"us": "suspended", "ru": "open"}
        assert seen(us, "ru")[0] == observed
        ru.send("us", "text", text="Still here.")
        us.send("ru", "declaration", declared="open")
        world.settle()
        world.check_quiet()
        assert [seen(*each)[1] for each in ((us, "ru"), (ru, "us"))] == [
            {"us": "open", "ru": "open"},
            {"us": "open", "ru": "open"},
        ]
