"""The whole delivery path under chance: whatever is lost, doubled, cut off or killed.

Every run is a list of things that happen to two stations; Hypothesis finds and shrinks the
list that breaks an invariant, and prints it with the seed of the carriers.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from openline.carriers.memory import Faults
from openline.words import limits
from simulation.play import Do, Play
from simulation.world import Template, recording_acts

PARTIES = ("us", "ru")
ITEMS = 4
"""Messages in a parcel: few, so that there are many parcels to lose and many gaps."""


COMMON = ("submit", "burst", "post", "post", "collect", "collect", "exchange")
RARE = ("cut", "time", "time", "tick", "test", "restart", "acknowledge")
CRASHES = ("crash", "crash", "power")
STEPS = st.builds(
    lambda what, way, number: Do(what, *way, number),
    st.sampled_from(COMMON * 3 + RARE * 2 + CRASHES * 2),
    st.sampled_from((PARTIES, PARTIES[::-1])),
    st.integers(0, 250),
)
CHANCE = st.sampled_from((0.0, 0.1, 0.4))
FAULTS = st.builds(Faults, CHANCE, CHANCE, CHANCE)


def _run(template: Template, seed: int, faults: Faults, steps: list[Do]) -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        recording_acts(),
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setattr(limits, "PARCEL_ITEMS", ITEMS)
        world = template.world(Path(folder), seed)
        try:
            play = Play(world, faults, say=note)
            with play.watching():
                for step in steps:
                    play.do(step)
                play.finish("us")
                world.settle()
                world.check_quiet()
        finally:
            world.close()


@pytest.mark.rule("R-LINE-07")
@pytest.mark.rule("R-LINE-06")
@pytest.mark.rule("R-LINE-08")
@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
@given(st.integers(0, 2**32), FAULTS, st.lists(STEPS, min_size=10, max_size=40))
def test_nothing_is_lost_doubled_or_altered(
    template: Template, seed: int, faults: Faults, steps: list[Do]
) -> None:
    _run(template, seed, faults, steps)


@pytest.mark.slow
@pytest.mark.timeout(1800)
@settings(max_examples=1500, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 2**32), FAULTS, st.lists(STEPS, min_size=20, max_size=80))
def test_nothing_is_lost_doubled_or_altered_in_many_runs(
    template: Template, seed: int, faults: Faults, steps: list[Do]
) -> None:
    _run(template, seed, faults, steps)
