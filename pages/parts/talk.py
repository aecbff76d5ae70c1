"""Turns whose sentences can be clicked, as one element: a widget for each would make long dialogues slow."""

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from pages.parts.address import put
from patientsim_core.marked import MARKS, MarkedTurn, Sentence

HERE = Path(__file__).parent
ICONS = {"doctor": "stethoscope", "patient": "personal_injury"}
state = st.session_state

_draw = st.components.v2.component(
    "talk",
    html='<div class="talk"></div>',
    css=(HERE / "talk.css").read_text(encoding="utf-8"),
    js=(HERE / "talk.js").read_text(encoding="utf-8"),
)


def talk(
    turns: Sequence[MarkedTurn], judge: str, chosen: Sentence | None, key: str, opened: str = ""
) -> None:
    """The turns with the marks of a judge. A sentence that is clicked goes to the address, the chosen one
    from it. `opened` names the dialogue whose beginning this is: its page is shown from the top."""
    data = {
        "turns": [_turn(one, judge) for one in turns],
        "chosen": chosen.field if chosen else None,
        "opened": opened,
    }
    _draw(key=key, data=data, on_sentence_change=lambda: put(sentence=state[key].sentence or None))


def _turn(one: MarkedTurn, judge: str) -> dict[str, object]:
    """What the script draws of a turn: a text, or sentences that can be clicked."""
    return {
        "role": one.turn.role,
        "icon": ICONS[one.turn.role],
        "head": f"Question {one.question}" if one.turn.role == "doctor" else "",
        "text": "" if one.sentences else one.turn.text,
        "parts": [_sentence(sentence, judge) for sentence in one.sentences],
        "note": "Stopped here." if one.turn.stopped else "",
    }


def _sentence(one: Sentence, judge: str) -> dict[str, str]:
    mark = MARKS[one.mark(judge)]
    return {
        "field": one.field,
        "text": one.text,
        "color": mark.color if judge else "",
        "icon": mark.icon if judge else "",
        "word": mark.word if judge else "",
    }
