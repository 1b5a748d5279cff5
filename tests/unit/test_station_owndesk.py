"""Plans of two lines that collide: shown at the desk that knows both, and told to nobody."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from collision_world import Json, conflicts_of, open_alarms, plan, settle
from openline.station import acts
from openline.station.views.collisions import list_conflicts
from openline.words.errors import OpenlineError
from simulation.world import Side, World, joined

SECRET = {
    "ru": {"title": "Swallow over the pass", "ref": "RU-4471", "details": "Two tankers wait."},
    "cn": {"title": "Heron at the ridge", "ref": "CN-0930", "details": "Silent running."},
}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with joined(tmp_path, ("un", "ru", "cn")) as world:
        settle(world)
        yield world


def _pairs(side: Side) -> list[Json]:
    return list_conflicts(side)["own_desk"]  # type: ignore[arg-type, no-any-return]


def _rivals(world: World, **more: Any) -> dict[str, str]:
    """Both rivals announce to us alone; their plans collide."""
    ids = {
        party: world[party].send("un", "activity", **{**plan(party), **SECRET[party], **more})
        for party in ("ru", "cn")
    }
    settle(world)
    return ids


def _caution(side: Side, text: str, *lines: str) -> str:
    return acts.send(side, lines, "caution", {"text": text}, None, "en")  # type: ignore[arg-type]


@pytest.mark.rule("R-COLL-10")
def test_it_is_shown_and_alarmed_at_the_own_desk_and_is_no_conflict_of_a_line(
    world: World,
) -> None:
    ids = _rivals(world)
    (pair,) = _pairs(world["un"])
    assert {a["id"] for a in pair["activities"]} == set(ids.values())
    assert (pair["state"], pair["horizontal_m"], set(pair["lines"])) == ("found", 0, {"ru", "cn"})
    assert [row.message for row in open_alarms(world["un"], "own-desk")] == [pair["id"]]
    for party in ("un", "ru", "cn"):
        assert conflicts_of(world[party]) == []
    for party in ("ru", "cn"):
        assert _pairs(world[party]) == [] and not open_alarms(world[party], "own-desk")


@pytest.mark.rule("R-COLL-10")
def test_what_we_told_one_line_alone_is_matched_with_the_other_lines_plans(world: World) -> None:
    un = world["un"]
    un.send("ru", "activity", **plan("ours, for ru alone"))
    world["cn"].send("un", "activity", **plan("theirs"))
    settle(world)
    (pair,) = _pairs(un)
    assert {a["party"] for a in pair["activities"]} == {"un", "cn"}
    both = acts.send(un, ("ru", "cn"), "activity", plan("ours, for both"), None, "en")  # type: ignore
    settle(world)
    # On the line to cn it is a conflict like any other.
    assert [p["id"] for p in _pairs(un) if p["state"] == "found"] == [pair["id"]]
    assert len([row for row in un.alarms().values() if row.what == "own-desk"]) == 1
    (found,) = conflicts_of(world["cn"])
    assert both in {a["id"] for a in found["activities"]}


@pytest.mark.rule("R-COLL-10")
def test_it_ends_with_the_plans_and_comes_back_with_them(world: World) -> None:
    un, ru = world["un"], world["ru"]
    ids = _rivals(world)
    uid = ids["ru"].partition("-")[2]
    ru.submit(("un",), "activity", plan("away", 25.0), uid=uid, revision=1)
    settle(world)
    assert [p["state"] for p in _pairs(un)] == ["resolved"]
    assert not open_alarms(un, "own-desk")
    ru.submit(("un",), "activity", plan("back", 22.7), uid=uid, revision=2)
    settle(world)
    assert [p["state"] for p in _pairs(un)] == ["found"]
    assert len(open_alarms(un, "own-desk")) == 1
    world["cn"].send("un", "cancel", about=ids["cn"])
    settle(world)
    assert [p["state"] for p in _pairs(un)] == ["resolved"]


@pytest.mark.rule("R-COLL-11")
def test_nothing_of_a_rivals_plan_is_ever_at_the_other_rival(world: World) -> None:
    """Reads every byte that has come to either rival's station, and all that left for it."""
    un = world["un"]
    un.send("ru", "activity", **plan("ours for ru", 22.72))
    un.send("cn", "activity", **plan("ours for cn", 22.73))
    ids = _rivals(world, lower=1234, upper=5678)
    (pair,) = [p for p in _pairs(un) if not {"un"} & {a["party"] for a in p["activities"]}]
    for row in un.alarms().values():  # the officer notes it all
        acts.acknowledge_alarm(un, row.id)  # type: ignore[arg-type]
    for peer, place in (("ru", [23, 50]), ("cn", [22, 49])):
        raw = {"text": "Keep clear until noon.", "place": place, "radius_m": 30000}
        acts.send(un, (peer,), "caution", raw, None, "en")  # type: ignore[arg-type]
        un.test(peer)
    settle(world, 120_000)
    for here, there in (("ru", "cn"), ("cn", "ru")):
        words = [*SECRET[there].values(), ids[there], ids[there].partition("-")[2], pair["id"]]
        files = world[here].path.parent.glob(f"{here}.db*")
        arrived = b"".join(file.read_bytes() for file in files)
        left = b"".join(row.raw for row in un.ours(here))
        assert SECRET[here]["title"].encode() in arrived  # what is looked for would be found
        for word in words:
            assert word.encode() not in arrived and word.encode() not in left


@pytest.mark.rule("R-COLL-13")
@pytest.mark.parametrize(
    "text",
    [
        "Keep clear: CN flies there.",
        "Keep clear of cn command's people.",
        "heron  AT the\nridge is coming",
        "See CN-0930.",
        "Mind {id}",
    ],
)
def test_a_caution_that_tells_of_another_party_is_refused(world: World, text: str) -> None:
    un = world["un"]
    ids = _rivals(world)
    before = len(un.ours("ru"))
    with pytest.raises(OpenlineError) as caught:
        _caution(un, text.format(id=ids["cn"].partition("-")[2]), "ru")
    assert (caught.value.code, caught.value.whose) == ("names-another-party", "ours")
    assert len(un.ours("ru")) == before
    _caution(un, "Keep clear of the pass until noon; concerns no one here.", "ru")
    settle(world)
    assert world["ru"].theirs("un")[-1].form == "caution"


@pytest.mark.rule("R-COLL-13")
def test_a_caution_goes_to_one_line_at_a_time_and_needs_a_place_for_its_radius(
    world: World,
) -> None:
    un = world["un"]
    with pytest.raises(OpenlineError) as caught:
        _caution(un, "Keep clear.", "ru", "cn")
    assert caught.value.code == "names-another-party"
    with pytest.raises(OpenlineError) as caught:
        un.send("ru", "caution", text="Keep clear.", radius_m=5)
    assert caught.value.code == "missing-place"
