"""Figures of a debrief, and of a class that took the same case. A figure's customdata says where a point
leads: to a question by its number, or to a consultation by its id."""

from collections.abc import Sequence

import pandas as pd

from patientsim_core.charts import Chart, Kind, Look, marks, parts
from patientsim_core.charts.look import MUTED, titled
from patientsim_core.charts.marks import upright_names
from patientsim_core.debrief.cohort import OPEN
from patientsim_core.debrief.debriefing import Debrief
from patientsim_core.debrief.history import FactLine, Status
from patientsim_core.debrief.layout import places

PARTS = ("Heard", "Asked in vain", "Missed")
DRAWN = ["row", "part", "name", "value", "text", "hover"]
MOST = 12
"""How many entries the chart of misses has."""

SYMBOLS = {
    Status.elicited: "square",
    Status.volunteered: "circle",
    Status.partly: "triangle-up",
    Status.wrong: "x",
    Status.refused: "cross",
    Status.forgotten: "diamond",
    Status.unanswered: "triangle-down",
    Status.missed: "square-open",
}
"""Of each status that a class map shows, in the order of its legend."""


def coverage(debrief: Debrief, look: Look) -> Chart:
    """How many facts of each group were heard, asked for in vain, or missed."""
    data = _by_group(debrief)
    heard, total = int(data["heard"].sum()), int(data["total"].sum())
    rows = [
        {
            "row": one.group,
            "part": place,
            "name": name,
            "value": value,
            "text": str(value or ""),
            "hover": f"{one.group}\n{name.lower()}: {value} of {_number(one.total, 'fact')}",
        }
        for one in data.itertuples()
        for place, (name, value) in enumerate(zip(PARTS, (one.heard, one.in_vain, one.missed), strict=True))
    ]
    table = pd.DataFrame(rows, columns=DRAWN)
    return Chart(
        "coverage",
        f"{heard} of {_number(total, 'fact')} came out",
        parts(table, "Facts of the record", (look.colors[2], look.colors[1], MUTED), share=False),
        data,
        "; ".join(f"{one.group}: {one.heard} of {one.total} heard" for one in data.itertuples()),
        "In vain: refused, forgotten, not answered, or told otherwise than the record has it.",
    )


def _by_group(debrief: Debrief) -> pd.DataFrame:
    """`group`, `heard`, `in_vain`, `missed`, `total`, in facts; only groups of which the record has some."""
    groups: dict[str, list[FactLine]] = {}
    for entry in debrief.history.entries:
        groups.setdefault(entry.group, []).extend(fact for fact in entry.facts if fact.status not in OPEN)
    rows = [
        {
            "group": group,
            "heard": sum(fact.status.heard for fact in facts),
            "in_vain": sum(fact.status.asked_in_vain for fact in facts),
            "missed": sum(fact.status is Status.missed for fact in facts),
            "total": len(facts),
        }
        for group, facts in groups.items()
        if facts
    ]
    return pd.DataFrame(rows, columns=["group", "heard", "in_vain", "missed", "total"])


