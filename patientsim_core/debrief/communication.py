"""How the trainee talked: questions, words, and how the patient's worries were met, each with its turn."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import fmean

from patientsim_core.debrief.account import Account, Came, Line
from patientsim_core.debrief.asked import Asked
from patientsim_core.debrief.manner import bands, sounds
from patientsim_core.debrief.quotes import Exchange, Quote, quote, spoken_sentences
from patientsim_core.dialogue import Dialogue
from patientsim_core.evaluation.doctor import CRITERIA
from patientsim_core.evaluation.verdict import Metric, Verdict
from patientsim_core.offline.comprehend import hard_word, too_long, words_explained
from patientsim_core.offline.hear import hear
from patientsim_core.offline.judge.values import HABITS
from patientsim_core.persona import Cefr, Persona, Personality


class Kind(StrEnum):
    """What was noticed; `good` ones are worth keeping."""

    double = "several questions at once"
    jargon = "a word above the patient's language"
    too_long = "a sentence too long for the patient"
    passed_over = "a worry passed over"
    comforted = "a worry met"
    empathy = "empathy or reassurance"
    unexplained = "kept back, and not explained why it matters"
    explained = "explained why a question matters"
    concerns = "asked for worries"
    summary = "summed up"
    safety_net = "safety net"

    @property
    def good(self) -> bool:
        return self in _GOOD


_GOOD = {
    Kind.comforted, Kind.empathy, Kind.explained, Kind.concerns, Kind.summary, Kind.safety_net,
}  # fmt: skip


@dataclass(frozen=True)
class Observation:
    """One thing noticed. `doctor` are the doctor's words; `patient` those before or after them that it is
    about, where there are any; `note` says it in a sentence or names the word."""

    kind: Kind
    note: str
    doctor: Quote
    patient: Quote | None = None


@dataclass(frozen=True)
class Band:
    """A criterion of the doctor's skills by one judge: `needs work`, `adequate`, `strong`, `not scored`."""

    criterion: str
    judge: str
    band: str
    rationale: str = ""


@dataclass(frozen=True)
class Communication:
    """`open` and `closed` are the doctor's turns that ask, by how they ask; `summary` and `safety_net` say
    whether there was one at all."""

    open: tuple[Quote, ...]
    closed: tuple[Quote, ...]
    observations: tuple[Observation, ...]
    bands: tuple[Band, ...] = ()

    def of(self, kind: Kind) -> tuple[Observation, ...]:
        return tuple(one for one in self.observations if one.kind is kind)

    @property
    def summary(self) -> bool:
        return bool(self.of(Kind.summary))

    @property
    def safety_net(self) -> bool:
        return bool(self.of(Kind.safety_net))


def communication(dialogue: Dialogue, account: Account, verdicts: Sequence[Verdict] = ()) -> Communication:
    """What rules notice in the doctor's words, and, where a judge scored them, its scores as bands."""
    turns = dialogue.turns
    asking: dict[bool, list[Quote]] = {True: [], False: []}
    for number, asked in enumerate(account.asked, 1):
        place = _place(account.exchanges, number)
        if not turns[place].text.startswith("[DDX]") and (asked.asks or "?" in asked.text):
            asking[is_open(asked)].append(quote(turns, place))
    seen = sorted(_observations(dialogue, account), key=lambda one: one.doctor.turn)
    return Communication(tuple(asking[True]), tuple(asking[False]), tuple(seen), tuple(_bands(verdicts)))


def is_open(asked: Asked) -> bool:
    """Whether a turn invites the patient to tell, in any of its questions."""
    parts = [part for part in spoken_sentences(asked.text) if part.strip()]
    inviting = any(sounds("open", part) and not sounds("narrow", part) for part in parts)
    return inviting or any(ask.topic in ("opener", "more") for ask in asked.asks)


def _place(exchanges: Sequence[Exchange], number: int) -> int:
    """The place of a question among the turns."""
    return next(one.asked for one in exchanges if one.question == number and one.asked is not None)


def _observations(dialogue: Dialogue, account: Account) -> Iterator[Observation]:
    explained: list[str] = []
    for one in account.exchanges:
        if one.asked is None:
            continue
        asked, words = account.asked[one.question - 1], quote(dialogue.turns, one.asked)
        if words.text.startswith("[DDX]"):
            continue
        persona = _persona(dialogue, one)
        yield from _wording(dialogue, asked, words, persona, explained, one, account.lines)
        yield from _care(asked, words)
        yield from _answered(dialogue, account, one, words)
        explained.append(words.text)


def _persona(dialogue: Dialogue, exchange: Exchange) -> Persona:
    spoken = dialogue.turns[exchange.answered].persona if exchange.answered is not None else None
    return spoken or dialogue.persona


