"""What follows from an announced activity, at both desks: lateness, needs, life, confirmation."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from activity_world import collection, desks, facade, open_alarms, plan, site, stands
from openline.forms.catalog import CATALOG, at_level
from openline.station import timers
from openline.station.activity_tables import drafts, standings
from openline.station.books.policy import policy_of
from openline.station.roles import Role
from openline.station.seats import Seat, taking
from openline.station.tables import activities
from openline.station.views.traffic import message_json
from openline.words.errors import OpenlineError
from openline.words.moment import DAY_MS
from simulation.world import Side, World

HOUR_MS = 3_600_000


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with desks(tmp_path) as world:
        yield world


def announce(side: Side, to: str, given: dict[str, Any]) -> str:
    """By the door that people use; its id."""
    (id,) = facade(side).notify([to], collection(given))["ids"]
    return str(id)


def refused(call: Any) -> OpenlineError:
    with pytest.raises(OpenlineError) as caught:
        call()
    return caught.value


def last(side: Side, peer: str) -> dict[str, Any]:
    return message_json(side.ours(peer)[-1], "en")


# ---- kinds -------------------------------------------------------------------------------


@pytest.mark.rule("R-ACT-02")
def test_a_convoy_without_a_telephone_goes_and_alarms_its_own_desk_until_it_has_one(
    world: World,
) -> None:
    us, ru = world["us"], world["ru"]
    id = announce(us, "ru", plan("Convoy", kind="convoy"))
    world.settle()
    for side in (us, ru):
        assert (stands(side, id)["marks"], stands(side, id)["lacks"]) == (["lacking"], ["contact"])
    assert open_alarms(us) == {f"{id} lacking": "lacking"} and not open_alarms(ru)
    (alarm,) = facade(us).alarms()["alarms"]
    assert "radio or telephone" in alarm["text"] and "Convoy" in alarm["text"]
    facade(us).activity_amend(id, {"contact": "+93 79 000 000"})
    world.settle()
    assert stands(us, id)["marks"] == stands(ru, id)["marks"] == []
    assert not open_alarms(us)
    world.check_quiet()


@pytest.mark.rule("R-ACT-02")
def test_what_belongs_to_another_kind_is_refused_before_it_is_sent(world: World) -> None:
    us = world["us"]
    sent = len(us.ours("ru"))
    wrong = plan(site_type="school")
    for call in (
        lambda: announce(us, "ru", wrong),
        lambda: us.send("ru", "activity", **wrong),
        lambda: facade(us).activity_draft(collection(wrong)),
        lambda: facade(us).private_add(collection(wrong)),
    ):
        assert refused(call).code == "field-of-another-kind"
    assert len(us.ours("ru")) == sent


@pytest.mark.rule("R-ACT-03")
def test_a_peer_of_an_older_level_is_told_what_it_can_read(tmp_path: Path) -> None:
    with desks(tmp_path) as world:
        us, ru = world["us"], world["ru"]
        ru.engine.catalog, ru.engine.level = at_level(2, CATALOG), 2
        ru.test("us")  # says what it speaks
        world.settle()
        assert us.engine.lines["ru"].level == 2
        id = announce(us, "ru", site(contact="HF 5,731 kHz"))
        convoy = announce(us, "ru", plan("Convoy", kind="convoy", contact="+93 79 000 000"))
        world.settle()
        at_theirs = facade(ru).show(id)["fields"]
        assert not {"contact", "site_type", "permanent"} & set(at_theirs)
        assert at_theirs["end"].startswith("2032-")
        assert message_json(ru.theirs("us")[-1], "en")["form"] == "activity"
        # What was not said there is lacking there, and its own desk knows.
        assert stands(us, convoy)["lacks"] == ["contact"]
        assert refused(lambda: announce(us, "ru", plan(kind="demining"))).code == "peer-too-old"
        assert refused(lambda: facade(us).activity_confirm(id)).code == "peer-too-old"


@pytest.mark.rule("R-ACT-04")
def test_a_site_stays_until_it_is_withdrawn(world: World) -> None:
    us, ru = world["us"], world["ru"]
    id = announce(us, "ru", site())
    world.settle()
    assert stands(ru, id)["permanent"] and stands(ru, id)["state"] == "announced"
    world.clock.pass_ms(3 * 366 * DAY_MS)
    assert stands(ru, id)["state"] == "active"
    facade(us).activity_cancel(id, "moved to Baghlan")
    world.settle()
    assert stands(us, id)["state"] == stands(ru, id)["state"] == "cancelled"


@pytest.mark.rule("R-ACT-12")
def test_the_kinds_separation_stands_where_no_terms_say_otherwise(world: World) -> None:
    us = world["us"]

    def holds() -> tuple[int, int, int]:
        with us.store.read() as connection:
            policy = policy_of(connection, "ru")
        from openline.words.volume import Separation

        s = policy.separation_of(Separation(5_000_000, 0, 0))
        return s.horizontal_mm, s.vertical_mm, s.time_ms

    assert holds() == (5_000_000, 0, 0)
    us.send("ru", "terms", separation={"horizontal_m": 100, "vertical_m": 10, "time_s": 1})
    assert holds() == (5_000_000, 10_000, 1_000)  # the other side counts with the kind's
    world["ru"].send("us", "terms", separation={"horizontal_m": 50, "vertical_m": 0, "time_s": 0})
    world.settle()
    assert holds() == (100_000, 10_000, 1_000)


# ---- notice ------------------------------------------------------------------------------


@pytest.mark.rule("R-ACT-08")
@pytest.mark.rule("R-ACT-09")
def test_a_minutes_notice_goes_at_once_flagged_late_on_both_sides(world: World) -> None:
    us, ru = world["us"], world["ru"]
    start = "2022-03-01T12:01:00Z"  # the world begins at 12:00: about the Il-20's notice
    id = announce(us, "ru", plan(start=start, end="2022-03-01T13:00:00Z"))
    assert last(us, "ru")["precedence"] == "immediate"
    world.settle()
    assert stands(us, id)["marks"] == stands(ru, id)["marks"] == ["late"]
    assert list(open_alarms(ru)) == [id] and not open_alarms(us)
    # A hospital that was there all along is no late notice.
    announce(us, "ru", site(start="2015-01-01T00:00:00Z", end="2023-01-01T00:00:00Z"))
    assert last(us, "ru")["precedence"] == "priority"
    in_time = announce(us, "ru", plan())
    assert last(us, "ru")["precedence"] == "priority"
    world.settle()
    assert stands(ru, in_time)["marks"] == [] and list(open_alarms(ru)) == [id]


@pytest.mark.rule("R-ACT-09")
def test_a_late_notice_alarms_whatever_its_sender_calls_it(world: World) -> None:
    us, ru = world["us"], world["ru"]
    soon = plan(start="2022-03-01T12:01:00Z", end="2022-03-01T13:00:00Z")
    id = us.send("ru", "activity", "routine", **soon)
    world.settle()
    assert last(us, "ru")["precedence"] == "routine"
    assert open_alarms(ru) == {id: "late-notice"}
    over = announce(us, "ru", plan(start="2022-02-01T12:00:00Z", end="2022-02-01T13:00:00Z"))
    assert last(us, "ru")["precedence"] == "priority"
    world.settle()
    assert stands(ru, over)["marks"] == ["late"] and list(open_alarms(ru)) == [id]


@pytest.mark.rule("R-ACT-08")
def test_terms_say_how_much_notice_a_kind_needs_and_the_longer_holds(world: World) -> None:
    us, ru = world["us"], world["ru"]
    id = announce(us, "ru", plan())  # 20 hours ahead, where a flight needs one
    us.send("ru", "terms", notice=[{"kind": "flight", "seconds": 86_400}])
    world.settle()
    assert stands(us, id)["marks"] == stands(ru, id)["marks"] == ["late"]
    for side, peer in ((us, "ru"), (ru, "us")):
        side.send(peer, "terms", notice=[{"kind": "flight", "seconds": 60}])
    world.settle()
    assert stands(us, id)["marks"] == stands(ru, id)["marks"] == []


@pytest.mark.rule("R-ACT-08")
def test_an_amendment_counts_anew_only_where_it_moves_something(world: World) -> None:
    us, ru = world["us"], world["ru"]
    id = announce(us, "ru", plan())
    world.clock.pass_ms(19 * HOUR_MS + HOUR_MS // 2)  # half an hour before it begins
    facade(us).activity_amend(id, {"details": "Two aircraft."})
    world.settle()
    assert stands(us, id)["marks"] == stands(ru, id)["marks"] == []
    facade(us).activity_amend(id, {"upper": 900})
    world.settle()
    assert stands(us, id)["marks"] == stands(ru, id)["marks"] == ["late"]
    facade(us).activity_amend(id, {"start": "2022-03-02T09:30:00Z"})
    world.settle()
    assert stands(us, id)["marks"] == stands(ru, id)["marks"] == []


# ---- life --------------------------------------------------------------------------------


@pytest.mark.rule("R-ACT-05")
def test_both_desks_see_the_same_life(world: World) -> None:
    us, ru = world["us"], world["ru"]
    id = announce(us, "ru", plan())
    world.settle()

    def both() -> str:
        (one,) = {stands(side, id)["state"] for side in (us, ru)}
        return str(one)

    assert both() == "announced"
    facade(us).activity_amend(id, {"title": "Later"})
    world.settle()
    assert both() == "amended"
    world.clock.pass_ms(20 * HOUR_MS)
    assert both() == "active"
    world.clock.pass_ms(2 * HOUR_MS)
    assert both() == "ended"
    assert refused(lambda: facade(us).activity_amend(id, {"title": "No"})).code == "activity-over"
    assert refused(lambda: facade(us).activity_cancel(id)).code == "activity-over"


@pytest.mark.rule("R-ACT-06")
def test_a_draft_stays_here_until_it_is_announced_under_its_id(world: World) -> None:
    us, ru = world["us"], world["ru"]
    sent = len(us.ours("ru"))
    (id, other) = facade(us).activity_draft(collection(plan("One"), plan("Two")))["ids"]
    assert stands(us, id)["state"] == "draft" and len(us.ours("ru")) == sent
    assert facade(us).activity_amend(id, {"title": "One, amended"})["id"] == id
    assert facade(us).activity_show(id)["fields"]["title"] == "One, amended"
    assert facade(us).activity_announce(id, ["ru"])["id"] == id
    facade(us).activity_discard(other)
    world.settle()
    assert stands(ru, id)["title"] == "One, amended" and not us.rows(drafts)
    for call in (
        lambda: facade(us).activity_announce(id, ["ru"]),
        lambda: facade(us).activity_discard(other),
    ):
        assert refused(call).code == "unknown-draft"


@pytest.mark.rule("R-ACT-06")
def test_a_draft_that_cannot_be_announced_stays_a_draft(world: World) -> None:
    us = world["us"]
    (id,) = facade(us).activity_draft(collection(plan()))["ids"]
    assert refused(lambda: facade(us).activity_announce(id, ["nowhere"])).code == "unknown-line"
    assert stands(us, id)["state"] == "draft"


@pytest.mark.rule("R-ACT-07")
def test_an_amendment_is_matched_again_and_every_version_stays(world: World) -> None:
    us, ru = world["us"], world["ru"]
    theirs = announce(ru, "us", plan("Theirs"))
    id = announce(us, "ru", plan("Ours", lon=60.0))
    world.settle()
    assert not facade(us).conflicts()["conflicts"]
    place = {"type": "circle", "centre": [68.86, 36.72], "radius_m": 500}
    amended = facade(us).activity_amend(id, {"shape": place, "details": "Moved."})["id"]
    world.settle()
    assert amended == f"{id}.1"
    for side in (us, ru):
        (found,) = facade(side).conflicts()["conflicts"]
        assert {a["id"] for a in found["activities"]} == {id, theirs}
        shown = facade(side).activity_show(id)
        assert [version["revision"] for version in shown["versions"]] == [0, 1]
        assert shown["versions"][0]["fields"]["shape"]["centre"] == [60.0, 36.7181]
        assert shown["fields"]["details"] == "Moved."
    facade(us).activity_amend(id, None, collection(plan("Whole", lon=61.0)))
    facade(us).activity_amend(id, {"details": ""})
    world.settle()
    shown = facade(ru).activity_show(id)
    assert (shown["title"], shown["revision"]) == ("Whole", 3) and "details" not in shown["fields"]
    assert [c["state"] for c in facade(ru).conflicts()["conflicts"]] == ["resolved"]


@pytest.mark.rule("R-ACT-07")
def test_an_amendment_goes_where_the_activity_goes_on(tmp_path: Path) -> None:
    with desks(tmp_path, "un", "us", "ru") as world:
        un = world["un"]
        (id,) = facade(un).notify(["us", "ru"], collection(plan()))["ids"]
        un.send("us", "cancel", about=id)
        world.settle()
        facade(un).activity_amend(id, {"title": "Amended"})
        world.settle()
        assert (stands(world["us"], id)["revision"], stands(world["ru"], id)["revision"]) == (0, 1)
        facade(un).activity_cancel(id)
        world.settle()
        assert stands(world["ru"], id)["state"] == "cancelled"
        assert facade(un).activity_show(id)["lines"] == ["ru", "us"]


@pytest.mark.rule("R-ACT-07")
def test_only_its_own_side_changes_what_is_announced(world: World) -> None:
    us, ru = world["us"], world["ru"]
    id = announce(us, "ru", plan())
    world.settle()
    two = collection(plan(), plan())
    for call, code in (
        (lambda: facade(ru).activity_amend(id, {"title": "x"}), "not-yours"),
        (lambda: facade(ru).activity_cancel(id), "not-yours"),
        (lambda: facade(ru).activity_confirm(id), "not-yours"),
        (lambda: ru.send("us", "activity-confirm", about=id), "unknown-activity"),
        (lambda: facade(us).activity_cancel("us-zzzzzzzzzz"), "unknown-activity"),
        (lambda: facade(us).activity_show("us-zzzzzzzzzz"), "unknown-activity"),
        (lambda: facade(us).activity_amend(id, {"upper": -5}), "bad-band"),
        (lambda: facade(us).activity_amend(id, {"wings": 2}), "unknown-field"),
        (lambda: facade(us).activity_amend(id, None, two), "not-one-activity"),
    ):
        assert refused(call).code == code
    assert stands(us, id)["revision"] == 0


# ---- confirmation ------------------------------------------------------------------------


@pytest.mark.rule("R-ACT-10")
def test_a_site_that_nobody_reconfirms_is_shown_as_unconfirmed_on_both_sides(world: World) -> None:
    us, ru = world["us"], world["ru"]
    id = announce(us, "ru", site())
    world.settle()
    world.clock.pass_ms(30 * DAY_MS)
    assert "unconfirmed" not in stands(ru, id)["marks"]
    world.clock.pass_ms(1)
    assert all("unconfirmed" in stands(side, id)["marks"] for side in (us, ru))
    done = facade(us).activity_confirm(id)
    assert done["lines"] == ["ru"] and last(us, "ru")["form"] == "activity-confirm"
    world.settle()
    assert all("unconfirmed" not in stands(side, id)["marks"] for side in (us, ru))
    world.clock.pass_ms(30 * DAY_MS + 1)
    assert all("unconfirmed" in stands(side, id)["marks"] for side in (us, ru))
    facade(us).activity_amend(id, {"title": "Hospital, east wing"})
    world.settle()
    assert all("unconfirmed" not in stands(side, id)["marks"] for side in (us, ru))


@pytest.mark.rule("R-ACT-11")
def test_its_own_desk_is_reminded_a_day_before_and_once(tmp_path: Path) -> None:
    def reminders(side: Side) -> list[str]:
        return [about for about, what in open_alarms(side).items() if what == "site-unconfirmed"]

    with desks(tmp_path, "un", "us", "ru") as world:
        un = world["un"]
        (id,) = facade(un).notify(["us", "ru"], collection(site()))["ids"]
        world.settle()
        world.clock.pass_ms(29 * DAY_MS - 1)
        un.tick()
        assert not reminders(un)
        with un.store.read() as connection:
            assert timers.next_wake(connection, un.engine.lines, un.now()) <= un.now().plus_ms(1)
        world.clock.pass_ms(1)
        for side in world.sides.values():
            side.tick()
        (about,) = reminders(un)  # one, though it was announced on two lines
        assert about.startswith(f"{id} ") and not reminders(world["us"])
        (alarm,) = [a for a in facade(un).alarms()["alarms"] if a["message"] == about]
        assert "Is it still there?" in alarm["text"] and "Hospital" in alarm["text"]
        facade(un).acknowledge(alarm["id"])
        un.tick()
        assert not reminders(un)
        facade(un).activity_confirm(id)
        world.clock.pass_ms(29 * DAY_MS)
        un.tick()
        assert len(reminders(un)) == 1


@pytest.mark.rule("R-ACT-10")
def test_what_the_record_says_of_an_activity_can_be_read_from_it_again(world: World) -> None:
    """As an upgrade does, for what an older version has kept."""
    from openline.station.standing import standing_of

    us, ru = world["us"], world["ru"]
    id = announce(us, "ru", plan())
    facade(us).activity_amend(id, {"title": "Amended"})
    world.settle()
    for side in (us, ru):
        (kept,) = side.rows(standings)
        with side.store.read() as connection:
            row = connection.execute(select(activities)).one()
            assert standing_of(connection, row, 0) == kept._asdict()


# ---- who may see details -----------------------------------------------------------------


@pytest.mark.rule("R-ACT-13")
def test_an_observer_sees_where_and_when_a_convoy_goes_and_no_details(world: World) -> None:
    us, ru = world["us"], world["ru"]
    own = {"route": "SECRETROAD", "contact": "+93", "vehicles": 7, "escort": "armed"}
    id = announce(us, "ru", plan("Convoy", kind="convoy", **own))
    flight = announce(us, "ru", plan("Flight", vehicles=2))
    world.settle()
    watching, acting = Seat(Role.OBSERVER, "Ola"), Seat(Role.OFFICER, "Olga")
    for side in (us, ru):
        with taking(watching):
            seen = [
                facade(side).show(id),
                facade(side).messages(),
                facade(side).activity_show(id),
                facade(side).activities(),
                facade(side).map(),
                facade(side).timeline(id),
                facade(side).alarms(),
            ]
            assert "SECRETROAD" not in repr(seen) and "2022-03-02T08:00:00Z" in repr(seen[0])
            assert "withheld" in seen[0]["text"] and seen[0]["signed"] is None
            assert seen[2]["withheld"] is True
            assert facade(side).show(flight)["fields"]["vehicles"] == 2
            receipt = facade(side).export_receipt
            assert refused(lambda call=receipt: call(id, None, True)).code == "role-too-low"
        with taking(acting):
            assert "SECRETROAD" in facade(side).show(id)["text"]
            assert facade(side).activity_show(id)["fields"]["vehicles"] == 7
