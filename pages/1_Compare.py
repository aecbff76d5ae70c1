"""Compare: one question to several patients at once, a consultation replayed, or a persona to guess."""

from pathlib import Path

import streamlit as st

from pages.parts.address import addressed
from pages.parts.cards import cards, dealt_questions, patients_of
from pages.parts.cases import cases_by_title
from pages.parts.comparing import ask, doing, hear, leave_out, start, stop
from pages.parts.guess import browser, revealed, voting
from pages.parts.model import cast, move_picker, picker
from pages.parts.nav import navigation
from pages.parts.opened import load
from pages.parts.side_by_side import downloads, listen, side_by_side
from pages.parts.stores import comparisons, consultations
from patientsim_core import Case, Dialogue, PatientSimError
from patientsim_core import comparison as compare
from patientsim_core.comparison import Comparison
from patientsim_core.consultation import Cast
from patientsim_core.export import literal, triage
from patientsim_core.models import warm

ROOT = Path(__file__).parents[1]
MODES = {"side by side": "Side by side", "replay": "Replay a consultation", "guess": "Guess the persona"}
WHAT = (
    "A patient is drawn from the 37 personas, and nobody is told which one. Ask questions; everybody in the "
    "room opens this page's address and votes; then reveal."
)
NOTHING = (
    "No consultation is saved yet. Take one on the Consult page, or choose Replay beside a dialogue of a run."
)
state = st.session_state


def page() -> None:
    id = st.query_params.get("comparison") or None
    if state.get("compared", "") != id:
        state.update(compared=id, hearing=None, faults={})
    with st.sidebar:
        navigation()
        if id:
            about = {"icon": ":material/add:", "on_click": st.query_params.clear, "width": "stretch"}
            st.button("New comparison", **about)
    comparison, patients = comparisons().load(id) if id else (None, [])
    with st.sidebar:
        case = sidebar(patients)
    if fault := state.pop("compare fault", None):
        st.error(literal(fault))
    if comparison:
        return opened(comparison, patients)
    st.header("Compare", anchor=False)
    about = {"label_visibility": "collapsed", "required": True, **addressed("mode", MODES, "side by side")}
    mode = st.segmented_control("What", list(MODES), format_func=MODES.get, **about)
    {"side by side": beside, "replay": replay, "guess": guess}[mode](case)


def sidebar(patients: list[Dialogue]) -> Case:
    """The case and the model, and past comparisons."""
    if patients:
        case = patients[0].case
    else:
        cases = cases_by_title()
        case = cases[st.selectbox("Case", list(cases), key="case", persist_state="session")]
    if "provider" not in state:
        move_picker(Cast())
    if not patients:
        picker(case)
    if past := comparisons().recent():
        st.subheader("Past comparisons", anchor=False)
    for one in past:
        with st.container(gap=None):
            about = {"on_click": st.query_params.update, "args": [{"comparison": one.id}], "type": "tertiary"}
            st.button(literal(one.title), key=one.id, disabled=one.id == state.compared, **about)
            st.caption(f"{one.updated:%d %b %Y, %H:%M}")
    return case


def beside(case: Case) -> None:
    """Cards, then the first question."""
    cards(fewest=2)

    def begin(questions: list[str]) -> None:
        patients = patients_of(case)
        start(compare.side_by_side(patients), patients, questions)

    if questions := dealt_questions():
        about = {"type": "primary", "on_click": doing, "args": [begin, questions]}
        st.button(f"Ask {len(questions)} questions in a row", **about)
    about = {"key": "question", "submit_mode": "disable"}
    with st.container():  # not at the window's bottom: the page would open there, below the cards
        st.chat_input("Ask all patients", on_submit=lambda: doing(begin, [state.question]), **about)


def replay(case: Case) -> None:
    """A saved dialogue, and the patients that its questions are put to."""
    saved = {one.id: f"{one.title} · {one.when}" for one in consultations().recent(100) if one.questions}
    if name := st.query_params.get("dialogue"):
        run, _, id = name.partition("/")
        original = load(run, id).marked.dialogue if run else consultations().load(id)
        st.markdown(f"**{literal(original.case.title)}** · {literal(original.persona.label)}")
    elif saved:
        chosen = st.selectbox("Consultation", list(saved), format_func=saved.get, key="replayed")
        original = consultations().load(chosen)
    else:
        return st.info(NOTHING)
    st.caption("Its questions are put, one after the other, to these patients:")
    cards(fewest=1)

    def begin() -> None:
        comparison, patients = compare.replay(original, patients_of(original.case))
        start(comparison, patients, [])

    st.button("Replay", type="primary", icon=":material/replay:", on_click=doing, args=[begin])


def guess(case: Case) -> None:
    """A hidden patient of the case at the side."""
    st.markdown(WHAT)

    def begin() -> None:
        comparison, patient = compare.guess(case, cast(), host=browser())
        start(comparison, [patient], [])

    st.button("Draw a patient", type="primary", icon=":material/casino:", on_click=doing, args=[begin])


def opened(comparison: Comparison, patients: list[Dialogue]) -> None:
    """A comparison that has begun: what was said so far, and the next question."""
    for one in patients:
        warm(one.model)
    st.subheader(literal(comparison.title), anchor=False)
    for case in dict.fromkeys(one.case for one in patients):
        st.container(border=True).markdown(triage(case))
    if comparison.kind == "guess" and comparison.revealed:
        revealed(comparison, patients[0].persona)
    coming = side_by_side(comparison, patients, state.faults)
    if not comparison.questions:
        st.caption("Greet the patient and ask what is wrong.")
    elif not comparison.is_hidden:
        downloads(comparison, patients)
    if comparison.is_hidden:
        voting(comparison, patients)
    steps(comparison, patients)
    if hearing := state.hearing:
        listen(hearing, coming)
        state.update(hearing=None, faults=hearing.errors)
        st.rerun()


def steps(comparison: Comparison, patients: list[Dialogue]) -> None:
    """What can be done next: ask, stop, or have answered what was not."""
    behind = any(compare.is_behind(one, comparison.questions) for one in patients)
    with st.bottom, st.container(horizontal=True, gap="xsmall"):
        if state.hearing:
            st.button("Stop", icon=":material/stop_circle:", on_click=stop)
        elif behind and not comparison.goes_on_by(browser()):
            st.caption("This question is not answered yet.")
        elif behind:
            st.button("Go on", type="primary", on_click=doing, args=[hear, comparison])
            rest = {"on_click": doing, "args": [leave_out, comparison, patients]}
            st.button("Leave out what is not answered", **rest)
    about = {"key": "question", "submit_mode": "disable", "disabled": behind and not state.hearing}
    st.chat_input("Ask all patients", on_submit=lambda: doing(ask, comparison, [state.question]), **about)


st.set_page_config("Compare · PatientSim", ROOT / ".streamlit" / "icon.png", layout="wide")
try:
    page()
except PatientSimError as error:
    st.error(literal(str(error)))
