"""One service on one data directory."""

from __future__ import annotations

import os
import sys
from pathlib import Path

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


@pytest.mark.skipif(sys.platform != "linux", reason="no folder that even root cannot write")
def test_folder_that_cannot_be_written_says_what_to_do():
    with pytest.raises(Fault) as caught:
        DirectoryLock.take(Path("/sys/kernel"))
    assert caught.value.code == "data.not_writable"
    assert "--data-dir" in caught.value.sentence


def test_path_of_a_file_is_no_folder_to_write_in(tmp_path):
    (tmp_path / "notes").touch()
    with pytest.raises(Fault) as caught:
        DirectoryLock.take(tmp_path / "notes")
    assert caught.value.code == "data.not_writable"
