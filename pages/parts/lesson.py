"""What a teacher settles for a case: whether debriefs wait, and a checklist."""

import streamlit as st

from pages.parts.stores import lessons
from patientsim_core import PatientSimError
from patientsim_core.debrief.checklist import Check, read_checklist, template
from patientsim_core.debrief.layout import places
from patientsim_core.export import literal

WHAT = (
    "A point a line as text, or CSV with the columns text, item and words, or JSON. A point with an item of "
    "the history map is done once it was asked for or came out; one with words, once the doctor said one."
)
state = st.session_state


def lesson(case_id: str) -> None:
    state["held"] = lessons().is_held(case_id)
    about = {"key": "held", "on_change": lambda: lessons().hold(case_id, state["held"])}
    st.toggle("Hold the debriefs of this case back", help="Trainees see theirs once this is off.", **about)
    points = lessons().checklist(case_id)
    with st.expander("Checklist", icon=":material/checklist:", key="checklist", on_change="rerun") as box:
        if box.open:
            _points(case_id, points)


def _points(case_id: str, points: list[Check]) -> None:
    st.markdown("\n".join(f"1. {literal(one.text)}{_how(one)}" for one in points))
    if points:
        st.button("Take the checklist away", on_click=lessons().set_checklist, args=[case_id, []])
    st.caption(WHAT, help=f"Items: {', '.join(places())}.")
    about = {"on_click": "ignore", "icon": ":material/download:", "type": "tertiary"}
    st.download_button("Template as CSV", template(), "checklist.csv", "text/csv", **about)
    number = state.setdefault("checklist number", 0)  # a new field after each file
    file = st.file_uploader(
        "Import a checklist", type=["csv", "json", "txt", "md"], key=f"checklist {number}", max_upload_size=1
    )
    if not file:
        return
    try:
        found = read_checklist(file.getvalue().decode("utf-8"), file.name)
        lessons().set_checklist(case_id, found)
    except UnicodeDecodeError:
        st.error(f"{literal(file.name)}: is no text in UTF-8. Save it so, and choose it again.")
    except PatientSimError as error:
        st.error(literal(str(error)))
    else:
        state["checklist number"] += 1
        st.rerun()


def _how(point: Check) -> str:
    """What the point is done by."""
    found = [point.item] if point.item else []
    found += [f"words: {', '.join(point.words)}"] if point.words else []
    return f" :small[:gray[{literal(' · '.join(found))}]]" if found else ""
