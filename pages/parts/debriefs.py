"""Debriefs, each made once for the same words and verdicts."""

from collections.abc import Sequence

import streamlit as st

from patientsim_core import Dialogue
from patientsim_core.debrief import Debrief, debrief
from patientsim_core.evaluation.verdict import Verdict


def made(dialogue: Dialogue, verdicts: Sequence[Verdict] = ()) -> Debrief:
    key = dialogue.model_dump_json() + "".join(one.model_dump_json() for one in verdicts)
    return _made(key, dialogue, verdicts)


@st.cache_resource(max_entries=1_000, show_spinner="Looking back on the consultation …")
def _made(key: str, _dialogue: Dialogue, _verdicts: Sequence[Verdict]) -> Debrief:
    return debrief(_dialogue, _verdicts)
