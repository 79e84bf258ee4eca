"""Live positions keep their precision on the wire, and unknown stays unknown."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from core.telemetry.fix_batch import FixBatch
from core.telemetry.live_rows import unpack, wire_columns
from core.wire import Positions

unknown = st.just(float("nan"))


def sent(lat, lon, heading, speed, accuracy) -> Positions:
    def column(value):
        return np.array([value], dtype=np.float64)

    names = np.array(["V-1"], dtype=object)
    batch = FixBatch(
        device=names,
        vehicle=names,
        fix_at=column(1_790_000_000.25),
        received_at=column(0.0),
        arrived_wall_at=column(1_790_000_001.5),
        lat=column(lat),
        lon=column(lon),
        speed_mps=column(speed),
        heading_deg=column(heading),
        accuracy_m=column(accuracy),
        is_valid=np.ones(1, dtype=np.bool_),
    )
    return Positions(vehicles=("V-1",), **{name: values.tobytes() for name, values in wire_columns(batch).items()})


@given(
    lat=st.floats(-90, 90),
    lon=st.floats(-180, 180),
    heading=st.floats(0, 359.99) | unknown,
    speed=st.floats(0, 600) | unknown,
    accuracy=st.floats(0, 6_000) | unknown,
)
def test_rows_come_back_within_half_a_step(lat, lon, heading, speed, accuracy):
    rows = unpack(sent(lat, lon, heading, speed, accuracy))
    np.testing.assert_allclose(rows.lat, [lat], rtol=0, atol=0.51e-7)
    np.testing.assert_allclose(rows.lon, [lon], rtol=0, atol=0.51e-7)
    np.testing.assert_allclose(rows.heading_deg, [heading], rtol=0, atol=0.0051)
    np.testing.assert_allclose(rows.speed_mps, [speed], rtol=0, atol=0.0051)
    np.testing.assert_allclose(rows.accuracy_m, [accuracy], rtol=0, atol=0.051)
    assert rows.fix_at.tolist() == [1_790_000_000.25]
    assert rows.arrived_wall_at.tolist() == [1_790_000_001.5]


def test_what_does_not_fit_is_the_largest_known_value_not_unknown():
    rows = unpack(sent(0.0, 0.0, 0.0, 5_000.0, 1e9))
    assert rows.speed_mps.tolist() == [655.34]
    assert rows.accuracy_m.tolist() == [6_553.4]


def test_a_column_of_another_length_is_refused():
    message = replace(sent(0.0, 0.0, 0.0, 0.0, 0.0), lat_e7=b"\0" * 8)
    with pytest.raises(ValueError, match="lat_e7 has 2 rows for 1 vehicles"):
        unpack(message)
