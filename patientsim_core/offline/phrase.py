"""Step three, second half: a plan as sentences, none said again too soon."""

import random
import re
from dataclasses import dataclass
from itertools import chain

from patientsim_core.case import Case
from patientsim_core.dialogue import Disclosure, How
from patientsim_core.facts import Fact
from patientsim_core.guard import WORDS, sentence_limit
from patientsim_core.offline import wording
from patientsim_core.offline.data import bank, say
from patientsim_core.offline.disclose import pain_as_told
from patientsim_core.offline.found import name_of
from patientsim_core.offline.lexicon import concepts
from patientsim_core.offline.manner import LIFE_ITEMS
from patientsim_core.offline.plan import Plan, Point
from patientsim_core.persona import Persona
from patientsim_core.state import State, key
from patientsim_core.text import words

_EIGHT = re.compile(r"\b([Aa]) (?=(?:8|11|18)\b)")
LIFE = tuple(f"chatter_{item}" for item in LIFE_ITEMS)
SAID_BESIDE = (*LIFE, "play_down", "dazed_fixed")
"""Moves of the phrase bank whose sentences tell facts in passing."""

ON_DRUGS = ("no_drug", "unsure_drug")
"""Moves about a drug, or about one for a condition, that is not on record."""

LISTED = {"A": 2, "B": 3, "C": 3}
"""Values of a list in one sentence."""


@dataclass(frozen=True)
class Line:
    """A sentence and what it discloses."""

    text: str
    disclosures: tuple[Disclosure, ...] = ()


