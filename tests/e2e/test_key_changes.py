"""`openline keys`: changed, lost and revoked on lines between running stations."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest
from cryptography import x509
from processes import Box, MakePair, serve_all, settle

from openline.station.folder import Folder
from openline.station.founding import own_card


def texts(box: Box, peer: str) -> list[str]:
    return [m["fields"]["text"] for m in box.messages(peer) if m["form"] == "text"]


def serial_of(box: Box, party: str) -> int:
    """The number of the newest card of a party that a station knows."""
    found = box.ask("keys_list")["keys"]
    return max(each["serial"] for each in found if each["party"] == party)


def tls_key(box: Box) -> bytes:
    """The key with which the listener greets whoever connects."""
    pem = ssl.get_server_certificate(("127.0.0.1", box.line_port))
    return x509.load_pem_x509_certificate(pem.encode()).public_key().public_bytes_raw()  # type: ignore[union-attr]


@pytest.mark.rule("R-KEY-04")
@pytest.mark.rule("R-KEY-11")
@pytest.mark.rule("R-KEY-13")
@pytest.mark.rule("R-KEY-14")
def test_keys_change_on_a_running_line_and_hold_after_restarts(make_pair: MakePair) -> None:
    us, ru = make_pair()
    serve_all(us, ru)
    us.send("ru", "before", "--wait", "60")
    ru.send("us", "before", "--wait", "60")
    first = own_card(Folder(us.path))
    words = us.json("card")["fingerprint"]
    done = us.json("keys", "rotate")
    assert done == {"serial": 2, "lines": ["ru"]}
    us.send("ru", "after", "--wait", "60")
    ru.send("us", "after", "--wait", "60")
    ru.until(lambda: serial_of(ru, "us") == 2)
    second = own_card(Folder(us.path))
    assert us.json("card")["fingerprint"] == words
    assert us.json("card")["serial"] == second.serial == 2
    us.until(lambda: tls_key(us) == second.tls_key, "the listener has the new key")
    assert first.tls_key != second.tls_key
    # Nobody needs what was in memory: both come up with what lies on the disk.
    for box, peer in ((us, "ru"), (ru, "us")):
        box.stop()
        box.serve()
        box.send(peer, "again", "--wait", "60")
    settle(us, ru)
    assert texts(us, "ru") == texts(ru, "us")
    for box in (us, ru):
        assert box.json("record", "verify")["holds"]
        assert not [m for m in box.messages() if m["form"] in ("fork", "not-understood")]
    listed = us.json("keys", "list")["keys"]
    states = {(k["party"], k["serial"], k["job"]): k["state"] for k in listed}
    assert states["us", 1, "signing"] == "old" and states["us", 2, "signing"] == "current"
    assert states["ru", 1, "mldsa"] == "current"
    assert "signing" in us.run("keys", "list").out


@pytest.mark.rule("R-KEY-08")
@pytest.mark.rule("R-KEY-09")
def test_a_stolen_key_is_revoked_and_what_it_signed_since_is_disputed(
    make_pair: MakePair,
) -> None:
    us, ru = make_pair()
    serve_all(us, ru)
    early = us.send("ru", "long before", "--wait", "60")
    since = us.ask("now")
    doubtful = us.send("ru", "perhaps not ours", "--wait", "60")
    done = us.json("keys", "revoke", "1", "--since", since)
    assert len(done["keys"]) == 6 and len(done["ids"]) == 1
    after = us.send("ru", "ours again", "--wait", "60")
    us.until(lambda: [m for m in us.messages("ru") if m["form"] == "revocation-held"])
    settle(us, ru)
    for box in (us, ru):
        disputed = {m["id"]: m["disputed"] for m in box.messages()}
        assert (disputed[early], disputed[doubtful], disputed[after]) == (False, True, False)
        assert box.json("show", doubtful)["disputed"] is True
        assert box.json("record", "verify")["holds"]
    held = next(m for m in us.messages("ru") if m["form"] == "revocation-held")
    assert held["fields"]["equal"] is True
    states = {
        (k["serial"], k["job"]): k["state"]
        for k in ru.ask("keys_list")["keys"]
        if k["party"] == "us"
    }
    assert states[1, "signing"] == "revoked" and states[2, "signing"] == "current"
    assert us.refused("keys", "revoke", "77", "--since", since)["code"] == "unknown-key"
    assert "revocation" in {a["form"] for a in ru.ask("alarms")["alarms"]}
    bundle = us.path.with_name("revoked.bundle")
    ru.run("evidence", "export", "--line", "us", "-o", bundle)
    anchors = (f"{box.party}={box.json('card')['fingerprint']}" for box in (us, ru))
    trusted = [part for anchor in anchors for part in ("--trust", anchor)]
    judged = ru.json("evidence", "verify", bundle, *trusted)
    assert judged["result"] == "verified" and len(judged["revocations"]) == 1
    disputed = {m["id"]: m["disputed"] for m in judged["messages"]}
    assert (disputed[early], disputed[doubtful], disputed[after]) == (False, True, False)


@pytest.mark.rule("R-KEY-06")
@pytest.mark.rule("R-STN-04")
def test_lost_keys_are_replaced_by_the_root_key(make_pair: MakePair) -> None:
    us, ru = make_pair()
    serve_all(us, ru)
    us.send("ru", "before", "--wait", "60")
    settle(us, ru)
    us.stop()
    theirs = ru.send("us", "sealed to keys that are gone")
    (us.path / "keys.json").unlink()
    (us.path / "tls.pem").unlink()
    assert us.refused("status")["code"] == "bad-keys"
    assert us.refused("keys", "rotate")["code"] == "bad-keys"
    assert us.json("keys", "rotate", "--lost")["serial"] == 2
    us.serve()
    us.send("ru", "back", "--wait", "60")
    us.until(lambda: theirs in {m["id"] for m in us.messages("ru")}, "their message came")
    settle(us, ru)
    assert texts(ru, "us")[-1] == "back"
    assert "keys" in {a["form"] for a in ru.ask("alarms")["alarms"]}
    for box in (us, ru):
        assert box.json("record", "verify")["holds"]


@pytest.mark.rule("R-KEY-10")
def test_only_the_stations_own_root_key_changes_its_keys(
    make_pair: MakePair, tmp_path: Path
) -> None:
    us, ru = make_pair()
    theirs = ru.path.with_name("ru.root")
    ours = us.path.with_name("us.root")
    assert us.refused("keys", "rotate", "--root-key", theirs)["code"] == "bad-root-key"
    assert us.refused("keys", "rotate", "--root-key", tmp_path / "none")["code"] == "bad-root-key"
    broken = tmp_path / "broken"
    broken.write_text("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")
    assert us.refused("keys", "rotate", "--root-key", broken)["code"] == "bad-root-key"
    assert us.json("card")["serial"] == 1
    assert us.json("keys", "rotate", "--root-key", ours)["serial"] == 2
    assert us.json("keys", "rotate")["serial"] == 3
    serve_all(us, ru)
    us.send("ru", "by the third", "--wait", "60")
    settle(us, ru)
    assert serial_of(ru, "us") == 3
    assert ru.json("record", "verify")["holds"]


@pytest.mark.rule("R-KEY-10")
def test_an_encrypted_root_key_asks_for_its_passphrase(make_box: object, tmp_path: Path) -> None:
    box: Box = make_box("us")  # type: ignore[operator]
    right, wrong = tmp_path / "right", tmp_path / "wrong"
    right.write_text("correct horse\n")
    wrong.write_text("another\n")
    box.init("--passphrase-file", str(right))
    refused = box.refused("keys", "rotate", "--passphrase-file", wrong)
    assert refused["code"] == "bad-root-key" and "horse" not in str(refused)
    assert box.json("keys", "rotate", "--passphrase-file", right)["serial"] == 2
