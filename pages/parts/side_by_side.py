"""The patients of a comparison side by side, question by question, while they answer and afterwards."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.parts.chat import SPEAKERS
from patientsim_core import Dialogue, How
from patientsim_core.comparison import Comparison, Told, answers, labels, so_far, told
from patientsim_core.comparison_text import to_json, to_markdown
from patientsim_core.export import literal
from patientsim_core.hearing import Hearing

HOW = {
    How.told: ("check", "green", "told"),
    How.minimised: ("arrow_downward", "orange", "played down"),
    How.exaggerated: ("arrow_upward", "orange", "enlarged"),
    How.forgotten: ("history_toggle_off", "orange", "forgotten"),
    How.refused: ("block", "red", "refused"),
    How.not_understood: ("question_mark", "orange", "not understood"),
    None: ("remove", "gray", "not told"),
}
"""How a fact came out: an icon, its colour, and a word, so that the colour is never the only sign."""
HIDDEN = (
    "The patient did not answer. Whoever drew it can go on, which asks it again, or leave the answer out. "
    "The reveal says what went wrong: before it, that could tell who plays the patient."
)

Cells = dict[tuple[int, int], DeltaGenerator]


def side_by_side(comparison: Comparison, patients: list[Dialogue], faults: dict[int, str]) -> Cells:
    """All questions with all answers. Gives the places of answers that are still to come, by (question,
    patient)."""
    names, given, coming = labels(comparison, patients), [answers(one) for one in patients], {}
    for number, question in enumerate(comparison.questions):
        with st.chat_message(**SPEAKERS["doctor"]):
            st.text(question)
        facts = told(patients, number)
        for place, cell in enumerate(_columns(len(patients))):
            with cell, st.container(border=True, gap="xxsmall"):
                st.caption(f"**{literal(names[place])}**")
                if number >= len(given[place]):
                    coming[number, place] = st.empty()
                    continue
                turn = given[place][number]
                if turn is None:
                    st.caption("Left without an answer.")
                    continue
                st.text(turn.text + (" …" if turn.stopped else ""))
                if not comparison.is_hidden:
                    _facts(facts[place])
    for place, fault in faults.items():
        said = f"**{literal(names[place])}** did not answer. {literal(fault)}"
        st.error(HIDDEN if comparison.is_hidden else said, icon=":material/error:")
    return coming


def listen(hearing: Hearing, coming: Cells) -> None:
    """Shows the answers while they are made; another button only interrupts the showing."""
    shown: dict[tuple[int, int], str] = {}
    for _ in hearing:
        for (number, place), cell in coming.items():
            text = _heard(hearing, number, place)
            if text != shown.get((number, place)):
                _ = cell.text(text) if text else cell.caption("…")
                shown[number, place] = text


def downloads(comparison: Comparison, patients: list[Dialogue]) -> None:
    """What each patient has told so far, a row a fact, and the whole to keep."""
    names = labels(comparison, patients)
    lines = [
        {"Item": label, "Fact": fact, **dict(zip(names, map(_when, line), strict=True))}
        for (label, fact), line in so_far(patients).items()
    ]
    with st.expander("What each has told so far", icon=":material/table:"):
        st.dataframe(lines, hide_index=True, alt="Facts of the record, and how each patient told them")
        st.caption("How it first came out, and at which question.")
    with st.container(horizontal=True):
        about = {"on_click": "ignore", "icon": ":material/download:", "type": "tertiary"}
        name = f"comparison-{comparison.id[:8]}"
        st.download_button("Markdown", to_markdown(comparison, patients), f"{name}.md", **about)
        st.download_button("JSON", to_json(comparison, patients), f"{name}.json", **about)


def _when(said: tuple[How, int] | None) -> str:
    return f"{HOW[said[0]][2]} · question {said[1]}" if said else "–"


def _heard(hearing: Hearing, number: int, place: int) -> str:
    given = answers(hearing.patients[place])
    if number < len(given) and given[number]:
        return given[number].text
    return hearing.texts[place] if number == len(given) - 1 or number == len(given) else ""


def _columns(count: int) -> list[DeltaGenerator]:
    """Up to four in a row; five and six in rows of three."""
    width = count if count <= 4 else 3
    return [column for _ in range(0, count, width) for column in st.columns(width)][:count]


def _facts(lines: list[Told]) -> None:
    if not lines:
        return
    texts = []
    for one in lines:
        icon, color, word = HOW[one.how]
        about = f":{color}[:material/{icon}: {word}]"
        extra = "" if one.asked or one.how is None else " unasked"
        apart = " :orange-badge[differs]" if one.differs and one.how is not None else ""
        texts.append(f":small[{about}{extra} {literal(one.label)}: {literal(one.fact)}{apart}]")
    st.markdown("\\\n".join(texts))
