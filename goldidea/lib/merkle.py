"""The Merkle tree over a log: one hash that fixes every line and their order. Source: RFC 6962, section 2.1."""

import hashlib
from collections.abc import Sequence


def leaf_hash(leaf: bytes) -> bytes:
    """The hash of a leaf: SHA-256 of 0x00 and its bytes."""
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of a node: SHA-256 of 0x01 and its two children."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_hash(leaves: Sequence[bytes]) -> bytes:
    """The root over leaf hashes, in order; of an empty log the SHA-256 of nothing."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    # Pairing level by level, an odd one moving up alone, gives the tree that the standard defines by splitting.
    level = list(leaves)
    while len(level) > 1:
        paired = [node_hash(*level[i : i + 2]) for i in range(0, len(level) - 1, 2)]
        level = [*paired, level[-1]] if len(level) % 2 else paired
    return level[0]
