"""The document that ships is the one that folium makes."""

from widgets.live_map.document import map_document
from widgets.live_map.document_writing import render_document


def test_shipped_document_is_what_is_rendered() -> None:
    assert map_document() == render_document()
