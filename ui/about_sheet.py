"""The about page: which versions run here, which service it is connected to, and whom to thank under which licence."""

from __future__ import annotations

import platform
import re
from importlib import metadata

import PySide6
from PySide6.QtCore import QLibraryInfo
from PySide6.QtGui import QGuiApplication
from PySide6.QtWebEngineCore import qWebEngineChromiumVersion
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QPlainTextEdit, QWidget

from app.store import Store
from core.wire import PROTOCOL
from resources.opener import open_path
from widgets.formatting import UNKNOWN
from widgets.parts.key_button import DIALOG_BUTTON_HEIGHT, KeyButton
from widgets.parts.modal_sheet import ModalSheet
from widgets.parts.text_label import TextLabel
from widgets.theme.fonts import SEMIBOLD

_DISTRIBUTION = "tower"
_LONGEST_LICENCE = 60
_CLASSIFIED = "License :: OSI Approved :: "


class AboutSheet(ModalSheet):
    """Versions above, licences below, and one button that copies the versions."""

    def __init__(self, over: QWidget, store: Store) -> None:
        super().__init__(over, "", width=760, height=640)
        self.set_words(self.tr("About Tower"), self.tr("A dispatch control room. Apache License 2.0."))
        self._store = store
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(24)
        self._grid.setColumnStretch(1, 1)
        self.licences = QPlainTextEdit()
        self.licences.setReadOnly(True)
        self.licences.setAccessibleName(self.tr("Licences"))
        self.copy = KeyButton(self.tr("Copy the versions"), height=DIALOG_BUTTON_HEIGHT)
        self.copy.clicked.connect(self._copy)
        self._copied = TextLabel(self.tr("copied"), px=12, ink="ink2")
        row = QHBoxLayout()
        row.addWidget(self.copy)
        row.addWidget(self._copied)
        row.addStretch(1)
        self.body.addLayout(self._grid)
        self.body.addWidget(TextLabel(self.tr("Licences"), weight=SEMIBOLD))
        self.body.addWidget(self.licences, 1)
        self.body.addLayout(row)

    def open_sheet(self) -> None:
        """Show what runs now."""
        while (item := self._grid.takeAt(0)) is not None:
            label = item.widget()
            if label is not None:
                label.hide()
                label.deleteLater()
        for row, (name, value) in enumerate(versions(self._store).items()):
            self._grid.addWidget(TextLabel(name, px=12, ink="ink2"), row, 0)
            self._grid.addWidget(TextLabel(value, px=13), row, 1)
        if not self.licences.toPlainText():
            self.licences.setPlainText(licence_words())
        self._copied.hide()
        super().open_sheet()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(versions_in_words(self._store))
        self._copied.show()


def versions(store: Store | None) -> dict[str, str]:
    """Return name -> version of what runs on this desk, and of the service if one is connected."""
    welcome = store.welcome if store is not None else None
    return {
        "Tower": _version_of(_DISTRIBUTION),
        "Python": platform.python_version(),
        "Qt": QLibraryInfo.version().toString(),
        "PySide6": PySide6.__version__,
        "Chromium": str(qWebEngineChromiumVersion()),
        "System": f"{platform.system()} {platform.release()}",
        "Protocol": str(PROTOCOL),
        "City": welcome.city.name if welcome is not None else UNKNOWN,
        "Log of the service": welcome.log_id if welcome is not None else UNKNOWN,
    }


def versions_in_words(store: Store | None) -> str:
    """Return the versions line by line, for a report."""
    return "\n".join(f"{name}: {value}" for name, value in versions(store).items())


def licence_words() -> str:
    """Return what ships with Tower and what it is built on, each with its licence as installed."""
    installed = "\n".join(f"{name} {version}: {licence}" for name, version, licence in _parts())
    return f"{_plain(open_path('ATTRIBUTION.md').read_text(encoding='utf-8'))}\n\nInstalled here\n\n{installed}\n"


def _parts() -> list[tuple[str, str, str]]:
    try:
        required = metadata.requires(_DISTRIBUTION) or []
    except metadata.PackageNotFoundError:
        return []
    names = {found[0] for line in required if "extra ==" not in line and (found := re.match(r"[\w.-]+", line))}
    return [(name, _version_of(name), _licence_of(name)) for name in sorted(names, key=str.casefold)]


def _licence_of(name: str) -> str:
    try:
        described = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return UNKNOWN
    declared = described.get("License-Expression") or described.get("License") or ""
    if declared and len(declared) <= _LONGEST_LICENCE and "\n" not in declared:
        return str(declared)
    classified = [
        line.removeprefix(_CLASSIFIED) for line in described.get_all("Classifier") or [] if _CLASSIFIED in line
    ]
    return ", ".join(classified) or "see its own files"


def _version_of(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return UNKNOWN


def _plain(markdown: str) -> str:
    """Return the attribution without the marks of its tables and headings."""
    lines = []
    for line in markdown.splitlines():
        if re.fullmatch(r"[|\s-]+", line) and "-" in line:
            continue
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        words = ": ".join(cell for cell in cells if cell).lstrip("# ")
        lines.append(re.sub(r"\[([^\]]+)\]\([^)]*\)", r"\1", words).replace("`", ""))
    return "\n".join(lines).strip()
