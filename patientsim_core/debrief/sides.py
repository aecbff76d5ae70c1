"""What a sentence says of one side of the complaint: onset, location, character …"""

import re

from patientsim_core.debrief.asked import Asked
from patientsim_core.debrief.matching import Says, body_words, common, denials, placed, shares
from patientsim_core.offline.judge.illness import hours
from patientsim_core.offline.judge.record import Known
from patientsim_core.offline.judge.said import Said, digits, pattern
from patientsim_core.offline.judge.unnamed import opposite
from patientsim_core.offline.lexicon import covers, is_symptom

SAME_TIME = 2.1
"""Two times are the same if one is at most so many times the other."""

_NONE_KNOWN = re.compile(r"^(with )?(nothing|nowhere)\b|^never\b")


def side(entry: str, said: Said, known: Known, asked: Asked) -> Says | None:
    """What a sentence says of a side; in answer to another question only what repeats the record's words."""
    due = known.fact in asked.named
    invited = due or entry in asked.entries
    own = known.value.words - common(asked.complaint, known.value.words)
    if due and opposite(said, known):
        return Says.not_so
    if entry == "onset" and invited and (same := _same_time(said, known)) is not None:
        return Says.so if same else Says.not_so if due else None
    if due and (found := _nothing(entry, said, known)):
        return found
    if due and shares(said, known.value.words, min(2, len(known.value.words)), 0.3):
        return Says.so
    if not invited:
        telling = frozenset(word for word in own if not word[0].isdigit())
        moves = entry == "radiation" and _moves(said, known)
        return Says.so if moves or shares(said, telling, 3, 0.6) else None
    if shares(said, own, 2, 0.4) or (entry == "location" and _points(said, known)):
        return Says.so
    if entry == "quality" and _describes(said, known, own, asked):
        return Says.so
    return Says.weakly if due and common(said.words, known.value.words) else None


def _points(said: Said, known: Known) -> bool:
    """Whether it places a part of the body that the location has: `my left arm`, not `my chest`."""
    return placed(said) and bool(known.value.words & body_words() & said.words)


def _moves(said: Said, known: Known) -> bool:
    """Whether it goes to a part of the body that the radiation has."""
    goes = pattern("affirms", "radiation").search(said.normal)
    return bool(goes and known.value.words & body_words() & said.words)


def _describes(said: Said, known: Known, own: frozenset[str], asked: Asked) -> bool:
    """Whether it describes the feeling, if only by a word that the complaint's own line has not."""
    felt = {
        id
        for id in known.fact.concepts
        if is_symptom(id) and not any(covers(id, named) for named in asked.complaint_concepts)
    }
    named = felt and denials(said, known, asked.complaint_concepts)
    return bool(common(said.words, own)) or bool(named and not all(named))


def _same_time(said: Said, known: Known) -> bool | None:
    """None where one of the two does not say how long ago."""
    mine, true = hours(digits(said.normal)), hours(digits(known.value.normal))
    if mine is None or true is None:
        return None
    return max(mine, true) <= SAME_TIME * min(mine, true)


def _nothing(entry: str, said: Said, known: Known) -> Says | None:
    """`Nothing makes it worse`, against what does; and the other way round."""
    if entry not in ("radiation", "worse", "better", "previous"):
        return None
    none = bool(pattern("denials", entry).search(said.normal))
    has_none = bool(_NONE_KNOWN.match(known.value.normal))
    if none and (has_none or not said.words & known.value.words):
        return Says.so if has_none else Says.not_so
    return Says.not_so if has_none and pattern("affirms", entry).search(said.normal) else None
