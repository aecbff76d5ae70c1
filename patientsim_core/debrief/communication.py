"""How the trainee talked: questions, words, and how the patient's worries were met, each with its turn."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from patientsim_core.debrief.account import Account
from patientsim_core.debrief.answer import Came, Line
from patientsim_core.debrief.asked import Asked
from patientsim_core.debrief.bands import Band, bands_of
from patientsim_core.debrief.manner import sounds
from patientsim_core.debrief.quotes import Exchange, Quote, quote, spoken_sentences
from patientsim_core.debrief.speech import Sort, is_warm, of_sort, tells
from patientsim_core.dialogue import Dialogue
from patientsim_core.evaluation.verdict import Verdict
from patientsim_core.offline.comprehend import hard_word, too_long, words_explained
from patientsim_core.offline.hear import hear
from patientsim_core.offline.judge.said import read
from patientsim_core.offline.judge.values import HABITS
from patientsim_core.offline.understand import read_alone
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
class Communication:
    """`open` and `closed` are the doctor's turns that ask, by how they ask; `opening` is the one that let
    the patient tell it first; `summary` and `safety_net` say whether there was one at all."""

    open: tuple[Quote, ...]
    closed: tuple[Quote, ...]
    observations: tuple[Observation, ...]
    bands: tuple[Band, ...] = ()
    opening: Quote | None = None

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
    opening = None
    for number, asked in enumerate(account.asked, 1):
        place = _place(account.exchanges, number)
        if not turns[place].text.startswith("[DDX]") and asked.is_question:
            asking[asked.is_open].append(quote(turns, place))
            opening = opening or (quote(turns, place) if number <= _FIRST and asked.opens else None)
    seen = sorted(_observations(dialogue, account), key=lambda one: one.doctor.turn)
    return Communication(
        tuple(asking[True]), tuple(asking[False]), tuple(seen), tuple(bands_of(verdicts)), opening
    )


_FIRST = 2
"""Turns among which an opening stands: the first may greet."""


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
        yield from _care(account, one, asked, words)
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


def _care(account: Account, one: Exchange, asked: Asked, words: Quote) -> Iterator[Observation]:
    """What else the doctor does: explains, asks for worries, sums up, tells what to do if it gets worse."""
    if "explanation" in asked.acts:
        yield Observation(Kind.explained, "says why it is asked", words)
    if "concerns" in asked.acts:
        yield Observation(Kind.concerns, "asks what the patient fears", words)
    if _sums_up(account, one, words.text):
        yield Observation(Kind.summary, Kind.summary.value, words)
    if of_sort(words.text, Sort.advice):
        yield Observation(Kind.safety_net, Kind.safety_net.value, words)


_TWO = 2
"""Facts told before that a turn must repeat to be a summary where it does not say that it is one."""


def _sums_up(account: Account, one: Exchange, text: str) -> bool:
    """Whether a turn tells the patient what was understood: it says so, or has more than one fact that was
    told before."""
    recaps = of_sort(text, Sort.recap)
    if any(sounds("summary", sentence) for sentence in recaps):
        return True
    said = read(" ".join(recaps)).words
    told = {
        line.fact
        for line in account.lines
        if line.came.reached and line.exchange.question < one.question and read(line.fact.value).words & said
    }
    return len(told) >= _TWO


def _answered(dialogue: Dialogue, account: Account, one: Exchange, words: Quote) -> Iterator[Observation]:
    """How this turn meets what the patient said before it: a worry, or a refusal."""
    before = [x for x in account.exchanges if x.question == one.question - 1 and x.answered is not None]
    worry = _worry(dialogue, account, before[-1]) if before else None
    if worry:
        met = _speaks_to_it(words.text)
        yield Observation(
            Kind.comforted if met else Kind.passed_over,
            "answers the patient's worry" if met else "moves on from the patient's worry",
            words,
            worry,
        )
    elif is_warm(words.text):
        yield Observation(Kind.empathy, "kind words", words)
    refused = _refusal(dialogue, account, one)
    if refused and not any("explanation" in later.acts for later in account.asked[one.question - 1 :]):
        yield Observation(Kind.unexplained, "what was refused was not explained", words, refused)


def _speaks_to_it(text: str) -> bool:
    """Whether a turn asks after the worry, or says anything to it: one that only asks passes it over."""
    return "concerns" in read_alone(text).acts or is_warm(text) or tells(text)


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
