"""The files of the map page: our own, the npm packages', Qt's channel script and the desk's typeface.

Every one is read once and kept; a name that leads out of its folder is no file.
"""

from functools import cache
from pathlib import Path

import fontpkg
from PySide6.QtCore import QFile, QIODevice

from resources.opener import open_path
from widgets.live_map.scheme import Answer, Content

PACKAGES = ("leaflet",)
"""npm packages whose built files the page may load."""

_KINDS = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".png": "image/png",
    ".ttf": "font/ttf",
}
_CHANNEL_SCRIPT = ":/qtwebchannel/qwebchannel.js"


def installed_packages() -> Path:
    """Return the folder npm installs into, beside `resources`."""
    return open_path(".").parent / "node_modules"


class FolderSource:
    """Serves the files of one folder.

    Parameters
    ----------
    folder : Path
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()
        self._read: dict[str, Content] = {}

    def __call__(self, rest: str, answer: Answer) -> None:
        """Answer with the file `rest`; None for anything that is not in the folder or of no known kind."""
        if rest not in self._read:
            path = (self._folder / rest).resolve()
            kind = _KINDS.get(path.suffix)
            if kind is None or not path.is_relative_to(self._folder) or not path.is_file():
                answer(None)
                return
            self._read[rest] = Content(kind, path.read_bytes())
        answer(self._read[rest])


def package_source(packages_dir: Path) -> FolderSource:
    """Return the source of the npm packages.

    Raises
    ------
    FileNotFoundError
        When a package is not installed.
    """
    for name in PACKAGES:
        if not (packages_dir / name / "dist").is_dir():
            raise FileNotFoundError(f"map asset {name} is not installed in {packages_dir}; run ./tower")
    return FolderSource(packages_dir)


def typeface(rest: str, answer: Answer) -> None:
    """Answer with the desk's typeface, `Inter.ttf`."""
    answer(_typeface() if rest == "Inter.ttf" else None)


@cache
def _typeface() -> Content:
    return Content(_KINDS[".ttf"], Path(str(fontpkg.path("Inter"))).read_bytes())


def channel_script(rest: str, answer: Answer) -> None:
    """Answer with Qt's own `qwebchannel.js`."""
    file = QFile(_CHANNEL_SCRIPT)
    if rest != "qwebchannel.js" or not file.open(QIODevice.OpenModeFlag.ReadOnly):
        answer(None)
        return
    answer(Content(_KINDS[".js"], bytes(file.readAll().data())))
