"""A judge model's look at a consultation, on request."""

import streamlit as st

from pages.parts.keys import key_fields, name_hint, noun, services, settings_for
from pages.parts.stores import consultations
from patientsim_core import Dialogue, PatientSimError
from patientsim_core.debrief.judging import ask_judge
from patientsim_core.export import literal
from patientsim_core.models import OFFLINE, PROVIDERS
from patientsim_core.text import clean

WHAT = (
    "A language model reads the conversation beside the record: it scores eight skills, shown as bands, and "
    "looks at every sentence of the patient. What it says is kept with the consultation."
)


def judge_form(dialogue: Dialogue) -> None:
    """Chooses a model and has it judge; what came before a fault is kept."""
    with st.expander(
        "Ask a judge model", icon=":material/gavel:", key="ask a judge", on_change="rerun"
    ) as box:
        if not box.open:
            return
        st.caption(WHAT)
        labels = {key: label for key, label in services().items() if key != OFFLINE}
        service = st.selectbox("Service", list(labels), format_func=labels.get, key="judge service")
        provider = PROVIDERS[service]
        label = f"Name of the {noun(service)}"
        name = clean(st.text_input(label, key=f"judge {service}", placeholder=name_hint(provider)) or "")
        key_fields(provider)
        st.caption(provider.data)
        if st.button("Judge this consultation", disabled=not name, key="judge it"):
            _judge(dialogue, f"{service}:{name}", service)


def _judge(dialogue: Dialogue, model: str, service: str) -> None:
    store = consultations()
    known = store.verdicts(dialogue.id)
    try:
        with st.status("The judge reads …"):
            for number, verdicts in enumerate(ask_judge(dialogue, model, settings_for(service), known), 1):
                store.keep_verdicts(dialogue.id, verdicts)
                st.write(f"{number} answers")
    except PatientSimError as error:
        st.error(literal(str(error)))
        return
    st.rerun()
