"""A little town with few streets, written as an extract, and the search over it; an app for whoever serves one."""

from collections.abc import Callable, Sequence
from pathlib import Path

import osmium
import pytest
from litestar import Litestar

from backend_service.api.application import create_app, create_tracker_app
from backend_service.api.collaborators import ApiCollaborators
from backend_service.api.observation import OperationCollector
from backend_service.places.place_search import PlaceSearch
from core.fleet.zone import Zone
from core.vocabulary import Position, ZoneId

SOUTH, WEST, NORTH, EAST = -29.96, -71.30, -29.86, -71.20
MIDDLE = -29.91


class Draughtsman:
    """Writes an extract street by street; positions are (latitude, longitude)."""

    def __init__(self, file: Path) -> None:
        self._writer = osmium.SimpleWriter(str(file))
        self._nodes: list[osmium.osm.mutable.Node] = []
        self._ways: list[osmium.osm.mutable.Way] = []

    def point(self, position: tuple[float, float], **tags: str) -> int:
        node_id = len(self._nodes) + 1
        named = {key.replace("__", ":"): value for key, value in tags.items()}
        self._nodes.append(osmium.osm.mutable.Node(id=node_id, location=position[::-1], tags=named))
        return node_id

    def street(self, name: str, *corners: tuple[float, float], highway: str = "residential", **tags: str) -> None:
        nodes = [self.point(corner) for corner in corners]
        named = {"name": name, "highway": highway, **tags}
        self._ways.append(osmium.osm.mutable.Way(id=len(self._ways) + 1, nodes=nodes, tags=named))

    def finish(self) -> None:
        with self._writer as writer:
            for node in self._nodes:
                writer.add_node(node)
            for way in self._ways:
                writer.add_way(way)


@pytest.fixture(scope="session")
def app_of() -> Callable[..., Litestar]:
    """Return what gives collaborators an app: one is made, which takes half a second, and handed to the next."""
    made: dict[bool, Litestar] = {}

    def app(tower: ApiCollaborators, *, tracker: bool = False) -> Litestar:
        if tracker not in made:
            made[tracker] = (create_tracker_app if tracker else create_app)(tower)
        elif not tracker:
            tower.metrics.register(OperationCollector(tower))
        made[tracker].state.tower = tower
        return made[tracker]

    return app


@pytest.fixture
def draw(tmp_path: Path) -> Callable[..., None]:
    """Return what writes an extract named drawn.osm.pbf with short streets of these names, a kilometre apart."""

    def drawn(*names: str) -> None:
        draughtsman = Draughtsman(tmp_path / "drawn.osm.pbf")
        for row, name in enumerate(names):
            draughtsman.street(name, (-29.9 + 0.01 * row, -71.25), (-29.899 + 0.01 * row, -71.25))
        draughtsman.finish()

    return drawn


def _ring(south: float, north: float) -> tuple[Position, ...]:
    corners: Sequence[tuple[float, float]] = ((south, WEST), (south, EAST), (north, EAST), (north, WEST), (south, WEST))
    return tuple(Position(*corner) for corner in corners)


@pytest.fixture
def little_town(tmp_path: Path) -> PlaceSearch:
    """Return the search over a town with a northern and a southern zone; 0.001 degrees of latitude are 111 m.

    Avenida Balmaceda is 4.4 km long, Pasaje Ñandú 111 m with houses 10 and 30 and 31, Calle 5 de Abril 222 m
    without numbers; Calle Prat is in both zones, 6.7 km apart.
    """
    file = tmp_path / "little-town.osm.pbf"
    town = Draughtsman(file)
    town.street("Avenida Balmaceda", (-29.930, -71.25), (-29.910, -71.25), highway="primary", alt_name="La Avenida")
    town.street("Avenida Balmaceda", (-29.910, -71.25), (-29.890, -71.25), highway="primary")
    town.street("Pasaje Ñandú", (-29.900, -71.24), (-29.899, -71.24))
    town.street("Calle 5 de Abril", (-29.905, -71.26), (-29.903, -71.26))
    town.street("Calle Prat", (-29.880, -71.25), (-29.879, -71.25))
    town.street("Calle Prat", (-29.940, -71.25), (-29.939, -71.25))
    for number, lat in (("10", -29.9000), ("30-A", -29.8990), ("31", -29.8995), ("²", -29.8991)):
        town.point((lat, -71.2401), addr__housenumber=number, addr__street="Pasaje Ñandú")
    town.point((-29.870, -71.23), place="suburb", name="Las Compañías")
    town.point((-29.902, -71.255), amenity="hospital", name="Hospital San Juan")
    town.finish()
    zones = [
        Zone(zone_id=ZoneId("norte"), name="Norte", ring=_ring(MIDDLE, NORTH)),
        Zone(zone_id=ZoneId("sur"), name="Sur", ring=_ring(SOUTH, MIDDLE)),
    ]
    return PlaceSearch(file, zones, tmp_path / "places.sqlite")
