"""What one answer did with each fact of the record, read in the light of its question and persona."""

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property

from patientsim_core.case import Case, item_of
from patientsim_core.debrief.asked import Asked
from patientsim_core.debrief.layout import entry_of
from patientsim_core.debrief.manner import sounds
from patientsim_core.debrief.matching import Says, common
from patientsim_core.debrief.quotes import Exchange, spoken_sentences
from patientsim_core.debrief.speech import Sort, of_sort
from patientsim_core.debrief.told import says
from patientsim_core.debrief.yes_no import agrees, disagrees
from patientsim_core.dialogue import How, Turn
from patientsim_core.facts import PAST, Fact
from patientsim_core.offline.hear import hear
from patientsim_core.offline.judge.permitted import permitted
from patientsim_core.offline.judge.record import Known
from patientsim_core.offline.judge.said import Said, pattern, read
from patientsim_core.offline.listen import pattern as heard
from patientsim_core.persona import Dazed, Persona, Personality, Recall


class Came(StrEnum):
    """What an answer did with a fact. `otherwise` is told otherwise than the record has it, and no persona
    excuses it."""

    told = "told"
    minimised = "minimised"
    exaggerated = "exaggerated"
    otherwise = "told otherwise"
    forgotten = "forgotten"
    refused = "refused"
    not_understood = "not understood"
    unanswered = "not answered"

    @property
    def reached(self) -> bool:
        """Whether the doctor heard of the fact, truly or bent by the persona."""
        return self in (Came.told, Came.minimised, Came.exaggerated)


@dataclass(frozen=True)
class Line:
    """One fact in one answer: `sentence` are the patient's words for it, empty where no words are its own;
    `lacks` what matters in it and is not out by now; `inferred` that it was read from the words."""

    fact: Fact
    came: Came
    asked: bool
    exchange: Exchange
    sentence: str = ""
    inferred: bool = True
    lacks: str = ""

    @property
    def whole(self) -> bool:
        return not self.lacks


_JUST = re.compile(r"\bjust (?=(would|could|did|does|do|can|will|keep|kept|started|began|went|stopped)\b)")
"""`It just would not move` makes nothing small."""


def _refuses(said: Said) -> bool:
    return sounds("refused", said.written) or bool(pattern("words", "refuses").search(said.normal))


def _forgets(said: Said) -> bool:
    return bool(heard("moods", "forgot").search(said.normal))


def _only_denies(recap: Sequence[Said]) -> bool:
    """Whether a recap tells only what there is not."""
    named = [clause.denies(mention) for said in recap for clause, mention in said.concepts]
    return bool(named) and all(named)


