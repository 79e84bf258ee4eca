"""`./tower` sets itself up from nothing, takes up what was cut short, and does nothing twice.

The script runs in a small tree with stand-ins for uv and npm that note what they were asked to do; the
interpreters are stand-ins too, one of them a shim for nothing.
"""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

TREE = Path(__file__).parents[2]
SHELLS = [shell for shell in ("dash", "busybox", "bash") if shutil.which(shell)] or ["sh"]

UV = """#!/bin/sh
echo "uv $*" >>"$NOTES"
case $1 in
    --version) exit 0 ;;
    venv)
        for place; do :; done
        mkdir -p "$place/bin"
        printf '#!/bin/sh\\n[ "$1" = -c ] || echo "python $*" >>"$NOTES"\\n' >"$place/bin/python"
        printf '#!/bin/sh\\necho "arguments: $*"\\n' >"$place/bin/tower"
        chmod +x "$place/bin/python" "$place/bin/tower" ;;
    pip)
        echo "index ${UV_DEFAULT_INDEX:-none}" >>"$NOTES"
        [ ! -e "$NETWORK_DOWN" ] || exit 2 ;;
esac
"""
NPM = """#!/bin/sh
echo "npm $*" >>"$NOTES"
[ "$1" != ci ] || mkdir -p node_modules
"""
LDCONFIG = """#!/bin/sh
sed 's/^/\\t/; s/$/ (libc6,x86-64) => somewhere/' "$LIBRARIES"
"""
RUNS = "#!/bin/sh\nexit 0\n"
SHIM = "#!/bin/sh\necho 'command not found' >&2\nexit 127\n"
NOT_ROOT = "#!/bin/sh\necho 1000\n"
POSIX_TOOLS = [
    "cat",
    "chmod",
    "cksum",
    "cmp",
    "cp",
    "dirname",
    "env",
    "grep",
    "head",
    "id",
    "ln",
    "mkdir",
    "readlink",
    "rm",
    "sed",
    "sh",
    "sleep",
    "tr",
    "uname",
]
APT_CACHE = "#!/bin/sh\nexit 1\n"


class Machine:
    """A machine of stand-ins, and on it a copy of the tree in a folder with a space in its name."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.tree = place / "my tower"
        self.programs = place / "bin"
        self.notes = place / "notes"
        self.libraries = place / "libraries"
        self.network_down = place / "network-down"
        (self.tree / "requirements").mkdir(parents=True)
        for name in ("tower", "pyproject.toml", "package-lock.json"):
            shutil.copy(TREE / name, self.tree)
        for made_of in ("resources/city/city.osm.pbf", "backend_service/streets/city.py"):
            (self.tree / made_of).parent.mkdir(parents=True)
            (self.tree / made_of).touch()
        for lock in ("runtime", "development", "uv", "node"):
            (self.tree / "requirements" / f"{lock}.txt").write_text(f"{lock} 1\n")
        self.programs.mkdir()
        for name, text in {"uv": UV, "npm": NPM, "ldconfig": LDCONFIG, "python3.13": RUNS}.items():
            self.install(name, text)
        self.libraries.write_text("\n".join(wanted_libraries()))

    def install(self, name: str, text: str, folder: Path | None = None) -> Path:
        program = (folder or self.programs) / name
        program.parent.mkdir(parents=True, exist_ok=True)
        program.write_text(text)
        program.chmod(0o755)
        return program

    def tower(self, *words: str, shell: str = "sh", script: Path | None = None, **env: str):
        command = ["busybox", "sh"] if shell == "busybox" else [shell]
        return subprocess.run(
            [*command, str(script or self.tree / "tower"), *words],
            cwd=self.place,
            env=self.surroundings(**env),
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    def surroundings(self, **env: str) -> dict[str, str]:
        """Return the environment of a start: only the stand-ins, the system's own tools, and what is given."""
        return {
            "PATH": f"{self.programs}:/usr/bin:/bin",
            "HOME": str(self.place / "home"),
            "NOTES": str(self.notes),
            "NETWORK_DOWN": str(self.network_down),
            "LIBRARIES": str(self.libraries),
            **env,
        }

    def path_without_flock(self) -> str:
        """Return a PATH with the tools that POSIX promises, and no other."""
        tools = self.place / "tools"
        tools.mkdir()
        for name in POSIX_TOOLS:
            (tools / name).symlink_to(shutil.which(name))
        return f"{self.programs}:{tools}"

    def noted(self) -> str:
        """Return what was asked of uv and npm since the last call."""
        text = self.notes.read_text() if self.notes.exists() else ""
        self.notes.unlink(missing_ok=True)
        return text


