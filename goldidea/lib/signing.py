"""The installation's signature: Ed25519, under checkpoints of logs and under receipts.

A signed text has the form of a C2SP signed note: the text, an empty line, and `— NAME BASE64`, where the base64 holds four
bytes that name the key and the 64 bytes of the signature. Source: https://c2sp.org/signed-note.
"""

import base64
import hashlib
import os
import secrets
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

ED25519 = b"\x01"


def sign(name: str, text: str) -> str:
    """The signed note of a text, which ends with a line feed. `name` is the log's; it takes part in the key's id."""
    mark = key_id(name, public_key()) + _key().sign(text.encode())
    return f"{text}\n— {name} {base64.b64encode(mark).decode()}\n"


def is_signed(name: str, note: str) -> bool:
    """Whether a note bears this installation's signature under this name."""
    text, blank, line = note.rpartition("\n\n")
    start = f"— {name} "
    if not blank or not line.startswith(start) or not line.endswith("\n"):
        return False
    try:
        mark = base64.b64decode(line[len(start) : -1], validate=True)
        Ed25519PublicKey.from_public_bytes(public_key()).verify(mark[4:], f"{text}\n".encode())
    except (ValueError, InvalidSignature):
        return False
    return mark[:4] == key_id(name, public_key())


def key_id(name: str, public: bytes) -> bytes:
    """The four bytes that name a key in a signature line."""
    return hashlib.sha256(name.encode() + b"\n" + ED25519 + public).digest()[:4]


def verifier(name: str) -> str:
    """The public key as it is published: `NAME+ID+KEY`."""
    key = base64.b64encode(ED25519 + public_key()).decode()
    return f"{name}+{key_id(name, public_key()).hex()}+{key}"


def public_key() -> bytes:
    """The 32 bytes of the public key."""
    return _key().public_key().public_bytes_raw()


def _key() -> Ed25519PrivateKey:
    return _read(Path(settings.SIGNING_KEY_FILE))


@lru_cache(maxsize=1)
def _read(path: Path) -> Ed25519PrivateKey:
    """The key in this file: 32 bytes in base64. Made, readable for its owner alone, where there is none.

    Raises: ImproperlyConfigured when the file cannot be made or read, or holds something else.
    """
    try:
        if not path.exists():
            _make(path)
        seed = base64.b64decode(path.read_bytes().strip(), validate=True)
        return Ed25519PrivateKey.from_private_bytes(seed)
    except OSError as error:
        raise ImproperlyConfigured(f"SIGNING_KEY_FILE: {path}: {error.strerror}") from error
    except ValueError as error:
        raise ImproperlyConfigured(f"SIGNING_KEY_FILE: {path} does not hold 32 bytes in base64.") from error


def _make(path: Path) -> None:
    """Whole or not at all; of two programs that make it at the same moment, one makes it."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    half = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(base64.b64encode(secrets.token_bytes(32)) + b"\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(half, path)
    except FileExistsError:
        pass
    finally:
        half.unlink()
