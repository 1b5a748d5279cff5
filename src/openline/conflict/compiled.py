"""Which search is used: the compiled one once it is there, numpy's until then and without numba."""

from __future__ import annotations

from types import ModuleType

import numpy as np

from openline.conflict import plain
from openline.conflict.boxes import EMPTY, LANE, tree_of
from openline.conflict.rows import Asked

_chosen: ModuleType = plain


def chosen() -> ModuleType:
    """A module with `settle`, `laid`, `search`, `pairs` and `arrange`."""
    return _chosen


def prepare() -> bool:
    """Compile, or load what was compiled, and use it from then on; says whether there is numba.

    Takes a second or two, of which most is the import, and some twenty the
    first time: whoever must not wait has another thread do it.
    """
    global _chosen  # noqa: PLW0603
    try:
        from openline.conflict import kernels  # noqa: PLC0415
    except ImportError:
        return False
    asked = Asked()
    nodes, levels = tree_of(np.full((1, LANE), EMPTY, dtype=np.float32))
    held = nodes, levels, asked.table.view(np.uint8), asked.run
    kernels.settle(asked.bytes, asked.run, 0)
    kernels.search(asked, 0.0, 0.0, kernels.laid([held]), True)
    kernels.pairs(*held, 0.0, 0.0, 0, 1)
    kernels.arrange(
        np.zeros((4, 1), dtype=np.float32), np.ones(4), np.zeros(1, dtype=np.int64), 0, 1
    )
    _chosen = kernels
    return True


if __name__ == "__main__":
    prepare()
