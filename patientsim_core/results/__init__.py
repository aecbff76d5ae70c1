"""What the Results page and the report show, section by section."""

from collections.abc import Callable, Iterator

from patientsim_core.charts import Chart
from patientsim_core.results import diagnosis, effort, facts, judges, overview, pairs, persona, record, turns
from patientsim_core.results.view import View

SECTIONS: dict[str, tuple[str, Callable[[View], Iterator[Chart]]]] = {
    "overview": ("Overview", overview.charts),
    "persona": ("Persona", persona.charts),
    "facts": ("Sentences", facts.charts),
    "record": ("Record", record.charts),
    "diagnosis": ("Doctor", diagnosis.charts),
    "turns": ("Turns", turns.charts),
    "effort": ("Effort", effort.charts),
    "pairs": ("Two runs", pairs.charts),
    "judges": ("Judges", judges.charts),
}
"""By key: label, and the charts of a view."""

__all__ = ["SECTIONS", "View"]
