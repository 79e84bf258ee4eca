"""The rooms keep to their contracts, and each contract catches a breach that is planted."""

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

TREE = Path(__file__).parents[2]
SETTINGS = tomllib.loads((TREE / "pyproject.toml").read_text())["tool"]["importlinter"]
CONTRACTS = [contract["name"] for contract in SETTINGS["contracts"]]

# For each contract: the module that is made to break it, and the forbidden import it gets.
BREACHES = {
    "core knows no Qt, SQL, web, threads, files, logging or clock": [
        ("core/planted.py", "import PySide6.QtCore"),
        ("core/planted.py", "import threading"),
        ("core/planted.py", "from time import time"),
        ("core/planted.py", "import app"),
    ],
    "the service knows no desk": [("backend_service/planted.py", "import app.command_line")],
    "the client without screens knows no service and no screens": [
        ("app/planted.py", "import backend_service"),
        ("app/planted.py", "import ui"),
    ],
    "screens know no service and no SQL": [("ui/planted.py", "import sqlalchemy")],
    "widgets know Qt and resources only": [("widgets/planted.py", "import core")],
    "resources import nothing of ours": [("resources/planted.py", "import core")],
    "what checks plans shares no code with what makes them": [
        ("core/dispatch/taker_check.py", "import core.dispatch.constraints"),
    ],
    "the simulator knows none of Tower's judgements": [
        ("backend_service/simulation/planted.py", "import core.dispatch"),
        ("backend_service/simulation/planted.py", "import core.eta"),
    ],
    "the simulator acts only through the doors": [
        ("backend_service/simulation/planted.py", "import backend_service.event_log"),
    ],
}


def lint_imports(tree: Path) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    env = {**os.environ, "PYTHONPATH": str(tree), "NO_COLOR": "1", "COLUMNS": "200"}
    return subprocess.run(command, cwd=tree, env=env, capture_output=True, text=True, check=False, timeout=100)


@pytest.fixture
def copied_tree(tmp_path: Path) -> Path:
    """Return a copy of all packages' Python files, to plant a breach in."""
    for package in SETTINGS["root_packages"]:
        for module in (TREE / package).rglob("*.py"):
            copy = tmp_path / module.relative_to(TREE)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(module, copy)
    shutil.copy(TREE / "pyproject.toml", tmp_path)
    return tmp_path


def test_contracts_are_kept():
    result = lint_imports(TREE)
    assert result.returncode == 0, result.stdout + result.stderr
    for name in CONTRACTS:
        assert f"{name} KEPT" in result.stdout


def test_each_contract_has_a_breach_to_catch():
    assert set(BREACHES) == set(CONTRACTS)


@pytest.mark.parametrize(
    ("name", "module", "statement"),
    [(name, *breach) for name, breaches in BREACHES.items() for breach in breaches],
)
def test_planted_breach_is_caught(copied_tree, name, module, statement):
    planted = copied_tree / module
    planted.write_text(f'"""Breaks a contract."""\n\n{statement}\n')
    result = lint_imports(copied_tree)
    assert result.returncode == 1, result.stderr
    assert f"{name} BROKEN" in result.stdout
    assert planted.stem in result.stdout


@pytest.mark.parametrize(("folder", "refused"), [("app", True), ("ui", False), ("widgets", False)])
def test_qt_widgets_are_for_screens_only(tmp_path, folder, refused):
    shutil.copy(TREE / "pyproject.toml", tmp_path)
    (tmp_path / folder).mkdir()
    for settings in (TREE / folder).glob("ruff.toml"):
        shutil.copy(settings, tmp_path / folder)
    (tmp_path / folder / "planted.py").write_text("from PySide6.QtWidgets import QLabel\n\nprint(QLabel)\n")
    command = [sys.executable, "-m", "ruff", "check", "--no-cache", "--select", "TID251", "."]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60)
    assert ("PySide6.QtWidgets" in result.stdout) is refused, result.stdout + result.stderr
