"""What is fetched is pinned by hash, and no file knows the machine or the registry it was written with."""

import json
import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

TREE = Path(__file__).parents[2]
LOCKS = sorted((TREE / "requirements").glob("*.txt"))
FOLDERS = ["app", "ui", "widgets", "core", "backend_service", "resources", "tests", "docs", "requirements", ".ci"]
TEXT_ENDINGS = {".py", ".md", ".toml", ".txt", ".json", ".sh", ".js", ".css", ".html", ".qss", ".ini", ".yml", ""}

# Split, so that this file does not name them either.
REGISTRIES = [
    "pypi" + ".org",
    "pythonhosted" + ".org",
    "registry.npmjs" + ".org",
    "unpkg" + ".com",
    "jsdelivr" + ".net",
]
MACHINE_PATHS = re.compile(r"(?<![\w.])/(?:root|work|Users|home/[a-z]+)/")


def our_texts() -> list[Path]:
    """Return every text file of ours, also where the tree came without its history."""
    ours = [path for path in TREE.iterdir() if path.is_file() and path.name != ".git"]  # a worktree's names the tree
    for folder in FOLDERS:
        for path in (TREE / folder).rglob("*"):
            caches = [part for part in path.relative_to(TREE / folder).parts if part.startswith((".", "__pyc"))]
            if path.is_file() and not caches:
                ours.append(path)
    return [path for path in ours if path.suffix in TEXT_ENDINGS]


def requirements_in(text: str) -> list[str]:
    """Return each requirement of a lock file with its hashes as one line, without comments."""
    joined = re.sub(r"\\\n\s*", "", text)
    return [line for line in joined.splitlines() if line.strip() and not line.lstrip().startswith("#")]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_every_python_package_is_pinned_by_version_and_hash(lock):
    requirements = requirements_in(lock.read_text())
    assert requirements
    loose = [line for line in requirements if "==" not in line or "--hash=sha256:" not in line]
    assert loose == []


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_lock_names_no_index(lock):
    text = lock.read_text()
    assert not re.search(r"--(extra-)?index-url|--find-links|https?://", text)


def test_development_holds_all_of_runtime_at_the_same_versions():
    runtime, development = (
        {line.split()[0] for line in requirements_in((TREE / "requirements" / name).read_text())}
        for name in ("runtime.txt", "development.txt")
    )
    assert runtime - development == set()


def pinned_versions(lock: str) -> dict[str, str]:
    requirements = requirements_in((TREE / "requirements" / lock).read_text())
    return dict(line.split()[0].split("==") for line in requirements)


@pytest.mark.parametrize(
    ("lock", "groups"), [("runtime.txt", ["build"]), ("development.txt", ["build", "development"])]
)
def test_lock_answers_what_the_project_asks_for(lock, groups):
    settings = tomllib.loads((TREE / "pyproject.toml").read_text())
    asked = list(settings["project"]["dependencies"])
    for group in groups:
        asked += settings["dependency-groups"][group]
    pinned = pinned_versions(lock)
    unanswered = [
        str(requirement)
        for requirement in map(Requirement, asked)
        if not requirement.specifier.contains(pinned.get(canonicalize_name(requirement.name), "0"), prereleases=True)
    ]
    assert unanswered == []


def test_map_assets_are_pinned_by_hash_and_name_no_registry():
    packages = json.loads((TREE / "package-lock.json").read_text())["packages"]
    fetched = {name: package for name, package in packages.items() if name}
    assert fetched
    assert [name for name, package in fetched.items() if not package.get("integrity", "").startswith("sha512-")] == []
    assert [name for name, package in fetched.items() if "resolved" in package] == []


def test_no_file_names_a_registry():
    naming = [
        f"{path.relative_to(TREE)}: {host}"
        for path in our_texts()
        for host in REGISTRIES
        if host in path.read_text(encoding="utf-8", errors="replace")
    ]
    assert naming == []


def test_no_file_names_a_path_of_the_machine_it_was_written_on():
    naming = [
        f"{path.relative_to(TREE)}: {found.group()}"
        for path in our_texts()
        if (found := MACHINE_PATHS.search(path.read_text(encoding="utf-8", errors="replace")))
    ]
    assert naming == []
