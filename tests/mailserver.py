"""Real mail servers for tests: aiosmtpd takes mail over TLS, Dovecot gives it out over IMAP."""

from __future__ import annotations

import datetime
import mailbox
import os
import shutil
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from ports import free_port

DOVECOT = shutil.which("dovecot") or (
    "/usr/sbin/dovecot" if Path("/usr/sbin/dovecot").exists() else None
)
PASSWORD = "swordfish"
PATIENCE_S = 60


def why_not() -> str:
    """Why no mail servers can run here; empty when they can."""
    if DOVECOT is None:
        return "Dovecot is absent: tests/e2e/install-mail.sh installs it where it may"
    if os.geteuid() != 0:
        return "Dovecot is started by root alone"
    return ""


def certificate(folder: Path, *hosts: str) -> Path:
    """A key and a certificate that is its own authority, for these addresses."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.test")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=2))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address(host)) for host in hosts]),
            False,
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    pem = folder / "mail.pem"
    pem.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return pem


class _Deliver:
    """Puts each mail into its receiver's maildir."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        for receiver in envelope.rcpt_tos:
            path = self._folder / receiver.partition("@")[0]
            if not path.exists():
                return "550 nobody of that name"
            box = mailbox.Maildir(path)
            added = box.add(envelope.content)
            file = box.get_file(added)
            file.close()
            for each in (path / "new").iterdir():
                shutil.chown(each, "mail", "mail")
        return "250 OK"


class Post:
    """One mail server for the users `us` and `ru`, with TLS, on the addresses `hosts`."""

    def __init__(self, folder: Path, *hosts: str) -> None:
        self.folder = folder
        self.hosts = hosts or ("127.0.0.1",)
        folder.mkdir(exist_ok=True)
        folder.chmod(0o755)
        self.authority = certificate(folder, *self.hosts)
        self._mail = folder / "mail"
        for user in ("us", "ru"):
            (self._mail / user).mkdir(parents=True)
            mailbox.Maildir(self._mail / user, create=True)
            for part in ("cur", "new", "tmp"):
                (self._mail / user / part).mkdir(exist_ok=True)
        for path in (self._mail, *self._mail.rglob("*")):
            shutil.chown(path, "mail", "mail")
        self.imap_port, self.smtp_port = free_port(self.hosts[0]), free_port(self.hosts[0])
        self._run = Path("/run") / f"openline-mail-test-{os.getpid()}-{self.imap_port}"
        self.controllers: list[Controller] = []
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Post:
        with ExitStack() as stack:
            stack.callback(self._stop)  # also of what was started before something failed
            self._start_imap()
            for host in self.hosts:
                self._start_smtp(host)
            stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()

    def _stop(self) -> None:
        for controller in self.controllers:
            controller.stop()
        if self.process is not None:
            self.process.terminate()
            self.process.wait(PATIENCE_S)
        shutil.rmtree(self._run, ignore_errors=True)

    def options(self, party: str, peer: str, host: str = "") -> dict[str, str]:
        """What the carrier of `party` to `peer` is set to."""
        at = host or self.hosts[0]
        return {
            "smtp": f"starttls://{at}:{self.smtp_port}",
            "imap": f"starttls://{at}:{self.imap_port}",
            "from": f"{party}@mail.test",
            "to": f"{peer}@mail.test",
            "user": party,
            "ca": str(self.authority),
        }

    def waiting(self, user: str) -> int:
        """Mails in a user's box."""
        return sum(1 for part in ("cur", "new") for _ in (self._mail / user / part).iterdir())

    def put(self, user: str, mail: bytes) -> None:
        """Deliver a mail that somebody else wrote."""
        path = self._mail / user / "new" / f"{time.time_ns()}.M1.test"
        path.write_bytes(mail)
        shutil.chown(path, "mail", "mail")

    def _start_smtp(self, host: str) -> None:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.authority)

        def check(server: Any, session: Any, envelope: Any, way: str, data: Any) -> AuthResult:
            known = isinstance(data, LoginPassword) and data.password == PASSWORD.encode()
            return AuthResult(success=known, handled=False)

        controller = Controller(
            _Deliver(self._mail),
            hostname=host,
            port=self.smtp_port,
            tls_context=context,
            require_starttls=True,
            auth_required=True,
            authenticator=check,
            data_size_limit=4 << 20,
        )
        controller.start()
        self.controllers.append(controller)

    def _start_imap(self) -> None:
        users = self.folder / "users"
        users.write_text("".join(f"{u}:{{PLAIN}}{PASSWORD}::::::\n" for u in ("us", "ru")))
        users.chmod(0o644)
        config = self.folder / "dovecot.conf"
        config.write_text(
            f"""
            protocols = imap
            listen = {", ".join(self.hosts)}
            base_dir = {self._run}
            state_dir = {self.folder}/state
            log_path = {self.folder}/dovecot.trace
            mail_location = maildir:{self._mail}/%u
            mail_uid = mail
            mail_gid = mail
            first_valid_uid = 1
            ssl = required
            ssl_cert = <{self.authority}
            ssl_key = <{self.authority}
            passdb {{
              driver = passwd-file
              args = scheme=PLAIN username_format=%u {users}
            }}
            userdb {{
              driver = static
              args = uid=mail gid=mail home={self._mail}/%u
            }}
            service imap-login {{
              inet_listener imap {{
                port = {self.imap_port}
              }}
              inet_listener imaps {{
                port = 0
              }}
            }}
            """
        )
        assert DOVECOT is not None
        self.process = subprocess.Popen([DOVECOT, "-F", "-c", str(config)])
        until = time.monotonic() + PATIENCE_S
        while True:
            with socket.socket() as probe:
                probe.settimeout(1)
                if probe.connect_ex((self.hosts[0], self.imap_port)) == 0:
                    return
            assert self.process.poll() is None and time.monotonic() < until, "Dovecot ended"
            time.sleep(0.05)


@contextmanager
def opened_post(*hosts: str) -> Iterator[Post]:
    """Mail servers in a folder of their own: Dovecot's users may not enter those of tests."""
    with tempfile.TemporaryDirectory(prefix="openline-mail-") as folder:
        Path(folder).chmod(0o755)
        with Post(Path(folder) / "post", *hosts) as running:
            yield running
