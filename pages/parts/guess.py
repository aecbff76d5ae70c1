"""Guess the persona: the room votes on each axis, then the patient is revealed, and the tally is kept."""

from hashlib import sha256
from itertools import cycle
from uuid import uuid4

import streamlit as st

from pages.parts.persona import AXIS_LABELS
from pages.parts.stores import comparisons
from patientsim_core import Dialogue, PatientSimError
from patientsim_core.comparison import Comparison
from patientsim_core.export import literal
from patientsim_core.guessing import Vote, counted, tally
from patientsim_core.persona import AXES, Persona

EVERY = 3
"""Seconds after which votes are counted again."""
COOKIE = "_streamlit_xsrf"
"""What tells one browser from another; its hash is all that is kept of it."""
state = st.session_state


@st.fragment(run_every=EVERY)
def voting(comparison: Comparison, patients: list[Dialogue]) -> None:
    """A choice for each axis, how many have voted, and the way to the answer. Everybody who opens the page's
    address votes; what others ask and reveal comes of itself."""
    if comparisons().load(comparison.id) != (comparison, patients) and not state.get("hearing"):
        st.rerun()
    votes = comparisons().votes(comparison.id)
    mine = {one.axis: one.level for one in votes if one.voter == _voter()}
    with st.container(border=True):
        st.markdown(
            "**Who is this?** Everybody who opens this page's address has a vote; the levels are explained "
            "on the Consult page."
        )
        for axis, levels in AXES.items():
            key = f"vote {comparison.id} {axis}"
            state[key] = next((level for level in levels if level == mine.get(axis)), None)
            about = {
                "format_func": lambda level: level.label,
                "on_change": _vote,
                "args": [comparison, axis, key],
            }
            st.segmented_control(AXIS_LABELS[axis], list(levels), key=key, **about)
        if fault := state.pop("compare fault", None):
            st.error(literal(fault))
        voters = len({one.voter for one in votes})
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(f"{voters} {'person has' if voters == 1 else 'people have'} voted.", width="stretch")
            st.button(
                "Reveal", type="primary", icon=":material/visibility:", on_click=_reveal, args=[comparison]
            )


def revealed(comparison: Comparison, persona: Persona) -> None:
    """Who it was, what the room said, and how often the room was right so far."""
    votes = counted(comparisons().votes(comparison.id))
    so_far = tally(comparisons().rounds())
    with st.container(border=True):
        st.markdown(f"**It was: {literal(persona.label)}**")
        for axis, levels in AXES.items():
            right = getattr(persona, axis)
            said = [
                _said(level.label, votes[axis][level], level == right)
                for level in levels
                if votes[axis][level] or level == right
            ]
            of = so_far[axis]
            total = f" :small[right in all rounds: {of.right} of {of.votes}]" if of.votes else ""
            st.markdown(f"{AXIS_LABELS[axis]} {' '.join(said)}{total}")


def _said(label: str, count: int, is_right: bool) -> str:
    color, mark = ("green", "✓ ") if is_right else ("gray", "")
    return f":{color}-badge[{mark}{label}: {count}]"


def browser() -> str:
    """What tells this browser from others, also when it comes back; "" without its cookie."""
    token = _token(st.context.cookies.get(COOKIE) or "")
    return sha256(token).hexdigest()[:32] if token else ""


def _voter() -> str:
    """A browser keeps its vote when it comes back; without its cookie, the session does."""
    return browser() or state.setdefault("voter", uuid4().hex)


def _token(cookie: str) -> bytes:
    """What stays in the cookie, `2|mask|masked token|time`, which is masked anew whenever the page is loaded;
    nothing, if it is another one."""
    try:
        _, mask, masked, _ = cookie.strip("\"'").split("|")
        pairs = zip(bytes.fromhex(masked), cycle(bytes.fromhex(mask)), strict=False)
        return bytes(one ^ other for one, other in pairs)
    except ValueError:
        return b""


def _vote(comparison: Comparison, axis: str, key: str) -> None:
    try:
        if state[key]:
            comparisons().vote(comparison.id, Vote(_voter(), axis, str(state[key])))
    except PatientSimError as error:
        state["compare fault"] = str(error)


def _reveal(comparison: Comparison) -> None:
    try:
        comparisons().reveal(comparison)
    except PatientSimError as error:
        state["compare fault"] = str(error)