def _wording(
    dialogue: Dialogue,
    asked: Asked,
    words: Quote,
    persona: Persona,
    before: Sequence[str],
    exchange: Exchange,
    lines: Sequence[Line],
) -> Iterator[Observation]:
    """Questions put together, and words and sentences above the patient's language."""
    answer = quote(dialogue.turns, exchange.answered) if exchange.answered is not None else None
    if number := _questions(asked):
        yield Observation(Kind.double, f"{number} questions in one turn", words, answer)
    if not answer or not _lost(asked, answer, lines):
        return
    word = hard_word(asked.text, persona.cefr, dialogue.case, words_explained(before))
    if word:
        yield Observation(Kind.jargon, word, words, answer)
    elif persona.cefr is Cefr.A and too_long(asked.text):
        yield Observation(Kind.too_long, "more than 16 words in a sentence", words, answer)


def _lost(asked: Asked, answer: Quote, lines: Sequence[Line]) -> bool:
    """Whether the answer shows that the question was not understood; a hard word that was is none."""
    here = [line for line in lines if line.exchange.answered == answer.turn]
    by_account = any(line.came is Came.not_understood for line in here)
    asks_back = "lost" in hear(answer.text, asked.text, asked.asks).moods or sounds("lost", answer.text)
    return by_account or asks_back


_PAIRS = ({"worse", "better"}, {"severity", "pain"}, {"onset", "timing"}, {"medical_history", "surgery"})
"""Sides that are usually asked for in one breath."""


_MANY = 3
"""Symptoms from which a list in one question is too long to be answered one by one."""


def _questions(asked: Asked) -> int:
    """How many different things a turn asks at once; 0 where it is one, or a usual pair."""
    asks = [ask for ask in asked.asks if ask.topic not in ("opener", "more", "same")]
    topics = {ask.topic for ask in asks}
    named = {id for ask in asks if ask.topic == "symptom" for id in ask.about[:1]}
    clauses = {ask.words for ask in asks}
    if len(named) >= _MANY:
        return len(named)
    if topics in _PAIRS or len(topics) < 2:
        return 0
    return len(topics) if len(clauses) > 1 or len(topics & set(HABITS)) > 1 else 0


def _care(asked: Asked, words: Quote) -> Iterator[Observation]:
    """What else the doctor does: explains, asks for worries, sums up, tells what to do if it gets worse."""
    if "explanation" in asked.acts:
        yield Observation(Kind.explained, "says why it is asked", words)
    if "concerns" in asked.acts:
        yield Observation(Kind.concerns, "asks what the patient fears", words)
    for kind in (Kind.summary, Kind.safety_net):
        if sounds(kind.name, words.text):
            yield Observation(kind, kind.value, words)


def _answered(dialogue: Dialogue, account: Account, one: Exchange, words: Quote) -> Iterator[Observation]:
    """How this turn meets what the patient said before it: a worry, or a refusal."""
    asked = account.asked[one.question - 1]
    before = [x for x in account.exchanges if x.question == one.question - 1 and x.answered is not None]
    warm = bool(asked.acts & {"reassurance", "empathy"})
    worry = _worry(dialogue, account, before[-1]) if before else None
    if worry:
        met = warm or bool(asked.acts & {"concerns", "diagnosis_asked", "plan"})
        yield Observation(
            Kind.comforted if met else Kind.passed_over,
            "answers the patient's worry" if met else "moves on from the patient's worry",
            words,
            worry,
        )
    elif warm:
        yield Observation(Kind.empathy, "kind words", words)
    refused = _refusal(dialogue, account, one)
    if refused and not any("explanation" in later.acts for later in account.asked[one.question - 1 :]):
        yield Observation(Kind.unexplained, "what was refused was not explained", words, refused)


def _worry(dialogue: Dialogue, account: Account, one: Exchange) -> Quote | None:
    """The patient's words of fear in an answer, or its plea to be comforted; none where it is confused."""
    text = dialogue.turns[one.answered].text
    asked = account.asked[one.question - 1] if one.question else Asked()
    if "confused" in hear(text, asked.text, asked.asks).moods:
        return None
    said = next((s for s in spoken_sentences(text) if sounds("concern", s)), "")
    return quote(dialogue.turns, one.answered, said) if said else None


def _refusal(dialogue: Dialogue, account: Account, one: Exchange) -> Quote | None:
    """The answer that kept back what was asked for, by a patient who distrusts."""
    if one.answered is None or _persona(dialogue, one).personality is not Personality.distrust:
        return None
    refused = any(line.exchange == one and line.came is Came.refused for line in account.lines)
    return quote(dialogue.turns, one.answered) if refused else None


def _bands(verdicts: Sequence[Verdict]) -> Iterator[Band]:
    """The eight criteria by each judge, over its repeats."""
    own = [one for one in verdicts if one.metric is Metric.doctor]
    for judge in dict.fromkeys(one.judge for one in own):
        for criterion in CRITERIA:
            found = [one for one in own if one.judge == judge and one.field == criterion]
            scores = [one.score for one in found if one.score is not None]
            if found:
                band = band_of(fmean(scores)) if scores else "not scored"
                yield Band(criterion, judge, band, found[0].rationale or found[0].unscored)


def band_of(score: float) -> str:
    """The band of a mean score, 1-4."""
    return [name for name, least in bands().items() if score >= least][-1] if score >= 1 else "needs work"
