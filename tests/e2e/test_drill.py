"""Drills with real stations: nobody answers where they should, and a human is reached all the same.

The times of the policy are shortened; the simulation holds the steps to 60, 120 and 300 s
(tests/unit/test_station_urgency.py).
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from gateways import Gateway, gateway
from processes import Box, Json, MakePair, serve_all, settle

from openline.words.moment import Moment

WITHIN = '{"flash": 2, "immediate": 300, "priority": 3600, "routine": 86400}'


@pytest.fixture
def reaching() -> Iterator[Gateway]:
    with gateway() as made:
        yield made


def on_watch(box: Box, *names: str) -> None:
    """On watch from an hour ago, for a day."""
    now = Moment.parse(box.ask("now"))
    span = (str(now.plus_ms(-3_600_000)), str(now.plus_ms(86_400_000)))
    for name in names:
        box.run("watch", "add", name, "--start", span[0], "--end", span[1])


def steps(box: Box, id: str) -> list[Json]:
    found: list[Json] = box.json("timeline", id)["lines"][0]["steps"]
    return found


@pytest.mark.rule("R-URG-02")
@pytest.mark.rule("R-URG-05")
@pytest.mark.rule("R-STOP-02")
@pytest.mark.rule("R-WATCH-06")
def test_deir_ez_zor_the_named_man_is_away_the_desk_is_silent_and_a_human_is_reached(
    make_pair: MakePair, reaching: Gateway
) -> None:
    us, ru = make_pair()
    serve_all(us, ru)
    # The usual contact is on the list, and away; the officer on watch does not stir.
    for name, role in (("colonel", "contact"), ("ivan", "officer"), ("petr", "commander")):
        us.run("reach", "add", name, reaching.way(name), "--role", role)
    on_watch(us, "ivan")
    us.run("send", "ru", "terms", f"answer_within_s={WITHIN}", "--wait", "60")
    settle(us, ru)
    where = ("--at", "35.2846 N 40.1772 E", "--text", "These are not the men you think.")
    id = ru.run("stop", "us", *where).out.strip()

    called = []
    while not called or called[-1] != "petr":
        person, said = reaching.next()
        called.append(person)
        assert "men you think" not in str(said) and id in said["message"]
    assert called == ["ivan", "ivan", "petr"]  # never the colonel: nothing waits for a named man
    for word in ("opened", "passed-on", "stopped"):
        more = ("units=Coalition air operations centre",) if word == "passed-on" else ()
        us.run("answer", id, word, *more)
    settle(us, ru)

    here, there = steps(us, id), steps(ru, id)
    assert [(s["by"], s["form"] or s["step"], s["at"]) for s in here] == [
        (s["by"], s["form"] or s["step"], s["at"]) for s in there
    ]
    assert [s["form"] or s["step"] for s in here] == [
        *("sent", "received", "escalation", "escalation"),
        *("opened", "passed-on", "stop-answer"),
    ]
    assert here[-1]["step"] == "stopped"
    at = [Moment.parse(s["at"]).ms for s in here]
    assert at[2] - at[1] >= 2_000 and at[3] - at[1] >= 4_000
    assert at[4] - at[1] < 120_000, "a human opened it within two minutes of its receipt"
    assert "every" not in ru.run("timeline", id).out and "duty commander" in here[3]["text"]
    # How one's own people were called is one's own: the other side sees how many, not whom.
    assert "petr" not in str(there)
    calls = us.json("timeline", id)["lines"][0]["waits"]["calls"]
    assert [(c["person"], c["left"]) for c in calls] == [(p, True) for p in called]


@pytest.mark.rule("R-WATCH-04")
@pytest.mark.rule("R-WATCH-05")
def test_a_hand_over_tries_every_way_and_what_does_not_leave_is_an_alarm(
    make_pair: MakePair, reaching: Gateway
) -> None:
    us, _ = make_pair()
    us.serve()
    assert us.refused("watch", "handover")["code"] == "nobody-on-watch"
    us.run("reach", "add", "ivan", reaching.way("ivan"))
    us.run("reach", "add", "petr", reaching.way("petr"), "--role", "commander")
    on_watch(us, "ivan")
    found = us.json("watch", "handover")
    assert found["left"] and [a["person"] for a in found["alerts"]] == ["ivan", "petr"]
    assert us.ask("alarms")["alarms"] == []
    reaching.refused.add("petr")
    found = us.json("watch", "handover", "petr", code=1)
    assert not found["left"] and found["alerts"][0]["why"]
    (alarm,) = us.ask("alarms")["alarms"]
    assert (alarm["form"], alarm["precedence"]) == ("alert-failed", "immediate")
    assert "petr" in alarm["text"] and str(reaching.port) not in str(alarm)
    us.run("acknowledge", alarm["id"])
    # Nothing of where people are reached is in what the station says or traces.
    for shown in (us.run("reach", "list").out, us.run("watch", "alerts").out, us.trace.read_text()):
        assert str(reaching.port) not in shown


@pytest.mark.rule("R-WATCH-05")
def test_an_alarm_that_waited_while_the_station_was_away_leaves_when_it_is_back(
    make_pair: MakePair, reaching: Gateway
) -> None:
    us, ru = make_pair()
    serve_all(us, ru)
    us.run("reach", "add", "petr", reaching.way("petr"), "--role", "commander")
    us.run("watch", "policy", "ru", "--step", "commander=1")
    id = ru.send("us", "Is anybody there?", "--precedence", "flash", "--wait", "60")
    us.kill()
    us.serve()
    person, said = reaching.next()
    assert person == "petr" and id in said["message"]
