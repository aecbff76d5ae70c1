"""What a history has to cover: the items a doctor asks, from `doctor.toml`."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from patientsim_core.offline.data import table
from patientsim_core.offline.lexicon import covers
from patientsim_core.offline.rank import Findings
from patientsim_core.offline.understand import ASPECTS, Ask

PARTS = ("complaint", "follow", "systems", "background")
"""The parts of a history, in the order in which they are taken."""

_VAGUE = ("pain", "swelling", "bleeding")
"""Concepts so broad that a question for one of them leaves the narrower ones open."""

_GENERAL = ("medical_history", "medication", "family_medical_history")
"""Items that a question for one thing by name does not settle."""


@dataclass(frozen=True)
class Item:
    """One thing to ask, in plain words and in simple ones; without simple ones it is not put simply.

    `topic` and `about` are how the question is understood. `of` are findings one of which must have been
    heard, `unless` those that make the question needless, `after` the finding that it follows up.
    """

    id: str
    part: str
    topic: str
    about: str
    plain: tuple[str, ...]
    simple: tuple[str, ...]
    worth: float = 0.0
    of: frozenset[str] = frozenset()
    unless: frozenset[str] = frozenset()
    after: str = ""
    cue: tuple[str, ...] = ()
    cue_simple: tuple[str, ...] = ()
    why: str = "other"
    women: bool = False
    ages: tuple[int, int] = (0, 200)

    def fits(self, findings: Findings) -> bool:
        """Whether it makes sense for this patient, by what was heard so far."""
        low, high = self.ages
        if not low <= findings.age <= high or (self.women and not findings.female):
            return False
        if self.of and not self.of & findings.present:
            return False
        if self.after and self.after not in findings.present:
            return False
        if self.part in ("systems", "follow") and self.topic == "symptom" and self.about != self.after:
            return not findings.knows(self.about) and not any(map(findings.knows, self.unless))
        return not any(map(findings.knows, self.unless))

    def words(self, simple: bool) -> tuple[str, ...]:
        """Its wordings; none where it can't be put simply."""
        return self.simple if simple else self.plain

    def cues(self, simple: bool) -> tuple[str, ...]:
        return self.cue_simple if simple else self.cue


@lru_cache(maxsize=1)
def items() -> dict[str, Item]:
    """All items by id, `part.name`, in the order in which they are asked."""
    found = [_item(part, name, entry) for part in PARTS for name, entry in table("doctor")[part].items()]
    return {item.id: item for item in found}


def _item(part: str, name: str, entry: dict) -> Item:
    default = f"symptom {name}" if part == "systems" else name
    topic, _, about = entry.get("asks", default).partition(" ")
    words = {key: tuple(entry.get(key, ())) for key in ("plain", "simple", "cue", "cue_simple")}
    return Item(
        id=f"{part}.{name}",
        part=part,
        topic=topic,
        about=about,
        worth=entry.get("worth", table("doctor")["limits"]["follow_worth"]),
        of=frozenset(entry.get("of", ())),
        unless=frozenset(entry.get("unless", ())),
        after=entry.get("after", ""),
        why=entry.get("why", "other"),
        women=entry.get("women", False),
        ages=tuple(entry.get("ages", (0, 200))),
        **words,
    )


@lru_cache(maxsize=4096)
def items_asked(asks: tuple[Ask, ...], acts: frozenset[str] = frozenset()) -> tuple[Item, ...]:
    """The items that a doctor's turn asks, whoever the doctor is."""
    return tuple(item for item in items().values() if _asked(item, asks, acts))


def _asked(item: Item, asks: Sequence[Ask], acts: frozenset[str]) -> bool:
    if item.topic == "concerns":
        return "concerns" in acts
    return any(_asks(item, ask) for ask in asks)


def _asks(item: Item, ask: Ask) -> bool:
    if ask.topic != item.topic or (item.topic in _GENERAL and bool(ask.about) and not item.about):
        return False
    if not item.about or item.about in ask.about:
        return True
    return any(asked not in _VAGUE and covers(asked, item.about) for asked in ask.about)


def of_complaint(ask: Ask, complaint: frozenset[str]) -> bool:
    """Whether a side is asked of the complaint, not of another symptom."""
    return ask.topic not in ASPECTS or not ask.about or bool({*ask.about} & {*complaint, "pain"})


@lru_cache(maxsize=4096)
def cued(asks: tuple[Ask, ...]) -> frozenset[str]:
    """The items that are lists and of which a turn asks for something by name."""
    named = {ask.topic for ask in asks if ask.about}
    return frozenset(item.id for item in items().values() if item.cue and item.topic in named)


@lru_cache(maxsize=4096)
def lead_of(text: str) -> str:
    """The kind of sentence that a doctor's turn begins with, "" for none of this doctor's."""
    for kind, sentences in table("doctor")["lead"].items():
        if text.startswith(tuple(sentences)):
            return kind
    return ""
