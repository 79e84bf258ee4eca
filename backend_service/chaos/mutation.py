"""Messages made worse: bits turned, pieces cut out, doubled and mixed, numbers beyond reason, nesting without end."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

LONGEST = 20_000
"""Bytes that a message may grow to; doors take a little more."""

_NASTY = (
    *(b"1e999", b"-1e999", b"NaN", b"-0.0", b"9" * 400, b"1e-400", b"9223372036854775808", b"18446744073709551616"),
    *(b"null", b"true", b'""', b"[]", b"{}", b'"\\ud800"', b"\xff\xfe", b"\x00", b"\xff\xff\xff\xff", b"\x7f\xff"),
    *(
        b"[" * 2_000,
        b'{"a":' * 500,
        b"\x91" * 2_000,
        b"\xdf\xff\xff\xff\xff",
        b"\xdd\xff\xff\xff\xff",
        b"\xc6\x7f\xff\xff",
    ),
    *(b"0001-01-01T00:00:00", b"9999-12-31T23:59:59+14:00", b"-62135596800", b"1e17", b"253402300800000"),
)


def mutated(samples: Sequence[bytes], dice: random.Random) -> bytes:
    """Return one of the samples, changed one to three times, or sometimes nothing but noise."""
    if dice.random() < 0.02:
        return dice.randbytes(dice.randrange(200))
    message = dice.choice(samples)
    for _ in range(dice.randint(1, 3)):
        message = dice.choice(_CHANGES)(message, samples, dice)
    return message[:LONGEST]


def _turn_bits(message: bytes, samples: Sequence[bytes], dice: random.Random) -> bytes:
    changed = bytearray(message)
    for _ in range(min(len(changed), dice.randint(1, 8))):
        changed[dice.randrange(len(changed))] ^= 1 << dice.randrange(8)
    return bytes(changed)


def _cut_out(message: bytes, samples: Sequence[bytes], dice: random.Random) -> bytes:
    begin, end = _slice(message, dice)
    return message[:begin] + message[end:]


def _double(message: bytes, samples: Sequence[bytes], dice: random.Random) -> bytes:
    begin, end = _slice(message, dice)
    return message[:end] + message[begin:end] * dice.randint(1, 20) + message[end:]


def _mix(message: bytes, samples: Sequence[bytes], dice: random.Random) -> bytes:
    other = dice.choice(samples)
    begin, end = _slice(other, dice)
    at = dice.randint(0, len(message))
    return message[:at] + other[begin:end] + message[at:]


def _put_nasty(message: bytes, samples: Sequence[bytes], dice: random.Random) -> bytes:
    begin, end = _slice(message, dice)
    return message[:begin] + dice.choice(_NASTY) + message[min(end, begin + 12) :]


def _replace_number(message: bytes, samples: Sequence[bytes], dice: random.Random) -> bytes:
    """Put something nasty where a number stands in a text, so that what is around it stays readable."""
    digits = [at for at, byte in enumerate(message) if byte in b"0123456789"]
    if not digits:
        return message
    begin = end = dice.choice(digits)
    while end < len(message) and message[end] in b"0123456789.eE+-":
        end += 1
    return message[:begin] + dice.choice(_NASTY) + message[end:]


def _slice(message: bytes, dice: random.Random) -> tuple[int, int]:
    begin, end = sorted((dice.randint(0, len(message)), dice.randint(0, len(message))))
    return begin, end


type _Change = Callable[[bytes, Sequence[bytes], random.Random], bytes]
_CHANGES: tuple[_Change, ...] = (_turn_bits, _cut_out, _double, _mix, _put_nasty, *(_replace_number,) * 4)
