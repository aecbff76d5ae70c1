"""What dialogues and judgements took: tokens, money, time, requests."""

from collections.abc import Iterator

from patientsim_core.charts import Chart, dots
from patientsim_core.measures import MEASURES
from patientsim_core.results.view import View, drawn, said

GROUPS = {
    "tokens": ("Tokens of a dialogue", ("patient_tokens", "doctor_tokens", "judge_tokens")),
    "cost": ("What a dialogue costs, where prices are known", ("cost", "judge_cost")),
    "seconds": ("How long a turn is waited for", ("patient_seconds", "doctor_seconds")),
    "requests": ("How many requests it takes", ("attempts", "judge_attempts")),
}


def charts(view: View) -> Iterator[Chart]:
    for key, (title, fields) in GROUPS.items():
        found = view.estimates("effort", *fields)
        if len(found):
            table = drawn(found)
            unit = MEASURES["effort", fields[0]].unit
            made = dots(table, view.look, f"Mean number of {unit}", (0, None))
            yield Chart(key, title, made, found, said(table))
