"""The console's certificates: whom the station's own authority vouches for, and for whom not."""

from __future__ import annotations

import ssl
import stat
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from openline.station import authority
from openline.station.backup import restore, write_backup
from openline.station.folder import Folder
from openline.station.founding import Founding, found, own_card
from openline.wire.card import Card
from openline.words.errors import OpenlineError
from openline.words.moment import Moment

NOW = datetime.now(UTC).replace(microsecond=0)
"""The TLS library has a clock of its own, so that the certificates must hold today."""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    folder = Folder(tmp_path_factory.mktemp("authority") / "us")
    found(folder, Founding("us", "us side", ("https://us.example:8440", "https://9.9.9.9:1")))
    return folder


@pytest.fixture
def card(home: Folder) -> Card:
    return own_card(home)


def refusal(call: Callable[[], object]) -> OpenlineError:
    with pytest.raises(OpenlineError) as caught:
        call()
    return caught.value


def shakes_hands(certificate: Path, key: Path | None, trusted: bytes, host: str) -> bool:
    """Whether a client that trusts `trusted` takes the certificate for `host`."""
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(certificate, key)
    client = ssl.create_default_context(cadata=trusted.decode())
    client.verify_flags |= ssl.VERIFY_X509_STRICT
    a, b, c, d = (ssl.MemoryBIO() for _ in range(4))
    there = server.wrap_bio(a, b, server_side=True)
    here = client.wrap_bio(c, d, server_hostname=host)
    for _ in range(6):
        for end in (here, there):
            try:
                end.do_handshake()
            except ssl.SSLWantReadError:
                pass
            except ssl.SSLCertVerificationError:
                return False
            a.write(d.read())
            c.write(b.read())
    return here.version() is not None


def trusted(home: Folder, card: Card) -> bytes:
    return authority.authority_certificate(home, card, NOW).public_bytes(Encoding.PEM)


@pytest.mark.rule("R-OFF-12")
@pytest.mark.parametrize(
    "host",
    ["localhost", "127.0.0.1", "::1", "us.example", "9.9.9.9", "desk.lan", "10.1.2.3", "fd00::7"],
)
def test_browsers_that_trust_the_authority_take_the_console(
    home: Folder, card: Card, host: str
) -> None:
    tls = authority.issued(home, card, "10.1.2.3", ["desk.lan", "fd00::7"], NOW)
    assert tls.hosts[:3] == ("desk.lan", "fd00::7", "10.1.2.3") and host in tls.hosts
    assert shakes_hands(tls.certificate, tls.key, trusted(home, card), host)
    assert not shakes_hands(tls.certificate, tls.key, trusted(home, card), "other.lan")


@pytest.mark.rule("R-OFF-12")
@pytest.mark.parametrize("host", ["bank.example", "example.org", "9.9.9.8", "2001:db8::1", "a b"])
def test_the_authority_vouches_for_no_stranger(home: Folder, card: Card, host: str) -> None:
    error = refusal(lambda: authority.issued(home, card, "0.0.0.0", [host], NOW))
    assert error.code == "bad-console-name" and "--certificate" in error.next


@pytest.mark.rule("R-OFF-12")
@pytest.mark.parametrize("host", ["bank.example", "9.9.9.8"])
def test_whoever_steals_the_key_can_pose_as_no_stranger(
    home: Folder, card: Card, host: str, tmp_path: Path
) -> None:
    stolen = authority._read(home.authority.read_bytes())
    forged = tmp_path / "forged.pem"
    forged.write_bytes(authority._issue(stolen, [host], NOW))
    assert not shakes_hands(forged, None, trusted(home, card), host)


@pytest.mark.rule("R-OFF-12")
def test_the_key_stays_in_the_folder_for_its_owner_alone(home: Folder, card: Card) -> None:
    authority.issued(home, card, "0.0.0.0", [], NOW)
    for file in (home.authority, home.console_certificate):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert b"PRIVATE KEY" in file.read_bytes()
    assert b"PRIVATE KEY" not in trusted(home, card)


@pytest.mark.rule("R-OFF-12")
def test_a_station_without_an_authority_gets_one(home: Folder, card: Card) -> None:
    before = trusted(home, card)
    home.authority.unlink()
    after = trusted(home, card)
    assert after != before and trusted(home, card) == after
    home.authority.write_bytes(b"nothing")
    assert refusal(lambda: trusted(home, card)).code == "bad-certificate"
    home.authority.unlink()


@pytest.mark.rule("R-OFF-12")
@pytest.mark.parametrize("has_authority", [True, False])
def test_a_backup_holds_the_authority_where_there_is_one(
    home: Folder, card: Card, tmp_path: Path, has_authority: bool
) -> None:
    trusted(home, card)
    if not has_authority:
        home.authority.unlink()
    write_backup(home, tmp_path / "backup", Moment(0))
    back = Folder(tmp_path / "back")
    restore(back, tmp_path / "backup")
    assert back.authority.exists() == has_authority
    assert not has_authority or trusted(back, card) == trusted(home, card)


def test_it_lasts_as_browsers_want_and_no_longer_than_the_authority(
    home: Folder, card: Card
) -> None:
    tls = authority.issued(home, card, "0.0.0.0", [], NOW)
    certificate = x509.load_pem_x509_certificate(tls.certificate.read_bytes())
    lasts = certificate.not_valid_after_utc - certificate.not_valid_before_utc
    assert lasts <= timedelta(days=398)
    above = authority.authority_certificate(home, card, NOW)
    late = above.not_valid_after_utc - timedelta(days=3)
    tls = authority.issued(home, card, "0.0.0.0", [], late)
    certificate = x509.load_pem_x509_certificate(tls.certificate.read_bytes())
    assert certificate.not_valid_after_utc == above.not_valid_after_utc


@pytest.mark.rule("R-OFF-13")
def test_a_given_certificate_is_used_with_its_names(
    home: Folder, card: Card, tmp_path: Path
) -> None:
    whole = authority.issued(home, card, "0.0.0.0", ["desk.lan"], NOW).certificate.read_bytes()
    at = whole.index(b"-----BEGIN CERTIFICATE")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    key.write_bytes(whole[:at])
    certificate.write_bytes(whole[at:])
    tls = authority.given(certificate, key)
    assert tls.hosts[0] == "desk.lan"
    assert shakes_hands(tls.certificate, tls.key, trusted(home, card), "desk.lan")


@pytest.mark.rule("R-OFF-13")
@pytest.mark.parametrize("what", ["absent", "no certificate", "another key", "names nobody"])
def test_a_given_certificate_that_cannot_be_used_is_refused(
    home: Folder, card: Card, tmp_path: Path, what: str
) -> None:
    file, key = tmp_path / "given.pem", None
    if what == "no certificate":
        file.write_text("-----BEGIN CERTIFICATE-----\n")
    elif what == "another key":
        file.write_bytes(authority.issued(home, card, "0.0.0.0", [], NOW).certificate.read_bytes())
        key = home.authority
    elif what == "names nobody":
        file.write_bytes(authority.authority_of(home, card, NOW))
    assert refusal(lambda: authority.given(file, key)).code == "bad-certificate"
