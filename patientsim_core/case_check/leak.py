"""The diagnosis in what a patient can tell."""

import re
from collections.abc import Iterator

from patientsim_core.case import LABELS, Case, values
from patientsim_core.case_check.finding import LAST, Finding, quoted, rules
from patientsim_core.offline.lexicon import concepts_in, covers, find_concepts
from patientsim_core.offline.spelling import normalise

_TOLD = ("chiefcomplaint", "present_illness_positive", "present_illness_negative")
_EARLIER = re.compile(rf"^\s*previous\b|\b(history of|prior|earlier|recent(ly)?|years? ago|{LAST})\b", re.I)


def leak(case: Case) -> Iterator[Finding]:
    """Where the texts of the visit name the diagnosis, or a narrower one, as what it is now.

    A diagnosis that is a symptom (chest pain) cannot be kept from them, and is not looked for.
    """
    words = normalise(case.diagnosis).strip(" .,;")
    named = find_concepts(words)
    secret = {mention.id for mention in named if mention.kind != "symptom"}
    if not secret and any(mention.words == words for mention in named):
        return
    kin = re.compile(rules()["kin"]["any"], re.I)
    for item in _TOLD:
        for text in values(getattr(case, item)):
            normal = normalise(text)
            names = any(covers(one, found) for one in secret for found in concepts_in(normal))
            if (names or f" {words} " in f" {normal} ") and not (_EARLIER.search(text) or kin.search(text)):
                says = f"{LABELS[item]} names the diagnosis: {quoted(text)}. The patient would give it away."
                yield Finding("hint", (item, "diagnosis"), says)
