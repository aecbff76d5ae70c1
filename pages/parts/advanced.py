"""How a model generates, and the user's own system prompt."""

import streamlit as st

from patientsim_core import PatientSimError
from patientsim_core.consultation import Cast
from patientsim_core.export import literal
from patientsim_core.models import Options
from patientsim_core.models.options import EFFORTS
from patientsim_core.prompt import NAMES, check_prompt, own_prompt

DEFAULT = "service's default"
KEPT = {"persist_state": "session"}
MEANT = literal(f"Empty: the built-in prompt. Names that are filled in: {', '.join(f'${n}' for n in NAMES)}.")
SHOW = "Show the built-in prompt"
state = st.session_state


def options() -> Options:
    given = {"temperature": state.temperature, "max_tokens": state.max_tokens}
    return Options(**given, reasoning_effort=state.effort)


def own_text() -> str | None:
    """The user's own prompt, if there is one. Raises InputError for one that cannot be filled."""
    text = state.prompt or ""
    return check_prompt(text, "Your own prompt") if text.strip() else None


def move_advanced(to: Cast) -> None:
    chosen = to.options
    state.update(seed=to.seed, temperature=chosen.temperature, max_tokens=chosen.max_tokens)
    state.update(effort=chosen.reasoning_effort, prompt=to.prompt or "")


def advanced(for_model: bool) -> None:
    """Of the built-in patient only the seed can be set."""
    with st.expander("Advanced", icon=":material/tune:"):
        if for_model:
            none = {"value": None, "placeholder": DEFAULT, **KEPT}
            st.number_input(
                "Temperature, 0 to 2", 0.0, 2.0, step=0.1, format="%.2g", key="temperature", **none
            )
            st.number_input("Most tokens of an answer", 1, 200_000, step=50, key="max_tokens", **none)
            none = {"index": None, "placeholder": DEFAULT, **KEPT}
            st.selectbox("Reasoning effort", EFFORTS, key="effort", **none)
        st.number_input(
            "Seed", step=1, key="seed", help="The same seed repeats answers, as far as it can.", **KEPT
        )
        if for_model:
            _prompt()


def _prompt() -> None:
    st.text_area("Your own system prompt", key="prompt", height=160, placeholder="built-in prompt", **KEPT)
    st.caption(MEANT)
    st.file_uploader("Take it from a file", type="md", key="prompt_file", on_change=_take, max_upload_size=1)
    fault = state.pop("prompt_fault", None)
    try:
        own_text()
    except PatientSimError as error:
        fault = str(error)
    if fault:
        st.error(literal(fault))
    if st.toggle(SHOW, key="built_in", **KEPT):
        st.code(own_prompt(), language=None, wrap_lines=True, height=400)


def _take() -> None:
    """Puts the text of a file into the field, where it can be read and changed."""
    if state.prompt_file:
        try:
            state.prompt = state.prompt_file.getvalue().decode("utf-8-sig")
        except UnicodeDecodeError:
            name = state.prompt_file.name
            state.prompt_fault = f"{name}: cannot be read as text; a prompt is a Markdown file."
