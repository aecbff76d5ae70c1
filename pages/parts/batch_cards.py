"""Batches that play on this server, and the runs that are on disk."""

from pathlib import Path

import streamlit as st

from pages.parts.keys import settings_for
from patientsim_core import PatientSimError
from patientsim_core.export import literal
from patientsim_core.models.prices import Prices
from patientsim_core.playing import Batches, Playing
from patientsim_core.report import outcome, so_far
from patientsim_core.storage.run_list import RunSummary, told
from patientsim_core.storage.runs import open_run
from patientsim_core.work import Stage

SECONDS = 1.0
"""How often progress is drawn anew."""

state = st.session_state


def playing(batches: Batches, prices: Prices) -> None:
    """A card for each batch since the server was started, drawn anew while one plays."""
    shown = batches.all()
    if not shown:
        return
    alive = [one.name for one in shown if not one.is_over]

    @st.fragment(run_every=SECONDS if alive else None)
    def cards() -> None:
        for one in batches.all():
            _card(one, batches, prices)
        if alive != [one.name for one in batches.all() if not one.is_over]:
            st.rerun()

    cards()


def _card(one: Playing, batches: Batches, prices: Prices) -> None:
    progress = one.progress
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{literal(one.name)}** · {progress.stage}", width="stretch")
            if one.is_over:
                if not progress.is_whole:
                    about = {"key": f"on {one.name}", "icon": ":material/play_arrow:"}
                    st.button("Go on", on_click=_go_on, args=[one.folder, batches], **about)
                about = {"key": f"hide {one.name}", "icon": ":material/close:", "type": "tertiary"}
                st.button("Hide", on_click=batches.forget, args=[one], **about)
            else:
                about = {"key": f"stop {one.name}", "icon": ":material/stop:"}
                st.button("Stop", on_click=one.stop, disabled=progress.stage is Stage.stopping, **about)
        if one.error:
            st.error(literal(one.error))
        if one.is_over:
            whole = progress.done == progress.planned
            text = "\n\n".join(literal(line) for line in outcome(progress, str(one.folder), prices))
            (st.success if whole else st.warning)(text)
        else:
            st.progress(progress.done / progress.planned, literal(so_far(progress, prices)))


def saved_runs(runs: list[RunSummary], batches: Batches) -> None:
    """What is on disk; a run that is not whole can be gone on with."""
    busy = {one.folder for one in batches.all() if not (one.is_over and one.progress.is_whole)}
    runs = [one for one in runs if one.folder not in busy]
    if runs:
        st.subheader("Runs", anchor=False)
    for one in runs:
        with st.container(horizontal=True, vertical_alignment="center", border=True):
            st.markdown(_described(one), width="stretch")
            if one.finished < one.planned:
                about = {"key": f"go on {one.folder.name}", "icon": ":material/play_arrow:"}
                st.button("Go on", on_click=_go_on, args=[one.folder, batches], **about)


def _described(one: RunSummary) -> str:
    name = f"**{literal(one.folder.name)}**"
    if one.fault:
        return f"{name}\\\n:red[{literal(one.fault)}]"
    when = one.created.astimezone().strftime("%Y-%m-%d %H:%M")
    return f"{name}\\\n:small[{literal(f'{told(one)} · {when}')}]"


def _go_on(folder: Path, batches: Batches) -> None:
    """Plays what is missing of a run, as it was begun, with the keys typed in this session."""
    try:
        run = open_run(folder)
        by, cases = run.parameters, list(run.cases.values())
        settings = settings_for(*(model.partition(":")[0] for model in by.models.values()))
        by.check(cases, settings)
        batches.start(folder, by, cases, run.planned, state.get("batch at once") or 16, settings)
    except PatientSimError as error:
        state["batch fault"] = str(error)
