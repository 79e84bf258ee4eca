"""How often somebody may try to sign in: per address, and per name whether or not somebody has it.

Names and addresses fall into 65,536 buckets by a keyed hash that is new at every start: what strangers invent takes a
bounded amount of memory, and nobody can aim at the bucket of somebody else.
"""

from __future__ import annotations

import hashlib
import math
import secrets
import time

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from core.refusals import Refusal

PER_ADDRESS = "30/minute"
PER_NAME = "10/15 minutes"


class SignInLimits:
    """Counts attempts; a sign-in that succeeds clears its name's count."""

    def __init__(self, per_address: str = PER_ADDRESS, per_name: str = PER_NAME) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._per_address = parse(per_address)
        self._per_name = parse(per_name)
        self._key = secrets.token_bytes(16)

    def count(self, address: str, name: str) -> None:
        """Count an attempt before it costs anything.

        Raises
        ------
        Refusal
            ``sign_in.too_often``, 429, with `retry_after_s`.
        """
        self._hit(self._per_address, "address", address)
        self._hit(self._per_name, "name", name)

    def clear(self, name: str) -> None:
        """Forget the attempts on a name: its owner is here."""
        self._limiter.clear(self._per_name, "name", self._bucket(name))

    def _hit(self, limit: RateLimitItem, what: str, value: str) -> None:
        bucket = self._bucket(value)
        if self._limiter.hit(limit, what, bucket):
            return
        reset_at = self._limiter.get_window_stats(limit, what, bucket).reset_time
        # The library counts by the machine's own clock, and so does its answer.
        retry_after_s = max(1, math.ceil(reset_at - time.time()))
        raise Refusal(
            "sign_in.too_often",
            f"Too many attempts to sign in. Try again in {retry_after_s} s.",
            status=429,
            retry_after_s=retry_after_s,
        )

    def _bucket(self, value: str) -> str:
        digest = hashlib.blake2b(value.encode("utf-8", "surrogatepass"), key=self._key, digest_size=2)
        return digest.hexdigest()
