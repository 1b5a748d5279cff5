"""Activities with real stations: Kunduz, a convoy's life by its commands, a second officer."""

from __future__ import annotations

import http.client
import ssl
from pathlib import Path

import pytest
from plans import feature, features
from processes import Box, Json, MakePair, in_process, serve_all, settle

from openline.words.moment import DAY_MS, Moment

PASSWORD = "seven words are easier to remember"
SECRET = "QZ-TARGET-QZ"
CENTRE = [68.8589, 36.7181]


def point(**over: object) -> Json:
    """A circle of 300 m about the trauma centre."""
    return feature({"type": "Point", "coordinates": CENTRE}, radius_m=300, **over)


def written(folder: Path, *wanted: Json) -> Path:
    file = folder / "plans.geojson"
    file.write_text(features(*wanted))
    return file


def hospital(now: str) -> Json:
    """A site that has been there for years, and stays."""
    known = {"site_type": "hospital", "title": "Trauma centre", "ref": "H-1"}
    start = str(Moment.parse(now).plus_ms(-900 * DAY_MS))
    return point(kind="site", start=start, end=None, **known)


def strike(now: str) -> Json:
    """What is planned for the next hours, and announced to nobody."""
    at = Moment.parse(now)
    window = {"start": str(at.plus_ms(600_000)), "end": str(at.plus_ms(2 * 3_600_000))}
    return point(kind="live-fire", title=f"{SECRET} title", ref=f"{SECRET} ref", **window)


def alarmed(box: Box) -> list[Json]:
    """Its alarms, but for the reminders to pass a notice on."""
    found = box.ask("alarms")["alarms"]
    return [a for a in found if not a["form"].startswith("not-passed-on")]


def sounding(box: Box) -> list[Json]:
    """Those of them that nobody has acknowledged."""
    return [a for a in alarmed(box) if a["acknowledged_at"] is None]


def listener_says(box: Box, path: str, method: str) -> bytes:
    """What the line's listener answers to whoever asks it something."""
    trusting = ssl._create_unverified_context()
    host, port = box.address.removeprefix("https://").rsplit(":", 1)
    connection = http.client.HTTPSConnection(host, int(port), timeout=30, context=trusting)
    connection.request(method, path)
    reply = connection.getresponse()
    found = str(reply.getheaders()).encode() + reply.read()
    connection.close()
    return found


@pytest.mark.rule("R-ACT-20")
@pytest.mark.rule("R-ACT-21")
@pytest.mark.rule("R-ACT-22")
@pytest.mark.parametrize("first", ["target", "hospital"])
def test_kunduz_the_own_desk_is_alarmed_and_nothing_is_sent(
    make_pair: MakePair, tmp_path: Path, first: str
) -> None:
    """`us` plans what it can't announce; `ru` stands for whoever notifies the hospital."""
    us, ru = make_pair()
    serve_all(us, ru)
    settle(us, ru)
    now = us.ask("now")

    def enter() -> str:
        return us.run("private", "add", written(tmp_path, strike(now))).out.strip()

    def notify() -> str:
        return ru.run("notify", "us", written(tmp_path, hospital(now))).out.strip()

    if first == "target":
        own = enter()
        assert alarmed(us) == []
        site = notify()
    else:
        site = notify()
        us.until(lambda: any(m["id"] == site for m in us.messages()))
        own = enter()
    (alarm,) = us.until(lambda: alarmed(us))
    assert (alarm["form"], alarm["precedence"]) == ("private-conflict", "flash")
    assert "Trauma centre" in alarm["text"] and SECRET in alarm["text"]
    (listed,) = us.json("private", "list")["private"]
    assert (listed["id"], [f["id"] for f in listed["findings"]]) == (own, [site])
    assert "Trauma centre" in us.run("private", "list").out
    # What if we announced a flight there? Our own desk learns of both.
    draft = written(tmp_path, point(kind="flight", start=listed["from"], end=listed["to"]))
    pairs = us.json("check", draft)["conflicts"]
    assert {bool(pair.get("private")) for pair in pairs} == {True, False}
    assert "private: for this desk alone" in us.run("check", draft).out

    # The target is moved away, and back: the alarm is silent, and sounds anew.
    assert us.run("private", "amend", own, "place=36.9 68.9").out.strip() == own
    assert sounding(us) == []
    us.run("private", "amend", own, written(tmp_path, strike(now)))
    (again,) = us.until(lambda: sounding(us))
    assert again["id"] != alarm["id"]
    shown = us.json("private", "show", own)
    assert [v["revision"] for v in shown["versions"]] == [0, 1, 2] and shown["title"]
    told = us.run("private", "show", own).out
    assert "never sent" in told and "version 2" in told and "Trauma centre" in told
    assert us.refused("private", "amend", own, "wings=2")["code"] == "unknown-field"

    us.ask("acknowledge", alarm_id=again["id"])
    us.json("test", "ru")
    settle(us, ru)
    # Nothing was sent but the card, the line test, and what the machine says of the notice.
    said = {m["form"] for m in us.messages() if m["direction"] == "out"}
    assert said <= {"card", "linetest", "linetest-answer"}
    assert alarmed(ru) == [] and us.ask("conflicts")["conflicts"] == []
    assert own not in str(us.json("activity", "list")) and SECRET not in str(us.messages())
    bundle = tmp_path / "line.bundle"
    us.run("evidence", "export", "--line", "ru", "-o", bundle)
    asked = [listener_says(us, path, "GET") for path in ("/", "/api/private", "/api/map")]
    us.stop()
    ru.stop()
    theirs = b"".join(path.read_bytes() for path in ru.path.rglob("*") if path.is_file())
    left = b"\0".join([bundle.read_bytes(), theirs, *asked, us.trace.read_bytes()])
    assert b"Trauma centre" in left
    assert SECRET.encode() not in left and own.encode() not in left
    us.run("private", "remove", own)
    assert us.run("private", "list").out.strip() == "no private activities"


