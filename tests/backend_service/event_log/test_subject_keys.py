"""Sealing under a key per subject, and forgetting it."""

from __future__ import annotations

import pytest

from backend_service.event_log.subject_keys import SubjectKeys
from core.refusals import Fault


@pytest.fixture
def places(tmp_path):
    return tmp_path / "keys.sqlite", tmp_path / "secrets" / "master.key"


def test_sealed_data_is_read_after_a_restart(places):
    keys = SubjectKeys.open(*places)
    sealed = keys.seal("driver:D-1", b"Ana", b"here")
    keys.close()
    keys = SubjectKeys.open(*places)
    assert keys.unseal(sealed, b"here") == b"Ana"
    keys.close()


def test_secret_files_are_for_the_owner_only(places):
    SubjectKeys.open(*places).close()
    assert [path.stat().st_mode & 0o777 for path in places] == [0o600, 0o600]


def test_sealed_data_moved_elsewhere_is_corrupt():
    keys = SubjectKeys.in_memory()
    sealed = keys.seal("driver:D-1", b"Ana", b"version 1")
    with pytest.raises(Fault) as caught:
        keys.unseal(sealed, b"version 2")
    assert caught.value.code == "keys.corrupt"
    keys.close()


def test_erased_subject_is_unreadable():
    keys = SubjectKeys.in_memory()
    sealed = keys.seal("driver:D-1", b"Ana", b"")
    assert keys.erase("driver:D-1")
    assert keys.unseal(sealed, b"") is None
    keys.close()


def test_missing_master_key_is_said_instead_of_made_anew(places):
    keys = SubjectKeys.open(*places)
    keys.ensure(["driver:D-1"])
    keys.close()
    places[1].unlink()
    with pytest.raises(Fault) as caught:
        SubjectKeys.open(*places)
    assert caught.value.code == "keys.master_missing"


def test_another_master_key_is_corrupt(places):
    keys = SubjectKeys.open(*places)
    sealed = keys.seal("driver:D-1", b"Ana", b"")
    keys.close()
    places[1].write_bytes(b"x" * 32)
    keys = SubjectKeys.open(*places)
    with pytest.raises(Fault) as caught:
        keys.unseal(sealed, b"")
    assert caught.value.code == "keys.corrupt"
    keys.close()


def test_memory_holds_a_bounded_number_of_keys(places):
    keys = SubjectKeys.open(*places, most_cached=10)
    sealed = {n: keys.seal(f"driver:D-{n}", b"%d" % n, b"") for n in range(50)}
    assert len(keys._ciphers) <= 10
    assert all(keys.unseal(sealed[n], b"") == b"%d" % n for n in sealed)
    keys.close()
