"""The stage note beside the doctor's last turn: what this patient is to do now, and how it sounds.

Long system prompts move a model little; a few concrete lines at every turn move it much. What was asked
and what follows for this persona is worked out as the offline patient does it; `prompts/cue.md` has the
words.
"""

from collections.abc import Iterable, Sequence
from string import Template

from patientsim_core.case import ITEMS, Case
from patientsim_core.dialogue import How
from patientsim_core.facts import NEEDLESS, PAST, Fact
from patientsim_core.guard import sentence_limit, word_limit
from patientsim_core.offline.comprehend import hard_word, too_long
from patientsim_core.offline.disclose import (
    MANY_WORDS,
    REACTIONS,
    bend,
    bendable,
    forgets,
    pain_as_told,
    pressed,
    reason_given,
    remember,
)
from patientsim_core.offline.found import Found, name_of
from patientsim_core.persona import Cefr, Dazed, Persona, Personality, Recall
from patientsim_core.prompt import sections
from patientsim_core.state import State

FRAME = "[Stage note, unheard by the doctor:\n{}\n]"


def cue(case: Case, persona: Persona, state: State, found: Sequence[Found]) -> str:
    """The note for the last turn of a history. `found` is what the record has for what was asked."""
    note = _Note(persona, state)
    guessed = any(one.is_diagnosis for one in found)
    found = [one for one in found if not one.is_diagnosis]
    word = hard_word(state.now.text, persona.cefr, case, state.explained)
    if state.phase is Dazed.high:
        note.add("dazed: high: reassured" if state.now.reassures else "dazed: high")
        if persona.cefr is Cefr.A:
            note.add("cefr: A")
    elif word or (persona.cefr is Cefr.A and too_long(state.now.text)):
        note.add(f"cefr: {persona.cefr}: {'word' if word else 'long'}", word=word or "")
        note.add("blocked", character=persona.personality.label.lower())
    else:
        answered = _answered(persona, state, found)
        _asked(note, persona, state, found, answered, "diagnosis_asked" if guessed else _act(state))
        _pain(note, persona, state, answered)
        _manner(note, persona, state, found)
        note.add(f"cefr: {persona.cefr}")
        _memory(note, case, persona, state, found)
        _mind(note, persona, state, found)
    note.add("limit", sentences=str(sentence_limit(persona)), words=str(word_limit(persona)))
    return FRAME.format("\n".join(note.lines))


class _Note:
    """Lines of a note: each a directive and, where its section has some, the example whose turn it is."""

    def __init__(self, persona: Persona, state: State):
        self.lines: list[str] = []
        self._persona, self._turn = persona, state.turn

    def add(self, heading: str, **words: str) -> None:
        directive, _, examples = sections("cue.md")[heading].partition("\n- ")
        line = Template(directive.strip()).substitute(words)
        if examples:
            choices = [one.strip() for one in examples.split("\n- ")]
            easy = [one for one in choices if one.startswith("A: ")]
            if self._persona.cefr is not Cefr.A or not easy:
                easy = [one for one in choices if not one.startswith("A: ")]
            line += f' For example: "{easy[self._turn % len(easy)].removeprefix("A: ")}"'
        self.lines.append(f"- {line}")


def _answered(persona: Persona, state: State, found: Sequence[Found]) -> list[Found]:
    """What this patient will answer of what was asked."""
    answered = [one for one in found if one not in _refused(persona, state, found)]
    return answered[:1] if _too_much(persona, state, found) else answered


def _asked(
    note: _Note, persona: Persona, state: State, found: Sequence[Found], answered: Sequence[Found], act: str
) -> None:
    """What was asked and will be answered; `act` is what the turn does where nothing was."""
    if pending := _pending(persona, state):
        note.add("asked: something", topics=_list(_label(item) for item in pending))
    elif not found:
        note.add(f"asked: {act}")
    elif answered and all(map(_opens, answered)):
        note.add("asked: opener")
    elif answered:
        note.add("asked: something", topics=_list(map(_topic, answered)))
    again = [_topic(one) for one in answered if _told(one, state) and one.section != "pain"]
    if again and persona.personality not in (Personality.impatient, Personality.pleasing):
        note.add("asked: again", topics=_list(again))


def _pain(note: _Note, persona: Persona, state: State, answered: Sequence[Found]) -> None:
    """The number to give where the pain is asked for on a scale."""
    one = next((one for one in answered if one.section == "pain"), None)
    if one is None:
        return
    how = bend(one, persona.personality, state)
    heading = {How.minimised: "pain: small", How.exaggerated: "pain: large"}.get(how, "pain")
    if how is How.told and persona.personality is Personality.pleasing and bendable(one):
        heading = "pain: admit"
    note.add(heading, number=f"{pain_as_told(float(one.facts[0].value), how):g} of 10")


