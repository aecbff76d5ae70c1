"""Who plays a part in a batch."""

import streamlit as st

from pages.parts.keys import KEPT, key_fields, name_hint, noun, services
from patientsim_core import InputError
from patientsim_core.models import OFFLINE, PROVIDERS, warm
from patientsim_core.text import clean

state = st.session_state


def role(part: str, built_in: bool = True) -> str:
    """The choice for `patient`, `doctor` or `judge`; gives the service. `built_in` offers this
    project's own."""
    labels = services() | {OFFLINE: f"Built-in {part} (offline)"}
    if not built_in:
        del labels[OFFLINE]
    service = st.selectbox(
        part.capitalize(), list(labels), format_func=labels.get, key=f"{part} service", **KEPT
    )
    if provider := PROVIDERS.get(service):
        warm(service)
        label, key = f"Name of the {noun(service)}", f"{part} name {service}"
        st.text_input(label, key=key, placeholder=name_hint(provider), max_chars=200, **KEPT)
    return service


def played_by(part: str) -> str:
    """The chosen model by name. Raises InputError while its own name is missing."""
    service = state.get(f"{part} service") or OFFLINE
    if service == OFFLINE:
        return OFFLINE
    name = clean(state.get(f"{part} name {service}") or "")
    if not name:
        raise InputError(f"{part.capitalize()}, {PROVIDERS[service].label}: type the {noun(service)}'s name.")
    return f"{service}:{name}"


def keys_of(*chosen: str) -> None:
    """Key fields for each service once, whoever uses it."""
    for service in dict.fromkeys(chosen):
        if provider := PROVIDERS.get(service):
            st.caption(f"{provider.label}. {provider.data}")
            key_fields(provider)
