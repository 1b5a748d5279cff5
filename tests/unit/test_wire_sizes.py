"""What travels has the sizes that the page of sizes says, between stations at work."""

from __future__ import annotations

from pathlib import Path

import pytest
import weights

from openline.words import limits
from simulation.world import World, joined


def crossing(world: World) -> tuple[bytes, bytes, list[bytes], list[bytes]]:
    """One request of `us` and its answer: both parcels, and the items in each."""
    places, sealed = world.take("us", "ru")
    answer = world.hand("ru", sealed)
    assert places and answer
    items = [row.raw for row in world["us"].ours("ru")[-len(places) :]]
    return sealed, answer, items, [item.raw for item in world.open_answer("ru", "us", answer)]


@pytest.mark.rule("R-WIRE-27")
@pytest.mark.parametrize("light", [False, True], ids=["hybrid", "x25519"])
def test_a_message_and_its_receipt_have_the_documented_sizes(tmp_path: Path, light: bool) -> None:
    with joined(tmp_path) as world:
        if light:
            for a, b in (("us", "ru"), ("ru", "us")):
                world[a].send(b, "terms", sealing="x25519")
                world.settle()
        world["us"].send("ru", "text", text="x" * weights.TEXT_BYTES)
        sealed, answer, (message,), (receipt,) = crossing(world)
        documented = list(weights.sizes(*weights.SHORT).values())[:2]
        way = "light" if light else "hybrid"
        assert [len(sealed), len(answer)] == [getattr(size, way) for size in documented]
        # The documented message has number 1,000, which takes two bytes more than a first one.
        for raw, size in zip((message, receipt), documented, strict=True):
            assert 0 <= size.signed - len(raw) <= 2
        if light:
            assert (weights.sms(len(sealed)), weights.sms(len(answer))) == (4, 2)


@pytest.mark.rule("R-WIRE-27")
@pytest.mark.parametrize("epoch", [1, limits.EPOCHS])
def test_a_message_and_its_receipt_are_a_handful_of_sms(epoch: int) -> None:
    for party, other in (("us", "ru"), ("us-12345", "ru-12345")):
        message, receipt = list(weights.sizes(party, other, epoch).values())[:2]
        assert (weights.sms(message.light), weights.sms(receipt.light)) == (4, 2)


def test_a_line_test_has_the_documented_size(tmp_path: Path) -> None:
    with joined(tmp_path) as world:
        world["us"].test("ru")
        sealed, _, (raw,), _ = crossing(world)
        documented = weights.sizes(*weights.SHORT)["a line test"]
        assert len(sealed) == documented.hybrid
        # On demand it names no hour of the schedule, and these records are short: two bytes less
        # for the number and each of four sizes, and three digits in the checkpoint.
        assert 0 <= documented.signed - len(raw) <= len("scheduled") + 1 + 9 + 5 * 2 + 3
