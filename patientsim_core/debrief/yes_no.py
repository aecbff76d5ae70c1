"""What a mere yes or no tells: that depends on how the question was put."""

import re

from patientsim_core.debrief.asked import Asked
from patientsim_core.debrief.matching import Says
from patientsim_core.offline.data import table
from patientsim_core.offline.judge.record import Known
from patientsim_core.offline.judge.said import Said, pattern, read
from patientsim_core.offline.judge.unnamed import GENERAL
from patientsim_core.offline.listen import pattern as heard
from patientsim_core.offline.understand import Ask

_VERB = r"\b(is|are|am|was|were|do|does|did|have|has|had|can|could)"
_SHORT_YES = re.compile(rf"^(?!.*\byou\b)(\w+ ){{1,4}}{_VERB}[ .!]*$")
_SHORT_NO = re.compile(rf"^(?!.*\byou\b)(\w+ ){{1,4}}{_VERB} not[ .!]*$")
"""`Both of them are.` `They do not.`"""


_SO = re.compile(r"^(that is )?(right|correct|exactly|true) ?([.,!]|$)")
_DOUBT = re.compile(
    r"^(\w+ ,? ?){0,2}(do|did|am|can|could) not (really )?(know|remember|recall|understand|sure|say)\b"
)


def agrees(said: Said) -> bool:
    """Whether it begins as a yes does, or is no more than the verb of the question."""
    return any(found.search(said.normal) for found in (pattern("words", "yes"), _SHORT_YES, _SO))


def disagrees(said: Said) -> bool:
    """Whether it begins as a no does, or is no more than the verb of the question."""
    starts = (pattern("words", "no"), heard("negation", "no"), _SHORT_NO)
    return not _DOUBT.search(said.normal) and any(found.search(said.normal) for found in starts)


_HEALTH = re.compile(
    r"\b((can|could) you(?! (tell|say|describe|show|explain|remember|give|think|please|point))"
    r"|(are|were) you able"
    r"|((?<!than )normal(ly)?|fine|ok|okay|all right|alright|straight|properly|regular(ly)?|(?<!as )well)\b)"
)
_RIGHT = re.compile(r"^(yes ,? ?)?(that is )?(right|correct|exactly|true|none|of course|sure)\b")
_CONTRARY = re.compile(r"^(yes ,? ?)?(i|it|they|there) (do|did|have|had|am|is|was|are|were)\b(?! not)")
"""What agrees with a question that supposes there is none, and what does not."""


def bare(said: Said, known: Known, asked: Asked) -> Says | None:
    """A yes or a no to a question that names the fact by what it is about. One that names any of what was
    asked for answers for that alone."""
    about = asked.about - set(GENERAL)
    if known.fact not in asked.named or not any(known.fact.is_about(id) for id in about):
        return None
    named = {mention.id for _, mention in said.concepts} - set(GENERAL)
    if named - about or (named and not any(known.fact.is_about(id) for id in named)):
        return None
    asks = [ask for ask in asked.asks if any(known.fact.is_about(id) for id in ask.about)]
    usual = bool(pattern("words", "usual").search(said.normal))
    no, yes = disagrees(said) or usual, agrees(said)
    if any(map(_of_health, asks)):  # `no` tells the finding
        no, yes = yes or usual, disagrees(said)
    elif any(map(_denies, asks)):  # `no fever?`: a no agrees, as `right` does; a mere `yes` leaves it open
        no, yes = no or bool(_RIGHT.search(said.normal)), bool(_CONTRARY.search(said.normal))
    if not no and not yes:
        return None
    return Says.so if no == known.absent else Says.not_so


def _of_health(ask: Ask) -> bool:
    """Whether it asks for a healthy function: `can you walk straight?`, `is your speech normal?`"""
    if heard("negation", "lack").search(ask.words):
        return False
    functions = set(table("hearing")["negation"]["functions"])
    return bool(_HEALTH.search(ask.words)) or not functions.isdisjoint(ask.about)


def _denies(ask: Ask) -> bool:
    """Whether it supposes that there is none."""
    named = [(clause, mention) for clause, mention in read(ask.words).concepts if mention.id in ask.about]
    return bool(named) and all(clause.denies(mention) for clause, mention in named)
