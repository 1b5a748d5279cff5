"""The console's certificate beyond loopback: from the station's own authority, or a given one.

Officers' browsers are told to trust the authority. So its certificate says for which
names it may vouch (RFC 5280 4.2.1.10): those of the station's card, of this machine
and of private networks. Whoever steals its key can pose as no bank.
"""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from openline.station.folder import Folder
from openline.station.keys import write_private
from openline.wire.address import split_address
from openline.wire.card import Card
from openline.words.errors import OpenlineError

AUTHORITY_FOR = timedelta(days=3_660)
CONSOLE_FOR = timedelta(days=397)
"""As long as browsers take a certificate; a new one is issued at every start."""
SLACK = timedelta(days=1)
"""Before now: browsers' clocks may be behind."""
PRIVATE = (
    *("127.0.0.0/8", "::1/128", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"),
    *("100.64.0.0/10", "169.254.0.0/16", "fc00::/7", "fe80::/10"),
)
LOCAL = ("localhost", "local", "lan", "internal", "home.arpa")
_NAME = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?")
Address = IPv4Address | IPv6Address


@dataclass(frozen=True, slots=True)
class Tls:
    """A certificate for the console, the file of its key, and the names that it vouches for."""

    certificate: Path
    key: Path | None
    hosts: tuple[str, ...]
    """Host names (one may begin with ``*.``) and addresses; the first is shown to people."""


def given(certificate: Path, key: Path | None) -> Tls:
    """A certificate that somebody else issued; raises ``bad-certificate``."""
    try:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key, password=lambda: b"")
        named = _hosts_of(x509.load_pem_x509_certificate(certificate.read_bytes()))
    except (OSError, ValueError) as error:
        why = error.strerror if type(error) is FileNotFoundError else "it or its key cannot be used"
        raise _bad_certificate(certificate, str(why)) from None
    if not named:
        raise _bad_certificate(certificate, "it names no host")
    return Tls(certificate, key, named)


def issued(folder: Folder, card: Card, host: str, names: Sequence[str], now: datetime) -> Tls:
    """A certificate for a console on the address `host`, reached by `names` too.

    Raises ``bad-console-name`` for what the authority may not vouch for.
    """
    authority = _read(authority_of(folder, card, now))
    address = _address(host)
    asked = [*names, *([host] if address is None or not address.is_unspecified else [])]
    for each in asked:
        if not _is_host(each) or not _permits(authority[1], each):
            raise _bad_name(each)
    own = [socket.gethostname().lower(), *_hosts(card.addresses), "localhost", "127.0.0.1", "::1"]
    usable = (each for each in own if _is_host(each) and _permits(authority[1], each))
    hosts = list(dict.fromkeys((*asked, *usable)))
    folder.console_certificate.unlink(missing_ok=True)
    write_private(folder.console_certificate, _issue(authority, hosts, now))
    return Tls(folder.console_certificate, None, tuple(hosts))


def authority_of(folder: Folder, card: Card, now: datetime) -> bytes:
    """Key and certificate of the station's authority, in PEM; made where there is none yet."""
    if not folder.authority.exists():
        write_private(folder.authority, make_authority(card.party, card.addresses, now))
    return folder.authority.read_bytes()


def authority_certificate(folder: Folder, card: Card, now: datetime) -> x509.Certificate:
    """The certificate that officers' browsers are to trust."""
    return _read(authority_of(folder, card, now))[1]


def make_authority(party: str, addresses: Iterable[str], now: datetime) -> bytes:
    """Key and certificate, in PEM, of a new authority for a station with these addresses."""
    key = ec.generate_private_key(ec.SECP256R1())  # browsers take no Ed25519
    name = _named(f"Openline console of {party}")
    certificate = (
        _builder(name, name, key, now, AUTHORITY_FOR)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(x509.NameConstraints(_subtrees(addresses), None), critical=True)
        .sign(key, hashes.SHA256())
    )
    return _pem(key) + certificate.public_bytes(Encoding.PEM)


# ---- beneath -------------------------------------------------------------------------


Pair = tuple[ec.EllipticCurvePrivateKey, x509.Certificate]