@pytest.mark.rule("R-ACT-20")
@pytest.mark.rule("R-ACT-21")
@pytest.mark.rule("R-FMT-09")
def test_targets_from_a_table_are_matched_and_stay_here(
    make_pair: MakePair, tmp_path: Path
) -> None:
    """A list of targets as CSV: one of them lies at Kunduz, where a hospital was notified."""
    us, ru = make_pair()
    serve_all(us, ru)
    site = ru.run("notify", "us", written(tmp_path, hospital(us.ask("now")))).out.strip()
    us.until(lambda: any(m["id"] == site for m in us.messages()))
    at = Moment.parse(us.ask("now"))
    table = tmp_path / "targets.csv"
    head = "ref,title,latitude,longitude,mgrs,radius_m,lower,upper,unit,datum"
    rest = "300,0,50,m,AGL"
    other = f"{SECRET}-1,{SECRET} bridge,35.5,68.5,,{rest}"
    rows = [f"{SECRET}-2,{SECRET} house,,,42SVF8739963610,{rest}", f"{SECRET}-3,{SECRET},,,,{rest}"]
    window = ("--start", str(at.plus_ms(600_000)), "--end", str(at.plus_ms(2 * 3_600_000)))
    given = ("--kind", "live-fire", *window)

    table.write_text("\n".join([head, other, *rows]))
    assert us.refused("private", "add", table, *given)["message"].startswith("row 4")
    assert us.json("private", "list")["private"] == []  # all or none
    table.write_text("\n".join([head, other, *rows[:1]]))
    ids = us.run("private", "add", table, *given).out.split()
    (alarm,) = us.until(lambda: alarmed(us))
    assert (alarm["form"], alarm["precedence"]) == ("private-conflict", "flash")
    assert "Trauma centre" in alarm["text"] and f"{SECRET} house" in alarm["text"]
    listed = {own["id"]: own["findings"] for own in us.json("private", "list")["private"]}
    assert set(listed) == set(ids)
    assert [[f["id"] for f in listed[id]] for id in ids] == [[], [site]]

    us.json("test", "ru")
    settle(us, ru)
    bundle = tmp_path / "line.bundle"
    us.run("evidence", "export", "--line", "ru", "-o", bundle)
    us.stop()
    ru.stop()
    theirs = b"".join(path.read_bytes() for path in ru.path.rglob("*") if path.is_file())
    left = b"\0".join([bundle.read_bytes(), theirs, us.trace.read_bytes()])
    assert b"Trauma centre" in left
    assert not [each for each in (SECRET, *ids) if each.encode() in left]


@pytest.mark.rule("R-FMT-09")
def test_drafts_and_amendments_come_from_a_table_too(pair: tuple[Box, Box], tmp_path: Path) -> None:
    us, _ = pair
    table = tmp_path / "plans.csv"
    head = "ref,title,mgrs,lower,upper"
    table.write_text(f"{head}\nD-1,First,42SVF8739963610,0,50\nD-2,Second,42SVF87016361,0,50")
    at = Moment.parse(us.ask("now"))
    window = ("--start", str(at.plus_ms(600_000)), "--end", str(at.plus_ms(3_600_000)))
    given = ("--kind", "convoy", "--radius-m", "200", "--unit", "m", "--datum", "AGL", *window)
    ids = us.run("activity", "draft", table, *given).out.split()
    assert len(ids) == 2
    assert us.refused("activity", "amend", ids[0], table, *given)["code"] == "not-one-activity"
    table.write_text(f"{head}\nD-1,First again,42SVF8739963610,0,50")
    assert us.run("activity", "amend", ids[0], table, *given).out.strip() == ids[0]
    assert us.json("activity", "show", ids[0])["title"] == "First again"
    us.run("activity", "amend", ids[0], "title=x", "--kind", "convoy", code=2)
    for id in ids:
        us.run("activity", "discard", id)


