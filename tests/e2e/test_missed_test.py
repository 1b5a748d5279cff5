"""A missed line test, as in Korea in October 2022: one line silent while the other works.

The station looks at its own side first, then at the other line, says what it found, and does not
say why the other side is silent, because it cannot know.
"""

from __future__ import annotations

import signal

import pytest
from processes import Box, Json

OWN_SIDE = ["disk", "clock", "network", "carrier", "probe", "line"]
BLAME = ("cut", "refus", "hostile", "deliberate", "they have", "because")


def missed(us: Box) -> Json:
    """A line test that `ru` does not answer, and what `us` found after it."""
    failed = us.json("test", "ru", "--wait", "2", code=1)
    assert failed["result"] == "failed"

    def looked() -> Json | None:
        found: Json = us.ask("explain_test", id=failed["id"])
        return found if found["checked_at"] else None

    explained: Json = us.until(looked, "looked into a missed test")
    assert explained["line"] == "ru" and explained["declared"] == {"us": "open", "ru": "open"}
    assert [each["about"] for each in explained["findings"]] == OWN_SIDE
    return explained


def states(explained: Json) -> dict[str, str]:
    return {each["about"]: each["state"] for each in explained["findings"]}


def alarm(us: Box, form: str) -> Json:
    """The newest alarm of that kind about `ru`."""
    found: list[Json] = us.ask("alarms")["alarms"]
    return next(each for each in found if (each["line"], each["form"]) == ("ru", form))


@pytest.mark.rule("R-TEST-17")
@pytest.mark.rule("R-TEST-10")
@pytest.mark.rule("R-TEST-11")
@pytest.mark.rule("R-TEST-12")
def test_one_line_is_silent_while_the_other_works(three: tuple[Box, Box, Box]) -> None:
    us, ru, un = three
    for other in (ru, un):  # once, so that each knows what the other can read
        assert us.json("test", other.party)["result"] == "passed"
    passed = us.json("test", "ru")
    (https,) = passed["carriers"]
    assert (https["name"], https["result"], https["why"]) == ("https", "answered", "")
    assert abs(https["offset_ms"]) <= https["offset_uncertainty_ms"] + 1
    assert us.ask("explain_test", id=passed["id"])["unknown"] == ""

    assert ru.process is not None
    ru.process.send_signal(signal.SIGSTOP)  # its machine takes connections, nobody answers
    silent = missed(us)
    assert silent["conclusion"] == "this-line-silent"
    assert states(silent) | {"disk": "well"} == {
        "disk": "well",
        "clock": "well",
        "network": "well",
        "carrier": "well",
        "probe": "ill",
        "line": "well",
    }
    late = alarm(us, "line-late")
    assert (late["over"], late["precedence"]) == ("", "immediate")
    assert silent["text"] in late["text"] and silent["unknown"] in late["text"]
    ru.process.send_signal(signal.SIGCONT)
    us.until(lambda: alarm(us, "line-late")["over"] == "passed", "answered late, and so over")

    ru.kill()
    gone = missed(us)
    assert gone["conclusion"] == "this-line-unreached"
    assert (states(gone)["carrier"], states(gone)["line"]) == ("ill", "well")
    shown = us.run("tests", "--explain", gone["id"]).out
    for part in ("this line can be reached", "is not known here", "un", "Connection refused"):
        assert part in shown
    # What the carrier itself reported is shown as it was seen; nothing is concluded from it.
    for said in (gone["text"], gone["unknown"]):
        assert said and not any(word in said.lower() for word in BLAME)
    assert us.line("un")["observed"] == "up"

    assert gone["text"] in alarm(us, "line-late")["text"]
    again = missed(us)
    down = alarm(us, "line-down")
    assert again["text"] in down["text"] and not any(
        word in down["found"].lower() for word in BLAME
    )
    ru.serve()
    assert us.json("test", "ru", "--wait", "30")["result"] == "passed"
    assert alarm(us, "line-down")["over"] == "passed"
    assert us.refused("tests", "--explain", "us-0000000000")["rule"] == "R-TEST-12"
