"""The mail carrier, through real servers: aiosmtpd with TLS and Dovecot."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from hosts import ask, carrier, found_joined, hosts, states, texts, until
from mailserver import PASSWORD, Post, opened_post, why_not
from openline.carriers.mail import FILE, SUBJECT, MailCarrier, Server
from openline.words.errors import OpenlineError

pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not() or "mail servers run here")


@pytest.fixture(scope="module")
def post() -> Iterator[Post]:
    with opened_post() as running:
        yield running


def made(post: Post, party: str = "us", peer: str = "ru", **changed: object) -> MailCarrier:
    where = {
        "smtp": Server("127.0.0.1", post.smtp_port, "starttls"),
        "imap": Server("127.0.0.1", post.imap_port, "starttls"),
        "sender": f"{party}@mail.test",
        "receiver": f"{peer}@mail.test",
        "user": party,
        "password": PASSWORD,
        "authority": str(post.authority),
    }
    return MailCarrier(**{**where, **changed})  # type: ignore[arg-type]


@pytest.mark.rule("R-CAR-08")
@pytest.mark.rule("R-CAR-15")
def test_two_stations_speak_by_mail(tmp_path: Path, post: Post) -> None:
    found_joined(tmp_path, "us", "ru")

    async def main() -> None:
        async with hosts(tmp_path, "us", "ru") as (us, ru):
            for host, line in ((us, "ru"), (ru, "us")):
                party = host.station.engine.party
                options = post.options(party, line) | {"poll_s": "0.2"}
                secrets = {"password": PASSWORD}
                await ask(host, "carrier_add", line, "mail", options=options, secrets=secrets)
            await ask(us, "send", ["ru"], "text", {"text": "by mail"})
            await until(ru, lambda: texts(ru) == ["by mail"])
            await until(us, lambda: states(us) == {"by mail": "received"})
            assert carrier(us, "ru", "mail")["state"] == "up"
            assert PASSWORD not in str(us.facade.carriers())
            await until(us, lambda: post.waiting("us") == post.waiting("ru") == 0)

    asyncio.run(main())


@pytest.mark.rule("R-CAR-15")
def test_a_mail_says_nothing_and_what_is_no_parcel_is_left(post: Post) -> None:
    us, ru = made(post), made(post, "ru", "us")

    async def main() -> None:
        await us.send(b"sealed" * 20_000)
        strange = EmailMessage()
        strange["Subject"] = SUBJECT
        strange.set_content("no parcel")
        other = EmailMessage()
        other["Subject"] = "lunch"
        other.set_content("somebody's mail")
        long = EmailMessage()
        long["Subject"] = SUBJECT
        long.add_attachment(bytes(3 << 20), "application", "octet-stream", filename=FILE)
        for mail in (strange, other, long):
            post.put("ru", mail.as_bytes())
        arrived = await ru.collect(())
        assert sorted(len(each.data) for each in arrived) == [0, 0, 120_000]
        whole = next(each for each in arrived if each.data)
        assert whole.data == b"sealed" * 20_000
        assert len(await ru.collect({whole.name})) == 2
        await ru.forget([each.name for each in arrived])
        assert await ru.collect(()) == [] and post.waiting("ru") == 1  # the lunch

    asyncio.run(main())


@pytest.mark.rule("R-CAR-16")
def test_what_fails_is_told_by_its_kind_and_without_secrets(post: Post, tmp_path: Path) -> None:
    nowhere = Server("127.0.0.1", 1, "plain")
    cases = {
        "user or the password": made(post, password="hunter2"),
        "not one that is trusted": made(post, authority=None),
        "answers 550": made(post, receiver="nobody@mail.test"),
        "answers 530": made(post, smtp=Server("127.0.0.1", post.smtp_port, "plain"), user=""),
        "refused": made(post, smtp=nowhere),
    }
    for said, failing in cases.items():
        with pytest.raises(OpenlineError) as caught:
            asyncio.run(failing.send(b"sealed"))
        assert caught.value.code == "carrier-down" and said in caught.value.message, said
        assert "hunter2" not in str(caught.value) + repr(failing)
    for failing in (
        made(post, password="hunter2"),
        made(post, imap=nowhere),
        made(post, mailbox="Elsewhere"),
        made(post, authority=None),
    ):
        with pytest.raises(OpenlineError) as caught:
            asyncio.run(failing.collect(()))
        assert caught.value.code == "carrier-down" and "hunter2" not in str(caught.value)
