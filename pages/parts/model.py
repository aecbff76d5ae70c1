"""Who plays the patient: the built-in engine or a model, and the keys that it needs."""

import streamlit as st

from pages.parts.advanced import advanced, move_advanced, options, own_text
from pages.parts.keys import KEPT, key_fields, name_hint, noun, services, settings_for
from patientsim_core import Case, InputError, PatientSimError
from patientsim_core.consultation import Cast
from patientsim_core.export import literal
from patientsim_core.models import OFFLINE, PROVIDERS, Provider, Settings, check_permission, warm
from patientsim_core.models.check import check_model
from patientsim_core.models.providers import VERTEX_FLAG, is_set_up
from patientsim_core.text import clean

SCRIPTED = (
    ":small[Scripted: it answers from the record by rules, with no key and no network. Free conversation "
    "needs a language model.]"
)
OTHER_KEY = "The Google key that is set is meant for the other of Google's two services."
state = st.session_state


def model() -> str:
    """The chosen model by name, `azure:gpt-4o-mini`; empty while its own name is missing."""
    if state.provider == OFFLINE:
        return OFFLINE
    name = clean(state.get(f"name {state.provider}") or "")
    return f"{state.provider}:{name}" if name else ""


def cast() -> Cast:
    """Who plays the patient. Raises InputError where that is not settled: no name, or a faulty prompt."""
    if state.provider == OFFLINE:
        return Cast(seed=state.seed)
    if not model():
        raise InputError(
            f"{PROVIDERS[state.provider].label}: type the {noun(state.provider)}'s name at the side first."
        )
    return Cast(model(), state.seed, options(), own_text())


def settings() -> Settings:
    """Keys and addresses for the chosen service."""
    return settings_for(state.provider)


def move_picker(to: Cast) -> None:
    """Sets the sidebar to who plays the patient of a consultation."""
    provider, _, name = to.model.partition(":")
    state.provider = provider if provider in PROVIDERS else OFFLINE
    if name:
        state[f"name {provider}"] = name
    move_advanced(to)


def picker(case: Case) -> None:
    """The choice, what it still needs, and a test of its connection."""
    st.subheader("Model", anchor=False)
    labels = services()
    about = {"format_func": labels.get, "label_visibility": "collapsed", **KEPT}
    st.selectbox("Who plays the patient", list(labels), key="provider", **about)
    with st.container():  # always one part, else what comes below would fold up whenever a notice goes
        try:
            if state.provider == OFFLINE:
                st.markdown(SCRIPTED)
            else:
                _service(PROVIDERS[state.provider], case)
        except PatientSimError as error:
            st.error(literal(str(error)))
    advanced(state.provider != OFFLINE)


def _service(provider: Provider, case: Case) -> None:
    """What comes and goes stands below the button: a click must find it where it was."""
    warm(provider.key)
    label, key = f"Name of the {noun(provider.key)}", f"name {provider.key}"
    st.text_input(label, key=key, placeholder=name_hint(provider), max_chars=200, **KEPT)
    key_fields(provider)
    st.caption(provider.data)
    given = settings()
    if st.button("Test connection", icon=":material/network_check:", width="stretch"):
        with st.spinner("Asking the model for one word …"):
            fine, text = check_model(cast().model, given)
        (st.success if fine else st.error)(literal(text))
    elif missing := provider.missing(given):
        beforehand = " and ".join(missing)
        st.warning(literal(f"Not set up yet: type what is missing above, or set {beforehand} beforehand."))
    elif not is_set_up(provider, given):
        st.warning(literal(f"{OTHER_KEY} Type one above, or set {VERTEX_FLAG} beforehand."))
    if all(given.get(*group[0].names) for group in provider.needs if not group[0].secret):  # its address
        check_permission(case, model() or f"{provider.key}:?", given)
