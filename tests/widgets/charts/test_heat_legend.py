"""The legend shows each whole value of its scale in the map's own colour."""

from widgets.charts.heat_legend import HeatLegend
from widgets.charts.heat_scale import PRESSURE
from widgets.theme.tokens import DARK


def test_legend_runs_from_end_to_end_of_the_scale(qtbot):
    legend = HeatLegend(PRESSURE)
    qtbot.addWidget(legend)
    legend.resize(legend.sizeHint())
    image = legend.grab().toImage()
    ends = [image.pixelColor(x, 2).name().upper() for x in (2, legend.width() - 4)]
    assert ends == [DARK.pressure[0], DARK.pressure[-1]]
