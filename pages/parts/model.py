"""Who plays the patient: the built-in engine or a model, and the keys that it needs."""

import streamlit as st

from pages.parts.advanced import advanced, move_advanced, options, own_text
from patientsim_core import Case, InputError, PatientSimError
from patientsim_core.consultation import Cast
from patientsim_core.export import literal
from patientsim_core.models import OFFLINE, PROVIDERS, Provider, Settings, check_permission
from patientsim_core.models.check import check_model
from patientsim_core.models.providers import VERTEX_FLAG, Setting, is_set_up
from patientsim_core.text import clean

SCRIPTED = (
    ":small[Scripted: it answers from the record by rules, with no key and no network. Free conversation "
    "needs a language model.]"
)
OTHER_KEY = "The Google key that is set is meant for the other of Google's two services."
KEPT = {"persist_state": "session"}
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
        raise InputError(f"{PROVIDERS[state.provider].label}: type the {_noun()}'s name at the side first.")
    return Cast(model(), state.seed, options(), own_text())


def settings() -> Settings:
    """Keys and addresses for the chosen service, those typed for the session first; they are kept nowhere
    else. A key that was typed for one of Google's two services is meant for that one."""
    provider = PROVIDERS.get(state.provider)
    fields = provider.settings if provider else ()
    typed = {one.names[0]: state.get(_field(provider, one)) or "" for one in fields}
    if any(one.secret and typed[one.names[0]] for one in fields):
        typed[VERTEX_FLAG] = str(provider.key == "vertex").lower()
    return Settings(typed)


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
    labels = state.setdefault("labels", _labels())
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


def _labels() -> dict[str, str]:
    """The choices, what is set up beforehand first. They stay as they are for the session: a browser knows
    a choice by its label, and would lose it with another one."""
    found: dict[bool, dict[str, str]] = {True: {OFFLINE: "Built-in patient (offline)"}, False: {}}
    for key, provider in PROVIDERS.items():
        try:
            ready = is_set_up(provider, Settings())
        except PatientSimError:  # said where the service is chosen
            ready = False
        needs = "key" if any(group[0].secret for group in provider.needs) else "address"
        found[ready][key] = provider.label + ("" if ready else f" · needs {needs}")
    return found[True] | found[False]


def _noun() -> str:
    return "deployment" if state.provider == "azure" else "model"


def _service(provider: Provider, case: Case) -> None:
    """What comes and goes stands below the button: a click must find it where it was."""
    example = f"for example {provider.examples[0]}" if provider.examples else "as the server calls it"
    label = f"Name of the {_noun()}"
    st.text_input(label, key=f"name {provider.key}", placeholder=example, max_chars=200, **KEPT)
    _keys(provider)
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


def _keys(provider: Provider) -> None:
    """Fields for the session, open where the environment does not have what is needed."""
    beforehand = Settings()
    folded = not provider.missing(beforehand)
    with st.expander("Key and address", expanded=not folded, icon=":material/key:"):
        st.caption("For this session only; they are saved nowhere.")
        for one in provider.settings:
            label, _, hint = one.meaning.partition(", ")
            hint = "is set; type another to use that" if beforehand.get(*one.names) else hint
            label = literal(label[0].upper() + label[1:])
            about = {"placeholder": hint, "help": f"Beforehand: {literal(' or '.join(one.names))}", **KEPT}
            about |= {"type": "password", "autocomplete": "new-password"} if one.secret else {}
            st.text_input(label, key=_field(provider, one), **about)


def _field(provider: Provider, one: Setting) -> str:
    return f"typed {provider.key} {one.names[0]}"
