"""Settings are kept whole, told when they change, and fall back to the defaults aloud."""

from pathlib import Path

import msgspec
import pytest
from PySide6.QtTest import QSignalSpy

from ui.desk_settings import DeskSettings, SettingsFile, listen_for, options
from widgets.theme.tokens import Theme


def test_a_choice_is_there_after_the_next_start(tmp_path: Path) -> None:
    SettingsFile(tmp_path / "settings.json").change(theme=Theme.LIGHT)
    again = SettingsFile(tmp_path / "settings.json")
    assert again.current == DeskSettings(theme=Theme.LIGHT)
    assert again.problem == ""


@pytest.mark.parametrize("content", [b"", b"{", b'{"theme": "pink"}', b"\xff\xfe", b"[1]", b'{"reduce_motion": "x"}'])
def test_a_broken_file_gives_the_defaults_says_so_and_is_put_aside(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "settings.json"
    path.write_bytes(content)
    settings = SettingsFile(path)
    assert settings.current == DeskSettings()
    assert "defaults" in settings.problem
    assert (tmp_path / "settings.unread").read_bytes() == content


def test_what_a_newer_desk_added_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "settings.json").write_bytes(b'{"theme": "light", "hologram": true}')
    assert SettingsFile(tmp_path / "settings.json").current.theme is Theme.LIGHT


def test_only_a_real_change_is_told(tmp_path: Path) -> None:
    settings = SettingsFile(tmp_path / "settings.json")
    changed = QSignalSpy(settings.changed)
    settings.change(reduce_motion=settings.current.reduce_motion)
    settings.change(reduce_motion=not settings.current.reduce_motion)
    assert changed.count() == 1


def test_a_file_that_cannot_be_written_is_told_and_the_choice_holds(tmp_path: Path) -> None:
    (tmp_path / "wall").write_text("")
    settings = SettingsFile(tmp_path / "wall" / "settings.json")
    failed = QSignalSpy(settings.failed)
    settings.change(theme=Theme.LIGHT)
    assert settings.current.theme is Theme.LIGHT
    assert failed.count() == 1


def test_one_choice_is_told_now_and_after_its_own_changes(tmp_path: Path) -> None:
    settings = SettingsFile(tmp_path / "settings.json")
    told: list[object] = []
    listen_for(settings, "theme", told.append)
    settings.change(reduce_motion=True)
    settings.change(theme=Theme.LIGHT)
    assert told == [Theme.DARK, Theme.LIGHT]


def test_every_field_is_offered_once_with_its_default_and_prose() -> None:
    offered = options()
    remembered = ["service", "user"]  # what was signed in with last is no choice
    assert [*(option.field for option in offered), *remembered] == list(msgspec.structs.asdict(DeskSettings()))
    for option in offered:
        assert getattr(DeskSettings(), option.field) in [value for value, _ in option.choices]
        assert option.help.endswith(".")
