"""The house rules, as a test: imports point one way, the core has no I/O, pieces stay small.

docs/spec/house.md numbers them.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src" / "openline"
MODULES = sorted(SOURCE.rglob("*.py"))
MODULE_LINES, FUNCTION_LINES = 300, 60

CORE = ("words", "record", "wire", "forms", "conflict", "line", "evidence")
MAY_IMPORT: dict[str, set[str]] = {
    **{room: set(CORE[: i + 1]) for i, room in enumerate(CORE)},
    "carriers": {"words", "carriers"},
    "formats": {"words", "forms", "formats"},
    "documents": {"words", "forms", "evidence", "documents"},
    "station": {*CORE, "carriers", "formats", "station"},
    "scenario": {"words", "forms", "station", "scenario"},
    "console": {"words", "station", "console"},
    # The outermost room: it composes what `serve` and `demo` need, and renders.
    # `evidence` stands open to it alone, so that verifying needs no station.
    "cli": {
        *("words", "wire", "forms", "evidence", "documents", "formats"),
        *("station", "scenario", "console", "cli"),
    },
}
STATION_DOORS = {
    "scenario": {"facade", "folder", "founding", "host", "station", "serving"},
    "console": {"facade", "seats", "serving"},
    "cli": {
        "authority",
        "backup",
        "control",
        "facade",
        "folder",
        "founding",
        "host",
        "telling",
        "trace",
        "upgrade",
    },
}
NO_IO = {
    "asyncio", "ctypes", "fcntl", "glob", "http", "io", "logging", "mmap", "multiprocessing", "os",
    "pathlib", "random", "requests", "secrets", "select", "selectors", "shutil", "signal", "socket",
    "sqlite3", "ssl", "subprocess", "sys", "tempfile", "threading", "time", "urllib", "uuid",
    "aiohttp", "httpx", "pysqlite3", "sqlalchemy", "structlog", "uvicorn", "fastapi", "starlette",
}  # fmt: skip
CLOCK_CALLS = re.compile(r"\b(datetime|date)\.(now|today|utcnow)\(|\bopen\(")
PACKAGE_DATA = {"forms/catalog.py", "forms/phrases.py", "forms/activitykinds.py"}
"""The only modules of the core that read something: the package's own data, as part of the code."""

LIBRARIES_NAMES = (
    *("access_log", "log_config", "structlog", "get_logger", "add_log_level", "logger_factory"),
    *(
        "filtering_bound_logger",
        "catalog",
        "import logging",
        "logging.getLogger",
        "logging.CRITICAL",
    ),
)
ONE_WORD = {
    r"\blog(s|ged|ger|ging)?\b": "trace, or record",
    r"\bcounterpart(y|ies)?\b": "peer, or the other side",
    r"\bhotline\b": "line",
    r"\bblacklist|whitelist\b": "say what is refused or allowed",
}


def name(path: Path) -> str:
    return str(path.relative_to(SOURCE))


def imports(path: Path) -> list[str]:
    """Every module that `path` imports, wherever in the file."""
    found = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name(path)}: a relative import"
            module = node.module or ""
            # `from openline.station import facade` names a module too
            found += [f"{module}.{alias.name}" for alias in node.names]
    return found


def room_of(path: Path) -> str:
    parts = path.relative_to(SOURCE).parts
    return parts[0] if len(parts) > 1 else ""


@pytest.mark.rule("R-HOUSE-01")
@pytest.mark.parametrize("path", MODULES, ids=name)
def test_imports_point_one_way(path: Path) -> None:
    room = room_of(path)
    for imported in imports(path):
        package, _, rest = imported.partition(".")
        if package != "openline" or not room or rest == "__version__":
            continue
        other = rest.split(".")[0]
        assert other in MAY_IMPORT[room], f"{room} imports {imported}"
        if other == "station" and room != "station":
            assert rest.split(".")[1] in STATION_DOORS[room], f"{room} imports {imported}"


@pytest.mark.rule("R-HOUSE-02")
@pytest.mark.parametrize("path", [p for p in MODULES if room_of(p) in CORE], ids=name)
def test_the_core_has_no_io(path: Path) -> None:
    for imported in imports(path):
        assert imported.split(".")[0] not in NO_IO, imported
        if imported.startswith("importlib"):
            assert name(path) in PACKAGE_DATA, imported
    found = CLOCK_CALLS.search(path.read_text())
    assert not found, f"reads the clock or a file: {found}"


@pytest.mark.rule("R-HOUSE-03")
@pytest.mark.parametrize("path", MODULES, ids=name)
def test_a_module_is_read_at_one_sitting(path: Path) -> None:
    text = path.read_text()
    assert len(text.splitlines()) <= MODULE_LINES
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or 0) - node.lineno + 1
            assert length <= FUNCTION_LINES, f"{node.name} has {length} lines"


@pytest.mark.rule("R-HOUSE-04")
@pytest.mark.parametrize("path", MODULES, ids=name)
def test_one_word_for_one_thing(path: Path) -> None:
    """Names and comments use the glossary's words; a library's own names do not count."""
    text = path.read_text()
    for theirs in LIBRARIES_NAMES:
        text = text.replace(theirs, "")
    for pattern, instead in ONE_WORD.items():
        found = re.search(pattern, text, re.IGNORECASE)
        assert not found, f"{found[0] if found else ''}: say {instead}"


@pytest.mark.rule("R-HOUSE-05")
def test_every_bound_has_a_name_that_is_used() -> None:
    lists = [SOURCE / "words" / name for name in ("limits.py", "filelimits.py")]
    names = {
        target.id
        for limits in lists
        for node in ast.parse(limits.read_text()).body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    everything = "\n".join(
        p.read_text() for p in (*MODULES, *SOURCE.rglob("*.toml")) if p not in lists
    )
    unused = {n for n in names if not re.search(rf"\b{n}\b", everything)}
    within = "\n".join(p.read_text() for p in lists)
    unused = {n for n in unused if len(re.findall(rf"\b{n}\b", within)) < 2}
    assert not unused


@pytest.mark.rule("R-HOUSE-06")
def test_nothing_points_to_a_machine_or_a_registry() -> None:
    hosts = re.compile(r"https?://[^\s\"']*(pypi|pythonhosted|npmjs|registry\.|deb\.debian)")
    for path in (ROOT / "requirements.lock", ROOT / "web" / "package-lock.json"):
        assert not hosts.search(path.read_text()), path.name
    assert '"resolved"' not in (ROOT / "web" / "package-lock.json").read_text()
    assert "--hash=sha256:" in (ROOT / "requirements.lock").read_text()
