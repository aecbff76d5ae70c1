"""The cases that can be played: those that come with the project, and the users' own."""

from pathlib import Path

import streamlit as st

from pages.parts.stores import own_cases
from patientsim_core import Case, load_cases
from patientsim_core.consultation import by_title

SAMPLES = Path(__file__).parents[2] / "data_samples" / "cases.json"


@st.cache_data(show_spinner=False)
def sample_cases() -> list[Case]:
    return load_cases(SAMPLES)


def cases_by_title() -> dict[str, Case]:
    """What may be known before a word is said -> case; own ones last, and marked."""
    own = by_title(own_cases().all())
    return by_title(sample_cases()) | {f"{title} · own": case for title, case in own.items()}