def _issue(authority: Pair, hosts: Sequence[str], now: datetime) -> bytes:
    signer, above = authority
    key = ec.generate_private_key(ec.SECP256R1())
    until = min(now + CONSOLE_FOR, above.not_valid_after_utc) - now
    issuer = above.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    certificate = (
        _builder(_named(hosts[0][:64]), above.subject, key, now, until)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName(map(_general, hosts)), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(issuer), critical=False
        )
        .sign(signer, hashes.SHA256())
    )
    return _pem(key) + certificate.public_bytes(Encoding.PEM)


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    now: datetime,
    lasts: timedelta,
) -> x509.CertificateBuilder:
    public = key.public_key()
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - SLACK)
        .not_valid_after(now + lasts)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    )


def _usage(signs_certificates: bool) -> x509.KeyUsage:
    unused = ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement")
    return x509.KeyUsage(
        **dict.fromkeys((*unused, "encipher_only", "decipher_only"), False),
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=False,
    )


def _named(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _read(pem: bytes) -> Pair:
    try:
        key = load_pem_private_key(pem, None)
        if isinstance(key, ec.EllipticCurvePrivateKey):
            return key, x509.load_pem_x509_certificate(pem)
    except ValueError:
        pass
    raise OpenlineError(
        "bad-certificate",
        "the authority of the station's console cannot be read",
        rule="R-OFF-12",
        next="remove console-ca.pem from the station's folder: another is made at the next start",
    )


def _address(host: str) -> Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def _is_host(host: str) -> bool:
    """Whether people can reach a machine by it: a name, or an address that is somebody's."""
    address = _address(host)
    return bool(_NAME.fullmatch(host)) if address is None else not address.is_unspecified


def _hosts(addresses: Iterable[str]) -> list[str]:
    return [split_address(each)[0] for each in addresses]


def _general(host: str) -> x509.GeneralName:
    address = _address(host)
    return x509.DNSName(host) if address is None else x509.IPAddress(address)


def _subtrees(addresses: Iterable[str]) -> list[x509.GeneralName]:
    own = [*_hosts(addresses), socket.gethostname().lower()]
    names = [each for each in own if _is_host(each)]
    networks = [ip_network(each) for each in PRIVATE]
    networks += [ip_network(found) for each in names if (found := _address(each)) is not None]
    dns = [*LOCAL, *(each for each in names if _address(each) is None)]
    return [
        *(x509.DNSName(each) for each in dict.fromkeys(dns)),
        *(x509.IPAddress(each) for each in dict.fromkeys(networks)),
    ]


def _permits(authority: x509.Certificate, host: str) -> bool:
    """Whether the authority's constraints let it vouch for a host."""
    constraints = authority.extensions.get_extension_for_class(x509.NameConstraints).value
    address = _address(host)
    for each in constraints.permitted_subtrees or ():
        if isinstance(each, x509.DNSName) and address is None:
            if host == each.value or host.endswith(f".{each.value}"):
                return True
        elif isinstance(each, x509.IPAddress) and address is not None:
            network = ip_network(str(each.value))
            if address.version == network.version and address in network:
                return True
    return False


def _hosts_of(certificate: x509.Certificate) -> tuple[str, ...]:
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ()
    names = [each.lower() for each in found.get_values_for_type(x509.DNSName)]
    return (*names, *map(str, found.get_values_for_type(x509.IPAddress)))


def _bad_certificate(file: Path, why: str) -> OpenlineError:
    return OpenlineError(
        "bad-certificate",
        f"the console's certificate {file}: {why}",
        rule="R-OFF-13",
        next="give a PEM file with the chain, and its unencrypted key with --key",
    )


def _bad_name(host: str) -> OpenlineError:
    return OpenlineError(
        "bad-console-name",
        f"the station's own authority vouches for its card's names, this machine's and private"
        f" ones, not for {host[:80]!r}",
        rule="R-OFF-12",
        next="give a certificate for it: --certificate FILE --key FILE",
    )


def utc_now() -> datetime:
    """The machine's time, to the second."""
    return datetime.now(UTC).replace(microsecond=0)
