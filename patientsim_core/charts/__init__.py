"""Tables as Plotly figures. A figure says by its `query` customdata which dialogues are behind a point."""

from patientsim_core.charts.bars import bars, parts
from patientsim_core.charts.dots import dots, upright
from patientsim_core.charts.funnel import funnel
from patientsim_core.charts.lines import lines
from patientsim_core.charts.look import Chart, Look, look, plain
from patientsim_core.charts.marks import Kind, marks
from patientsim_core.charts.squares import squares

__all__ = [
    "Chart",
    "Kind",
    "Look",
    "bars",
    "dots",
    "funnel",
    "lines",
    "look",
    "marks",
    "parts",
    "plain",
    "squares",
    "upright",
]
