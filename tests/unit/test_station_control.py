"""Commands over the folder's socket: what takes long says how far it is, to whoever asks."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from openline.station import control
from openline.station.folder import Folder
from openline.station.founding import Founding, found


class Slow:
    """A station whose `verify` says how far it is, three times."""

    def verify(self, tell: control.Tell = lambda done, of: None) -> dict[str, Any]:
        for done in (1, 2, 3):
            tell(done, 3)
        return {"holds": True}


@pytest.mark.rule("R-STORE-11")
@pytest.mark.parametrize("asked", [True, False])
def test_a_long_command_tells_how_far_it_is_to_whoever_asks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: bool
) -> None:
    monkeypatch.setattr(control, "TELL_S", 0)
    folder = Folder(tmp_path / "us")
    found(folder, Founding("us", "us", ("https://127.0.0.1:1",)))
    told: list[tuple[int, int]] = []

    def tell(done: int, of: int) -> None:
        told.append((done, of))

    async def main() -> Any:
        listener = control.Listener(Slow())
        await listener.start(folder)
        try:
            return await asyncio.to_thread(
                control.call, folder.path, "verify", tell if asked else None
            )
        finally:
            await listener.stop()

    assert asyncio.run(main()) == {"holds": True}
    assert told == ([(1, 3), (2, 3), (3, 3)] if asked else [])
