"""What was said, with every sentence of the patient marked by what a judge says of it."""

import streamlit as st

from pages.parts.address import addressed
from pages.parts.sentence import ANCHOR, badge, sentence_box, verdict_text
from pages.parts.talk import talk
from patientsim_core import Dialogue
from patientsim_core.export import effort, literal
from patientsim_core.marked import MARKS, Marked, MarkedTurn, Sentence, account, guarded, stage_note
from patientsim_core.persona import Dazed

NOTE = "Stage note for a model, beside the doctor's words (as this version of the project writes it)"
HINT = "Click a sentence for the reason and what the record has."
UNJUDGED = "No judge has looked at the sentences of this dialogue."


def transcript(marked: Marked, was_played: bool, name: str) -> str:
    """The turns as a chat, those of the dialogue `name`; `was_played` says that this project played them. The
    chosen sentence is looked at below its turn. Gives the judge whose marks are shown, empty if there is
    none."""
    judge = _judge(marked.judges)
    chosen = _chosen(marked)
    _legend(marked, judge, chosen)
    at = next((turn.place for turn in marked.turns if chosen in turn.sentences), len(marked.turns)) + 1
    with st.container(gap="xsmall"):
        if not marked.turns:
            st.caption("Nothing was said.")
        talk(marked.turns[:at], judge, chosen, "talk", opened=name)
        if chosen:
            sentence_box(chosen, marked.dialogue.case)
            _details(marked.turns[at - 1], marked.dialogue, was_played)
            talk(marked.turns[at:], judge, chosen, "rest of talk")
    if marked.elsewhere:
        with st.expander(f"Judged in other pieces · {len(marked.elsewhere)}"):
            st.caption("Verdicts that come from elsewhere and are about no sentence as it is divided here.")
            for one in marked.elsewhere:
                about = f"{one.field}: {one.text}" if one.text else one.field
                st.markdown(f"{literal(about)}\\\n{verdict_text(one, marked.dialogue.case)}")
    return judge


def _judge(judges: list[str]) -> str:
    """Whose marks are shown; with several that is to be chosen."""
    if len(judges) < 2:
        return judges[0] if judges else ""
    about = {"format_func": literal, "required": True, **addressed("marks", judges, judges[0])}
    return st.segmented_control("Marks by", judges, **about)


def _chosen(marked: Marked) -> Sentence | None:
    """The sentence of the address."""
    field = st.query_params.get("sentence")
    found = marked.sentence(field) if field else None
    if field and not found:
        st.warning(f"There is no sentence {literal(field[:80])} in this dialogue.")
    return found


def _legend(marked: Marked, judge: str, chosen: Sentence | None) -> None:
    """What the marks mean, how many sentences have each, and the way to the one that is chosen."""
    way = f" [Go to sentence {chosen.field}](#{ANCHOR})" if chosen else ""
    if not judge:
        st.caption(UNJUDGED + way)
        return
    counts = marked.counts(judge)
    meant = "\n".join(f"- {MARKS[key].word}: {MARKS[key].meaning}" for key in counts)
    words = [badge(key, f"{MARKS[key].word} · {count}") for key, count in counts.items()]
    st.markdown(f"Sentences, judged by {literal(judge)}: {' '.join(words)}{way}", help=meant)
    st.caption(HINT)


def _details(turn: MarkedTurn, dialogue: Dialogue, was_played: bool) -> None:
    """How a reply came about, where anything is known of it; worked out when it is opened."""
    reply = turn.turn.reply
    if not reply or not (reply.disclosures or reply.guard or effort(reply) or turn.directions):
        return
    about = {"icon": ":material/more_horiz:", "key": f"turn {turn.place}", "on_change": "rerun"}
    details = st.expander("How this answer came about", **about)
    if not details.open:
        return
    with details:
        if turn.directions:
            st.markdown(f"**As it was written**\\\n{literal(turn.directions)}")
        if told := account(reply):
            lines = [
                f"**{literal(label)}**: {literal(fact)} :small[({literal(how)})]" for label, fact, how in told
            ]
            st.markdown("**Of the record**\\\n" + "\\\n".join(lines))
        if dialogue.persona.dazed is not Dazed.normal:
            st.markdown(f"**Confusion**: {reply.phase.label.lower()}")
        if reply.guard:
            st.markdown("**Guard**\\\n" + "\\\n".join(literal(line) for line in guarded(reply)))
        if was_played and (note := stage_note(dialogue, turn.place)):
            st.caption(NOTE)
            st.text(note)
        if line := effort(reply):
            st.caption(literal(line))
