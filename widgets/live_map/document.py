"""The document of the map page: every script and style in it is served by the desk.

It ships as a file. folium, which makes it, brings pandas with it: 1.2 s of every start. `document_writing` makes the
file anew, and a test compares the two.
"""

from resources.opener import open_path

ATTRIBUTION = "© OpenStreetMap contributors"


def map_document() -> str:
    """Return the page's HTML."""
    return open_path("map_page/map.html").read_text(encoding="utf-8")
