"""`audit verify` without a folder means the service on this machine."""

import pytest

from backend_service.audit import command


def test_without_a_folder_the_service_here_is_meant(tmp_path, monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    monkeypatch.setenv("TOWER_HOME", str(tmp_path))

    assert command.run(["verify"]) == 2
    assert str(tmp_path / "service") in capsys.readouterr().err
