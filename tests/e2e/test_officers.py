"""Officers by command: who may act, and what the other side reads of it."""

from __future__ import annotations

import http.client
import json
import socket
import ssl
from pathlib import Path

import pytest
from processes import Box, MakeBox, MakePair, in_process, openline, serve_all

PASSWORD = "seven words are easier to remember"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "password"
    path.write_text(f"{PASSWORD}\nnot this line\n")
    return path


@pytest.mark.rule("R-OFF-07")
@pytest.mark.rule("R-OFF-08")
@pytest.mark.rule("R-OFF-05")
def test_an_officer_acts_by_name_and_the_other_side_reads_it(
    make_pair: MakePair, file: Path
) -> None:
    us, ru = make_pair()
    serve_all(us, ru)
    named = ("--as", "anna duty", "--password-file", file)

    def act(*args: str | Path, code: int = 0) -> str:
        done = in_process("--station", us.path, *named, *args)
        assert done.code == code, done
        return done.out.strip()

    assert us.json("officer", "list")["officers"] == []
    us.run("officer", "add", "Anna Duty", "--role", "officer", "--password-file", file)
    (listed,) = us.json("officer", "list")["officers"]
    assert (listed["name"], listed["role"], listed["disabled"]) == ("Anna Duty", "officer", False)

    about = ru.send("us", "Are you there?", "--precedence", "flash", "--wait", "60")
    answer = ("send", "ru", "opened", f"about={about}")
    refused = us.refused(*answer)
    assert (refused["code"], refused["rule"]) == ("no-officer", "R-OFF-05")
    id = act(*answer, "--wait", "60")
    assert {m["id"]: m["by"] for m in ru.messages()}[id] == "Anna Duty"
    assert ru.json("show", about)["state"] == "opened"
    # A script's message goes out at once, and says that it is nobody's.
    script = us.send("ru", "from a script", "--wait", "60")
    assert ru.json("show", script)["automatic"] is True
    assert "author   by Anna Duty" in ru.run("show", id).out
    assert "automatic\n    from a script" in ru.run("messages").out

    act("officer", "list")
    act("officer", "add", "Bo", "--role", "observer", "--password-file", file, code=1)
    us.run("officer", "disable", "Anna Duty")
    act("status", code=1)
    us.run("officer", "enable", "Anna Duty")
    act("status")


@pytest.mark.rule("R-OFF-07")
def test_a_name_without_its_password_is_refused(make_box: MakeBox, file: Path) -> None:
    us = make_box("us")
    us.init("--unsafe-no-passphrase")
    us.run("officer", "add", "Anna", "--role", "officer", "--password-file", file)
    name = {"OPENLINE_OFFICER": "Anna"}
    at = ("--station", us.path)
    assert openline(*at, "status", "--json", env=name).error["code"] == "no-password"
    wrong = file.with_name("wrong")
    wrong.write_text("something else\n")
    by_file = {**name, "OPENLINE_PASSWORD_FILE": str(wrong)}
    assert in_process(*at, "status", "--json", env=by_file).error["code"] == "wrong-password"
    right = {**by_file, "OPENLINE_PASSWORD_FILE": str(file)}
    assert in_process(*at, "status", "--json", env=right).json["party"] == "us"


@pytest.mark.rule("R-OFF-07")
def test_officers_are_kept_where_no_station_runs(make_box: MakeBox, file: Path) -> None:
    box = make_box("us")
    box.init("--unsafe-no-passphrase")
    box.run("officer", "add", "Anna", "--role", "observer", "--password-file", file)
    named = ("--station", box.path, "--as", "Anna", "--password-file", file)
    assert in_process(*named, "status").code == 0
    refused = in_process(*named, "officer", "list", "--json")
    assert refused.code == 0
    box.run("officer", "role", "Anna", "administrator")
    assert in_process(*named, "officer", "add", "Bo", "--role", "observer", "--json",
                      "--password-file", file).json["name"] == "Bo"  # fmt: skip
    box.run("officer", "password", "Anna", "--password-file", file)


def console_at(box: Box, tls: ssl.SSLContext, host: str) -> http.client.HTTPSConnection:
    """A connection to the console as a browser makes it that calls it `host`."""
    connection = http.client.HTTPSConnection(host, box.console_port, context=tls, timeout=30)
    plain = socket.create_connection(("127.0.0.1", box.console_port), timeout=30)
    connection.sock = tls.wrap_socket(plain, server_hostname=host)
    return connection


@pytest.mark.rule("R-CON-04")
@pytest.mark.rule("R-CON-05")
@pytest.mark.rule("R-OFF-12")
def test_the_console_listens_beyond_loopback_for_officers_over_https(
    make_box: MakeBox, file: Path, tmp_path: Path
) -> None:
    box = make_box("us")
    box.init("--unsafe-no-passphrase")
    everywhere = ("--console", f"0.0.0.0:{box.console_port}", "--console-name", "desk.lan")
    assert box.refused_plainly("serve", *everywhere[:2])["rule"] == "R-CON-04"
    box.run("officer", "add", "Anna", "--role", "officer", "--password-file", file)
    refused = box.refused_plainly("serve", *everywhere[:3], "bank.example")
    assert refused["rule"] == "R-OFF-12" and "'bank.example'" in refused["message"]
    certificate = tmp_path / "ca.pem"
    said = box.run("ca", "-o", certificate).out
    assert box.json("ca")["fingerprint"] in said
    box.listen = everywhere
    box.serve()
    address = f"https://desk.lan:{box.console_port}"
    assert f"console {address} · {address}/#enter=" in box.ready

    tls = ssl.create_default_context(cafile=str(certificate))
    with pytest.raises(ssl.SSLCertVerificationError):
        console_at(box, ssl.create_default_context(), "desk.lan")
    body = json.dumps({"name": "Anna", "password": PASSWORD})
    headers = {"Origin": address, "X-Openline": "test", "Content-Type": "application/json"}
    connection = console_at(box, tls, "desk.lan")
    connection.request("POST", "/api/login", body, headers)
    reply = connection.getresponse()
    assert (reply.status, reply.read() != b"") == (200, True)
    cookie = reply.headers["set-cookie"]
    assert cookie.startswith(f"__Host-openline-{box.console_port}=")
    assert {"secure", "httponly", "samesite=strict"} <= set(cookie.lower().split("; "))
    held = {"Cookie": cookie.partition(";")[0]}
    connection.request("GET", "/api/session", headers=held)
    assert json.loads(connection.getresponse().read())["officer"]["name"] == "Anna"
    connection.request("GET", "/api/session", headers={**held, "Host": "bank.example"})
    assert connection.getresponse().status == 403
    connection.close()


@pytest.mark.rule("R-OFF-13")
def test_a_given_certificate_is_checked_before_anything_listens(
    make_box: MakeBox, tmp_path: Path
) -> None:
    box = make_box("us")
    box.init("--unsafe-no-passphrase")
    error = box.refused_plainly("serve", "--certificate", tmp_path / "none.pem")
    assert error["rule"] == "R-OFF-13" and "--key" in error["next"]
