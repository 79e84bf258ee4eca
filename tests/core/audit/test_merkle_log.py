"""The tree against the RFC's own definition, and against the published vectors of its reference implementation."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.audit.merkle_log import (
    Frontier,
    consistency_proof,
    inclusion_proof,
    is_consistent,
    is_included,
    leaf_hash,
    root_of,
)

# The eight inputs and the roots of each size that the certificate transparency reference tests publish.
INPUTS = [bytes.fromhex(x) for x in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657")] + [
    bytes.fromhex("606162636465666768696a6b6c6d6e6f")
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def hashes(count: int) -> list[bytes]:
    return [leaf_hash(b"%d" % n) for n in range(count)]


def defined_root(entries: list[bytes]) -> bytes:
    """MTH of RFC 9162, section 2.1.1, word by word."""
    if not entries:
        return hashlib.sha256(b"").digest()
    if len(entries) == 1:
        return hashlib.sha256(b"\x00" + entries[0]).digest()
    k = 1
    while k * 2 < len(entries):
        k *= 2
    return hashlib.sha256(b"\x01" + defined_root(entries[:k]) + defined_root(entries[k:])).digest()


@pytest.mark.parametrize("size", range(1, 9))
def test_root_is_the_published_one(size):
    assert root_of([leaf_hash(entry) for entry in INPUTS[:size]]).hex() == ROOTS[size - 1]


def test_published_inclusion_proof():
    leaves = [leaf_hash(entry) for entry in INPUTS]
    proof = inclusion_proof(leaves, 5)
    assert [node.hex() for node in proof] == [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]


def test_published_consistency_proof():
    leaves = [leaf_hash(entry) for entry in INPUTS]
    assert [node.hex() for node in consistency_proof(leaves, 6)] == [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]


@given(st.lists(st.binary(max_size=8), max_size=70))
def test_frontier_has_the_defined_root_at_every_size(entries):
    frontier = Frontier()
    for size, entry in enumerate(entries):
        assert frontier.root() == defined_root(entries[:size])
        frontier.append(leaf_hash(entry))
    assert frontier.root() == defined_root(entries)
    assert frontier.size == len(entries)


@given(st.integers(1, 200).flatmap(lambda size: st.tuples(st.just(size), st.integers(0, size - 1))))
def test_every_leaf_is_proved_where_it_is_and_nowhere_else(place):
    size, index = place
    leaves = hashes(size)
    root, proof = root_of(leaves), inclusion_proof(leaves, index)
    assert is_included(leaves[index], index, size, proof, root)
    assert not is_included(leaf_hash(b"forged"), index, size, proof, root)
    assert not is_included(leaves[index], index, size, [*proof, root], root)
    if size > 1:
        assert not is_included(leaves[index], (index + 1) % size, size, proof, root)
        assert not is_included(leaves[index], index, size, proof[:-1], root)


@given(st.integers(1, 200).flatmap(lambda size: st.tuples(st.just(size), st.integers(1, size))))
def test_continuation_is_proved_and_a_changed_past_is_not(sizes):
    size, old_size = sizes
    leaves = hashes(size)
    old_root, root = root_of(leaves[:old_size]), root_of(leaves)
    proof = consistency_proof(leaves, old_size)
    assert is_consistent(old_size, old_root, size, root, proof)
    forged = root_of([leaf_hash(b"forged"), *leaves[1:old_size]])
    assert not is_consistent(old_size, forged, size, root, proof)
    assert not is_consistent(old_size, old_root, size, forged, proof)
    assert not is_consistent(old_size, old_root, size, root, [*proof, root])


def test_proofs_outside_the_tree_are_refused():
    with pytest.raises(IndexError):
        inclusion_proof(hashes(3), 3)
    with pytest.raises(ValueError, match="consistency"):
        consistency_proof(hashes(3), 4)
    assert not is_included(hashes(1)[0], 1, 1, [], root_of(hashes(1)))
    assert not is_consistent(3, b"", 2, b"", [])