def wanted_libraries() -> list[str]:
    """Return the libraries the script looks for, as it names them itself."""
    words = (TREE / "tower").read_text().replace("'", " ").replace("\n", " ").split()
    return [word.split("=")[-2] for word in words if ".so." in word and "=" in word] + ["libnss3.so"]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


@pytest.mark.parametrize("shell", SHELLS)
def test_first_start_sets_up_and_hands_over(machine, shell):
    result = machine.tower("demo", "--seed", "two words", shell=shell)
    assert result.stdout == "arguments: demo --seed two words\n", result.stderr
    noted = machine.noted()
    assert "requirements/runtime.txt" in noted
    assert "--no-build-isolation" in noted
    assert "npm ci" in noted
    assert "python -m backend_service.streets.city prepare" in noted


@pytest.mark.parametrize("shell", SHELLS)
def test_second_start_does_nothing_but_hand_over(machine, shell):
    machine.tower("demo", shell=shell)
    machine.noted()
    machine.network_down.touch()
    result = machine.tower("demo", shell=shell)
    assert (result.stdout, result.stderr) == ("arguments: demo\n", "")
    assert machine.noted() == ""


def test_started_through_a_link_from_elsewhere(machine):
    link = machine.place / "elsewhere" / "tower"
    link.parent.mkdir()
    link.symlink_to("../my tower/tower")
    assert machine.tower("audit", "verify", script=link).stdout == "arguments: audit verify\n"
    assert (machine.tree / ".venv").is_dir()


def test_development_packages_come_with_the_first_test_and_stay(machine):
    machine.tower("demo")
    assert "development.txt" not in machine.noted()
    machine.tower("test")
    assert "development.txt" in machine.noted()
    machine.tower("demo")
    assert machine.noted() == ""


def test_changed_lock_is_noticed(machine):
    machine.tower("backend")
    (machine.tree / "requirements" / "runtime.txt").write_text("runtime 2\n")
    machine.noted()
    machine.tower("backend")
    assert "runtime.txt" in machine.noted()


@pytest.mark.parametrize("made_of", ["resources/city/city.osm.pbf", "backend_service/streets/city.py"])
def test_city_is_prepared_anew_when_what_it_is_made_of_changes(machine, made_of):
    machine.tower("backend")
    (machine.tree / made_of).write_text("changed")
    machine.noted()
    machine.tower("backend")
    assert machine.noted() == "python -m backend_service.streets.city prepare\n"


def test_desk_alone_needs_no_city(machine):
    machine.tower("desk")
    assert "streets.city" not in machine.noted()


def test_set_up_that_was_cut_short_is_taken_up_again(machine):
    machine.network_down.touch()
    failed = machine.tower("demo")
    assert failed.returncode == 1
    assert "could not be fetched" in failed.stderr
    machine.network_down.unlink()
    assert machine.tower("demo").stdout == "arguments: demo\n"


def test_tree_that_was_moved_is_set_up_anew(machine):
    machine.tower("backend")
    machine.noted()
    machine.tree = machine.tree.rename(machine.place / "moved")
    assert machine.tower("backend").stdout == "arguments: backend\n"
    assert "uv venv" in machine.noted()


def test_shim_for_nothing_is_passed_over(machine):
    machine.install("python3.13", SHIM)
    for name in ("python3.12", "python3.14", "python3", "python"):
        machine.install(name, SHIM)
    real = machine.install("python3", RUNS, machine.place / "py env" / "versions" / "3.12.1" / "bin")
    machine.tower("--help", PYENV_ROOT=str(machine.place / "py env"))
    assert f"--python {real}" in machine.noted()


