"""A station at work in this event loop: opened, listening, taking commands; all or nothing."""

from __future__ import annotations

import asyncio
import gc
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Self
from weakref import WeakSet

from openline.station import control
from openline.station.facade import Facade
from openline.station.folder import Folder
from openline.station.service import Service
from openline.station.station import Station, StationClock

THREADS = 32
"""Jobs that may block at a time: the couriers', the listener's, and what consoles wait on."""
_loops: WeakSet[asyncio.AbstractEventLoop] = WeakSet()


class Host:
    """Serves the station in `folder` for as long as the ``async with`` block lasts.

    `listen` is where the line's listener stands, as (host, port); without a
    `clock` the station takes the machine's; where that is a scenario's, which leaps,
    nothing is to be probed; alarms leave in `language`. Entering raises what opening and
    listening raise (``no-station``, ``station-busy``, ``port-in-use``, …), and
    then nothing is left open.
    """

    facade: Facade
    station: Station
    address: str
    """Where the line's listener stands, ``https://HOST:PORT``."""
    failed: asyncio.Future[None]
    """Ends with the exception when an invariant broke: leave the block then."""

    def __init__(
        self,
        folder: Folder,
        listen: tuple[str, int],
        clock: StationClock | None = None,
        is_probing: bool = True,
        language: str = "en",
    ):
        self._folder = folder
        self._listen = listen
        self._clock = clock
        self._is_probing = is_probing
        self._language = language
        self._open = AsyncExitStack()

    async def __aenter__(self) -> Self:
        _give_threads(asyncio.get_running_loop())
        async with AsyncExitStack() as opening:
            # A command that has the folder for a moment is waited for, another station is not.
            wait_s = 0 if control.runs(self._folder) else control.BUSY_S
            self.station = Station(self._folder, self._clock, wait_s)
            self.station.language = self._language
            opening.callback(self.station.close)
            service = Service(self.station, self._is_probing)
            self.failed = service.failed
            opening.push_async_callback(service.stop)
            self.address = await service.start(*self._listen)
            self.station.running = True
            self.facade = Facade(self.station)
            commands = control.Listener(self.facade, self.facade.seats.here)
            await commands.start(self._folder)
            opening.push_async_callback(commands.stop)
            opening.callback(self.station.end_waits)
            self._open = opening.pop_all()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.station.running = False
        await self._open.aclose()


def settle() -> None:
    """Say that this process lives for a station that runs now: a search for garbage is short.

    What was loaded until now stays, so no later search goes through it.
    """
    gc.collect()
    gc.freeze()


def _give_threads(loop: asyncio.AbstractEventLoop) -> None:
    """Give the loop enough threads, once: several hosts may share it."""
    if loop not in _loops:
        loop.set_default_executor(ThreadPoolExecutor(THREADS, thread_name_prefix="station"))
        _loops.add(loop)