class Answer:
    """One answer, read in the light of its question and persona."""

    def __init__(
        self,
        exchange: Exchange,
        asked: Asked,
        turn: Turn,
        persona: Persona,
        case: Case,
        known: dict[Fact, Known],
    ):
        self.exchange, self.asked, self.turn, self.persona = exchange, asked, turn, persona
        self.case, self.known = case, known
        self.sentences = spoken_sentences(turn.text)
        self.said = [read(sentence) for sentence in self.sentences]
        self.moods = hear(turn.text, asked.text, asked.asks).moods

    def lines(self) -> list[Line]:
        """What it does with each fact that it tells, or that was asked for."""
        own = self._own()
        found: dict[Fact, Line] = {}
        for fact, known in self.known.items():
            if fact in own and own[fact].reached:
                found[fact] = self._line(fact, Came(own[fact].value), self._words(known), inferred=False)
            elif line := self._read(fact, known, fact in own):
                found[fact] = line
            elif fact in own:
                found[fact] = self._line(fact, Came(own[fact].value), "", inferred=False)
        return [*found.values(), *self._not_told(found)]

    def agreed(self, told: Set[Fact]) -> Iterator[Line]:
        """What a yes to a recap tells: what that supposes and nobody had `told`. A bare no agrees with one
        that only denies: `no fever, no cough, right?`"""
        recap = [read(sentence) for sentence in of_sort(self.asked.text, Sort.recap)]
        if not self.said or not (agrees(self.said[0]) or (self._is_bare_no and _only_denies(recap))):
            return
        for fact, known in self.known.items():
            due = replace(self.asked.unprompted, named=frozenset((fact,)))  # a broader name will do, too
            supposed = any(says(said, known, due) is Says.so for said in recap)
            if supposed and fact not in told and fact not in self.asked.wide:
                yield replace(self._line(fact, Came.told, self.sentences[0]), asked=True)

    @property
    def _is_bare_no(self) -> bool:
        """Whether it is a no that names nothing, and neither refuses nor forgets."""
        named = any(said.concepts or said.drugs for said in self.said)
        return disagrees(self.said[0]) and not named and not self._blocked

    def _own(self) -> dict[Fact, How]:
        """The patient's own account, where it is one; what was inferred from the text is read anew."""
        told = self.turn.reply.disclosures if self.turn.reply else ()
        kept = {(item_of(one.item), one.fact): one.how for one in told if not one.inferred}
        return {
            fact: kept[(item_of(fact.item), fact.text)]
            for fact in self.known
            if (item_of(fact.item), fact.text) in kept
        }

    def _line(self, fact: Fact, came: Came, sentence: str, inferred: bool = True) -> Line:
        return Line(fact, came, self.asked.asks_for(fact), self.exchange, sentence, inferred)

    def _words(self, known: Known) -> str:
        """The sentence that tells a fact, as near as the words show."""
        read_as = [says(said, known, self.asked) for said in self.said]
        if any(found in (Says.so, Says.weakly) for found in read_as):
            return self.sentences[self._telling(known, read_as)]
        best = max(self.said, key=lambda said: len(said.words & known.value.words), default=None)
        if best is None or not best.words & known.value.words:
            return ""
        return self.sentences[self.said.index(best)]

    def _read(self, fact: Fact, known: Known, accounted: bool) -> Line | None:
        """What the words say of a fact. Where the patient keeps an account, only what stands there plainly
        is added to it."""
        plainly = accounted or self._recorded
        asked = self.asked.unprompted if plainly else self.asked
        read_as = [says(said, known, asked) for said in self.said]
        if Says.so in read_as:
            return self._line(fact, *self._best(fact, known, read_as))
        weak = ""
        for sentence, said, found, keeps in zip(
            self.sentences, self.said, read_as, self._kept_back, strict=True
        ):
            if plainly or keeps:
                continue
            if found is Says.not_so and self._blocked is not Came.not_understood:
                return self._line(fact, self._not_so(fact, said), sentence)
            weak = weak or (sentence if found is Says.weakly else "")
        answers = self._blocked not in (Came.not_understood, Came.refused)
        return self._line(fact, Came.told, weak) if weak and answers else None

    def _best(self, fact: Fact, known: Known, read_as: Sequence[Says | None]) -> tuple[Came, str]:
        """How a fact is told, and the sentence that has most of its words: `Lisinopril` before `Ah yes!`."""
        best = self._telling(known, read_as)
        return self._told(fact, self.said[best]), self.sentences[best]

    def _telling(self, known: Known, read_as: Sequence[Says | None]) -> int:
        """The place of the sentence that tells a fact with most of its words."""
        telling = [place for place, found in enumerate(read_as) if found is Says.so]
        telling = telling or [place for place, found in enumerate(read_as) if found is Says.weakly]
        return max(telling, key=lambda place: len(common(self.said[place].words, known.value.words)))

    @cached_property
    def _recorded(self) -> bool:
        """Whether the patient kept an account of this answer."""
        return bool(self.turn.reply) and any(not one.inferred for one in self.turn.reply.disclosures)

    @cached_property
    def _kept_back(self) -> list[bool]:
        """For each sentence whether it refuses, or does not remember."""
        return [_refuses(said) or _forgets(said) for said in self.said]

    @cached_property
    def _blocked(self) -> Came | None:
        """Why an answer does not answer, as far as its words show it."""
        lost = bool(self.moods & {"lost", "confused"}) or sounds("lost", self.turn.text)
        if lost or (self.persona.dazed is Dazed.high and "astray" in self.moods):
            return Came.not_understood
        if "refused" in self.moods or any(map(_refuses, self.said)):
            return Came.refused
        return Came.forgotten if any(self._kept_back) else None

    def _told(self, fact: Fact, said: Said) -> Came:
        """How a symptom is told: truly, or with words that make little of it by one who pleases."""
        felt = fact.item == "present_illness_positive" and fact.label in ("", "severity")
        if (
            felt
            and self.persona.personality is Personality.pleasing
            and pattern("plays", "down").search(_JUST.sub("", said.normal))
            and not pattern("plays", "down").search(self.known[fact].value.normal)
        ):
            return Came.minimised
        return Came.told

    def _not_so(self, fact: Fact, said: Said) -> Came:
        """Why a fact is told otherwise than the record has it."""
        if fact.item in PAST and not fact.absent and self.persona.recall is Recall.low:
            return Came.forgotten
        reason = permitted(said, {item_of(fact.item): "contradicted"}, self.persona, self.case.pain)
        if "dazed" in reason:
            return Came.not_understood
        if "plays it down" in reason:
            return Came.minimised
        return Came.exaggerated if reason else Came.otherwise

    def _not_told(self, found: dict[Fact, Line]) -> list[Line]:
        """What was asked for and stands nowhere in the answer."""
        due = [fact for fact in self.known if fact in self.asked.named and fact not in found]
        if self._recorded:
            return [self._line(fact, Came.unanswered, "") for fact in due]
        came = self._blocked or Came.unanswered
        told = {entry_of(line.fact) for line in found.values() if line.came.reached}
        if came is Came.unanswered and told:
            due = [fact for fact in due if entry_of(fact) in told]
        if came is Came.unanswered and self._answers_one(due, found):
            first = self.sentences[0] if self.sentences else ""
            return [self._line(due[0], Came.told, first)]
        return [self._line(fact, came, "") for fact in due]

    def _answers_one(self, due: list[Fact], found: dict[Fact, Line]) -> bool:
        """Whether an answer in words of its own can only be the answer to the one thing asked for."""
        told = [said for said in self.said if said.length and not said.asks]
        closed = bool(due) and (
            due[0].item in (*PAST, "pain") or entry_of(due[0]) in ("associated", "denied")
        )
        return len(due) == 1 and not found and bool(told) and not closed