class Phrasing:
    """Words for a plan. `said` grows so that no sentence stands twice in a reply either."""

    def __init__(self, case: Case, persona: Persona, state: State, chance: random.Random) -> None:
        self.case = case
        self.persona = persona
        self.cefr = str(persona.cefr)
        self.said = set(state.recent)
        self.chance = chance

    def lines(self, plan: Plan) -> list[Line]:
        """The sentences of a reply, within the sentence limit."""
        limit = sentence_limit(self.persona)
        lead = [line for point in plan.lead for line in self._point(point)][:1]
        room = min(plan.room, limit - len(lead))
        content = [line for point in plan.content for line in self._point(point)][:room]
        left = limit - len(lead) - len(content)
        tags = [line for point in plan.tags[:left] for line in self._point(point)][:left]
        return [*lead, *content, *tags]

    def _point(self, point: Point) -> list[Line]:
        if point.facts and point.how.reached and point.move not in SAID_BESIDE:
            return self._facts(point)
        slots = {name: self._slot(point.move, name, value) for name, value in point.slots.items()}
        if point.move in LIFE:
            slots["x"] = self._life(point.facts[0])
        text = self._fresh(self._utterances(point.move), slots)
        unsaid = point.move in LIFE and slots["x"] not in text
        if unsaid or (point.move == "dazed_fixed" and slots["complaint"].lower() not in text.lower()):
            return [Line(text)]
        return [Line(text, self._disclosures(point, point.facts))]

    def _utterances(self, move: str) -> list[str]:
        if move in (*ON_DRUGS, "concerns"):
            section = say(move)
            return section.get(self.cefr) or section["B"]
        return bank(move, str(self.persona.personality), self.cefr)

    def _slot(self, move: str, name: str, value: str) -> str:
        if name == "complaint":
            words = wording.in_words_of(wording.lower(value), self.cefr)
            return wording.learner(words) if self.cefr == "A" else wording.with_article(words)
        names = [name_of(one, self.cefr) for one in value.split("; ")]
        named = _joined(names, self.cefr, "or") if name == "x" else value
        return f"medicine for {named}" if move in ON_DRUGS and value in concepts() else named

    def _life(self, fact: Fact) -> str:
        value = wording.mine(wording.lower(fact.value))
        value = value.removeprefix("lives ") if fact.item == "living_situation" else value
        return wording.chunks(value, self.cefr)[0] if self.cefr == "A" else value

    # --- facts -------------------------------------------------------------------------------

    def _facts(self, point: Point) -> list[Line]:
        """Facts as sentences: lists a few at a time, all else one by one."""
        present = [fact for fact in point.facts if not fact.absent or fact.item == "present_illness_negative"]
        if not present:
            denial = self._fresh(self._templates(point.move, "none"), {})
            return [Line(denial, self._disclosures(point, point.facts))]
        plain = self._listed(point) and not any("," in self._value(point, fact) for fact in present)
        size = LISTED[self.cefr] if plain else 1
        return [line for group in self._grouped(point, present, size) for line in self._group(point, group)]

    def _grouped(self, point: Point, facts: list[Fact], size: int) -> list[list[Fact]]:
        """At most `size` facts a sentence, and no more than fit into it."""
        groups: list[list[Fact]] = []
        for fact in facts:
            values = [self._value(point, one) for one in (*(groups[-1] if groups else ()), fact)]
            fits = groups and len(groups[-1]) < size and len(words(" ".join(values))) < wording.B_WORDS
            if fits:
                groups[-1].append(fact)
            else:
                groups.append([fact])
        return groups

    def _listed(self, point: Point) -> bool:
        lists = ("medication", "medical_history", "medical_device", "allergies", "associated")
        return point.joined or point.move in lists

    def _group(self, point: Point, facts: list[Fact]) -> list[Line]:
        fact = facts[0]
        disclosures = self._disclosures(point, facts)
        if (point.move == "radiation" and "nowhere" in fact.value) or fact.value.startswith(
            ("with nothing", "nothing")
        ):
            return [Line(self._fresh(self._templates(point.move, "none"), {}), disclosures)]
        if (
            len(facts) == 1
            and fact.item not in ("medication", "medical_history")
            and (own := wording.clause(fact, self.cefr))
        ):
            past = "past" if wording.is_past(own) else ""
            return self._chunked(self._templates("clause", past), own, disclosures)
        value = _joined([self._value(point, one) for one in facts], self.cefr, "or" if fact.absent else "and")
        variant = {How.minimised: "minimised", How.exaggerated: "exaggerated"}.get(point.how, "")
        if (point.move in ("symptom", "finding") and fact.absent) or (
            point.move == "pain" and fact.value == "0"
        ):
            variant = "none"
        if fact.item == "tobacco" and re.search(r"\bfor \d|\bsince\b", fact.value):
            variant = "long"
        return self._chunked(self._templates(fact.label or point.move, variant), value, disclosures)

    def _value(self, point: Point, fact: Fact) -> str:
        if point.move == "reaction":
            return wording.reaction(fact) or wording.noun(fact, self.cefr)
        if fact.item == "gender":
            return wording.article(self.case.person)
        if fact.item == "pain":
            return f"{pain_as_told(float(fact.value), point.how):g}"
        return wording.noun(fact, self.cefr, point.full)

    def _chunked(self, templates: list[str], value: str, disclosures: tuple[Disclosure, ...]) -> list[Line]:
        """The template around the first part of a value; further parts as sentences of their own."""
        first, *rest = wording.chunks(value, self.cefr) or [value]
        lines = [Line(self._fresh(templates, {"x": first}), disclosures)]
        return lines + [Line(self._fresh(["{x}."], {"x": part})) for part in rest]

    def _templates(self, section: str, variant: str = "") -> list[str]:
        """Templates of a section and variant at the patient's level; C falls back to B."""
        table = say(section)
        levels = (self.cefr, "B") if self.cefr == "C" else (self.cefr,)
        for name in [f"{variant}_{level}" if variant else level for level in levels] + list(levels):
            if name in table:
                return table[name]
        return table["B"]

    def _disclosures(self, point: Point, facts: list[Fact] | tuple[Fact, ...]) -> tuple[Disclosure, ...]:
        return tuple(Disclosure(item=f.item, fact=f.text, how=point.how, asked=point.asked) for f in facts)

    # --- no sentence twice ---------------------------------------------------------------------

    def _fresh(self, templates: list[str], slots: dict[str, str]) -> str:
        """One of the templates, filled, that was not said lately; an opener makes an old one new."""
        filled = [_tidy(template.format(**slots)) for template in templates]
        texts = [text for text in filled if len(words(text)) <= WORDS] or filled
        self.chance.shuffle(texts)
        openers = say("openers")[self.cefr]
        again = (
            f"{opener} {text[:1].lower() + text[1:] if not _proper(text) else text}"
            for opener in openers
            for text in texts
            if len(words(text)) + len(words(opener)) <= WORDS
        )
        text = next((text for text in chain(texts, again) if key(text) not in self.said), texts[0])
        self.said.add(key(text))
        return text


def _proper(text: str) -> bool:
    first = text.split()[0]
    return text.startswith(("I ", "I'", "I’")) or (len(first) > 1 and first.isupper())


def _tidy(text: str) -> str:
    text = " ".join(text.split()).replace(" ,", ",").replace(" .", ".").replace("..", ".")
    if "8" in text or "11" in text:
        text = _EIGHT.sub(r"\1n ", text)
    return text[:1].upper() + text[1:]


def _joined(parts: list[str], cefr: str, link: str) -> str:
    """`a, b and c`; a beginner strings them with commas."""
    if len(parts) == 1 or cefr == "A":
        return ", ".join(parts)
    return f"{', '.join(parts[:-1])} {link} {parts[-1]}"