def test_uv_looks_for_an_interpreter_where_none_runs(machine):
    for name in ("python3.13", "python3.12", "python3.14", "python3", "python"):
        machine.install(name, SHIM)
    assert "letting uv look" in machine.tower("--help").stderr
    assert "--python >=3.12" in machine.noted()


@pytest.mark.parametrize(
    ("env", "index"),
    [
        ({}, "none"),
        ({"PIP_INDEX_URL": "https://mirror.test/simple"}, "https://mirror.test/simple"),
        ({"PIP_INDEX_URL": "https://a.test", "UV_DEFAULT_INDEX": "https://b.test"}, "https://b.test"),
    ],
)
def test_mirror_set_for_pip_serves_uv(machine, env, index):
    machine.tower("--help", **env)
    assert f"index {index}\n" in machine.noted()


def test_mirror_of_pips_settings_file_serves_uv(machine):
    settings = machine.place / "home" / ".config" / "pip" / "pip.conf"
    settings.parent.mkdir(parents=True)
    settings.write_text("[global]\nindex-url = https://mirror.test/simple\n")
    machine.tower("--help")
    assert "index https://mirror.test/simple\n" in machine.noted()


def test_missing_library_without_rights_is_named_with_the_line_to_type(machine):
    machine.libraries.write_text("\n".join(name for name in wanted_libraries() if name != "libnss3.so"))
    for name, text in {"id": NOT_ROOT, "apt-get": RUNS, "apt-cache": APT_CACHE, "sudo": SHIM}.items():
        machine.install(name, text)
    result = machine.tower("demo")
    assert result.returncode == 1
    assert "sudo apt-get install -y libnss3" in result.stderr
    assert result.stdout == ""


def test_missing_library_is_installed_where_that_is_allowed(machine):
    machine.libraries.write_text("\n".join(name for name in wanted_libraries() if name != "libnss3.so"))
    apt = '#!/bin/sh\necho "apt $*" >>"$NOTES"\n'
    for name, text in {"id": "#!/bin/sh\necho 0\n", "apt-get": apt, "apt-cache": APT_CACHE}.items():
        machine.install(name, text)
    assert machine.tower("demo").stdout == "arguments: demo\n"
    noted = machine.noted()
    assert "apt update" in noted
    assert [line.split()[-1] for line in noted.splitlines() if line.startswith("apt install")] == ["libnss3"]


def test_screen_needs_more_libraries_than_none(machine):
    machine.libraries.write_text("\n".join(name for name in wanted_libraries() if name != "libxcb-cursor.so.0"))
    for name, text in {"id": NOT_ROOT, "apt-get": RUNS, "apt-cache": APT_CACHE, "sudo": SHIM}.items():
        machine.install(name, text)
    assert machine.tower("demo").returncode == 0
    assert "libxcb-cursor0" in machine.tower("demo", DISPLAY=":1").stderr


@pytest.mark.parametrize("with_flock", [True, False])
def test_two_first_starts_at_once_set_up_once(machine, with_flock):
    path = f"{machine.programs}:{os.environ['PATH']}" if with_flock else machine.path_without_flock()
    command = ["/bin/sh", str(machine.tree / "tower"), "backend"]
    env = machine.surroundings(PATH=path)
    both = [subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    assert [process.communicate(timeout=60)[0] for process in both] == ["arguments: backend\n"] * 2
    assert machine.noted().count("uv venv") == 1


def test_turn_of_a_set_up_that_died_is_taken_over(machine):
    dead = subprocess.Popen(["true"])
    dead.wait()
    (machine.tree / ".tower").mkdir()
    (machine.tree / ".tower" / "setup.pid").write_text(f"{dead.pid}\n")
    result = machine.tower("backend", shell="/bin/sh", PATH=machine.path_without_flock())
    assert result.stdout == "arguments: backend\n"