def _manner(note: _Note, persona: Persona, state: State, found: Sequence[Found]) -> None:
    kind = persona.personality
    if kind is Personality.distrust:
        _distrust(note, persona, state, found)
        return
    again = any(one.ask.insist or _told(one, state) for one in found)
    opens = bool(found) and all(map(_opens, found))
    bends = any(map(bendable, found))
    special = {
        Personality.verbose: [(": idle", not found)],
        Personality.pleasing: [
            (": opener", opens),
            (": other", not bends),
            (": admit", any(pressed(one, state) for one in found)),
        ],
        Personality.impatient: [
            (": idle", not found),
            (": many", _too_much(persona, state, found)),
            (": repeated", again),
            (": list", len(found) == 1 and len(found[0].facts) > 2),
        ],
        Personality.overanxious: [
            (": calmed", state.now.reassures),
            (": idle", not found),
            (": opener", opens),
            (": other", not bends),
        ],
    }
    variant = next((name for name, holds in special.get(kind, ()) if holds), "")
    note.add(f"personality: {kind}{variant}")


def _distrust(note: _Note, persona: Persona, state: State, found: Sequence[Found]) -> None:
    refused = _refused(persona, state, found)
    relents = _pending(persona, state) or [
        _item_of(one) for one in found if _needless(one) and one not in refused
    ]
    if refused:
        note.add("personality: distrust: refuse", topic=_list(map(_topic, refused)))
    elif relents:
        note.add("personality: distrust: relent", topic=_list(map(_label, relents)))
    else:
        note.add("personality: distrust")


def _memory(note: _Note, case: Case, persona: Persona, state: State, found: Sequence[Found]) -> None:
    """Only where the past is asked for: present complaints are never forgotten."""
    past = [one for one in found if _item_of(one) in PAST]
    if not past:
        return
    if persona.recall is Recall.high:
        note.add("recall: high")
        return
    back: list[Fact] = []
    lost: list[str] = []
    some = False
    for one in past:
        kept, gone, recalled = remember(one, case, state)
        back += [fact for fact in kept if recalled and forgets(case, fact) and not state.was_told(fact)]
        lost += [_label(one.ask.topic)] if gone else []
        some = some or bool(kept and gone)
    if back:
        note.add("recall: low: back partly" if lost else "recall: low: back", fact=back[0].text)
    elif lost:
        note.add(f"recall: low: gone{' partly' if some else ''}", topic=_list(lost))
    else:
        note.add("recall: low")


def _mind(note: _Note, persona: Persona, state: State, found: Sequence[Found]) -> None:
    """Only for those who were confused at the beginning."""
    if state.phase is Dazed.moderate:
        note.add("dazed: moderate: many" if len(found) > 1 or state.now.longest > 14 else "dazed: moderate")
    elif persona.dazed is not Dazed.normal:
        note.add("dazed: normal")


def _too_much(persona: Persona, state: State, found: Sequence[Found]) -> bool:
    """Whether an impatient patient is asked more than it will hear."""
    impatient = persona.personality is Personality.impatient
    return impatient and (len(found) > 1 or (bool(found) and state.now.words > MANY_WORDS))


def _opens(one: Found) -> bool:
    return one.ask.topic in ("opener", "chiefcomplaint")


def _told(one: Found, state: State) -> bool:
    """Whether the doctor has heard all that this asks for."""
    return bool(one.facts) and one.ask.topic != "more" and all(map(state.was_told, one.facts))


def _needless(one: Found) -> bool:
    return _item_of(one) in NEEDLESS


def _refused(persona: Persona, state: State, found: Iterable[Found]) -> list[Found]:
    if persona.personality is not Personality.distrust:
        return []
    return [one for one in found if _needless(one) and not reason_given(_item_of(one), state)]


def _pending(persona: Persona, state: State) -> list[str]:
    """Items refused before, whose reason the doctor has just given without asking again."""
    explained = "explanation" in state.now.acts and not state.now.asks
    if persona.personality is not Personality.distrust or not explained:
        return []
    return list(dict.fromkeys(item for item, _ in state.refused))


def _act(state: State) -> str:
    """What a turn without a question does, as its section is called."""
    if found := next((act for act, _ in REACTIONS if act in state.now.acts), None):
        return "reassurance" if found == "empathy" else found
    if state.now.meaningless:
        return "meaningless"
    return "explanation" if state.now.states else "unclear"


def _item_of(one: Found) -> str:
    return one.facts[0].item if one.facts else one.ask.topic


def _topic(one: Found) -> str:
    """What is asked, in words: `drugs you take at home (blood pressure)`, `whether you have fever`."""
    ask = one.ask
    if one.section == "pain":
        return _label("pain")
    named = [name_of(id, Cefr.B) for id in ask.about]
    if ask.topic == "symptom" and named:
        return f"whether you have {named[0]}"
    detail = f" ({named[0]})" if named and ask.topic in ("medication", "medical_device") else ""
    return _label(ask.topic) + detail


def _label(topic: str) -> str:
    lines = sections("cue.md")["topics"].splitlines()
    named = dict(line.removeprefix("- ").split(": ", 1) for line in lines)
    return named.get(topic) or ITEMS.get(topic, topic.replace("_", " ")).lower()


def _list(names: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(names))
