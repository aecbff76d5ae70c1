"""What the organiser of a study sees: how far it is, how far the raters agree, and what to talk about."""

import pandas as pd
import streamlit as st

from pages.parts.address import addressed, put
from pages.parts.runs import open_named
from pages.parts.stores import studies
from patientsim_core import PatientSimError
from patientsim_core.evaluation.verdict import Metric, Verdict
from patientsim_core.export import literal
from patientsim_core.storage.index import read_index, verdicts_at
from patientsim_core.storage.studies import Source
from patientsim_core.study import Study, Target
from patientsim_core.tables import ratings as tables

VIEWS = {
    "progress": "Progress",
    "agreement": "Agreement",
    "means": "Means",
    "talk": "Disagreements",
    "judges": "Judges",
}
EVERY = 10
"""Seconds after which the figures are looked up again."""
state = st.session_state


def organise(study: Study) -> None:
    """The head, and below it figures that follow the raters."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "All studies",
            icon=":material/arrow_back:",
            on_click=put,
            kwargs={"study": None, "organise": None},
        )
        st.space("stretch")
        label, closed = ("Open again", False) if study.closed else ("Close and show in Results", True)
        help = "Closed, ratings stand as they are and appear in Results and Dialogues as those of clinicians."
        st.button(label, on_click=studies().close, args=[study.id, closed], help=help)
    badge = ":gray-badge[closed]" if study.closed else ":green-badge[open]"
    st.subheader(f"{literal(study.name)} {badge}", anchor=False)
    with st.expander("Links for the raters", icon=":material/link:"):
        st.caption("Each opens the rater's own dialogues, and nothing of the others.")
        for rater in study.raters:
            st.page_link(
                "pages/6_Rate.py", label=literal(rater), query_params={"study": study.id, "rater": rater}
            )
    _figures(study)


@st.fragment(run_every=EVERY)
def _figures(study: Study) -> None:
    ratings, sources = studies().ratings(study.id), studies().sources(study.id)
    table = tables.rating_table(study, ratings, sources)
    usual = addressed("view", list(VIEWS), "progress")
    view = st.segmented_control(
        "View", list(VIEWS), format_func=VIEWS.get, label_visibility="collapsed", required=True, **usual
    )
    csv = table.to_csv(index=False)
    about = {"on_click": "ignore", "icon": ":material/download:", "type": "tertiary"}
    st.download_button("All ratings as CSV", csv, "ratings.csv", "text/csv", **about)
    if view == "progress":
        _progress(tables.completion(study, ratings))
    elif table.empty:
        st.info("Nothing is rated yet.")
    elif view == "agreement":
        st.caption(
            "Gwet's AC1 (the same score) and AC2 (scores near each other, quadratic weights): 1 is full "
            "agreement, 0 what chance gives. Intervals of 95% resample what was rated."
        )
        pairs = st.toggle("Each pair of raters", key="pairs of raters")
        found = agreement(csv)
        shown = found if pairs else found[found["raters"] == tables.EVERYBODY]
        _show(tables.side_by_side(shown), "Agreement by criterion and pair of raters")
    elif view == "means":
        _show(tables.means_by_rater(table), "Mean score by criterion and rater")
    elif view == "talk":
        _disagreements(study, tables.disagreements(table))
    else:
        _judges(study, table, sources)


@st.cache_data(max_entries=20, show_spinner="Working out the agreement …")
def agreement(csv: str) -> pd.DataFrame:
    """The figures of exactly what is exported."""
    return tables.rater_agreement(tables.read_ratings(csv))


def _progress(found: pd.DataFrame) -> None:
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


def _disagreements(study: Study, found: pd.DataFrame) -> None:
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


def _judges(study: Study, table: pd.DataFrame, sources: list[Source]) -> None:
    verdicts = {}
    for run in {one.run for one in sources if one.run}:
        try:
            verdicts |= judged(run, [one for one in sources if one.run == run])
        except PatientSimError as error:
            st.warning(literal(str(error)))
    found = tables.beside_judges(table, verdicts)
    if found.empty:
        return st.info("No judge scored the same criteria of these dialogues.")
    st.caption("Each judge beside every rater of the same dialogue.")
    _show(tables.side_by_side(found), "Agreement of judges with clinicians")


def judged(run: str, sources: list[Source]) -> dict[int, list[Verdict]]:
    """What judges said of a run's dialogues, by their places in the study."""
    opened = open_named(run)
    rows = read_index(opened).set_index("id")
    return {
        one.place: verdicts_at(opened, rows.loc[one.dialogue])
        for one in sources
        if one.dialogue in rows.index
    }


def _show(found: pd.DataFrame, alt: str) -> None:
    st.dataframe(found, hide_index=True, height="content", alt=alt)
