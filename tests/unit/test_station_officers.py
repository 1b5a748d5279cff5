"""Officers at one station: names, passwords, roles, and what an act says of its author."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from openline.forms.catalog import CATALOG
from openline.forms.payload import AUTOMATIC, BY_LEVEL, Payload, read_payload
from openline.station import passwords
from openline.station.desk_tables import officers
from openline.station.facade import Facade
from openline.station.folder import Folder
from openline.station.founding import Founding, found
from openline.station.passwords import Tries, hash_password, is_password
from openline.station.roles import MAY, MAY_SEND, Role
from openline.station.seats import OWNER, Seat, bound, taking
from openline.station.station import Station, engine_of
from openline.wire import cbor
from openline.wire.message import read_message
from openline.words import limits
from openline.words.errors import OpenlineError
from simulation.world import Side, World, joined

PASSWORD = "seven words are easier to remember"
ANNA = "Anna Duty"


@pytest.fixture(autouse=True)
def cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "_HASHER", hasher)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    folder = Folder(tmp_path / "us")
    found(folder, Founding("us", "us side", ("https://us.example:8440",)))
    return folder


@pytest.fixture
def station(folder: Folder) -> Iterator[Station]:
    made = Station(folder)
    yield made
    made.close()


@pytest.fixture
def facade(station: Station) -> Facade:
    made = Facade(station)
    made.officer_add(ANNA, "officer", PASSWORD)
    return made


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with joined(tmp_path) as world:
        for side in world.sides.values():
            run = side.run
            side.run = lambda job, run=run: run(bound(job))  # type: ignore[method-assign]
        yield world


def refusal(call: Callable[[], object]) -> OpenlineError:
    with pytest.raises(OpenlineError) as caught:
        call()
    return caught.value


# ---- names and passwords -----------------------------------------------------------------


@pytest.mark.rule("R-OFF-01")
@pytest.mark.parametrize("again", ["Anna Duty", " anna  DUTY ", "Ａnna Duty"])
def test_a_name_belongs_to_one_officer_for_ever(facade: Facade, again: str) -> None:
    facade.officer_change(ANNA, disabled=True)
    assert refusal(lambda: facade.officer_add(again, "observer", PASSWORD)).code == "already-there"
    (one,) = facade.officers()["officers"]
    assert (one["name"], one["role"], one["disabled"]) == (ANNA, "officer", True)


@pytest.mark.rule("R-OFF-01")
@pytest.mark.parametrize("name", ["", "  ", "a\nb".replace("\n", "\x1b"), "x" * 65])
def test_a_name_that_cannot_be_shown_is_refused(facade: Facade, name: str) -> None:
    assert refusal(lambda: facade.officer_add(name, "officer", PASSWORD)).code == "bad-name"


@pytest.mark.rule("R-OFF-01")
def test_the_number_of_officers_is_bounded(facade: Facade, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "OFFICERS", 1)
    assert (
        refusal(lambda: facade.officer_add("Bo", "officer", PASSWORD)).code == "too-many-officers"
    )
    assert len(facade.officers()["officers"]) == 1


@pytest.mark.rule("R-OFF-02")
def test_only_an_argon2_hash_of_a_password_is_kept(facade: Facade, station: Station) -> None:
    with station.engine.store.read() as connection:
        (row,) = connection.execute(officers.select()).all()
    assert row.hash.startswith("$argon2id$")
    for path in station.folder.path.rglob("*"):
        if path.is_file():
            assert PASSWORD.encode() not in path.read_bytes()
    assert "argon2id" not in repr(station.engine.roster)


@pytest.mark.rule("R-OFF-02")
@pytest.mark.parametrize("weak", ["", "seven77", "x" * (limits.PASSWORD_CHARS + 1)])
def test_a_password_too_short_or_long_is_refused(facade: Facade, weak: str) -> None:
    error = refusal(lambda: facade.officer_add("Bo", "officer", weak))
    assert error.code == "weak-password" and (not weak or weak not in str(error))
    assert len(facade.officers()["officers"]) == 1


@pytest.mark.rule("R-OFF-02")
def test_a_password_is_the_same_however_it_is_composed() -> None:
    hashed = hash_password("pa\u00dfwort caf\u00e9")
    assert is_password(hashed, "pa\u00dfwort cafe\u0301")
    assert not is_password(hashed, "pa\u00dfwort cafe")
    assert not is_password(None, "nobody") and not is_password("no hash", "nobody")


# ---- coming in --------------------------------------------------------------------------


@pytest.mark.rule("R-OFF-04")
def test_whatever_is_wrong_is_refused_alike(facade: Facade) -> None:
    facade.officer_add("Bo", "officer", PASSWORD)
    facade.officer_change("Bo", disabled=True)
    wrong = [(ANNA, "not it"), ("Nobody", PASSWORD), ("Bo", PASSWORD), (ANNA, "x" * 10_000)]
    errors = [refusal(lambda n=n, p=p: facade.login(n, p)) for n, p in wrong]
    assert {(e.code, e.message, e.next) for e in errors} == {
        (errors[0].code, errors[0].message, errors[0].next)
    }
    assert errors[0].code == "wrong-password"


@pytest.mark.rule("R-OFF-04")
def test_an_unknown_name_takes_a_hash_too(facade: Facade, monkeypatch: pytest.MonkeyPatch) -> None:
    hashed: list[str | None] = []

    def spied(found: str | None, password: str) -> bool:
        hashed.append(found)
        return is_password(found, password)

    monkeypatch.setattr("openline.station.desk.is_password", spied)
    refusal(lambda: facade.login("Nobody", PASSWORD))
    assert hashed == [None]


class Hand:
    """A clock moved by hand."""

    ms = 0

    def __call__(self) -> int:
        return self.ms


@pytest.mark.rule("R-OFF-04")
def test_tries_are_counted_by_where_they_come_from() -> None:
    clock = Hand()
    tries = Tries(clock)
    for _ in range(limits.LOGIN_TRIES):
        tries.begin("10.0.0.9")
    error = refusal(lambda: tries.begin("10.0.0.9"))
    assert error.code == "too-many-tries" and "60 s" in error.next
    tries.begin("10.0.0.8")  # nobody keeps an officer elsewhere out
    clock.ms += limits.LOGIN_WINDOW_MS
    tries.begin("10.0.0.9")


@pytest.mark.rule("R-OFF-04")
def test_a_right_password_forgives_and_what_is_counted_is_bounded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "LOGIN_SOURCES", 2)
    tries = Tries(Hand())
    for _ in range(3 * limits.LOGIN_TRIES):
        tries.begin("here")
        tries.forgive("here")
    for source in map(str, range(10)):
        tries.begin(source)
    assert len(tries._tries) == 2


@pytest.mark.rule("R-OFF-04")
def test_the_station_refuses_to_hash_more_after_too_many_tries(facade: Facade) -> None:
    codes = [
        refusal(lambda: facade.login(ANNA, "wrong one", source="10.0.0.9")).code
        for _ in range(limits.LOGIN_TRIES + 1)
    ]
    assert codes == ["wrong-password"] * limits.LOGIN_TRIES + ["too-many-tries"]
    assert facade.login(ANNA, PASSWORD, source="10.0.0.8")["name"] == ANNA


@pytest.mark.rule("R-OFF-09")
@pytest.mark.parametrize(
    "change", [{"role": "observer"}, {"disabled": True}, {"password": "another password"}]
)
def test_a_change_ends_what_was_opened_before_it(facade: Facade, change: dict[str, object]) -> None:
    ticket = facade.login(ANNA, PASSWORD)["ticket"]
    assert facade.seats.of(ticket) == Seat(Role.OFFICER, ANNA)
    facade.officer_change(ANNA, **change)  # type: ignore[arg-type]
    assert facade.seats.of(ticket) is None
    assert facade.seats.of("forged.0") is None


@pytest.mark.rule("R-OFF-09")
def test_ones_own_password_is_changed_with_the_old_one(facade: Facade) -> None:
    with taking(Seat(Role.OFFICER, ANNA)):
        assert refusal(lambda: facade.own_password("not it", "another password")).code == (
            "wrong-password"
        )
        ticket = facade.own_password(PASSWORD, "another password")["ticket"]
        assert facade.whoami()["officer"] == {"name": ANNA, "role": "officer"}
    assert facade.seats.of(ticket) == Seat(Role.OFFICER, ANNA)
    assert refusal(lambda: facade.login(ANNA, PASSWORD)).code == "wrong-password"
    with taking(OWNER):
        assert refusal(lambda: facade.own_password(PASSWORD, PASSWORD)).code == "no-officer"


@pytest.mark.rule("R-OFF-06")
def test_the_first_officer_is_made_once(station: Station) -> None:
    facade = Facade(station)
    assert facade.seats.of("") == OWNER
    facade.officer_add(ANNA, "administrator", PASSWORD, first=True)
    again = refusal(lambda: facade.officer_add("Bo", "administrator", PASSWORD, first=True))
    assert again.code == "already-there"
    assert facade.seats.of("") == Seat(Role.OBSERVER)


def test_officers_are_there_after_a_restart(
    facade: Facade, station: Station, folder: Folder
) -> None:
    ticket = facade.login(ANNA, PASSWORD)["ticket"]
    engine = engine_of(folder)
    assert engine.roster == station.engine.roster and engine.roster["anna duty"].ticket == ticket
    engine.store.close()


# ---- roles -------------------------------------------------------------------------------


@pytest.mark.rule("R-OFF-03")
def test_every_method_of_the_facade_stands_in_the_table() -> None:
    public = {n for n in dir(Facade) if not n.startswith("_") and callable(getattr(Facade, n))}
    assert public == MAY.keys()


@pytest.mark.rule("R-OFF-03")
@pytest.mark.parametrize("method", sorted(MAY))
def test_a_method_asks_for_its_role(method: str) -> None:
    facade = Facade(None)  # type: ignore[arg-type]  (what is refused reaches no station)
    for role in Role:
        if role.rank < MAY[method].rank:
            with taking(Seat(role, ANNA)):
                assert refusal(getattr(facade, method)).code == "role-too-low"
            with taking(Seat(role)):
                assert refusal(getattr(facade, method)).code == "no-officer"


@pytest.mark.rule("R-OFF-03")
def test_a_role_may_do_what_a_lesser_one_may(facade: Facade) -> None:
    for role in Role:
        with taking(Seat(role, ANNA)):
            assert facade.status()["party"] == "us"
    with taking(Seat(Role.ADMINISTRATOR, ANNA)):
        assert refusal(lambda: facade.send(["ru"], "text", {"text": "x"})).code == "unknown-line"
    assert refusal(lambda: facade.officer_add("Bo", "chief", PASSWORD)).code == "unknown-role"


@pytest.mark.rule("R-OFF-03")
@pytest.mark.parametrize("form", sorted(MAY_SEND))
def test_what_holds_for_the_whole_line_takes_more_than_an_officer(world: World, form: str) -> None:
    us = world["us"]
    fields = dict(CATALOG[form].example)
    before = us.ours("ru")
    with taking(Seat(Role.OFFICER, ANNA)):
        assert refusal(lambda: us.send("ru", form, **fields)).code == "role-too-low"
    assert us.ours("ru") == before
    with taking(Seat(Role.SUPERVISOR, ANNA)):
        us.send("ru", form, **fields)


# ---- what a message says of its author -----------------------------------------------------


def enlist(side: Side, name: str = ANNA, role: str = "officer") -> Seat:
    Facade(side).officer_add(name, role, PASSWORD)  # type: ignore[arg-type]
    return Seat(Role(role), name)


def last(rows: list[object]) -> Payload:
    return read_payload(read_message(rows[-1].raw).payload)  # type: ignore[attr-defined]


def shown(side: Side, id: str) -> tuple[str | None, bool | None]:
    message = Facade(side).show(id)  # type: ignore[arg-type]
    return message["by"], message["automatic"]


@pytest.mark.rule("R-OFF-08")
def test_both_sides_see_which_officer_said_it(world: World) -> None:
    us, ru = world["us"], world["ru"]
    with taking(enlist(us)):
        id = us.send("ru")
    world.settle()
    assert last(ru.theirs("us")).by == ANNA
    assert shown(us, id) == shown(ru, id) == (ANNA, False)
    world.check_quiet()


@pytest.mark.rule("R-OFF-08")
def test_what_no_person_stands_behind_says_so(world: World) -> None:
    us, ru = world["us"], world["ru"]
    nobody_yet = us.send("ru")
    enlist(us)
    with taking(OWNER):
        owner = us.send("ru")
    us.test("ru")
    assert last(us.ours("ru")).by == AUTOMATIC  # a scheduled test; an officer's has a name
    world.settle()
    assert shown(ru, nobody_yet) == (None, False)
    assert shown(ru, owner) == (None, True)
    answered = [row.id for row in ru.ours("us") if row.form == "linetest-answer"]
    assert shown(us, answered[-1]) == (None, True)  # the form is a machine's alone


@pytest.mark.rule("R-OFF-08")
def test_a_peer_of_an_older_version_gets_a_message_that_it_can_read(world: World) -> None:
    us = world["us"]
    with taking(enlist(us)):
        line = us.engine.lines["ru"]
        object.__setattr__(line, "level", BY_LEVEL - 1)
        us.send("ru")
        assert last(us.ours("ru")).by is None
    assert cbor.decode(read_message(us.ours("ru")[-1].raw).payload, 10_000).keys() == {
        *("form", "v", "uid", "rev", "to", "prec", "lang", "fields")
    }


@pytest.mark.rule("R-OFF-05")
@pytest.mark.parametrize("form", ["opened", "acknowledged", "objection"])
def test_an_answer_takes_an_officer_once_there_are_any(world: World, form: str) -> None:
    us, ru = world["us"], world["ru"]
    about = ru.send("us", precedence="flash", text="Are you there?")
    world.settle()
    fields = {"about": about, **({"reason": "our convoy"} if form == "objection" else {})}
    seat = enlist(us)
    assert refusal(lambda: us.send("ru", form, **fields)).code == "no-officer"
    with taking(OWNER):
        error = refusal(lambda: us.send("ru", form, **fields))
    assert error.code == "no-officer" and "--as NAME" in error.next
    with taking(seat):
        us.send("ru", form, **fields)
    world.settle()
    answer = last(ru.theirs("us"))
    assert (answer.form, answer.by) == (form, ANNA)


@pytest.mark.rule("R-OFF-05")
def test_an_urgent_message_is_never_refused_for_the_lack_of_a_name(world: World) -> None:
    us = world["us"]
    enlist(us)
    with taking(OWNER):
        us.send("ru", precedence="flash", text="Stop, stop")
    assert last(us.ours("ru")).by == AUTOMATIC


@pytest.mark.rule("R-OFF-05")
def test_an_alarm_that_answers_its_message_is_silenced_by_an_officer_alone(world: World) -> None:
    us, ru = world["us"], world["ru"]
    ru.send("us", precedence="flash", text="Are you there?")
    world.settle()
    (id,) = us.alarms()
    facade, seat = Facade(us), enlist(us)  # type: ignore[arg-type]
    with taking(OWNER):
        assert refusal(lambda: facade.acknowledge(id)).code == "no-officer"
    assert us.alarms()[id].acknowledged_at is None
    with taking(seat):
        facade.acknowledge(id)
    assert us.alarms()[id].acknowledged_at is not None
    assert (last(us.ours("ru")).form, last(us.ours("ru")).by) == ("acknowledged", ANNA)


@pytest.mark.rule("R-OFF-08")
def test_jobs_that_share_a_transaction_keep_their_authors_apart(station: Station) -> None:
    seen: dict[str, Seat | None] = {}

    def act(name: str) -> None:
        with taking(Seat(Role.OFFICER, name)):
            station.run(lambda tx: seen.__setitem__(name, tx.seat))

    threads = [threading.Thread(target=act, args=(name,)) for name in ("Anna", "Bo", "Cy")]
    for thread in threads:
        thread.start()
    station.run(lambda tx: seen.__setitem__("", tx.seat))
    for thread in threads:
        thread.join()
    assert {name: seat and seat.officer for name, seat in seen.items()} == {
        **{name: name for name in ("Anna", "Bo", "Cy")},
        "": None,
    }
