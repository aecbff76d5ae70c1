"""Cases: browse and check the records that patients play, and keep own ones."""

from pathlib import Path

import streamlit as st

from pages.parts.address import put
from pages.parts.case_form import case_form
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
UNREADABLE = "{title} cannot be read: it is damaged or of another version. It was left as it is."
MOST = 50
"""So many cases are listed."""
CONFIRM = "Delete this case? Consultations and runs keep it as it was."
state = st.session_state


def page() -> None:
    with st.sidebar:
        navigation()
    if fault := state.pop("case fault", None):
        st.error(literal(fault))
    own = own_cases().all()
    cases = {case.hadm_id: case for case in (*sample_cases(), *own)}
    id, action = st.query_params.get("case"), st.query_params.get("do")
    if action == "new":
        return case_form(None, action, cases)
    if not id:
        return browse(list(cases.values()), own)
    if id not in cases:
        st.error(literal(GONE.format(id=id[:60])))
        return st.button("All cases", icon=":material/arrow_back:", on_click=put, kwargs={"case": None})
    if action == "copy" or (action == "edit" and cases[id] in own):
        return case_form(cases[id], action, cases)
    one(cases[id], cases[id] in own)


def browse(cases: list[Case], own: list[Case]) -> None:
    """All cases, or those that have the words; new ones and files of them."""
    st.header("Cases", anchor=False)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        words = st.text_input("Search", placeholder="chest pain smoker", key="case words", max_chars=200)
        st.button("New case", icon=":material/add:", on_click=put, kwargs={"do": "new"})
    covered = not st.toggle("Search the diagnosis, too, and show it", key="case diagnoses")
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
    for title in own_cases().unreadable():
        st.warning(
            f"{literal(title)} cannot be read: it is damaged or of another version. It was left as it is."
        )
    imports(cases)
    exports(found)


def one(case: Case, is_own: bool) -> None:
    """A case: what may be done with it, what is wrong with it, and its record."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button("All cases", icon=":material/arrow_back:", on_click=put, kwargs={"case": None})
        st.space("stretch")
        st.button("Consult", icon=":material/stethoscope:", on_click=choose, args=[case])
        st.button("Duplicate", icon=":material/content_copy:", on_click=put, kwargs={"do": "copy"})
        if is_own:
            st.button("Edit", icon=":material/edit:", on_click=put, kwargs={"do": "edit"})
            with st.popover("Delete", icon=":material/delete:"):
                st.markdown(CONFIRM)
                st.button("Delete it", type="primary", on_click=delete, args=[case])
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


def choose(case: Case) -> None:
    """Has Consult begin with this case."""
    state.case = next(title for title, other in cases_by_title().items() if other == case)
    state["consult"] = True


def delete(case: Case) -> None:
    try:
        own_cases().delete(case)
        put(case=None)
    except PatientSimError as error:
        state["case fault"] = str(error)


st.set_page_config("Cases · PatientSim", ROOT / ".streamlit" / "icon.png", initial_sidebar_state=340)
try:
    page()
except PatientSimError as error:
    st.error(literal(str(error)))
