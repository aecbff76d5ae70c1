"""Who elicited what, across the consultations of a case, and what most missed."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from pages.parts.address import put
from pages.parts.debriefs import made
from pages.parts.show_chart import draw
from pages.parts.stores import consultations, lessons
from patientsim_core import Dialogue
from patientsim_core.charts import look
from patientsim_core.debrief import Debrief, charts
from patientsim_core.debrief.checklist import checked_by
from patientsim_core.debrief.cohort import cohort, misses
from patientsim_core.export import literal
from patientsim_core.storage.consultations import Ended
from patientsim_core.tables.spreadsheet import as_csv

NOBODY = "No consultation of this case has ended yet, or none since that day."


def class_view(ended: Sequence[Ended]) -> None:
    """The consultations as a table, a map and a list of misses; each leads to its debrief."""
    if not ended:
        st.info(NOBODY)
        return
    store = consultations()
    dialogues = [store.load(one.id) for one in ended]
    found = {one.id: made(one, store.verdicts(one.id)) for one in dialogues}
    table = cohort(found.values())
    by = {one.id: one for one in ended}
    table.insert(0, "who", [by[id].trainee or "unnamed" for id in table["dialogue_id"]])
    table.insert(1, "when", [by[id].updated for id in table["dialogue_id"]])
    dress = look([], st.context.theme.type == "dark")
    st.subheader(f"{len(ended)} consultation{'' if len(ended) == 1 else 's'}", anchor=False)
    if opened := _list(table, found):
        open_debrief(opened)
    for point in draw(charts.class_map(table, dress)):
        open_debrief(str(point))
    draw(charts.misses_chart(misses(table), dress), leads=False)
    _checklist(ended[0].case_id, dialogues)


def open_debrief(id: str) -> None:
    """Here, where it is seen though it is held back."""
    put(consultation=id)
    st.rerun()


def _list(table: pd.DataFrame, found: dict[str, Debrief]) -> str | None:
    """A row a consultation; gives the one that was chosen."""
    ids = table["dialogue_id"].tolist()
    shown = pd.DataFrame(
        {
            "Trainee": table["who"],
            "Ended": table["when"],
            "Patient": table["personas"],
            "Questions": table["questions"],
            "Facts heard": [round(found[id].history.share or 0, 2) for id in ids],
            "Rank": table["rank"],
        }
    )
    columns = {
        "Facts heard": st.column_config.ProgressColumn(format="percent", min_value=0, max_value=1),
        "Ended": st.column_config.DatetimeColumn(format="D MMM YYYY, HH:mm"),
    }
    picked = st.dataframe(
        shown,
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row",
        column_config=columns,
        key="class list",
        alt="Trainee, patient, questions, share of facts heard and rank of the diagnosis",
    )
    about = {"on_click": "ignore", "icon": ":material/download:", "type": "tertiary", "mime": "text/csv"}
    st.download_button("CSV", lambda: as_csv(table), "class.csv", **about)
    return ids[picked.selection.rows[0]] if picked.selection.rows else None


def _checklist(case_id: str, dialogues: Sequence[Dialogue]) -> None:
    """How many did each point of the teacher's list."""
    points = lessons().checklist(case_id)
    if not points:
        return
    st.subheader("Checklist", anchor=False)
    rows = checked_by(points, dialogues)
    st.markdown(
        "\n".join(f"1. {literal(text)} :gray-badge[{done} of {len(dialogues)}]" for text, done in rows)
    )
