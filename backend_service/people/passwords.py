"""Passwords by Argon2id (RFC 9106), in a small pool with a short queue: signing in cannot exhaust the service.

One verification costs 64 MiB and about 0.2 s of a core. At most `AT_ONCE` run and `MOST_WAITING` wait; whoever comes
beyond is told to come back, before any memory is taken.
"""

from __future__ import annotations

import asyncio
import secrets
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from core.refusals import Refusal

AT_ONCE = 2
MOST_WAITING = 8
SHORTEST = 12
LONGEST = 256
_SALT_BYTES = 16
_HASH_BYTES = 32


@dataclass(frozen=True, slots=True)
class Cost:
    """What one hash costs: the second recommended option of RFC 9106, section 4."""

    memory_kib: int = 65_536
    iterations: int = 3
    lanes: int = 4


class Passwords:
    """Hashes and verifies.

    Parameters
    ----------
    cost : of new hashes; a stored one is verified at the cost that is written in it
    """

    def __init__(self, cost: Cost | None = None) -> None:
        self._cost = cost or Cost()
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="password")
        self._under_way = 0
        self._nobodys: str | None = None

    async def hash(self, password: str) -> str:
        """Return what is kept of a password: a PHC string with salt and cost.

        Raises
        ------
        Refusal
            ``password.length`` 422; ``sign_in.busy`` 429.
        """
        if not SHORTEST <= len(password) <= LONGEST:
            raise Refusal("password.length", f"A password has {SHORTEST} to {LONGEST} characters.")
        return await self._run(lambda: self._derive(password))

    async def verify(self, password: str, kept: str | None) -> bool:
        """Say whether a password is the one that `kept` was made from.

        ``None`` stands for a name that nobody has: it costs the same and is never right.

        Raises
        ------
        Refusal
            ``sign_in.busy``, 429.
        """
        return await self._run(lambda: self._verify(password, kept))

    def close(self) -> None:
        """End the pool once what is under way is done."""
        self._pool.shutdown()

    async def _run[T](self, work: Callable[[], T]) -> T:
        if self._under_way >= AT_ONCE + MOST_WAITING:
            raise Refusal("sign_in.busy", "Too many people sign in at once. Try again.", status=429, retry_after_s=2)
        self._under_way += 1
        running = asyncio.get_running_loop().run_in_executor(self._pool, work)
        # Counted until the work is done, also when whoever asked has gone.
        running.add_done_callback(lambda _: self._leave())
        return await asyncio.shield(running)

    def _leave(self) -> None:
        self._under_way -= 1

    def _derive(self, password: str) -> str:
        cost = self._cost
        maker = Argon2id(
            salt=secrets.token_bytes(_SALT_BYTES),
            length=_HASH_BYTES,
            iterations=cost.iterations,
            lanes=cost.lanes,
            memory_cost=cost.memory_kib,
        )
        return maker.derive_phc_encoded(_bytes_of(password))

    def _verify(self, password: str, kept: str | None) -> bool:
        if self._nobodys is None:  # made at the first attempt, whoever it names, so that it tells nothing
            self._nobodys = self._derive(secrets.token_hex(16))
        try:
            Argon2id.verify_phc_encoded(_bytes_of(password), kept or self._nobodys)
        except InvalidKey:
            return False
        return kept is not None


def _bytes_of(password: str) -> bytes:
    """Return the same bytes for the same letters, however a keyboard composes them (RFC 8265, OpaqueString)."""
    return unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")
