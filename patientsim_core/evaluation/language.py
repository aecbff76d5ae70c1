"""Language, by counting alone: lengths against the limits, words against the level, repeats, and what the
guard would not let pass.

Every field is of one dialogue's patient turns: means, or shares from 0 to 1.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from statistics import fmean

from patientsim_core.dialogue import Dialogue
from patientsim_core.evaluation.verdict import RULES, Metric, Verdict
from patientsim_core.guard import WORDS, Guard, sentence_limit
from patientsim_core.persona import Cefr
from patientsim_core.state import key
from patientsim_core.text import sentences, words
from patientsim_core.words import cefr_level, medical_level

FIELDS = {
    "sentences_per_reply": "mean number of sentences of a reply",
    "words_per_sentence": "mean number of words of a sentence",
    "over_sentences": "share of replies with more sentences than the limit (3, verbose 8)",
    "over_words": "share of sentences of more than 20 words",
    "above_level": "share of words above the patient's CEFR level",
    "repeated": "share of sentences said before, word for word",
    "stage_directions": "share of replies with stage directions",
    "speaks_as_ai": "share of replies that speak as an AI",
    "leaks": "share of replies that name the diagnosis before the doctor did",
}
_REASONS = {
    "stage_directions": "stage direction",
    "speaks_as_ai": "speaks as an AI",
    "leaks": "names the diagnosis before the doctor did",
}
_KNOWN = {Cefr.A: ("A1", "A2"), Cefr.B: ("A1", "A2", "B1", "B2")}


def fields(dialogue: Dialogue) -> list[str]:
    return list(FIELDS)


def rules(dialogue: Dialogue) -> Iterator[Verdict]:
    """A verdict for each field; without a score where the patient said nothing."""
    replies = [turn.text for turn in dialogue.turns if turn.role == "patient" and turn.text.strip()]
    scores = _scores(dialogue, replies) if replies else {}
    for field in FIELDS:
        detail = {"levels": _levels(replies)} if field == "above_level" and replies else {}
        yield Verdict(
            dialogue_id=dialogue.id,
            metric=Metric.language,
            field=field,
            score=scores.get(field),
            judge=RULES,
            detail=detail,
        )


def _scores(dialogue: Dialogue, replies: Sequence[str]) -> dict[str, float]:
    spoken = [sentences(reply) for reply in replies]
    every = [sentence for one in spoken for sentence in one]
    lengths = [len(words(sentence)) for sentence in every] or [0]
    limit = sentence_limit(dialogue.persona)
    seen = Counter(key(sentence) for sentence in every)
    scores = {
        "sentences_per_reply": fmean(map(len, spoken)),
        "words_per_sentence": fmean(lengths),
        "over_sentences": fmean(len(one) > limit for one in spoken),
        "over_words": fmean(length > WORDS for length in lengths),
        "above_level": _above(dialogue, replies),
        "repeated": sum(count - 1 for count in seen.values()) / max(1, len(every)),
    }
    return scores | _guarded(dialogue)


def _above(dialogue: Dialogue, replies: Sequence[str]) -> float:
    """Share of words above the level; those of no list and names count as known."""
    cefr = dialogue.persona.cefr
    spoken = [word for reply in replies for word in words(reply) if word.isalpha() and word.islower()]
    if cefr is Cefr.C or not spoken:
        return 0.0
    return fmean(_is_above(word, cefr) for word in spoken)


def _is_above(word: str, cefr: Cefr) -> bool:
    medical = medical_level(word)
    if medical:
        return medical > cefr
    level = cefr_level(word)  # C2 is where cefrpy files what it does not know
    return level not in (None, "C2", *_KNOWN[cefr])


def _levels(replies: Sequence[str]) -> dict[str, int]:
    """How many words of each CEFR level were used; `?` are those that no list knows."""
    counts = Counter(cefr_level(word) or "?" for reply in replies for word in words(reply) if word.isalpha())
    return dict(sorted(counts.items()))


def _guarded(dialogue: Dialogue) -> dict[str, float]:
    """Shares of replies in which the guard would have stepped in, by its reasons."""
    found: Counter[str] = Counter()
    doctor: list[str] = []
    replies = 0
    for turn in dialogue.turns:
        if turn.role == "doctor":
            doctor.append(turn.text)
            continue
        replies += 1
        guard = Guard(dialogue.case, dialogue.persona, doctor)
        for sentence in sentences(turn.text):
            guard.admit(sentence)
        reasons = {action.reason for action in guard.actions}
        found.update(field for field, reason in _REASONS.items() if reason in reasons)
    return {field: found[field] / replies for field in _REASONS}
