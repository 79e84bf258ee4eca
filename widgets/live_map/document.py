"""The folium document of the map page, built once: every script and style in it is served by the desk."""

from typing import ClassVar

from branca.element import MacroElement
from folium import Map, TileLayer
from folium.template import Template

from widgets.live_map.scheme import ORIGIN

MOST_ZOOM = 19
_MOST_PAINTED_ZOOM = 18
_SCRIPTS = ("screen_canvas", "clusters", "vehicles", "ground", "callouts", "furniture", "pointer", "page")
ATTRIBUTION = "© OpenStreetMap contributors"


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


def map_document() -> str:
    """Return the page's HTML.

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
    tiles.add_to(page)
    _Start(page.get_name(), tiles.get_name()).add_to(page)
    html: str = page.get_root().render()
    return html
