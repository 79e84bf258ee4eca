"""Lets the page load only what the desk itself serves; everything else is blocked and counted."""

import logging

from PySide6.QtCore import QObject
from PySide6.QtWebEngineCore import QWebEngineUrlRequestInfo, QWebEngineUrlRequestInterceptor

from widgets.live_map.scheme import HOST, SCHEME

_log = logging.getLogger(__name__)


class RequestFilter(QWebEngineUrlRequestInterceptor):
    """Blocks each request that would leave the desk.

    Attributes
    ----------
    blocked : int
        How many were blocked.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.blocked = 0

    def interceptRequest(self, info: QWebEngineUrlRequestInfo) -> None:
        """Let `app://` of our host pass, and what is inside the page itself."""
        url = info.requestUrl()
        if url.scheme() == SCHEME and url.host() == HOST:
            return
        if url.scheme() in ("data", "blob"):
            return
        info.block(True)
        self.blocked += 1
        _log.warning("blocked a request of the map page to %s", url.host() or url.scheme())
