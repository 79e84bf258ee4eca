"""The Merkle tree of an append-only log: roots, inclusion proofs and consistency proofs (RFC 9162, section 2.1).

Leaves and nodes are hashed with SHA-256 under different prefixes, so that none can pass for the other. `Frontier` grows
the tree leaf by leaf in logarithmic memory; the functions work on the leaf hashes of a whole tree.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

type Hash = bytes
"""32 bytes of SHA-256."""

_LEAF = b"\x00"
_NODE = b"\x01"


def leaf_hash(entry: bytes) -> Hash:
    """Return the hash of a log entry."""
    return hashlib.sha256(_LEAF + entry).digest()


def node_hash(left: Hash, right: Hash) -> Hash:
    """Return the hash of an inner node."""
    return hashlib.sha256(_NODE + left + right).digest()


EMPTY_ROOT: Hash = hashlib.sha256(b"").digest()


class Frontier:
    """The roots of the perfect subtrees that a growing tree consists of, largest first."""

    def __init__(self) -> None:
        self._size = 0
        self._peaks: list[Hash] = []

    @property
    def size(self) -> int:
        """Return the number of leaves."""
        return self._size

    def append(self, leaf: Hash) -> None:
        """Add the next leaf hash: amortised one node hash."""
        grown = leaf
        size = self._size
        while size & 1:
            grown = node_hash(self._peaks.pop(), grown)
            size >>= 1
        self._peaks.append(grown)
        self._size += 1

    def root(self) -> Hash:
        """Return the root of all leaves so far."""
        if not self._peaks:
            return EMPTY_ROOT
        root = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            root = node_hash(peak, root)
        return root


def root_of(leaves: Sequence[Hash]) -> Hash:
    """Return the root over leaf hashes in order."""
    frontier = Frontier()
    for leaf in leaves:
        frontier.append(leaf)
    return frontier.root()


def inclusion_proof(leaves: Sequence[Hash], index: int) -> list[Hash]:
    """Return the audit path of leaf `index` in the tree of `leaves`, lowest node first.

    Raises
    ------
    IndexError
        If there is no such leaf.
    """
    if not 0 <= index < len(leaves):
        raise IndexError(f"no leaf {index} in a tree of {len(leaves)}")
    if len(leaves) == 1:
        return []
    split = _split(len(leaves))
    left, right = leaves[:split], leaves[split:]
    if index < split:
        return [*inclusion_proof(left, index), root_of(right)]
    return [*inclusion_proof(right, index - split), root_of(left)]


def is_included(leaf: Hash, index: int, size: int, proof: Sequence[Hash], root: Hash) -> bool:
    """Say whether `proof` shows that `leaf` is number `index` of the tree of `size` leaves with this `root`."""
    if not 0 <= index < size:
        return False
    node, last, found = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if node & 1 or node == last:
            found = node_hash(sibling, found)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and found == root


def consistency_proof(leaves: Sequence[Hash], old_size: int) -> list[Hash]:
    """Return the proof that the tree of `leaves` continues the one of its first `old_size` leaves.

    Raises
    ------
    ValueError
        Unless 0 < `old_size` <= number of leaves.
    """
    if not 0 < old_size <= len(leaves):
        raise ValueError(f"no consistency of {old_size} in a tree of {len(leaves)}")
    return _subproof(leaves, old_size, is_whole=True)


def _subproof(leaves: Sequence[Hash], old_size: int, *, is_whole: bool) -> list[Hash]:
    if old_size == len(leaves):
        return [] if is_whole else [root_of(leaves)]
    split = _split(len(leaves))
    left, right = leaves[:split], leaves[split:]
    if old_size <= split:
        return [*_subproof(left, old_size, is_whole=is_whole), root_of(right)]
    return [*_subproof(right, old_size - split, is_whole=False), root_of(left)]


def is_consistent(old_size: int, old_root: Hash, size: int, root: Hash, proof: Sequence[Hash]) -> bool:
    """Say whether `proof` shows that the tree (`size`, `root`) only added to the tree (`old_size`, `old_root`)."""
    if not 0 < old_size <= size:
        return False
    if old_size == size:
        return not proof and old_root == root
    path = list(proof) if old_size & (old_size - 1) else [old_root, *proof]
    if not path:
        return False
    node, last = old_size - 1, size - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    old_found = found = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            old_found = node_hash(sibling, old_found)
            found = node_hash(sibling, found)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and old_found == old_root and found == root


def _split(size: int) -> int:
    """Return the largest power of two smaller than `size`."""
    return 1 << (size - 1).bit_length() - 1
