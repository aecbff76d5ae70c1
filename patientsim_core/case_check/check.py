"""All checks of a case."""

from patientsim_core.case import LABELS, Case
from patientsim_core.case_check.allergies import allergies
from patientsim_core.case_check.finding import KINDS, Finding
from patientsim_core.case_check.habits import habits
from patientsim_core.case_check.leak import leak
from patientsim_core.case_check.missing import missing
from patientsim_core.case_check.pain import pain
from patientsim_core.case_check.person import person
from patientsim_core.case_check.ranges import ranges
from patientsim_core.case_check.symptoms import symptoms

_CHECKS = (ranges, pain, allergies, symptoms, person, habits, leak, missing)


def check(case: Case) -> list[Finding]:
    """What is missing in a case, what contradicts, what is out of range and what is worth a look, by weight
    (`KINDS`). It knows the words of the lexicon: a case without findings can still be wrong."""
    flat = {
        key: " ".join(text.split()) for key in LABELS if isinstance(text := getattr(case, key, None), str)
    }
    case = case.model_copy(update=flat)  # long blanks make patterns slow
    found = [finding for one in _CHECKS for finding in one(case)]
    return sorted(dict.fromkeys(found), key=lambda finding: KINDS.index(finding.kind))
