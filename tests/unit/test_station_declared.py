"""What a side declares about a line stands apart from what is observed."""

from __future__ import annotations

from pathlib import Path

import pytest

from openline.station.views.lines import status
from simulation.world import joined


@pytest.mark.rule("R-LINE-30")
def test_a_suspended_line_is_declared_so_on_both_sides_and_messages_still_flow(
    tmp_path: Path,
) -> None:
    with joined(tmp_path) as world:
        us, ru = world["us"], world["ru"]
        observed = status(us)["lines"][0]["observed"]  # type: ignore[arg-type]
        us.send("ru", "declaration", declared="suspended", text="Until it is explained.")
        world.settle()
        for side in (us, ru):
            (line,) = status(side)["lines"]  # type: ignore[arg-type]
            assert line["declared"] == "suspended"
            assert line["declared_by"] == {"us": "suspended", "ru": "open"}
        assert status(us)["lines"][0]["observed"] == observed  # type: ignore[arg-type]
        ru.send("us", "text", text="Still here.")
        us.send("ru", "declaration", declared="open")
        world.settle()
        world.check_quiet()
        assert [status(s)["lines"][0]["declared"] for s in (us, ru)] == ["open", "open"]  # type: ignore[arg-type]
