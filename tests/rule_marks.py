"""A plugin for `pytest --collect-only`: writes the rules that the tests are marked with.

The file is named by the variable RULE_MARKS. Marks may be computed, so that only collecting
the tests tells them all.
"""

import os
from pathlib import Path

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    marks = {str(mark.args[0]) for item in items for mark in item.iter_markers("rule")}
    Path(os.environ["RULE_MARKS"]).write_text("\n".join(sorted(marks)), "utf-8")
