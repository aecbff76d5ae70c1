"""Words of an answer that are heard as findings and tell none: refused, not known, denied, or about something
else. The built-in doctor hears more in them; a trainee is shown only what was truly said."""

import re
from collections.abc import Mapping

from patientsim_core.debrief.asked import Asked
from patientsim_core.debrief.data import data
from patientsim_core.debrief.manner import sounds
from patientsim_core.debrief.yes_no import agrees
from patientsim_core.offline.judge.said import Said, pattern
from patientsim_core.offline.lexicon import is_symptom
from patientsim_core.offline.listen import pattern as heard_as
from patientsim_core.offline.listen import signs
from patientsim_core.offline.names import with_broader
from patientsim_core.offline.rank import purposes_of

OF_ALLERGY = {"allergies", "reaction"}
"""Topics of questions for allergies."""

_TENDER = "chest_wall_tenderness"


def keeps_back(said: Said) -> bool:
    """Whether a sentence tells nothing of what it names: it refuses (`about smoking I say nothing`), or does
    not know of it. `I can't talk` is a symptom, and no refusal."""
    if re.search(data("unsaid")["unsure"], said.normal):
        return True
    refusals = (pattern("words", "refuses"), heard_as("moods", "refused"))
    refuses = any(one.search(said.normal) for one in refusals) or sounds("refused", said.written)
    felt = any(is_symptom(mention.id) for _, mention in said.concepts)
    return refuses and not felt and not agrees(said)


def misread(said: Said, asked: Asked, answered: str) -> frozenset[str]:
    """What a sentence does not tell, although its words are heard so: signs that are denied, or that
    `unsaid.toml` reads more strictly, drugs that are not tolerated, what something else than the
    complaint is like, and a chest that hurts to touch where nobody speaks of the chest."""
    topics = {ask.topic for ask in asked.asks}
    rules = data("unsaid")["only"].values()
    found = {sign for rule in rules if not _holds(rule, said, topics) for sign in rule["signs"]}
    found |= _denied(said, frozenset(topics))
    if _is_of_another(said, asked):
        found |= set(data("unsaid")["of_complaint"])
    if re.search(data("unsaid")["allergic"], said.normal) or (topics and topics <= OF_ALLERGY):
        found |= purposes_of({mention.id for _, mention in said.drugs})
    named = {mention.id for _, mention in said.concepts}
    if _TENDER in named and "chest" not in f"{asked.text} {answered}".lower():
        found |= with_broader([_TENDER])
    return frozenset(found)


def _holds(rule: Mapping, said: Said, topics: set[str]) -> bool:
    """Whether a sentence tells the signs of a rule: in answer to a question that is `asked`, or by its
    `words`; neither `unless` there are others, nor in answer to what is `never` about them."""
    told = bool(topics & set(rule.get("asked", ()))) or bool(re.search(rule["words"], said.normal))
    taken_back = "unless" in rule and re.search(rule["unless"], said.normal)
    return told and not taken_back and not (topics and topics <= set(rule.get("never", ())))


def _is_of_another(said: Said, asked: Asked) -> bool:
    """Whether a sentence answers a question for a symptom beside the complaint, and speaks of no pain."""
    own = asked.complaint_concepts | {"pain"}
    about = frozenset(id for id in asked.about if is_symptom(id))
    named = {mention.id for _, mention in said.concepts}
    felt = with_broader(about | named) & own or re.search(data("unsaid")["felt"], said.normal)
    return bool(about) and not felt


def _denied(said: Said, topics: frozenset[str]) -> set[str]:
    """Signs that stand behind a denial, and that no other words tell. What somebody cannot do denies none."""
    behind: set[str] = set()
    told: set[str] = set()
    for clause in said.clauses:
        before = clause.text if clause.denies_from is None else clause.text[: max(clause.denies_from, 0)]
        told |= signs(clause.text if before.endswith(("can ", "could ")) else before, topics)
        behind |= signs(clause.text, topics)
    return (behind - told) & set(data("unsaid")["denied"])
