"""The least that a window with a web page costs here: `python -m ui.bare_window` opens one, says when, and ends.

Prints one line of JSON: the wall instants at which Qt was imported and the empty page was loaded and shown. What a
desk's start is compared with.
"""

from __future__ import annotations

import json
import os
import sys
import time

from PySide6.QtCore import QTimer
from PySide6.QtWebEngineWidgets import QWebEngineView
from PySide6.QtWidgets import QApplication

_WITHIN_MS = 30_000


def main() -> int:
    """Show the window; return 0 once its page is loaded."""
    imported_at = time.time()
    os.environ.update(QT_QPA_PLATFORM="offscreen", QT_QUICK_BACKEND="software")
    os.environ.setdefault("QTWEBENGINE_CHROMIUM_FLAGS", "--disable-gpu")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        os.environ.setdefault("QTWEBENGINE_DISABLE_SANDBOX", "1")
    application = QApplication(sys.argv[:1])
    view = QWebEngineView()
    view.resize(1920, 1080)
    view.loadFinished.connect(lambda _: application.exit(0))
    view.setHtml("<p>empty</p>")
    view.show()
    QTimer.singleShot(_WITHIN_MS, lambda: application.exit(1))
    code = application.exec()
    print(json.dumps({"reached": {"imported": imported_at, "page": time.time()}}))
    view.close()
    view.deleteLater()
    return code


if __name__ == "__main__":
    sys.exit(main())
