"""All that the Results page shows, as one HTML file that needs nothing else."""

import hashlib
from collections.abc import Iterable, Iterator
from html import escape

import pandas as pd
from plotly.offline import get_plotlyjs

from patientsim_core.charts import Chart, look
from patientsim_core.results import SECTIONS, View
from patientsim_core.results.overview import board, published_rows
from patientsim_core.tables import FILTERS, pairs_of

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; color: #06151a }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
h2 { margin-top: 3rem; border-bottom: 1px solid #c6d5da } h3 { margin-bottom: 0 } .note { color: #3f535c }
.wide { overflow-x: auto } table { border-collapse: collapse; font-size: 0.85rem }
th, td { text-align: left; padding: 0.2rem 0.6rem; border-bottom: 1px solid #e9eff1 }
"""
PUBLISHED = (
    "Kyung et al. 2025 (NeurIPS Datasets and Benchmarks): other dialogues, of other records, by another "
    "judge. They are here to be looked at, and part of no mean."
)


def document(view: View) -> str:
    """The HTML of a view, with every section. Figures keep their hover texts; the data of each is folded
    beneath it."""
    view = view._replace(look=look(view.look.runs))
    parts = [*_board(view)]
    for key, (label, charts) in SECTIONS.items():
        found = [chart_html(one) for one in charts(_set_against(key, view))]
        if found:
            parts += [f"<h2>{escape(label)}</h2>", *found]
    return page("Results", told(view), parts)


def page(title: str, about: str, parts: Iterable[str]) -> str:
    """An HTML page that needs nothing else; `parts` are HTML, the other two plain text."""
    head = [
        "<!doctype html>",
        '<html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>PatientSim {escape(title.lower())}</title><style>{_STYLE}</style>",
        f"<script>{get_plotlyjs()}</script></head><body>",
        f"<h1>{escape(title)}</h1>",
        f"<p>{escape(about)}</p>",
    ]
    return "\n".join([*head, *parts, "</body></html>\n"])


def told(view: View) -> str:
    """Which dialogues these are."""
    rows, failed = view.rows, int(view.rows["failed"].sum())
    parts = [
        f"Runs: {', '.join(view.look.runs)}",
        f"{len(rows):,} dialogues of {rows['case'].nunique():,} cases",
        *(f"{FILTERS[name]}: {', '.join(values)}" for name, values in view.wanted.items() if values),
        *([f"judged by {', '.join(view.judges)}"] if view.judges else []),
        *([f"{failed:,} failed: in no mean"] if failed else []),
        "mean [95% interval over cases]",
    ]
    return " · ".join(parts)


def _set_against(section: str, view: View) -> View:
    """What two are compared where nobody chose: the first two runs, the first two judges of the same."""
    pair = list(view.look.runs) if section == "pairs" else pairs_of(view.rows) if section == "judges" else []
    return view._replace(first=pair[0], second=pair[1], name="") if len(pair) > 1 else view


def _board(view: View) -> Iterator[str]:
    table, _ = board(view)
    if len(table):
        yield _table(table.reset_index())
    yield f"<details><summary>Published figures, model by model</summary><p>{escape(PUBLISHED)}</p>"
    yield _table(published_rows()) + "</details>"


def chart_html(chart: Chart) -> str:
    """A chart with its title, its note, and its data folded beneath it."""
    figure = chart.figure.update_layout(template="plotly_white")
    place = f"chart-{hashlib.sha256(chart.key.encode()).hexdigest()[:16]}"  # else drawn by lot each time
    bare = {"full_html": False, "include_plotlyjs": False, "config": {"displayModeBar": False}}
    drawn = figure.to_html(div_id=place, **bare)
    return "\n".join(
        [
            f"<h3>{escape(chart.title)}</h3>",
            f'<div role="img" aria-label="{escape(chart.alt)}">{drawn}</div>',
            f'<p class="note">{escape(chart.note)}</p>' if chart.note else "",
            f"<details><summary>Data</summary>{_table(chart.data)}</details>",
        ]
    )


def _table(table: pd.DataFrame) -> str:
    return f'<div class="wide">{table.to_html(index=False, escape=True, na_rep="", border=0)}</div>'
