"""Stations for the tests with real processes and real sockets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from processes import Box, MakeBox, MakePair, end_all, serve_all

from openline.station import acts
from openline.station.folder import Folder
from openline.station.founding import Founding, found
from openline.station.station import Station
from openline.wire.card import card_text, fingerprint


def found_boxes(*boxes: Box) -> None:
    """Make stations as `init` does, and open every line between them as `join` does."""
    cards = {}
    for box in boxes:
        box.path.parent.mkdir(parents=True, exist_ok=True)
        founding = Founding(box.party, f"{box.party} side", (box.address,))
        cards[box.party] = found(Folder(box.path), founding)
    for box in boxes:
        station = Station(Folder(box.path))
        for party, card in cards.items():
            if party != box.party:
                acts.join(station, card_text(card), fingerprint(card))
        station.close()


@pytest.fixture(scope="session")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Box, Box]]:
    """`us` and `ru`, joined and running. `us` has a line to `un` too, which never runs.

    Tests share them: they leave both running, and count on no number of messages.
    """
    home = tmp_path_factory.mktemp("pair")
    us, ru, un = (Box(home / party, party) for party in ("us", "ru", "un"))
    found_boxes(us, ru, un)
    try:
        serve_all(us, ru)
        yield us, ru
    finally:
        end_all(us, ru)


@pytest.fixture
def make_pair(tmp_path: Path) -> Iterator[MakePair]:
    """Makes two joined stations of this test's own; started by the test."""
    made: list[Box] = []

    def make(
        ru_path: Path | None = None, before: Callable[[Box, Box], None] = lambda us, ru: None
    ) -> tuple[Box, Box]:
        us, ru = Box(tmp_path / "us", "us"), Box(ru_path or tmp_path / "ru", "ru")
        made.extend((us, ru))
        before(us, ru)
        found_boxes(us, ru)
        return us, ru

    yield make
    end_all(*made)


@pytest.fixture
def make_box(tmp_path: Path) -> Iterator[MakeBox]:
    """Makes the folder's name and ports of a station that a test founds by itself."""
    made: list[Box] = []

    def make(party: str) -> Box:
        made.append(Box(tmp_path / party, party))
        return made[-1]

    yield make
    end_all(*made)


@pytest.fixture
def three(tmp_path: Path) -> Iterator[tuple[Box, Box, Box]]:
    """`us`, `ru` and `un`, every two joined, all running, of this test's own."""
    us, ru, un = (Box(tmp_path / party, party) for party in ("us", "ru", "un"))
    found_boxes(us, ru, un)
    try:
        serve_all(us, ru, un)
        yield us, ru, un
    finally:
        end_all(us, ru, un)
