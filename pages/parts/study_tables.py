"""The figures of a study as the organiser sees them."""

import pandas as pd
import streamlit as st

from pages.parts.runs import open_named
from pages.parts.stores import studies
from patientsim_core import PatientSimError
from patientsim_core.evaluation.verdict import Metric
from patientsim_core.export import literal
from patientsim_core.storage.studies import Source
from patientsim_core.study import Study, Target
from patientsim_core.study_sources import judged
from patientsim_core.tables import ratings as tables


@st.cache_data(max_entries=20, show_spinner="Working out the agreement …")
def agreement(csv: str, pairs: bool) -> pd.DataFrame:
    """The figures of exactly what is exported; those of pairs only if wanted, as they take their time."""
    return tables.rater_agreement(tables.read_ratings(csv), pairs)


def progress(found: pd.DataFrame) -> None:
    total = found["ratings"].sum() / max(1, found["of ratings"].sum())
    st.progress(float(total), f"{total:.0%} of all ratings")
    columns = {
        "rater": "Rater",
        "dialogues": "Dialogues finished",
        "of": "of",
        "ratings": "Ratings",
        "of ratings": "of",
        "reasons missing": "Reasons missing",
        "share": st.column_config.ProgressColumn("Done", min_value=0, max_value=1, format="percent"),
    }
    st.dataframe(found, hide_index=True, column_config=columns, alt="How far each rater is")


def disagreements(study: Study, found: pd.DataFrame) -> None:
    if found.empty:
        return st.info("No two raters are two steps or more apart.")
    st.caption("What two raters are two steps or more apart on, the furthest first, with their reasons.")
    said = {(one.place, one.target, one.rater): one.reason for one in studies().ratings(study.id)}
    for one in found.head(50).itertuples():
        target = Target(Metric(one.metric), one.field)
        with st.container(border=True, gap="xxsmall"):
            sentence = f" of sentence {one.field}" if target.metric is Metric.facts else ""
            st.markdown(f"**{target.criterion.label}{sentence}** · {literal(one.scores)}")
            for (place, about, rater), reason in said.items():
                if (place, about) == (one.place, target) and reason:
                    st.caption(f"{literal(rater)}: {literal(reason)}")
            if one.run:
                st.page_link(
                    "pages/5_Dialogues.py",
                    label="The dialogue",
                    query_params={"run": [one.run], "dialogue": f"{one.run}/{one.dialogue}"},
                )


def beside_judges(study: Study, table: pd.DataFrame, sources: list[Source]) -> None:
    verdicts = {}
    for run in {one.run for one in sources if one.run}:
        try:
            verdicts |= judged(open_named(run), sources)
        except PatientSimError as error:
            st.warning(literal(str(error)))
    found = tables.beside_judges(table, verdicts)
    if found.empty:
        return st.info("No judge scored the same criteria of these dialogues.")
    st.caption("Each judge beside every rater of the same dialogue. Intervals of 95% resample dialogues.")
    show(tables.side_by_side(found), "Agreement of judges with clinicians")


def show(found: pd.DataFrame, alt: str) -> None:
    st.dataframe(found, hide_index=True, height="content", alt=alt)
