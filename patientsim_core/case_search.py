"""Finding cases by words."""

import re
import unicodedata
from collections.abc import Iterable

from patientsim_core.case import HIDDEN, LABELS, Case, values

_WEIGHTS = {"chiefcomplaint": 4, "hadm_id": 4, "present_illness_positive": 2}
"""What a word found in these counts; anywhere else 1, and twice as much where it is a whole word."""


def find(cases: Iterable[Case], words: str, diagnosis: bool = False) -> list[Case]:
    """The cases in which every word begins some word, whatever its case and accents, the most relevant first
    and else in the order given. Diagnosis and disposition are only searched with `diagnosis`: a search gives
    nothing away.

    No words find all cases.
    """
    wanted = [re.compile(rf"(?<!\w){re.escape(word)}(\w*)") for word in _folded(words).split()]
    scored = [(_score(case, wanted, diagnosis), case) for case in cases]
    return [case for score, case in sorted(scored, key=lambda pair: -pair[0]) if score or not wanted]


def _score(case: Case, wanted: list[re.Pattern[str]], diagnosis: bool) -> int:
    """How well a case fits, 0 where a word is missing."""
    texts = [(1, case.title), (_WEIGHTS["hadm_id"], case.hadm_id), (1, case.provenance)]
    texts += [
        (_WEIGHTS.get(key, 1), "; ".join(values(getattr(case, key))))
        for key in LABELS
        if key in Case.model_fields and key not in ("age", "pain") and (diagnosis or key not in HIDDEN)
    ]
    texts += [(1, f"{case.pain:g}/10")] if case.pain is not None else []
    folded = [(weight, _folded(text)) for weight, text in texts]
    scores = [
        sum(weight * (1 if match[1] else 2) for weight, text in folded if (match := word.search(text)))
        for word in wanted
    ]
    return sum(scores) if all(scores) else 0


def _folded(text: str) -> str:
    """Lower case without accents."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in apart if not unicodedata.combining(sign))
