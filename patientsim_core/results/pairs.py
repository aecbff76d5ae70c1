"""Two runs on the same cases, persona by persona: what makes a case hard drops out of the difference."""

from collections.abc import Iterator

import pandas as pd

from patientsim_core.charts import Chart, dots
from patientsim_core.measures import MEASURES, Measure, measure
from patientsim_core.results.view import View, query
from patientsim_core.storage.index_rows import Column
from patientsim_core.tables import differences

METRICS = ("fidelity", "facts", "profile", "ddx", "doctor", "disclosure", "language", "dynamics")
SCALES = {
    "scores": ("Differences of scores, on scales of 1 to 4", "Points", lambda one: one.ends == (1, 4)),
    "shares": ("Differences of shares", "Difference of shares", lambda one: one.ends == (0, 1)),
    "numbers": ("Differences of numbers", "Difference", lambda one: None in one.ends),
}


def charts(view: View) -> Iterator[Chart]:
    if not (view.first and view.second) or view.first == view.second:
        return
    columns = [
        one for metric in METRICS for one in view.columns(metric) if (one.metric, one.field) in MEASURES
    ]
    found = differences(view.rows, view.first, view.second, columns)
    for key, (title, unit, fits) in SCALES.items():
        own = (
            found[[fits(measure(one.metric, one.field)) for one in found.itertuples()]]
            if len(found)
            else found
        )
        if len(own):
            table = _drawn(own, view)
            figure = dots(table, view.look, f"{unit}: {view.second} minus {view.first}", zero=True)
            words = "; ".join(f"{one.row}: {one.mean:+.2f}" for one in table.head(10).itertuples())
            yield Chart(
                f"pairs {key}", f"{title}: {view.second} minus {view.first}", figure, own, words, _note(own)
            )


def _note(own: pd.DataFrame) -> str:
    left = int(own["left_a"].max() + own["left_b"].max())
    return f"{int(own['n'].max()):,} pairs of the same case, persona and repeat" + (
        f"; up to {left:,} dialogues have no partner." if left else "."
    )


def _drawn(own: pd.DataFrame, view: View) -> pd.DataFrame:
    several = own["judge"].replace("", None).nunique() > 1
    rows, hovers, queries = [], [], []
    for one in own.itertuples():
        about: Measure = measure(one.metric, one.field)
        row = f"{about.title}: {about.label}" + (f", by {one.judge}" if several and one.judge else "")
        between = f" [{one.low:+.3f}, {one.high:+.3f}]" if one.low == one.low and one.low is not None else ""
        rows.append(row)
        hovers.append(f"{row}\n{one.mean:+.3f}{between} over {one.n:,} pairs")
        queries.append(query(view.second, Column(one.metric, one.judge, one.field)))
    series = f"{view.second} minus {view.first}"
    return own.assign(row=rows, series=series, run=view.second, hover=hovers, query=queries)
