"""A file is as it was, or as it was to be; the drafts of what went wrong are gone."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from backend_service.durable_files import taking_the_place_of, write_durably


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "a" / "b.json"
    write_durably(path, b"as it was")
    return path


def names(path: Path) -> list[str]:
    return sorted(found.name for found in path.parent.iterdir())


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_a_folder_is_made_and_the_file_is_for_its_owner_only(path: Path) -> None:
    assert path.read_bytes() == b"as it was"
    assert (mode(path.parent), mode(path)) == (0o700, 0o600)
    assert names(path) == ["b.json"]


def test_what_others_may_read_is_as_the_umask_has_it(path: Path) -> None:
    former = os.umask(0o027)
    try:
        write_durably(path, b"for the group", is_private=False)
    finally:
        os.umask(former)
    assert mode(path) == 0o640


def test_until_the_draft_is_finished_the_file_is_as_it_was(path: Path) -> None:
    with taking_the_place_of(path) as draft:
        assert draft.parent == path.parent
        draft.write_bytes(b"half")
        assert path.read_bytes() == b"as it was"
        with draft.open("ab") as file:
            file.write(b" and whole")
    assert path.read_bytes() == b"half and whole"
    assert names(path) == ["b.json"]


def test_a_draft_that_was_not_finished_is_gone_and_the_file_as_it_was(path: Path) -> None:
    with pytest.raises(OSError, match="full"), taking_the_place_of(path) as draft:
        draft.write_bytes(b"half")
        raise OSError("the disk is full")
    assert path.read_bytes() == b"as it was"
    assert names(path) == ["b.json"]


def test_what_cannot_take_its_place_leaves_nothing_behind(path: Path) -> None:
    folder = path.with_name("c")
    (folder / "inside").mkdir(parents=True)
    with pytest.raises(IsADirectoryError):
        write_durably(folder, b"no file can be here")
    assert names(path) == ["b.json", "c"]


def test_files_that_differ_in_their_ending_alone_have_drafts_of_their_own(path: Path) -> None:
    with taking_the_place_of(path.with_suffix(".model")) as model, taking_the_place_of(path) as card:
        model.write_bytes(b"model")
        card.write_bytes(b"card")
    assert (path.with_suffix(".model").read_bytes(), path.read_bytes()) == (b"model", b"card")
