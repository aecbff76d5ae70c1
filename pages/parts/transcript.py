"""What was said, with every sentence of the patient marked by what a judge says of it."""

import streamlit as st

from pages.parts.address import addressed, put
from pages.parts.chat import SPEAKERS
from pages.parts.sentence import ANCHOR, badge, sentence_box, sign, verdict_text
from patientsim_core import Dialogue
from patientsim_core.export import effort, literal
from patientsim_core.marked import MARKS, Marked, MarkedTurn, Sentence, account, guarded, stage_note
from patientsim_core.persona import Dazed
from patientsim_core.storage.index_rows import (
    CONTRADICTED,
    ENTAILED,
    INFORMS_NOT,
    NONE,
    PERMITTED,
    UNREAD,
    UNSUPPORTED,
)

NOTE = "Stage note for a model, beside the doctor's words (as this version of the project writes it)"
state = st.session_state
WORST = (CONTRADICTED, PERMITTED, UNSUPPORTED, UNREAD, ENTAILED, INFORMS_NOT, NONE)
"""Marks in the order in which a turn's sentences are looked at."""

UNJUDGED = "No judge has looked at the sentences of this dialogue."


def transcript(marked: Marked, was_played: bool) -> str:
    """The turns as a chat; `was_played` says that this project played them. Gives the judge whose marks are
    shown, empty if there is none."""
    judge = _judge(marked.judges)
    chosen = _chosen(marked)
    _legend(marked, judge, chosen)
    with st.container(gap="xsmall"):
        for turn in marked.turns:
            with st.chat_message(**SPEAKERS[turn.turn.role]):
                if turn.turn.role == "doctor":
                    st.markdown(f":small[:gray[Question {turn.question}]]\\\n{literal(turn.turn.text)}")
                else:
                    _patient(turn, marked.dialogue, judge, chosen, was_played)
        if not marked.turns:
            st.caption("Nothing was said.")
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


def _patient(
    turn: MarkedTurn, dialogue: Dialogue, judge: str, chosen: Sentence | None, was_played: bool
) -> None:
    marked, is_open = bool(judge and turn.sentences), chosen in turn.sentences
    if marked:
        st.markdown(" ".join(_marked(one, turn, judge) for one in turn.sentences))
    else:
        st.text(turn.turn.text)
    if turn.turn.stopped:
        st.caption("Stopped here.")
    if marked and not is_open:
        worst = min(turn.sentences, key=lambda one: WORST.index(one.mark(judge)))
        about = {"type": "tertiary", "icon": ":material/more_horiz:", "key": f"closer {turn.place}"}
        st.button("Closer look", on_click=put, kwargs={"sentence": worst.field}, **about)
        return
    if marked:
        with st.container(horizontal=True, gap="small", vertical_alignment="center"):
            _choice(turn, judge, chosen)
            _details(turn, dialogue, was_played)
    else:
        _details(turn, dialogue, was_played)
    if is_open:
        sentence_box(chosen, dialogue.case)


def _marked(one: Sentence, turn: MarkedTurn, judge: str) -> str:
    """The sentence in its mark's colour, with the mark's icon and, if there are several, its number."""
    key, text = one.mark(judge), literal(one.text)
    mark = MARKS[key]
    number = f":small[{turn.sentences.index(one) + 1}]\u00a0" if len(turn.sentences) > 1 else ""
    if not mark.color:
        return number + text
    return f":{mark.color}-background[{sign(key)} {number}{text}]"


def _choice(turn: MarkedTurn, judge: str, chosen: Sentence | None) -> None:
    """A button for each sentence of a turn, by its number and its mark; the chosen one can be let go of. Only
    the turn that is looked at has them: those of all turns would make long dialogues slow."""
    key, own = f"sentences {turn.place}", {one.field: one for one in turn.sentences}
    state[key] = chosen.field if chosen and chosen.field in own else None

    def label(field: str) -> str:
        mark = own[field].mark(judge)
        number = list(own).index(field) + 1
        return f"{sign(mark)} {number}" if MARKS[mark].color else f"{number}"

    about = {"format_func": label, "label_visibility": "collapsed", "on_change": _choose, "args": [key]}
    st.pills(f"Sentences of turn {turn.place}", list(own), key=key, **about)


def _choose(key: str) -> None:
    put(sentence=state[key])


def _details(turn: MarkedTurn, dialogue: Dialogue, was_played: bool) -> None:
    """How a reply came about, where anything is known of it; worked out when it is opened."""
    reply = turn.turn.reply
    if not reply or not (reply.disclosures or reply.guard or effort(reply) or turn.directions):
        return
    about = {"type": "tertiary", "icon": ":material/more_horiz:", "on_change": "rerun"}
    details = st.popover("Turn", key=f"turn {turn.place}", **about)
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
