"""A small city for the base map's tests: three streets near the equator, written as an OpenStreetMap file."""

from pathlib import Path

import osmium
import pytest
from osmium.osm.mutable import Node, Way

STREETS = (
    ("motorway", "Long Ring", [(0.0, 0.0), (0.0, 0.02)]),
    ("residential", "Quiet Lane", [(0.002, 0.004), (0.012, 0.004)]),
    ("footway", "", [(0.004, 0.008), (0.004, 0.010)]),
)


@pytest.fixture
def city_file(tmp_path: Path) -> Path:
    """Return an `.osm.pbf` of STREETS; positions are latitude, longitude."""
    path = tmp_path / "village.osm.pbf"
    writer = osmium.SimpleWriter(str(path))
    ways = []
    number = 0
    for way_id, (highway, name, positions) in enumerate(STREETS, start=1):
        nodes = []
        for lat, lon in positions:
            number += 1
            writer.add_node(Node(id=number, location=(lon, lat)))
            nodes.append(number)
        tags = {"highway": highway} | ({"name": name} if name else {})
        ways.append(Way(id=way_id, nodes=nodes, tags=tags))
    for way in ways:
        writer.add_way(way)
    writer.close()
    return path