@pytest.mark.rule("R-ACT-06")
@pytest.mark.rule("R-ACT-07")
@pytest.mark.rule("R-ACT-27")
@pytest.mark.rule("R-ACT-10")
def test_the_life_of_a_site_by_its_commands(pair: tuple[Box, Box], tmp_path: Path) -> None:
    us, ru = pair
    file = written(tmp_path, hospital(us.ask("now")))
    (id,) = us.run("activity", "draft", file).out.split()
    assert f"{id}" in us.run("activity", "list", "--state", "draft").out
    assert us.run("activity", "check", id).out.startswith("no conflict found")
    (tmp_path / "theirs").mkdir()
    theirs = ru.run("notify", "us", written(tmp_path / "theirs", strike(ru.ask("now")))).out.strip()
    settle(us, ru)
    (would,) = us.json("activity", "check", id)["conflicts"]
    assert would["activities"][1]["id"] == theirs
    assert us.json("activity", "check", id, "place=60.0 60.0")["conflicts"] == []
    ru.run("activity", "cancel", theirs)
    assert us.run("activity", "announce", id, "ru").out.strip() == id
    settle(us, ru)
    shown = ru.json("activity", "show", id)
    assert (shown["state"], shown["permanent"]) == ("active", True)
    assert shown["marks"] == ["unverified"]  # there are no officers here who could
    assert shown["places"][0]["mgrs"] == "42SVF8739963610"
    changed = ("title=Trauma centre, east wing", "contact=+93 79 000 000")
    assert us.run("activity", "amend", id, *changed).out.strip() == f"{id}.1"
    us.run("activity", "confirm", id)
    settle(us, ru)
    told = ru.run("activity", "show", id).out
    assert "version 0" in told and "version 1" in told and "east wing" in told
    assert "coordinates verified by: nobody" in told and "until withdrawn" not in told
    assert "until withdrawn" in ru.run("activity", "list", "--line", "us").out
    assert us.refused("activity", "verify", id, "36.7181 68.8589")["code"] == "no-officer"
    assert us.refused("activity", "amend", id, "wings=2")["code"] == "unknown-field"
    us.run("activity", "amend", id, file)
    us.run("activity", "cancel", id, "--reason", "Moved to Baghlan.")
    settle(us, ru)
    shown = ru.json("activity", "show", id)
    assert (shown["state"], shown["revision"]) == ("cancelled", 2)
    assert us.refused("activity", "confirm", id)["code"] == "activity-over"
    (other,) = us.run("activity", "draft", file).out.split()
    us.run("activity", "discard", other)
    assert us.json("activity", "list", "--state", "draft")["activities"] == []


@pytest.mark.rule("R-ACT-08")
@pytest.mark.rule("R-ACT-16")
def test_what_is_amiss_is_said_as_it_is_sent(pair: tuple[Box, Box], tmp_path: Path) -> None:
    us, ru = pair
    at = Moment.parse(us.ask("now"))
    soon = {"start": str(at.plus_ms(60_000)), "end": str(at.plus_ms(3_600_000))}
    late = point(kind="flight", lower=9_000, upper=9_500, datum="AMSL", **soon)
    done = us.run("notify", "ru", written(tmp_path, late, hospital(str(at)), point(**soon)))
    flight, site, convoy = done.out.split()
    assert f"{flight}: LATE NOTICE" in done.err
    assert f"{site}: COORDINATES NOT VERIFIED" in done.err and "no officers" in done.err
    assert f"{convoy}: LACKING: radio or telephone" in done.err
    settle(us, ru)
    listed = {a["id"]: a["marks"] for a in ru.json("activity", "list")["activities"]}
    assert (listed[flight], listed[site]) == (["late"], ["unverified"])
    assert set(listed[convoy]) == {"late", "lacking"}
    assert ru.json("show", flight)["precedence"] == "immediate"
    for box in (us, ru):
        for alarm in box.ask("alarms")["alarms"]:
            box.ask("acknowledge", alarm_id=alarm["id"])
    for id in (flight, site, convoy):
        us.run("activity", "cancel", id)
    settle(us, ru)


@pytest.mark.rule("R-ACT-14")
@pytest.mark.rule("R-ACT-15")
def test_a_second_officer_verifies_by_name(make_pair: MakePair, tmp_path: Path) -> None:
    us, ru = make_pair()
    serve_all(us, ru)
    password = tmp_path / "password"
    password.write_text(f"{PASSWORD}\n")
    for name in ("Anna", "Boris"):
        us.run("officer", "add", name, "--role", "officer", "--password-file", password)

    def by(name: str, *args: str | Path, code: int = 0) -> str:
        named = ("--as", name, "--password-file", password)
        done = in_process("--station", us.path, *named, *args)
        assert done.code == code, done
        return (done.out + done.err).strip()

    file = written(tmp_path, hospital(us.ask("now")))
    id = by("Anna", "notify", "ru", file).split()[0]
    assert [a["form"] for a in alarmed(us)] == ["unverified"]
    assert "gave these coordinates" in by("Anna", "activity", "verify", id, "36.72 68.86", code=1)
    assert "m from what" in by("Boris", "activity", "verify", id, "36.72 68.86", code=1)
    assert by("Boris", "activity", "verify", id, "42SVF 87399 63610") == f"{id}.1"
    settle(us, ru)
    shown = ru.json("activity", "show", id)
    assert shown["verified"] == {"officer": "Boris", "notation": "mgrs"}
    assert (shown["marks"], shown["author"]) == ([], "Anna")
    assert "Boris" in ru.run("activity", "show", id).out
