"""Where the vectors lie that nobody in this project wrote.

The folder is named by the variable OPENLINE_VECTORS, or else is `shared/vectors` beside the
project. Tests that need it are skipped, saying so, when it is absent.
"""

import json
import os
from pathlib import Path
from typing import Any

import pytest

_BESIDE = Path(__file__).resolve().parents[3] / "shared" / "vectors"


def shared_vectors(*parts: str) -> Path:
    """The file or folder `parts` of the shared vectors; skips the test when it is absent."""
    path = Path(os.environ.get("OPENLINE_VECTORS", _BESIDE)).joinpath(*parts)
    if not path.exists():
        pytest.skip(
            f"no shared vectors {'/'.join(parts)}: "
            "set OPENLINE_VECTORS to their folder, or lay it beside the project as shared/vectors"
        )
    return path


def shared_json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))
