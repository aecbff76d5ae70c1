"""Cases: browse and check the records that patients play, and keep own ones."""

from pathlib import Path

import streamlit as st

from pages.parts.address import put
from pages.parts.case_delete import deletes, unreadable
from pages.parts.case_form import case_form, keep_typed, leave_form, under_way
from pages.parts.case_import import exports, imports
from pages.parts.cases import cases_by_title, sample_cases
from pages.parts.nav import navigation
from pages.parts.stores import own_cases
from patientsim_core import Case, PatientSimError
from patientsim_core.case import HIDDEN, item_of
from patientsim_core.case_check import KINDS, Finding, check
from patientsim_core.case_search import find
from patientsim_core.export import literal, record_text

ROOT = Path(__file__).parents[1]
PROVENANCE = {
    "synthetic": ":gray-badge[synthetic]",
    "credentialed": ":red-badge[credentialed data]",
    "unknown": ":orange-badge[of unknown origin]",
}
TOLD = {
    "contradiction": ("error", "red", "contradicts itself"),
    "range": ("warning", "orange", "out of range"),
    "missing": ("help", "orange", "missing"),
    "hint": ("info", "blue", "hint"),
}
"""How a finding is marked: an icon, a colour, and a word, so that the colour never is the only sign."""
GONE = "There is no case {id} (any more)."
MOST = 50
"""So many cases are listed."""
state = st.session_state


def page() -> None:
    with st.sidebar:
        navigation()
    if fault := state.pop("case fault", None):
        st.error(literal(fault))
    own = own_cases().all()
    cases = {case.hadm_id: case for case in (*sample_cases(), *own)}
    id, action = st.query_params.get("case"), st.query_params.get("do")
    case = cases.get(id)
    fits = {"new": True, "copy": case is not None, "edit": case in own}
    if fits.get(action) or under_way(action, id):
        return case_form(None if action == "new" else case, action, id, cases)
    leave_form()
    if not id:
        return browse(list(cases.values()), own)
    if case is None:
        st.error(literal(GONE.format(id=id[:60])))
        return st.button("All cases", icon=":material/arrow_back:", on_click=put, kwargs={"case": None})
    one(case, case in own)


def browse(cases: list[Case], own: list[Case]) -> None:
    """All cases, or those that have the words; new ones and files of them."""
    st.header("Cases", anchor=False)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        words = st.text_input("Search", placeholder="chest pain smoker", key="case words", max_chars=200)
        st.button("New case", icon=":material/add:", on_click=put, kwargs={"do": "new"})
    label, more = "Search the diagnosis, too, and show it", "The disposition is searched as well."
    covered = not st.toggle(label, key="case diagnoses", help=more)
    found = find(cases, words, diagnosis=not covered)
    st.caption(f"{len(found)} of {len(cases)} cases, {len(own)} of your own")
    for case in found[:MOST]:
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            mine = " :blue-badge[own]" if case in own else ""
            answer = "" if covered else f" · {literal(case.diagnosis)}"
            about = f"**{literal(case.title)}**{answer} {PROVENANCE[case.provenance]}{mine}"
            st.markdown(about, width="stretch")
            st.button("Open", key=f"open {case.hadm_id}", on_click=put, kwargs={"case": case.hadm_id})
    if not found:
        st.info("No case has all of these words.")
    unreadable()
    imports(cases)
    exports(found)


def one(case: Case, is_own: bool) -> None:
    """A case: what may be done with it, what is wrong with it, and its record."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button("All cases", icon=":material/arrow_back:", on_click=put, kwargs={"case": None})
        st.space("stretch")
        st.button("Consult", icon=":material/stethoscope:", on_click=choose, args=[case.hadm_id])
        st.button("Duplicate", icon=":material/content_copy:", on_click=put, kwargs={"do": "copy"})
        if is_own:
            st.button("Edit", icon=":material/edit:", on_click=put, kwargs={"do": "edit"})
            deletes(case)
    if state.pop("consult", False):
        st.switch_page("demo.py")
    mine = " :blue-badge[own]" if is_own else ""
    st.subheader(f"{literal(case.title)} {PROVENANCE[case.provenance]}{mine}", anchor=False)
    report(check(case))
    shown = st.toggle("Show diagnosis and disposition", key="case uncovered")
    st.markdown(record_text(case, () if shown else HIDDEN))
    if listed := {name: words for name, words in case.word_lists.items() if words}:
        with st.expander("Word lists"):
            for name, words in listed.items():
                st.caption(f"**{name}** {literal(', '.join(words))}")
    exports([case])


def report(found: list[Finding]) -> None:
    """What is missing, contradicts, or is out of range."""
    if not found:
        return st.success("Nothing is missing, and nothing contradicts itself.", icon=":material/check:")
    with st.container(border=True, gap="xxsmall"):
        st.markdown("**Check of the record**")
        for kind in KINDS:
            icon, color, word = TOLD[kind]
            for finding in (finding for finding in found if finding.kind == kind):
                covered = not state.get("case uncovered") and set(map(item_of, finding.items)) & set(HIDDEN)
                text = "concerns the diagnosis; show it to read on" if covered else literal(finding.text)
                st.markdown(f":{color}-badge[:material/{icon}: {word}] {text}")


def choose(id: str) -> None:
    """Has Consult begin with this case as it is now; the page itself says where it is gone."""
    try:
        titles = {case.hadm_id: title for title, case in cases_by_title().items()}
    except PatientSimError as error:
        state["case fault"] = str(error)
        return
    if id in titles:
        state.case, state["consult"] = titles[id], True


st.set_page_config("Cases · PatientSim", ROOT / ".streamlit" / "icon.png", initial_sidebar_state=340)
try:
    page()
except PatientSimError as error:
    keep_typed()
    st.error(literal(str(error)))
