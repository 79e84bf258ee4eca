"""The one decorator under which the inner loops are compiled, and the dice they roll.

Compiled code is kept beside its source, so that only the first run on a machine compiles. The dice are part of the
search's own state, in an array that the caller seeds: the same seed gives the same numbers on any machine.
"""

from __future__ import annotations

import builtins
import dis
import hashlib
from collections.abc import Callable
from types import CodeType
from typing import Any, cast

import numba
import numpy as np

from core.dispatch.improvement.columns import Dice

_HOW = b"nogil"
"""How it is compiled, as far as that changed: what was kept before is not to be used."""


def compiled[F: Callable[..., Any]](function: F) -> F:
    """Return `function` compiled to machine code at its first call; it must not make arrays.

    Without numba's counting of references a loop over tables is three to four times as quick. Other threads go on
    beside it.
    """
    return cast(F, numba.njit(cache=True, _nrt=False, nogil=True, error_model="numpy")(stamped(function)))


def dice_of(seed: int) -> Dice:
    """Return the state of a generator; any whole number is a seed."""
    mixed = (seed * 0x9E3779B97F4A7C15 + 0xD1B54A32D192ED03) & 0xFFFF_FFFF_FFFF_FFFF
    return np.array([mixed or 1], dtype=np.uint64)


def inlined[F: Callable[..., Any]](function: F) -> F:
    """Return `function` compiled into each of its callers: handing the tables over costs more than a short body."""
    return cast(F, numba.njit(cache=True, _nrt=False, error_model="numpy", forceinline=True)(stamped(function)))


def stamped[F: Callable[..., Any]](function: F) -> F:
    """Put a digest of the function and of all it calls into its name, by which compiled code is kept.

    numba looks at the one source file only: after a change elsewhere it would go on with what was compiled from the
    old one.

    Raises
    ------
    NameError
        If the function names what is not defined yet: what it calls is to be defined before it.
    """
    function.__qualname__ += "_" + hashlib.sha256(_meaning(function.__code__, function.__globals__)).hexdigest()[:12]
    return function


def _meaning(code: CodeType, names: dict[str, Any]) -> bytes:
    parts = [_HOW, code.co_code, repr(code.co_names).encode(), repr(code.co_varnames).encode()]
    parts += [_meaning(c, names) if isinstance(c, CodeType) else repr(c).encode() for c in code.co_consts]
    for name in [step.argval for step in dis.get_instructions(code) if step.opname == "LOAD_GLOBAL"]:
        if name not in names and not hasattr(builtins, name):
            raise NameError(f"{name} is to be defined before what calls it is compiled")
        value = names.get(name)
        if isinstance(value, int | float | str):
            parts.append(repr(value).encode())
        elif (called := getattr(value, "py_func", None)) is not None:
            parts.append(called.__qualname__.encode())
        elif isinstance(fields := getattr(value, "_fields", None), tuple):
            parts.append(repr(fields).encode())
    return b"|".join(parts)


@inlined
def roll(dice: Dice) -> float:
    """Return a number from 0 up to, not including, 1 (xorshift64*, Vigna 2016)."""
    x = dice[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    dice[0] = x
    return float((x * np.uint64(0x2545F4914F6CDD1D)) >> np.uint64(11)) * (1.0 / 9007199254740992.0)


@inlined
def pick(dice: Dice, count: int) -> int:
    """Return a whole number from 0 up to, not including, `count`."""
    return min(count - 1, int(roll(dice) * count))
