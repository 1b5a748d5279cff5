"""What a draft or a new version would conflict with, before anybody is told of it."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from activity_world import collection, desks, enlist, facade, plan, site
from openline.station.seats import taking
from openline.words.errors import OpenlineError
from simulation.world import Side, World

SAMPLES = Path(__file__).parents[1] / "samples"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with desks(tmp_path) as world:
        facade(world["ru"]).notify(["us"], collection(site("Trauma centre")))
        world.settle()
        yield world


def titles(side: Side, id: str, **fields: Any) -> list[str]:
    """What it would conflict with, by title."""
    found = facade(side).activity_check(id, fields)["conflicts"]
    assert all(each["state"] == "draft" for each in found)
    return [each["activities"][1]["title"] for each in found]


@pytest.mark.rule("R-ACT-27")
def test_a_draft_is_checked_as_its_file_would_be_and_stays_as_it_is(world: World) -> None:
    us = world["us"]
    given = collection(plan("Ours"))
    (id,) = facade(us).activity_draft(given)["ids"]
    before, sent = facade(us).activity_show(id), len(us.ours("ru"))
    assert facade(us).activity_check(id, {}) == facade(us).check(given)
    assert titles(us, id) == ["Trauma centre"]
    assert titles(us, id, place="36.9 70.0", radius_m="500") == []
    assert facade(us).activity_show(id) == before and len(us.ours("ru")) == sent
    assert facade(us).conflicts()["conflicts"] == []


@pytest.mark.rule("R-FMT-36")
@pytest.mark.parametrize("command", ["check", "activity_draft", "private_add"])
def test_notes_of_a_file_are_in_the_readers_language(world: World, command: str) -> None:
    data = b64encode((SAMPLES / "notams.txt").read_bytes()).decode()
    file = {"data": data, "name": "notams.txt", "options": {"kind": "exercise"}}
    took = getattr(facade(world["us"]), command)
    said = {
        tag: [n["note"] for n in took(file=file, language=tag)["notes"]] for tag in ("en", "ru")
    }
    assert len(said["en"]) == len(said["ru"]) > 3
    assert not any(re.search("[а-я]", note) for note in said["en"])
    assert all(re.search("[а-я]", note) for note in said["ru"])


@pytest.mark.rule("R-ACT-27")
def test_a_new_version_is_checked_before_it_is_announced(world: World) -> None:
    us = world["us"]
    (id,) = facade(us).notify(["ru"], collection(plan("Ours", lon=70.0)))["ids"]
    world.settle()
    assert titles(us, id) == []
    assert titles(us, id, place="36.7181 68.8589") == ["Trauma centre"]
    with pytest.raises(OpenlineError) as refused:
        titles(us, id, end="2022-03-01T08:00:00Z")
    assert refused.value.code == "bad-window"
    with pytest.raises(OpenlineError) as refused:
        titles(world["ru"], id)
    assert refused.value.code == "not-yours"
    assert titles(us, id) == [] and facade(us).activity_show(id)["revision"] == 0


@pytest.mark.rule("R-ACT-24")
@pytest.mark.rule("R-ACT-27")
def test_only_who_may_see_what_is_private_is_told_of_it(world: World) -> None:
    us = world["us"]
    facade(us).private_add(collection(plan("Target", lon=70.0)))
    (id,) = facade(us).activity_draft(collection(plan("Ours", lon=70.0)))["ids"]
    (found,) = facade(us).activity_check(id, {})["conflicts"]
    assert found["private"] is True and found["activities"][1]["title"] == "Target"
    with taking(enlist(us, "Ola", "observer")):
        assert titles(us, id) == []
