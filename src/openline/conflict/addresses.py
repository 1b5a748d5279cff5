"""Arrays as compiled code takes them at once: by where they are in memory.

Numba spends some 70 ns on each array that it is given, and a search goes through a dozen.
So they are given as numbers, one row for each part that is searched. Whoever makes such rows
keeps the arrays for as long as they are used.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.cpython.unsafe import numbers
from numba.extending import intrinsic
from numba.np.numpy_support import carray

from openline.conflict.boxes import LANE, WIDTH
from openline.conflict.earth import Ints
from openline.conflict.measuring import compiled
from openline.conflict.rows import ROW

LINE = 64
"""Bytes that a processor reads of memory at once."""
_LANE, _WIDTH = LANE, WIDTH


def addresses(parts: Sequence[Sequence[Any]]) -> Ints:
    """(n, 8): of each part's nodes, levels, rows and numbers of shapes, the address and length."""
    found = [
        [
            number
            for array, size in zip(part, (1, 1, ROW.itemsize, 1), strict=True)
            for number in (array.ctypes.data, len(array) // size)
        ]
        for part in parts
    ]
    return np.array(found, dtype=np.int64).reshape(-1, 8)


trailing_zeros: Any = numbers.trailing_zeros


def _pointer_of(_typing: Any, address: Any) -> Any:
    def codegen(_context: Any, builder: Any, _signature: Any, values: Any) -> Any:
        return builder.inttoptr(values[0], cgutils.voidptr_t)

    return types.voidptr(address), codegen


def _fetch_at(_typing: Any, address: Any) -> Any:
    """LLVM's `prefetch`: to be read, soon, of data."""

    def codegen(context: Any, builder: Any, _signature: Any, values: Any) -> Any:
        number, pointer = ir.IntType(32), cgutils.voidptr_t
        kind = ir.FunctionType(ir.VoidType(), [pointer, number, number, number])
        fetch = builder.module.declare_intrinsic("llvm.prefetch", [pointer], kind)
        where = builder.inttoptr(values[0], pointer)
        builder.call(fetch, [where, *(ir.Constant(number, given) for given in (0, 3, 1))])
        return context.get_dummy_value()

    return types.void(address), codegen


_pointer: Any = intrinsic(_pointer_of)
_fetch: Any = intrinsic(_fetch_at)


@compiled
def opened(part: Any) -> Any:
    """The arrays behind a row of `addresses`."""
    return (
        carray(_pointer(part[0]), (part[1], _LANE, _WIDTH), np.float32),
        carray(_pointer(part[2]), (part[3],), np.int64),
        carray(_pointer(part[4]), (part[5],), ROW),
        carray(_pointer(part[6]), (part[7],), np.int32),
    )


@compiled
def ahead(address: int, size: int) -> None:
    """Have so many bytes fetched that are soon to be read: nobody waits for them here."""
    for at in range(address, address + size, LINE):
        _fetch(at)
