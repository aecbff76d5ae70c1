"""Rate: clinicians score dialogues, each blind to the others and to the judges."""

from pathlib import Path

import streamlit as st

from pages.parts.address import put
from pages.parts.nav import navigation
from pages.parts.organise import organise
from pages.parts.rating import rating
from pages.parts.stores import studies
from pages.parts.study_form import study_form
from patientsim_core import PatientSimError
from patientsim_core.export import literal
from patientsim_core.study import Study

ROOT = Path(__file__).parents[1]
WHAT = (
    "A study is a set of dialogues and the clinicians who rate them, each without knowing what the others or "
    "a judge said. Every click is saved."
)


def page() -> None:
    with st.sidebar:
        navigation()
    id = st.query_params.get("study")
    if not id:
        return begin()
    study = studies().load(id)
    if st.query_params.get("organise"):
        return organise(study)
    rater = st.query_params.get("rater")
    if rater in study.order:
        return rating(study, rater)
    st.header(literal(study.name), anchor=False)
    if rater:
        st.warning(f"{literal(rater[:60])} does not rate in this study.")
    who(study)


def begin() -> None:
    """The studies that there are, and a new one."""
    st.header("Rate", anchor=False)
    st.caption(WHAT)
    for study in studies().all():
        with st.container(border=True):
            state = "closed" if study.closed else "open"
            count = len(study.sentences)
            about = (
                f"{count} dialogue{'' if count == 1 else 's'}, each by {study.each} of {len(study.raters)}"
            )
            st.markdown(
                f"**{literal(study.name)}** :{'gray' if study.closed else 'green'}-badge[{state}] "
                f":small[{about} · {study.created.astimezone():%d %b %Y}]"
            )
            with st.container(horizontal=True):
                open_it = {"on_click": put, "kwargs": {"study": study.id}, "icon": ":material/edit_note:"}
                st.button("Rate", key=f"rate {study.id}", **open_it)
                look = {"kwargs": {"study": study.id, "organise": 1}, "icon": ":material/groups:"}
                st.button("Organise", key=f"organise {study.id}", on_click=put, type="tertiary", **look)
    study_form()


def who(study: Study) -> None:
    """A rater says who it is; the address says so from then on."""
    st.markdown("Who are you?")
    with st.container(horizontal=True):
        for name in study.raters:
            st.button(literal(name), key=f"I am {name}", on_click=put, kwargs={"rater": name})
    back = {"on_click": put, "kwargs": {"study": None, "rater": None}, "type": "tertiary"}
    st.button("All studies", icon=":material/arrow_back:", **back)


st.set_page_config("Rate · PatientSim", ROOT / ".streamlit" / "icon.png", layout="wide")
try:
    page()
except PatientSimError as error:
    st.error(literal(str(error)))
