"""The services to choose from, and the keys and addresses that are typed for the session."""

import streamlit as st

from patientsim_core import PatientSimError
from patientsim_core.export import literal
from patientsim_core.models import OFFLINE, PROVIDERS, Provider, Settings
from patientsim_core.models.providers import VERTEX_FLAG, Setting, is_set_up

KEPT = {"persist_state": "session"}
state = st.session_state


def services() -> dict[str, str]:
    """The choices by label, what is set up beforehand first. They stay as they are for the session: a
    browser knows a choice by its label, and would lose it with another one."""
    return state.setdefault("labels", _labels())


def settings_for(*services: str) -> Settings:
    """Keys and addresses for the services, those typed for the session first; they are kept nowhere else.
    A key that was typed for one of Google's two services is meant for that one."""
    typed = {}
    for provider in (PROVIDERS[key] for key in services if key in PROVIDERS):
        fields = {one: state.get(_field(provider, one)) or "" for one in provider.settings}
        typed |= {one.names[0]: value for one, value in fields.items()}
        if any(one.secret and value for one, value in fields.items()):
            typed[VERTEX_FLAG] = str(provider.key == "vertex").lower()
    return Settings(typed)


def key_fields(provider: Provider) -> None:
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


def noun(service: str) -> str:
    """What a service calls a model."""
    return "deployment" if service == "azure" else "model"


def name_hint(provider: Provider) -> str:
    """What may stand in an empty field for a model's name."""
    return f"for example {provider.examples[0]}" if provider.examples else "as the server calls it"


def _labels() -> dict[str, str]:
    found: dict[bool, dict[str, str]] = {True: {OFFLINE: "Built-in patient (offline)"}, False: {}}
    for key, provider in PROVIDERS.items():
        try:
            ready = is_set_up(provider, Settings())
        except PatientSimError:  # said where the service is chosen
            ready = False
        needs = "key" if any(group[0].secret for group in provider.needs) else "address"
        found[ready][key] = provider.label + ("" if ready else f" · needs {needs}")
    return found[True] | found[False]


def _field(provider: Provider, one: Setting) -> str:
    return f"typed {provider.key} {one.names[0]}"
