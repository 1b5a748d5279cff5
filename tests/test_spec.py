"""The specification and what is cited of it: every rule tested, none invented, no page stale."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
RULE = re.compile(r"R-[A-Z]+-\d{2,}")
LISTED = re.compile(r"- \*\*(R-[A-Z]+-\d{2})\*\* (.+)")


def _listed() -> list[tuple[str, str]]:
    """Each rule with its sentence, in the parts' order."""
    found = []
    for path in sorted((DOCS / "spec").glob("*.md")):
        for line in path.read_text("utf-8").split("\n"):
            if line.startswith("- **R-"):
                rule = LISTED.fullmatch(line)
                assert rule, f"{path.name}: {line!r} is no rule"
                found.append((rule[1], rule[2]))
    return found


RULES = dict(_listed())


def _cited_in(folder: Path, suffixes: tuple[str, ...]) -> dict[str, set[str]]:
    """Which files cite each rule."""
    cited: dict[str, set[str]] = {}
    for path in sorted(folder.rglob("*")):
        if path.suffix in suffixes and path != Path(__file__):
            for rule in RULE.findall(path.read_text("utf-8")):
                cited.setdefault(rule, set()).add(str(path.relative_to(ROOT)))
    return cited


def _marked(folder: Path) -> set[str]:
    """The rules that the tests are marked with, the slow ones' too."""
    file = folder / "marks"
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-m", "", "-p", "rule_marks"]
    done = subprocess.run(
        [*command, "tests"],
        cwd=ROOT,
        env={**os.environ, "RULE_MARKS": str(file), "PYTHONPATH": os.pathsep.join(_paths())},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2_000:]
    return set(file.read_text("utf-8").split())


def _paths() -> list[str]:
    return [str(ROOT / "tests"), *filter(None, sys.path)]


def _generator():  # type: ignore[no-untyped-def]
    spec = importlib.util.spec_from_file_location("docs_generate", DOCS / "generate.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


PAGES = ("SPEC.md", "forms.md", "machines.md", "commands.md", "errors.md", "api.md", "sizes.md")


def test_each_rule_stands_once() -> None:
    numbers = Counter(rule for rule, _ in _listed())
    assert [rule for rule, count in numbers.items() if count > 1] == []
    assert len(numbers) > 100


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_is_one_sentence(rule: str) -> None:
    sentence = RULES[rule]
    assert sentence.endswith("."), sentence
    # A full stop inside names or numbers is followed by no capital.
    assert not re.search(r"[.!?] [A-Z]", sentence), sentence


def test_every_rule_has_a_test_and_no_test_an_unknown_rule(tmp_path: Path) -> None:
    marked = _marked(tmp_path)
    assert sorted(RULES.keys() - marked) == []
    assert sorted(marked - RULES.keys()) == []


@pytest.mark.parametrize(
    ("folder", "suffixes"),
    [
        ("tests", (".py",)),
        ("src", (".py", ".toml")),
        ("web/src", (".ts", ".tsx")),
        ("docs", (".md",)),
    ],
)
def test_no_rule_is_cited_that_is_not_there(folder: str, suffixes: tuple[str, ...]) -> None:
    cited = _cited_in(ROOT / folder, suffixes)
    assert {rule: files for rule, files in cited.items() if rule not in RULES} == {}


@pytest.mark.parametrize("name", PAGES)
def test_no_generated_page_is_stale(name: str) -> None:
    made = _generator().pages()
    assert (DOCS / name).read_text("utf-8") == made[name], "run `make docs`"
    assert set(made) == set(PAGES)


def test_the_specification_holds_every_part() -> None:
    text = (DOCS / "SPEC.md").read_text("utf-8")
    for path in (DOCS / "spec").glob("*.md"):
        for rule in re.findall(r"^- \*\*R-.*$", path.read_text("utf-8"), re.M):
            assert rule in text
    for target in re.findall(r"\]\(([^)#:]+)\)", text):
        assert (DOCS / target).exists(), target


def test_the_diagrams_are_the_tables() -> None:
    from openline.line import (
        activity,
        call,
        conflictlife,
        linetest,
        probing,
        progress,
        routing,
        urgency,
    )

    text = (DOCS / "machines.md").read_text("utf-8")
    arrows = [line for line in text.split("\n") if " --> " in line and "[*]" not in line]
    machines = (activity, call, conflictlife, linetest, probing, progress, routing, urgency)
    tables = [machine.TRANSITIONS for machine in machines]
    assert len(arrows) == sum(map(len, tables))
