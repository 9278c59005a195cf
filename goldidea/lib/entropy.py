"""Randomness of what a season makes (pseudonyms, salts, lots), which a demonstration can seed.

Outside `seeded()` it is the operating system's. Card codes, sign-in secrets and keys never come from here.
"""

import hashlib
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from goldidea.lib.codes import ALPHABET

_stream: ContextVar["SeededStream | None"] = ContextVar("entropy", default=None)


class SeededStream:
    """SHA-256 in counter mode over a seed: the same on every machine and in every version of Python."""

    def __init__(self, seed: str) -> None:
        self.seed = seed.encode()
        self.counter = 0

    def take(self, count: int) -> bytes:
        out = b""
        while len(out) < count:
            out += hashlib.sha256(self.seed + b"/" + str(self.counter).encode()).digest()
            self.counter += 1
        return out[:count]


@contextmanager
def seeded(seed: str) -> Iterator[None]:
    """Within this block everything taken from here follows from `seed`. For demonstrations only."""
    token = _stream.set(SeededStream(seed))
    try:
        yield
    finally:
        _stream.reset(token)


def random_bytes(count: int) -> bytes:
    """`count` random bytes."""
    stream = _stream.get()
    return stream.take(count) if stream else secrets.token_bytes(count)


def random_word(length: int) -> str:
    """`length` characters of Crockford's base 32 (5 bits each)."""
    return "".join(ALPHABET[byte % 32] for byte in random_bytes(length))
