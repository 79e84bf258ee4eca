"""Makes the document of the map page by folium: `python -m widgets.live_map.document_writing` writes it where it ships.

For developers, after a change here or of folium's version; a desk only reads the file (`document`).
"""

from typing import ClassVar

from branca.element import Element, MacroElement
from folium import Map, TileLayer
from folium.template import Template

from resources.opener import open_path
from widgets.live_map.document import ATTRIBUTION
from widgets.live_map.scheme import ORIGIN

MOST_ZOOM = 19
_MOST_PAINTED_ZOOM = 18
_SCRIPTS = ("screen_canvas", "clusters", "vehicles", "ground", "callouts", "furniture", "editor", "pointer", "page")


class LocalMap(Map):  # type: ignore[misc]
    """A folium map whose assets are all local."""

    default_js: ClassVar[list[tuple[str, str]]] = [
        ("leaflet", f"{ORIGIN}/packages/leaflet/dist/leaflet.js"),
        ("channel", f"{ORIGIN}/channel/qwebchannel.js"),
        *((name, f"{ORIGIN}/page/{name}.js") for name in _SCRIPTS),
    ]
    default_css: ClassVar[list[tuple[str, str]]] = [
        ("leaflet_css", f"{ORIGIN}/packages/leaflet/dist/leaflet.css"),
        ("page_css", f"{ORIGIN}/page/map.css"),
    ]


class _Start(MacroElement):  # type: ignore[misc]
    """Hands folium's map and tile layer to our scripts."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
            liveMap.start({{ this.map_name }}, {{ this.tiles_name }});
        {% endmacro %}
        """
    )

    def __init__(self, map_name: str, tiles_name: str) -> None:
        super().__init__()
        self.map_name = map_name
        self.tiles_name = tiles_name


def render_document() -> str:
    """Return the page's HTML, the same every time.

    The tile layer is shown by our scripts once there is a base map. Zoom and pan are not animated: canvases and
    tiles then always show the same view, also in a screenshot.
    """
    page = LocalMap(
        location=(0.0, 0.0),
        zoom_start=2,
        tiles=None,
        zoom_control=False,
        max_zoom=MOST_ZOOM,
        maxZoom=MOST_ZOOM,
        attributionControl=False,
        zoomAnimation=False,
        fadeAnimation=False,
        markerZoomAnimation=False,
        inertia=False,
        doubleClickZoom=False,
        keyboard=False,
    )
    _name(page, "page")
    tiles = TileLayer(
        tiles=f"{ORIGIN}/tiles/none/{{z}}/{{x}}/{{y}}",
        attr=ATTRIBUTION,
        max_zoom=MOST_ZOOM,
        max_native_zoom=_MOST_PAINTED_ZOOM,
        tileSize=512,
        zoomOffset=-1,
        updateWhenZooming=False,
        keepBuffer=1,
        show=False,
    )
    _name(tiles, "streets")
    tiles.add_to(page)
    _Start(page.get_name(), tiles.get_name()).add_to(page)
    lines = page.get_root().render().splitlines()
    return "".join(f"{line.rstrip()}\n" for line in lines if line.strip())


def _name(element: Element, name: str) -> None:
    """Put a name in place of folium's random one."""
    element._id = name


if __name__ == "__main__":
    (open_path("map_page") / "map.html").write_text(render_document(), encoding="utf-8")
