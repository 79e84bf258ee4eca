"""The `app://` scheme: everything the map page loads comes from this process, through one host.

`register_scheme` must run before the QApplication is made; Qt ignores it later.
"""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QBuffer, QCoreApplication, QIODevice, QObject, Qt
from PySide6.QtWebEngineCore import QWebEngineUrlRequestJob, QWebEngineUrlScheme, QWebEngineUrlSchemeHandler

SCHEME = "app"
HOST = "tower"
ORIGIN = f"{SCHEME}://{HOST}"


@dataclass(frozen=True, slots=True)
class Content:
    """What a path answers with."""

    kind: str
    body: bytes


Answer = Callable[[Content | None], None]
Source = Callable[[str, Answer], None]
"""Given the rest of a path, calls the answer now or later; None means that there is no such thing."""


def register_scheme() -> None:
    """Make `app://` known to the web engine; call before the QApplication is made. A second call does nothing."""
    if QWebEngineUrlScheme.schemeByName(SCHEME.encode()).name():
        return
    if QCoreApplication.instance() is None:
        QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)
    scheme = QWebEngineUrlScheme(SCHEME.encode())
    scheme.setSyntax(QWebEngineUrlScheme.Syntax.Host)
    flags = QWebEngineUrlScheme.Flag
    scheme.setFlags(flags.SecureScheme | flags.CorsEnabled | flags.FetchApiAllowed)
    QWebEngineUrlScheme.registerScheme(scheme)


class SchemeHandler(QWebEngineUrlSchemeHandler):
    """Answers `app://tower/<source>/<rest>` from the source of that name.

    Unknown hosts, sources and things are answered as not found.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._sources: dict[str, Source] = {}

    def serve(self, name: str, source: Source) -> None:
        """Answer paths below `/name/` from a source."""
        self._sources[name] = source

    def requestStarted(self, job: QWebEngineUrlRequestJob) -> None:
        """Hand a request to its source; it may be answered after this returns."""
        url = job.requestUrl()
        name, _, rest = url.path().removeprefix("/").partition("/")
        source = self._sources.get(name) if url.host() == HOST else None
        if source is None or job.requestMethod() != b"GET":
            job.fail(QWebEngineUrlRequestJob.Error.UrlNotFound)
            return
        source(rest, _OneReply(job).send)


class _OneReply:
    """Answers a job once, unless the page has dropped it meanwhile."""

    def __init__(self, job: QWebEngineUrlRequestJob) -> None:
        self._job: QWebEngineUrlRequestJob | None = job
        job.destroyed.connect(self._forget)

    def send(self, content: Content | None) -> None:
        job, self._job = self._job, None
        if job is None:
            return
        if content is None:
            job.fail(QWebEngineUrlRequestJob.Error.UrlNotFound)
            return
        buffer = QBuffer(job)
        buffer.setData(content.body)
        buffer.open(QIODevice.OpenModeFlag.ReadOnly)
        job.reply(content.kind.encode(), buffer)

    def _forget(self) -> None:
        self._job = None