def timeline(debrief: Debrief, look: Look) -> Chart:
    """At which question the first of each entry came out. The customdata of a point is its number,
    0 for what was said before the first."""
    entries = {entry.key: entry for entry in debrief.history.entries}
    data = pd.DataFrame(
        [
            {"question": moment.question, "group": entries[key].group, "entry": entries[key].label}
            for moment in debrief.history.timeline
            for key in moment.keys
        ],
        columns=["question", "group", "entry"],
    )
    found = data.groupby(["question", "group"], sort=False, as_index=False)["entry"].agg("\n".join)
    table = pd.DataFrame(
        {
            "x": found["question"],
            "row": found["group"],
            "kind": "Came out",
            "hover": [f"Question {one.question}\n{one.entry}" for one in found.itertuples()],
            "query": found["question"],
        }
    )
    rows = [*dict.fromkeys(entry.group for entry in entries.values() if entry.group in {*found["group"]})]
    last = max(1, debrief.questions)
    axis = titled("Number of the question") | {
        "range": [min(0.4, data["question"].min() - 0.6) if len(data) else 0.4, last + 0.6],
        "tickformat": "d",
        "dtick": max(1, -(-last // 8)),
        "tick0": 1,
        "tickangle": 0,
    }
    fruitful = data.loc[data["question"] > 0, "question"].nunique()
    return Chart(
        "timeline",
        f"{fruitful} of {_number(debrief.questions, 'question')} brought something new",
        marks(table, [Kind("Came out", look.colors[2], "square")], rows, last, axis),
        data,
        "; ".join(f"question {one.x}, {one.row}" for one in table.itertuples()) or "Nothing came out.",
    )


def class_map(table: pd.DataFrame, look: Look) -> Chart:
    """What each consultation of a case brought: `table` is `cohort`'s for one case, with `who` took it. The
    customdata of a point is the consultation's id."""
    keys = [key for key in places() if not table[key].isin([str(one) for one in OPEN]).all()]
    labels = [places()[key].label for key in keys]
    names = _apart(table["who"])
    long = pd.DataFrame(
        [
            {
                "who": who,
                "dialogue_id": one["dialogue_id"],
                "key": key,
                "entry": places()[key].label,
                "status": one[key],
            }
            for who, one in zip(names, table.to_dict("records"), strict=True)
            for key in keys
            if one[key] not in [str(status) for status in OPEN]
        ],
        columns=["who", "dialogue_id", "key", "entry", "status"],
    )
    drawn = pd.DataFrame(
        {
            "x": [keys.index(key) for key in long["key"]],
            "row": long["who"],
            "kind": [status.capitalize() for status in long["status"]],
            "hover": long["who"] + "\n" + long["entry"] + ": " + long["status"],
            "query": long["dialogue_id"],
        }
    )
    heard = sum(Status(one).heard for one in long["status"])
    axis, head = upright_names(labels, "Entry of the history")
    return Chart(
        "class map",
        f"{heard:,} of {_number(len(long), 'entry')} came out in {_number(len(names), 'consultation')}",
        marks(drawn, _kinds(look), names, len(keys), axis, head, width=11),
        long,
        "; ".join(f"{status}: {count}" for status, count in long["status"].value_counts().items()),
    )


def misses_chart(table: pd.DataFrame, look: Look) -> Chart:
    """What was missed most: `table` is `cohort.misses`' for one case."""
    found = table.head(MOST)
    rows = [
        {
            "row": one.label,
            "part": 0,
            "name": "Missed",
            "value": one.share,
            "text": f"{one.missed} of {one.consultations}",
            "hover": f"{one.label}\nmissed by {one.missed} of {one.consultations} ({one.share:.0%})",
        }
        for one in found.itertuples()
    ]
    first = next(found.itertuples(), None)
    title = f"Missed most: {first.label}, by {first.missed} of {first.consultations}" if first else ""
    return Chart(
        "misses",
        title or "Nothing was missed",
        parts(pd.DataFrame(rows, columns=DRAWN), "Share that missed it", (look.colors[0],)),
        found,
        "; ".join(f"{one.label}: {one.missed} of {one.consultations}" for one in found.itertuples()),
    )


def _kinds(look: Look) -> list[Kind]:
    """Each status in a colour and symbol of its own."""
    colors = (*look.colors, look.ink, MUTED)
    order = [2, 5, 4, 1, 3, 0, 6, 7]
    return [
        Kind(str(status).capitalize(), colors[place], symbol)
        for place, (status, symbol) in zip(order, SYMBOLS.items(), strict=True)
    ]


def _apart(names: Sequence[str]) -> list[str]:
    """Names with a number where the same is there again: a trainee may have tried twice."""
    seen: dict[str, int] = {}
    found = []
    for name in map(str, names):
        seen[name] = seen.get(name, 0) + 1
        found.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return found


def _number(many: int, what: str) -> str:
    several = what[:-1] + "ies" if what.endswith("y") else what + "s"
    return f"{many:,} {what if many == 1 else several}"
