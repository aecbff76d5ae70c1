"""What stands in a page's address: choices by their own names, whatever their labels say."""

from collections.abc import Collection, Sequence

import streamlit as st

state = st.session_state


def addressed(name: str, options: Collection[str], usual: str | None = None) -> dict[str, object]:
    """Key and callback for a widget whose choice stands in the address as `name`. What the address says is
    chosen; what is usual, if that is no option. (Streamlit's own binding would write the label.)"""
    key = f"{name} in address"
    given = st.query_params.get(name)
    state[key] = given if given in options else usual
    return {"key": key, "on_change": _keep, "args": [name, key]}


def addressed_list(name: str, options: Collection[str]) -> dict[str, object]:
    """The same for a widget that chooses several."""
    key = f"{name} in address"
    state[key] = [one for one in dict.fromkeys(st.query_params.get_all(name)) if one in options]
    return {"key": key, "on_change": _keep, "args": [name, key]}


def _keep(name: str, key: str) -> None:
    """A list that is chosen anew begins with its first page."""
    put(page=None, **{name: state[key]})


def put(**values: str | int | Sequence[str] | None) -> None:
    """Writes values into the address; None, or a list of none, takes one away."""
    for name, value in values.items():
        if value not in (None, []):
            st.query_params[name] = value if isinstance(value, list) else str(value)
        elif name in st.query_params:
            del st.query_params[name]
