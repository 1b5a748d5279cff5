"""The convoy of 2024: announced and agreed to, and never passed down to who would shoot.

Two real stations over HTTPS, on a clock that leaps. Here the desk that did not pass it on is told
so, as is the one that announced it, until somebody does.
"""

from __future__ import annotations

import asyncio
import json
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from plans import feature, features
from processes import free_port, in_process

from hosts import found_joined, until
from openline.scenario.clock import ScenarioClock
from openline.station.folder import Folder
from openline.station.host import Host
from openline.words.moment import Moment

Alarm = tuple[str, str]
BEGINS = Moment.parse("2024-04-01T19:00:00Z")
HOUR = 3_600_000
ROUTE = {"type": "LineString", "coordinates": [[34.31, 31.41], [34.36, 31.43], [34.39, 31.44]]}


def convoy(**more: object) -> str:
    times = {"start": str(BEGINS), "end": str(BEGINS.plus_ms(4 * HOUR))}
    what = {
        "title": "Food convoy",
        "ref": "WCK-1",
        "vehicles": 3,
        "escort": "armed",
        "width_m": 200,
    }
    what |= {"contact": "+970 59 555 0101"}  # answered on the road
    return features(feature(ROUTE, **{**times, **what, **more}))


class Story:
    """Both desks, and the clock."""

    def __init__(self, folder: Path, ports: dict[str, int]) -> None:
        self.folder, self.ports = folder, ports
        self.clock = ScenarioClock(BEGINS.plus_ms(-30 * HOUR))
        self.hosts: dict[str, Host] = {}

    async def openline(self, party: str, *args: str) -> str:
        """A command at one desk."""
        done = await asyncio.to_thread(in_process, "--station", self.folder / party, *args)
        assert done.code == 0, done.err
        return done.out.strip()

    async def notice(self, party: str) -> dict[str, object]:
        return json.loads(await self.openline(party, "notices", "--json"))["notices"][0]  # type: ignore[no-any-return]

    def alarms(self, party: str) -> list[Alarm]:
        """What is not passed on; that an amendment comes late is alarmed apart from it."""
        held = self.hosts[party].facade.alarms()["alarms"]
        open_ones = [a for a in held if a["acknowledged_at"] is None]
        asked = [a for a in open_ones if a["form"].startswith("not-passed-on")]
        return [(a["precedence"], a["text"]) for a in asked]

    async def both_alarmed(self, precedence: str) -> None:
        """Wait until each desk has this alarm about the convoy, and no other."""
        for party in ("wck", "idf"):
            held = await until(self.hosts[party], lambda p=party: self.matching(p, precedence))
            whose = "we have not told our" if party == "idf" else "the other side has not told its"
            assert f"NOT PASSED ON: {whose} units. WCK Food convoy" in held[0][1]

    def matching(self, party: str, precedence: str) -> list[Alarm]:
        held = self.alarms(party)
        return held if [p for p, _ in held] == [precedence] else []

    async def nobody_alarmed(self) -> None:
        for party in ("wck", "idf"):
            await until(self.hosts[party], lambda p=party: not self.alarms(p))

    def leap(self, before: float) -> None:
        """To so many hours before the convoy leaves."""
        self.clock.jump(BEGINS.plus_ms(-round(before * HOUR)))


@pytest.mark.rule("R-PASS-01")
@pytest.mark.rule("R-PASS-02")
@pytest.mark.rule("R-PASS-03")
@pytest.mark.rule("R-PASS-05")
def test_the_convoy_of_2024_is_passed_down_before_it_leaves(tmp_path: Path) -> None:
    async def play() -> None:
        ports = {party: free_port() for party in ("wck", "idf")}
        found_joined(tmp_path, "wck", "idf", ports=ports)
        story = Story(tmp_path, ports)
        async with AsyncExitStack() as running:
            for party in ("wck", "idf"):
                host = Host(Folder(tmp_path / party), ("127.0.0.1", ports[party]), story.clock)
                story.hosts[party] = await running.enter_async_context(host)
            await announced_and_agreed_to(story)
            await and_nobody_tells_the_units(story)
        async with AsyncExitStack() as running:  # both stations were away meanwhile
            story.leap(0.2)
            for party in ("wck", "idf"):
                host = Host(Folder(tmp_path / party), ("127.0.0.1", ports[party]), story.clock)
                story.hosts[party] = await running.enter_async_context(host)
            await until_somebody_does(story)
            await and_again_when_the_route_changes(story)

    asyncio.run(play())


async def announced_and_agreed_to(story: Story) -> None:
    (story.folder / "convoy.geojson").write_text(convoy())
    id = await story.openline("wck", "notify", "idf", str(story.folder / "convoy.geojson"))
    idf = story.hosts["idf"]
    await until(idf, lambda: idf.facade.notices()["notices"])
    await story.openline("idf", "answer", id, "no-objection")
    wck = story.hosts["wck"]
    await until(wck, lambda: wck.facade.notices()["notices"][0]["answers"])
    seen = await story.notice("wck")
    assert seen["answers"][0]["answer"] == "no-objection"  # type: ignore[index]
    assert story.alarms("wck") == story.alarms("idf") == []  # a day and more is left


async def and_nobody_tells_the_units(story: Story) -> None:
    for before, precedence in ((24, "priority"), (2, "immediate")):
        story.leap(before)
        await story.both_alarmed(precedence)
    said = await story.openline("wck", "notices")
    assert "NOT PASSED ON by idf yet" in said and f"next alarm {BEGINS.plus_ms(-HOUR // 4)}" in said


async def until_somebody_does(story: Story) -> None:
    await story.both_alarmed("flash")  # after the restart, by the nearest step
    told = ("--unit", "Drone squadron", "--unit", "Brigade command post")
    id = str((await story.notice("idf"))["id"])
    await story.openline(
        "idf", "passed-on", id, *told, "--acknowledged-by", "Squadron duty officer"
    )
    await story.nobody_alarmed()
    seen = await story.notice("wck")
    units = seen["passing"]["units"]  # type: ignore[index]
    assert [(u["unit"], u["acknowledged_by"]) for u in units] == [
        ("Drone squadron", "Squadron duty officer"),
        ("Brigade command post", "Squadron duty officer"),
    ]
    assert "idf has passed it on to Drone squadron" in await story.openline("wck", "notices")


async def and_again_when_the_route_changes(story: Story) -> None:
    wck, idf = story.hosts["wck"], story.hosts["idf"]
    (seen,) = wck.facade.notices()["notices"]
    amended = {"shape": {"type": "corridor", "path": ROUTE["coordinates"][::-1], "width_m": 200}}
    await asyncio.to_thread(wck.facade.activity_amend, seen["id"], amended)
    await story.both_alarmed("flash")
    assert idf.facade.notices()["notices"][0]["passing"]["state"] == "open"
    await story.openline("idf", "passed-on", seen["id"], "--unit", "Drone squadron")
    await story.nobody_alarmed()
    for host in (wck, idf):
        assert host.facade.verify()["holds"]
