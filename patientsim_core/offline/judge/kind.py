"""What kind of sentence a patient says: it informs, or it asks, feels, is polite, or talks of the talk."""

from collections.abc import Mapping

from patientsim_core.offline.judge.finding import Finding
from patientsim_core.offline.judge.said import Asked, Said, pattern
from patientsim_core.offline.listen import pattern as heard
from patientsim_core.persona import Persona, Personality

CHATTER = "chatter"
"""Information about nothing on record: a talkative patient's remarks, and a lost one's."""


def kind_of(said: Said, asked: Asked, found: Mapping[str, Finding], persona: Persona) -> str:
    """One of the five kinds, or CHATTER, which is information about no item."""
    if _asks(said) and not _informs_first(said, found):
        return "inquiry"
    told = {one.status for one in found.values() if one.sure}
    refuses = pattern("words", "refuses").search(said.normal) or heard("moods", "refused").search(said.normal)
    if refuses and "entailed" not in told:
        return "meta"
    if told - {"neutral"}:
        return "information"
    word = _by_words(said, persona)
    if found and (not word or (word != "meta" and any(one.sure for one in found.values()))):
        return "information"
    return word or CHATTER


def _asks(said: Said) -> bool:
    if said.asks:
        return bool(pattern("kinds", "asking").search(said.normal)) or not pattern("kinds", "tag").search(
            said.normal
        )
    return bool(pattern("kinds", "inquiry").search(said.normal))


def _informs_first(said: Said, found: Mapping[str, Finding]) -> bool:
    """`I'm not covered, so what will it cost?` tells before it asks."""
    return len(said.clauses) > 1 and any(one.status == "entailed" and one.sure for one in found.values())


def _by_words(said: Said, persona: Persona) -> str:
    """The kind whose words stand in a sentence; a talkative patient's remarks on doctors and on time are
    no more than that."""
    kinds = ["meta", "politeness", "emotion"]
    if persona.personality is not Personality.verbose:
        kinds.append("attitude")
    found = next((kind for kind in kinds if pattern("kinds", kind).search(said.normal)), "")
    return "emotion" if found == "attitude" else found
