"""The web view that shows the map page: a profile of its own without a trace on disk, and nothing from outside.

Joins the page's sources, the filter of its requests and the channel to the desk; knows nothing of what is shown.
"""

import logging
from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QUrl
from PySide6.QtGui import QColor
from PySide6.QtWebChannel import QWebChannel
from PySide6.QtWebEngineCore import QWebEnginePage, QWebEngineProfile
from PySide6.QtWebEngineWidgets import QWebEngineView
from PySide6.QtWidgets import QWidget

from resources.opener import open_path
from widgets.live_map.document import map_document
from widgets.live_map.page_files import FolderSource, channel_script, package_source, typeface
from widgets.live_map.request_filter import RequestFilter
from widgets.live_map.scheme import ORIGIN, SCHEME, Answer, Content, SchemeHandler, Source

_log = logging.getLogger(__name__)


class MapWebView(QWebEngineView):
    """Shows the map page.

    Parameters
    ----------
    sources : mapping of Source
        What the desk itself serves, by the first part of the path.
    bridge : QObject
        The object the page knows as `desk`.
    packages_dir : Path
        Where npm put the map's packages.
    background : str
        Colour shown until the page is painted.

    Raises
    ------
    FileNotFoundError
        When the map's packages are not installed.
    """

    def __init__(
        self,
        sources: Mapping[str, Source],
        bridge: QObject,
        packages_dir: Path,
        background: str,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        profile = QWebEngineProfile()
        self._filter = RequestFilter(profile)
        self._handler = _handler(sources, packages_dir, profile)
        profile.setUrlRequestInterceptor(self._filter)
        profile.installUrlSchemeHandler(SCHEME.encode(), self._handler)
        self._page = _Page(profile, self)
        profile.setParent(self)  # only now: children go in the order of their coming, and a page before its profile
        self._page.setBackgroundColor(QColor(background))
        channel = QWebChannel(self._page)
        channel.registerObject("desk", bridge)
        self._page.setWebChannel(channel)
        self.setPage(self._page)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.load(QUrl(f"{ORIGIN}/document/map.html"))

    def set_background(self, color: str) -> None:
        """Show another colour where nothing is painted yet."""
        self._page.setBackgroundColor(QColor(color))

    @property
    def blocked_requests(self) -> int:
        """How many requests were blocked because they would have left the desk."""
        return self._filter.blocked


class _Page(QWebEnginePage):
    """A page whose faults go to the log of the desk."""

    def javaScriptConsoleMessage(
        self, level: QWebEnginePage.JavaScriptConsoleMessageLevel, message: str, line: int, source: str
    ) -> None:
        """Log what the page says on its console, its errors as ours."""
        is_error = level == QWebEnginePage.JavaScriptConsoleMessageLevel.ErrorMessageLevel
        _log.log(logging.ERROR if is_error else logging.INFO, "map page: %s (%s:%d)", message, source, line)


def _handler(sources: Mapping[str, Source], packages_dir: Path, parent: QObject) -> SchemeHandler:
    document = Content("text/html; charset=utf-8", map_document().encode())

    def serve_document(rest: str, answer: Answer) -> None:
        answer(document if rest == "map.html" else None)

    handler = SchemeHandler(parent)
    own: dict[str, Source] = {
        "document": serve_document,
        "page": FolderSource(open_path("map_page")),
        "packages": package_source(packages_dir),
        "channel": channel_script,
        "font": typeface,
    }
    for name, source in {**own, **sources}.items():
        handler.serve(name, source)
    return handler
