"""The file of a backup: a tar of named parts, with a manifest of their SHA-256 at its end; sealed under a key if one is given.

Sealed: MAGIC, 32 bytes of salt, then chunks of 1 MiB, each AES-256-GCM under HKDF-SHA256(key, salt). The nonce counts the chunks
and marks the last one, so that none can be left out, doubled or put elsewhere (the STREAM construction).
Source: https://eprint.iacr.org/2015/189.
"""

import base64
import binascii
import hashlib
import io
import json
import os
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MAGIC = b"goldidea sealed backup 1\n"
CHUNK = 1024 * 1024
TAG = 16
MANIFEST = "manifest.json"
FORMAT = "goldidea-backup/1"


class BadBackup(Exception):
    """The file is not a backup, not whole, not as it was written, or of another key. Says which."""


def read_key(path: str) -> bytes:
    """The 32 bytes of a key file: their base64, as `openssl rand -base64 32` writes it."""
    try:
        key = base64.b64decode(Path(path).read_text(encoding="ascii").strip(), validate=True)
    except (OSError, ValueError, binascii.Error) as error:
        raise BadBackup(f"{path}: {error}") from error
    if len(key) != 32:
        raise BadBackup(f"{path}: a key has 32 bytes in base64 (openssl rand -base64 32).")
    return key


def _cipher(key: bytes, salt: bytes) -> AESGCM:
    return AESGCM(HKDF(SHA256(), 32, salt, b"goldidea backup").derive(key))


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11) + (b"\1" if last else b"\0")


class Sealing(io.RawIOBase):
    """Encrypts what is written to it."""

    def __init__(self, file: IO[bytes], key: bytes) -> None:
        salt = os.urandom(32)
        self._file, self._cipher, self._number, self._held = file, _cipher(key, salt), 0, bytearray()
        file.write(MAGIC + salt)

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._held += data
        while len(self._held) > CHUNK:  # the last chunk is known only at the end
            self._put(bytes(self._held[:CHUNK]), last=False)
            del self._held[:CHUNK]
        return len(data)

    def finish(self) -> None:
        """Write the last chunk."""
        self._put(bytes(self._held), last=True)

    def _put(self, chunk: bytes, *, last: bool) -> None:
        self._file.write(self._cipher.encrypt(_nonce(self._number, last), chunk, None))
        self._number += 1


class Opening(io.RawIOBase):
    """Decrypts what is read from it. Raises BadBackup where the file is not as it was written."""

    def __init__(self, file: IO[bytes], key: bytes) -> None:
        self._file, self._cipher, self._number = file, _cipher(key, file.read(32)), 0
        self._next, self._open, self._ended = file.read(CHUNK + TAG), b"", False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._open and not self._ended:
            chunk, self._next = self._next, self._file.read(CHUNK + TAG)
            self._ended = not self._next
            try:
                self._open = self._cipher.decrypt(_nonce(self._number, self._ended), chunk, None)
            except InvalidTag as error:
                raise BadBackup("The key is another one, or the file was cut or changed.") from error
            self._number += 1
        size = min(len(buffer), len(self._open))
        buffer[:size], self._open = self._open[:size], self._open[size:]
        return size


class Writer:
    """Adds parts, and the manifest at the end."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar

    def add(self, name: str, content: bytes) -> None:
        entry = tarfile.TarInfo(name)
        entry.size = len(content)
        self._tar.addfile(entry, io.BytesIO(content))

    def add_file(self, name: str, path: Path) -> tuple[int, str]:
        """Bytes and SHA-256 of the file as it was added."""
        with path.open("rb") as file:
            entry = tarfile.TarInfo(name)
            entry.size = os.fstat(file.fileno()).st_size
            digest = hashlib.sha256()
            self._tar.addfile(entry, _Hashing(file, digest))
        return entry.size, digest.hexdigest()

    def finish(self, manifest: dict[str, Any]) -> None:
        text = json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True)
        self.add(MANIFEST, text.encode())


class _Hashing(io.RawIOBase):
    def __init__(self, file: IO[bytes], digest: Any) -> None:
        self._file, self._digest = file, digest

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        self._digest.update(data)
        return data


@contextmanager
def writing(path: Path, key: bytes | None) -> Iterator[Writer]:
    """A new backup; it gets its name when it is whole and on the disk.

    Raises: BadBackup if there is such a file.
    """
    if path.exists():
        raise BadBackup(f"{path} exists: a backup is never written over.")
    half = path.with_name(path.name + ".part")
    with open(half, "wb", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        sealing = Sealing(file, key) if key else None
        with tarfile.open(fileobj=sealing or file, mode="w|", format=tarfile.PAX_FORMAT) as tar:
            yield Writer(tar)
        if sealing:
            sealing.finish()
        file.flush()
        os.fsync(file.fileno())
    half.rename(path)


@contextmanager
def reading(path: Path, key: bytes | None) -> Iterator[Iterator[tuple[str, IO[bytes]]]]:
    """The parts in their order, each with its content as a stream; a part is read before the next is asked for."""
    try:
        with path.open("rb") as file:
            sealed = file.read(len(MAGIC)) == MAGIC
            if sealed and key is None:
                raise BadBackup("This backup is sealed: give its key with --key-file.")
            if not sealed and key is not None:
                raise BadBackup(
                    "This backup is not sealed, and whoever could write it made it: read it without a key."
                )
            if not sealed:
                file.seek(0)
            stream = io.BufferedReader(Opening(file, key), CHUNK) if sealed and key else file
            with tarfile.open(fileobj=stream, mode="r|") as tar:
                yield _parts(tar)
    except (tarfile.TarError, EOFError, OSError) as error:
        raise BadBackup(f"{path}: {error}") from error


def _parts(tar: tarfile.TarFile) -> Iterator[tuple[str, IO[bytes]]]:
    for entry in tar:
        content = tar.extractfile(entry) if entry.isfile() else None
        if content is None:
            raise BadBackup(f"{entry.name}: not a file")
        yield entry.name, content


def verified(path: Path, key: bytes | None) -> dict[str, Any]:
    """The manifest, once every part was read and is what the manifest says: no row, no file more, fewer or other.

    Raises: BadBackup.
    """
    tables: dict[str, Any] = {}
    files: dict[str, list[Any]] = {}
    manifest: dict[str, Any] | None = None
    with reading(path, key) as parts:
        for name, content in parts:
            if manifest is not None:
                raise BadBackup(f"{name} stands after the manifest.")
            kind, _slash, rest = name.partition("/")
            if name == MANIFEST:
                manifest = json.load(content)
            elif kind == "rows":
                digest = tables.setdefault(rest.partition("/")[0], hashlib.sha256())
                digest.update(content.read())
            elif kind == "files":
                found = hashlib.sha256()
                size = 0
                while data := content.read(CHUNK):
                    size += len(data)
                    found.update(data)
                files[rest] = [size, found.hexdigest()]
            elif name != "secrets.json":
                raise BadBackup(f"{name}: unknown")
    if manifest is None or manifest.get("format") != FORMAT:
        raise BadBackup(f"{path} is no whole backup: it has no manifest.")
    empty = hashlib.sha256().hexdigest()
    wrong = [
        name
        for name, table in manifest["tables"].items()
        if table["sha256"] != (tables.pop(name).hexdigest() if name in tables else empty)
    ]
    wrong += [*tables, *(n for n in {*files, *manifest["files"]} if files.get(n) != manifest["files"].get(n))]
    if wrong:
        raise BadBackup(f"Not as it was written: {', '.join(sorted(wrong)[:10])}")
    return manifest
