"""Step one: what a doctor's turn asks and does. Knows nothing of the case."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from patientsim_core.offline.clauses import clauses
from patientsim_core.offline.lexicon import Mention, find_concepts, find_drugs, topics
from patientsim_core.offline.spelling import normalise
from patientsim_core.text import sentences, words
from patientsim_core.words import cefr_level

ASPECTS = (
    "onset",
    "location",
    "radiation",
    "quality",
    "severity",
    "timing",
    "worse",
    "better",
    "previous",
)
"""OLDCARTS, with the time before: what can be asked of a complaint or a symptom."""

_KIND_TOPIC = {
    "symptom": "symptom",
    "exposure": "symptom",
    "condition": "medical_history",
    "operation": "surgery",
    "device": "medical_device",
}
_BESIDES = re.compile(r"\b(with|besides|apart from|other than|beyond|on top of) (the|your|this|that|it)\b")
_IS_IT = re.compile(
    r"^(is|was|could|might|may|do you (think|reckon)) (it|this|that) (is |be |a |an |the )*(?!since)"
)
_NAMES_SELF = re.compile(r"\b(my name is|i am|this is)\b")
_CHRONIC = re.compile(r"\b(long ?standing|lifelong|chronic|diagnosed|told)\b")
_TAKES = re.compile(r"\b(for|pills?|take|taking|tablets?|medicines?|on|use|using)\b")
_FOR = re.compile(
    r"^(?!.*\b(tried|try|help|helped|took|taken|gave|did you)\b).*\bfor (?!(it|this|that|the pain)\b)"
)
_ELSE = re.compile(r"\b(else|other|others|anything|something|symptoms?|what)\b")
_DAILY = re.compile(r"\bdo you (\w+ )?take\b")
_HARMS = re.compile(
    r"\b(makes?|made|gives?|gave|given) you (a |any |feel |get )*"
    r"(sick|ill|itch\w*|rash|hives|swell\w*|vomit\w*|nause\w*|trouble|problem\w*|react\w*|bad|cough\w*|what)"
)
_OF_LATE = re.compile(r"\b(recently|lately|ever|regularly|at home|in the last|these days)\b")
_GENERAL = {"medical_device", "surgery"}
_WEAK = {"opener", "more", "associated", "pain", "medical_history", "surgery"}
LISTING = {"medical_history", "surgery", "family_medical_history", "medical_device", "medication"}


_TELLS = re.compile(
    r"(i|we|you|that|this|it|there|they|the|my|our|ok|okay|alright|right|well|sorry|thanks?|good|great|sir|madam|no)\b"
)


@dataclass(frozen=True)
class Ask:
    """One thing asked: a topic, with the concepts, drugs or words that make it concrete.

    `insist` marks a second look at the last topic ("are you sure?", "how much exactly?").
    """

    topic: str
    about: tuple[str, ...] = ()
    words: str = ""
    insist: bool = False


@dataclass(frozen=True)
class Understanding:
    """What a turn asks, and what else it does: greeting, reassurance, explanation …"""

    text: str
    asks: tuple[Ask, ...] = ()
    acts: frozenset[str] = frozenset()

    @property
    def words(self) -> int:
        return len(words(self.text))

    @property
    def longest(self) -> int:
        """Words of the longest sentence."""
        return max((len(words(sentence)) for sentence in sentences(self.text)), default=0)

    @property
    def states(self) -> bool:
        """Whether it tells something and asks nothing: `I hope you feel better soon.`"""
        return "?" not in self.text and not self.asks and bool(_TELLS.match(normalise(self.text)))

    @property
    def meaningless(self) -> bool:
        """Whether there is nothing to answer: no word, or hardly one that English knows."""
        spoken = [word for word in words(self.text) if word.isalpha()]
        known = sum(cefr_level(word) is not None for word in spoken)
        return not self.asks and not self.acts and known * 2 <= len(spoken)

    @property
    def reassures(self) -> bool:
        return bool(self.acts & {"reassurance", "empathy"})


@lru_cache(maxsize=4096)
def read_alone(text: str) -> Understanding:
    """A turn read by itself; what leans on the last turn comes out as `more` or `same`."""
    normal = normalise(text)
    asks: list[Ask] = []
    acts: set[str] = set()
    for clause in clauses(normal):
        found, does = _clause(clause)
        asks = _merged([*asks, *found])
        acts |= does
    if any(ask.topic in ASPECTS for ask in asks):
        asks = [ask for ask in asks if ask.about != ("pain",) or ask.topic in ASPECTS]
    if acts & {"role", "farewell"}:
        asks = []
    if len(asks) > 1:
        asks = [ask for ask in asks if ask.topic not in ("more", "same", "opener")] or asks[-1:]
    elif asks and asks[0].topic == "more" and acts - {"greeting"}:
        asks = []
    return Understanding(text, tuple(asks), frozenset(acts))


def _merged(asks: list[Ask]) -> list[Ask]:
    """The same asked twice in a turn is one ask, with the words of both."""
    merged: dict[tuple[str, tuple[str, ...]], Ask] = {}
    for ask in asks:
        place = (ask.topic, () if ask.topic in ASPECTS else ask.about)
        old = merged.get(place)
        if old:
            ask = Ask(ask.topic, old.about or ask.about, f"{old.words} {ask.words}", ask.insist)
        merged[place] = ask
    return list(merged.values())


def _clause(clause: str) -> tuple[list[Ask], set[str]]:
    """What one clause asks and does."""
    asked, acts = _heard(clause)
    named, drugs = find_concepts(clause), find_drugs(clause)
    if _IS_IT.match(clause) and any(concept.kind == "condition" for concept in named):
        return [], {"diagnosis_asked"}
    if _nothing_asked(clause, asked, acts):
        return [], acts
    if "associated" in asked and _BESIDES.search(clause) and _ELSE.search(clause):
        return [Ask("associated", tuple(concept.id for concept in named), clause)], acts
    asked = _with_drugs(clause, asked, drugs)
    strong = [topic for topic in asked if topic not in _WEAK]
    if strong and not _gives_way(clause, strong, named):
        return [Ask(topic, _about(topic, clause, named), clause) for topic in strong], acts
    if named:
        return _named(clause, named, asked), acts
    taken = [drug for drug in drugs if drug.kind == "drug" or _TAKES.search(clause)]
    if taken and not asked:
        return [Ask("medication", tuple(drug.id for drug in taken), clause)], acts
    return [Ask(topic, (), clause) for topic in asked], acts


def _heard(clause: str) -> tuple[list[str], set[str]]:
    """The topics and the acts whose patterns stand in a clause, less those that give way to others."""
    heard = {t.id: t for t in topics() if any(pattern.search(clause) for pattern in t.patterns)}
    if "medication" in heard and _DAILY.search(clause):
        heard.pop("better", None)
    beaten = {loser for topic in heard.values() for loser in topic.over if loser != topic.id}
    left = [topic for id, topic in heard.items() if id not in beaten]
    acts = {topic.id for topic in left if topic.act}
    if _interrogative(clause) and not clause.startswith("do not"):
        acts.discard("explanation")
        if len(acts) < len(left):
            acts.discard("plan")
    return list(dict.fromkeys(topic.topic for topic in left if not topic.act)), acts


def _nothing_asked(clause: str, asked: list[str], acts: set[str]) -> bool:
    """Whether what a clause does leaves no question in it, whatever words it has."""
    if acts & {"plan", "diagnosis_asked", "identity", "explanation", "concerns", "role"}:
        return True
    if "greeting" in acts and _NAMES_SELF.search(clause):
        return True
    kind = acts & {"reassurance", "empathy", "smalltalk"}
    return bool(kind) and not asked and not _interrogative(clause)


def _with_drugs(clause: str, asked: list[str], drugs: Sequence[Mention]) -> list[str]:
    """The topics in the light of the drugs named: a dose, an allergy, a purpose."""
    by_name = any(drug.kind == "drug" for drug in drugs)
    if by_name and _HARMS.search(clause):
        return ["allergies"]
    if by_name and asked == ["better"] and _OF_LATE.search(clause):
        return ["medication"]
    if by_name and asked in (["severity"], ["same"]):
        return ["dose"]
    if "better" in asked and _FOR.search(clause) and any(drug.kind == "class" for drug in drugs):
        return ["medication"]
    return asked


def _gives_way(clause: str, strong: list[str], named: Sequence[Mention]) -> bool:
    """Whether a side of the complaint is only the frame of a question for something by name."""
    if strong == ["previous"]:
        return bool(named) and all(concept.kind in ("condition", "operation") for concept in named)
    if strong == ["quality"]:
        return clause.startswith("any ")
    return strong == ["timing"] and any(concept.id == "bowel_habit_change" for concept in named)


def _named(clause: str, named: Sequence[Mention], asked: list[str]) -> list[Ask]:
    """What is asked by name, in the frame of the past where one is heard."""
    general = all(concept.id in _GENERAL for concept in named) or "been sick" in clause
    if general and "medical_history" in asked:
        return [Ask("medical_history", (), clause)]
    return _bare(clause, named, asked[0] if asked and asked[0] in LISTING else None)


def yes_or_no(clause: str) -> bool:
    """Whether a clause asks if something is there at all, as `any …` and `do you …` do."""
    return bool(
        re.match(r"(any(thing|one|body)?|do|does|did|is|are|was|were|have|has|had|been|no)\b", clause)
    )


def _interrogative(clause: str) -> bool:
    return yes_or_no(clause) or bool(re.match(r"(what|when|where|how|who|which|can|could)\b", clause))


def _about(topic: str, clause: str, named: Sequence[Mention]) -> tuple[str, ...]:
    """What makes a question concrete: drugs for medication, else the concepts named beside it."""
    if topic == "medical_device":
        general = any(concept.id in _GENERAL for concept in named)
        return () if general else tuple(c.id for c in named if c.kind == "device")
    if topic in ("medication", "dose", "allergies", "reaction", "better"):
        drugs = tuple(drug.id for drug in find_drugs(clause))
        if _BESIDES.search(clause) and topic == "medication":
            return ()
        if drugs or topic in ("medication", "dose"):
            return drugs + tuple(c.id for c in named if c.kind == "condition")
    if topic in ASPECTS:
        named = find_concepts(re.split(r" (?:like|such as) ", clause)[0])
        named = [concept for concept in named if concept.kind != "exposure"]
    return tuple(concept.id for concept in named)


def _bare(clause: str, named: Sequence[Mention], frame: str | None) -> list[Ask]:
    """Symptoms, conditions, operations or devices asked by name."""
    asks: dict[str, list[str]] = {}
    named = [concept for concept in named if concept.id not in _GENERAL] or named
    named = [concept for concept in named if concept.id != "pain"] or named
    if " or " not in clause:
        named = [concept for concept in named if concept.kind in ("symptom", "condition")] or named
    for concept in named:
        topic = _KIND_TOPIC[concept.kind]
        chronic = frame == "medical_history" and _CHRONIC.search(clause)
        if frame and (concept.kind in ("condition", "operation") or chronic):
            topic = frame
        asks.setdefault(topic if topic != "symptom" else f"symptom {concept.id}", []).append(concept.id)
    return [Ask(topic.split(" ")[0], tuple(about), clause) for topic, about in asks.items()]
