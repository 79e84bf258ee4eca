"""One service on one data directory."""

from __future__ import annotations

import os

import pytest

from backend_service.storage.directory_lock import DirectoryLock, is_in_use
from core.refusals import Fault


def test_second_service_is_told_who_holds_the_directory(tmp_path):
    with DirectoryLock.take(tmp_path / "day"):
        assert is_in_use(tmp_path / "day")
        with pytest.raises(Fault, match=str(os.getpid())) as caught:
            DirectoryLock.take(tmp_path / "day")
        assert caught.value.code == "data.in_use"
        assert "--data-dir" in caught.value.sentence


def test_released_directory_is_free_again(tmp_path):
    DirectoryLock.take(tmp_path).release()
    assert not is_in_use(tmp_path)
    DirectoryLock.take(tmp_path).release()


def test_directory_nobody_ever_used_is_free(tmp_path):
    assert not is_in_use(tmp_path / "nothing")
