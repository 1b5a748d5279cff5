"""Knocking: whether anything listens there again, told by a TCP connection and nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress

KNOCK_S = 1.0
"""Between two knocks, and how long one may take."""

Target = tuple[str, int]


async def opened_again(targets: Sequence[Target]) -> None:
    """Ends when one of `targets`, none of which takes a connection, takes one again.

    Where one takes connections from the start the fault lies deeper, and this never ends.
    """
    if not targets or await _any_opens(targets):
        await asyncio.Event().wait()
    while True:
        await asyncio.sleep(KNOCK_S)
        if await _any_opens(targets):
            return


async def _any_opens(targets: Sequence[Target]) -> bool:
    return any(await asyncio.gather(*(_opens(*target) for target in targets)))


async def _opens(host: str, port: int) -> bool:
    try:
        async with asyncio.timeout(KNOCK_S):
            _, writer = await asyncio.open_connection(host, port)
    except (OSError, TimeoutError):
        return False
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()
    return True
