"""Whether a patient is played as assigned: five criteria, by legible rules over its words."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean

from patientsim_core.dialogue import Dialogue
from patientsim_core.facts import PAST
from patientsim_core.offline.judge.said import pattern, read_question
from patientsim_core.offline.spelling import normalise
from patientsim_core.offline.understand import read_alone
from patientsim_core.persona import Cefr, Dazed, Persona, Personality, Recall
from patientsim_core.text import sentences, words
from patientsim_core.words import cefr_level, medical_level

Scored = tuple[int, str]

_SHOWS = (0.15, 0.3, 0.5)
"""Shares of the answers in which a trait shows, for 2, 3 and 4 points."""


@dataclass(frozen=True)
class Turn:
    """An answer beside its question, both also in normalised words."""

    question: str
    text: str
    normal: str
    sentences: int
    words: int


def judge_fidelity(dialogue: Dialogue, persona: Persona | None = None) -> dict[str, Scored]:
    """Criterion -> score, 1-4, and why, against the dialogue's persona or another one.

    Recall is judged only where dazed is normal, Confused only where it is not (published protocol).
    """
    persona = persona or dialogue.persona
    turns = _turns(dialogue)
    dazed = persona.dazed is not Dazed.normal
    rules = {
        "Personality": _personality,
        "Language": _language,
        **({"Confused": _confused} if dazed else {"Recall": _recall}),
        "Realism": _realism,
    }
    if not turns:
        return dict.fromkeys(rules, (1, "the patient said nothing"))
    return {criterion: rule(turns, persona) for criterion, rule in rules.items()}


def _turns(dialogue: Dialogue) -> list[Turn]:
    found: list[Turn] = []
    question = ""
    for turn in dialogue.turns:
        if turn.role == "doctor":
            question = turn.text
        elif spoken := words(turn.text[:2_000]):
            text = turn.text[:2_000]
            found.append(Turn(question, text, normalise(text), len(sentences(text)), len(spoken)))
    return found


def _steps(value: float, steps: Sequence[float]) -> int:
    return 1 + sum(value >= step for step in steps)


def _share(turns: Sequence[Turn], name: str) -> float:
    found = pattern("fidelity", name)
    shows = [found.search(turn.normal) or found.search(turn.text.lower()) for turn in turns]
    return sum(map(bool, shows)) / len(turns)


# --- personality -----------------------------------------------------------------------------------


def _personality(turns: Sequence[Turn], persona: Persona) -> Scored:
    kind = persona.personality
    if kind is Personality.verbose:
        length = mean(turn.sentences for turn in turns)
        return _steps(length, (2.5, 3.5, 4.5)), f"{length:.1f} sentences an answer"
    if kind is Personality.plain:
        return _plain(turns, persona)
    share = _share(turns, kind)
    return _steps(share, _SHOWS), f"{kind.label.lower()} words in {share:.0%} of the answers"


def _plain(turns: Sequence[Turn], persona: Persona) -> Scored:
    """Neutral and brief: few words of any other personality, and few sentences."""
    if persona.dazed is not Dazed.normal:
        length = mean(turn.sentences for turn in turns)
        return (4 if length <= 3 else 2), f"{length:.1f} sentences an answer"
    others = ("pleasing", "impatient", "distrust", "overanxious")
    share = max(_share(turns, name) for name in others)
    length = mean(turn.sentences for turn in turns)
    score = 5 - _steps(share, (0.35, 0.5, 0.65)) - (length > 3)
    return max(1, score), f"words of a mood in at most {share:.0%}, {length:.1f} sentences an answer"


# --- language --------------------------------------------------------------------------------------

_HARD = {Cefr.A: ("B2", "C1", "C2"), Cefr.B: ("C1", "C2"), Cefr.C: ()}


def _language(turns: Sequence[Turn], persona: Persona) -> Scored:
    """Words above the level, the length of sentences, and for A its broken grammar, for C its hard words."""
    spoken = [word.lower() for turn in turns for word in words(turn.text) if word.isalpha()]
    length = sum(turn.words for turn in turns) / sum(turn.sentences or 1 for turn in turns)
    hard = _part(spoken, _HARD[persona.cefr], persona.cefr)
    if persona.cefr is Cefr.A:
        score = 1 + (length <= 8) + (hard <= 0.05) + (_articles(spoken) <= 0.06)
        return (
            score,
            f"{length:.1f} words a sentence, {hard:.0%} above A, {_articles(spoken):.0%} small grammar words",
        )
    if persona.cefr is Cefr.B:
        score = 1 + (5 <= length <= 16) + (hard <= 0.03) + (_articles(spoken) > 0.06)
        return score, f"{length:.1f} words a sentence, {hard:.0%} above B"
    medical = sum(medical_level(word) == "C" for word in spoken) / max(1, len(spoken))
    rich = _part(spoken, ("B2", "C1"), Cefr.C) + medical
    return _steps(rich, (0.03, 0.05, 0.07)), f"{rich:.0%} words of the upper levels"


def _part(spoken: Sequence[str], levels: Sequence[str], cefr: Cefr) -> float:
    """The share of words of these levels, medical ones above the patient's among them; C2 is also where the
    word list keeps what it does not know, and counts for nothing."""
    hard = {level for level in levels if level != "C2"}
    count = 0
    for word in spoken:
        medical = medical_level(word)
        count += medical > str(cefr) if medical else len(word) > 3 and cefr_level(word) in hard
    return count / len(spoken) if spoken else 0.0


def _articles(spoken: Sequence[str]) -> float:
    """The share of the small words that beginners leave out."""
    small = {"the", "a", "an", "of", "been", "was", "has", "does", "did", "to"}
    return sum(word in small for word in spoken) / len(spoken) if spoken else 0.0


# --- memory, confusion, realism -----------------------------------------------------------------------


def _recall(turns: Sequence[Turn], persona: Persona) -> Scored:
    """How often a question for the history ends in not remembering."""
    asked = [turn for turn in turns if read_question(turn.question).items & set(PAST)]
    if not asked:
        return 2, "the history was not asked for"
    share = _share(asked, "forgot")
    forgets = _steps(share, (0.1, 0.25, 0.4))
    why = f"something forgotten in {share:.0%} of the answers on history"
    return (forgets if persona.recall is Recall.low else 5 - forgets), why


def _confused(turns: Sequence[Turn], persona: Persona) -> Scored:
    """Lost at first, and clearer with the doctor's reassurance."""
    half = max(1, len(turns) // 3)
    first, last = _share(turns[:half], "lost"), _share(turns[-half:], "lost")
    calmed = sum(read_alone(turn.question).reassures for turn in turns)
    score = _steps(first, (0.25, 0.5, 0.75))
    faded = last < first or not calmed
    return max(1, score - (not faded)), f"lost in {first:.0%} of the first answers, {last:.0%} of the last"


def _realism(turns: Sequence[Turn], persona: Persona) -> Scored:
    """Speaks as a person does: no stage directions, no assistant, no reply twice, of a bearable length."""
    odd = sum(bool(pattern("fidelity", "stiff").search(turn.normal)) or "*" in turn.text for turn in turns)
    repeated = 1 - len({turn.text for turn in turns}) / len(turns)
    limit = 8 if persona.personality is Personality.verbose else 3
    long = sum(turn.sentences > limit for turn in turns) / len(turns)
    score = 4 - (odd > 0) - (repeated > 0.15) - (long > 0.25) - (odd > 2)
    return max(1, score), f"{odd} unlike a person, {repeated:.0%} said twice, {long:.0%} too long"
