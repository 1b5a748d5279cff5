"""The mail carrier: sealed parcels as attachments, through ordinary servers of one's own choice.

SMTP (RFC 5321) takes them, IMAP (RFC 3501) brings them. Servers and whoever reads
the mailbox see two addresses, sizes and times, and one subject for all.
"""

from __future__ import annotations

import asyncio
import email
import imaplib
import re
import smtplib
import ssl
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, make_msgid

from openline.carriers.base import Arrived, down
from openline.carriers.knock import Target, opened_again
from openline.words import limits
from openline.words.errors import OpenlineError

SUBJECT = "openline"
FILE = "parcel.openline"
TIMEOUT_S = 15
_MAIL_BYTES = 2 * limits.PARCEL_BYTES
"""A parcel in base64, with its headers."""
_UID = re.compile(rb"UID ([0-9]+)")
_SIZE = re.compile(rb"RFC822\.SIZE ([0-9]+)")


@dataclass(frozen=True, slots=True)
class Server:
    """Where a server stands; `security` is ``tls``, ``starttls`` or ``plain``."""

    host: str
    port: int
    security: str


@dataclass(slots=True)
class MailCarrier:
    """Sends from `sender` to `receiver` by `smtp`, and takes from a mailbox by `imap` (or none).

    `authority` is a file of certificates to trust instead of the system's.
    """

    smtp: Server
    imap: Server | None
    sender: str
    receiver: str
    user: str
    password: str = field(repr=False)
    mailbox: str = "INBOX"
    authority: str | None = None

    async def send(self, data: bytes) -> bytes:
        """Mail a parcel; raises ``carrier-down``."""
        await asyncio.to_thread(self._mail, data)
        return b""

    async def collect(self, skip: Collection[str]) -> Sequence[Arrived]:
        """The oldest COLLECTED parcels in the mailbox, but for those named in `skip`."""
        return await asyncio.to_thread(self._found, skip) if self.imap else ()

    async def forget(self, names: Sequence[str]) -> None:
        """Delete what is stored from the mailbox."""
        if self.imap:
            await asyncio.to_thread(self._delete, names)

    async def back(self) -> None:
        """Ends when the server that takes mail listens again."""
        await opened_again([(self.smtp.host, self.smtp.port)])

    def begins(self) -> tuple[Target, ...]:
        """Its servers: the one that takes mail, and the one that gives it out if there is one."""
        return tuple((each.host, each.port) for each in (self.smtp, self.imap) if each is not None)

    async def close(self) -> None:
        """Connections last no longer than they are used."""

    # ---- SMTP ------------------------------------------------------------------------

    def _mail(self, data: bytes) -> None:
        message = EmailMessage(SMTP)
        message["From"], message["To"], message["Subject"] = self.sender, self.receiver, SUBJECT
        message["Date"] = formatdate()
        message["Message-ID"] = make_msgid(domain=self.sender.rpartition("@")[2])
        message.add_attachment(data, "application", "octet-stream", filename=FILE)
        with _told(f"mail by {self.smtp.host}:{self.smtp.port}"), self._post() as server:
            if self.smtp.security == "starttls":
                server.starttls(context=self._trust())
            if self.user:
                server.login(self.user, self.password)
            server.send_message(message, self.sender, [self.receiver])

    def _post(self) -> smtplib.SMTP:
        where = (self.smtp.host, self.smtp.port)
        if self.smtp.security == "tls":
            return smtplib.SMTP_SSL(*where, timeout=TIMEOUT_S, context=self._trust())
        return smtplib.SMTP(*where, timeout=TIMEOUT_S)

    def _trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self.authority)

    # ---- IMAP ------------------------------------------------------------------------

    def _found(self, skip: Collection[str]) -> list[Arrived]:
        with self._opened() as (mailbox, validity):
            uids = mailbox.uid("SEARCH", "UNDELETED", "SUBJECT", f'"{SUBJECT}"')[1][0] or b""
            new = [uid for uid in uids.decode().split() if f"{validity}.{uid}" not in skip]
            found = []
            for uid in new[: limits.COLLECTED]:
                name = f"{validity}.{uid}"
                found.append(Arrived(name, self._attached(mailbox, uid)))
            return found

    @staticmethod
    def _attached(mailbox: imaplib.IMAP4, uid: str) -> bytes:
        """What is attached to a mail; nothing of one that is too long or has no parcel."""
        said = mailbox.uid("FETCH", uid, "(RFC822.SIZE)")[1][0]
        size = _SIZE.search(said) if isinstance(said, bytes) else None
        if size is None or int(size[1]) > _MAIL_BYTES:
            return b""
        for part in mailbox.uid("FETCH", uid, "(BODY.PEEK[])")[1]:
            if isinstance(part, tuple):
                message = email.message_from_bytes(part[1], policy=SMTP)
                for attached in message.walk():
                    if attached.get_filename() == FILE:
                        content = attached.get_payload(decode=True)
                        return content if isinstance(content, bytes) else b""
        return b""

    def _delete(self, names: Sequence[str]) -> None:
        with self._opened() as (mailbox, validity):
            uids = [name.partition(".")[2] for name in names if name.startswith(f"{validity}.")]
            for uid in uids:
                mailbox.uid("STORE", uid, "+FLAGS.SILENT", r"(\Deleted)")
            can = mailbox.capability()[1][0] or b""  # after the login it may be more
            if b"UIDPLUS" in can.split() and uids:  # RFC 4315: nobody else's deleted mail
                mailbox.uid("EXPUNGE", ",".join(uids))

    @contextmanager
    def _opened(self) -> Iterator[tuple[imaplib.IMAP4, str]]:
        """The mailbox, and the number that says whether its UIDs are still the same."""
        server = self.imap
        assert server is not None
        with _told(f"mailbox at {server.host}:{server.port}"):
            mailbox: imaplib.IMAP4
            if server.security == "tls":
                mailbox = imaplib.IMAP4_SSL(
                    server.host, server.port, ssl_context=self._trust(), timeout=TIMEOUT_S
                )
            else:
                mailbox = imaplib.IMAP4(server.host, server.port, timeout=TIMEOUT_S)
            try:
                if server.security == "starttls":
                    mailbox.starttls(self._trust())
                mailbox.login(self.user, self.password)
                done, _ = mailbox.select(_quoted(self.mailbox))
                if done != "OK":
                    raise down(f"there is no mailbox {self.mailbox}", "give its name")
                validity = (mailbox.response("UIDVALIDITY")[1] or [b"0"])[0] or b"0"
                yield mailbox, bytes(validity).decode()
            finally:
                with suppress(OSError, imaplib.IMAP4.error):
                    mailbox.logout()


def _quoted(name: str) -> str:
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


_REASONS: tuple[tuple[type[Exception], Callable[[Exception], str]], ...] = (
    (smtplib.SMTPAuthenticationError, lambda error: "it refuses the user or the password"),
    (smtplib.SMTPResponseException, lambda error: f"it answers {error.args[0]}"),
    (smtplib.SMTPRecipientsRefused, lambda error: "it refuses the receiver"),
    (ssl.SSLCertVerificationError, lambda error: "its certificate is not one that is trusted"),
    (smtplib.SMTPException, lambda error: type(error).__name__),
    (imaplib.IMAP4.error, lambda error: "it refuses the user, the password or a command"),
    (TimeoutError, lambda error: "no answer in time"),
    (OSError, lambda error: getattr(error, "strerror", None) or type(error).__name__),
)
"""What is told of a failure; servers' own words are not, since they may repeat a secret."""


@contextmanager
def _told(what: str) -> Iterator[None]:
    try:
        yield
    except OpenlineError:
        raise
    except (smtplib.SMTPException, imaplib.IMAP4.error, OSError) as error:
        reason = next(say(error) for kind, say in _REASONS if isinstance(error, kind))
        raise down(f"{what}: {reason}") from None
