"""The rules judge: says what dialogues are worth by rules over text and record. It is no model."""

from patientsim_core.offline.judge.differential import judge_differential
from patientsim_core.offline.judge.doctor import judge_doctor
from patientsim_core.offline.judge.fidelity import judge_fidelity
from patientsim_core.offline.judge.profile import ProfileVerdict, judge_profile
from patientsim_core.offline.judge.sentence import SentenceVerdict, judge_sentence

__all__ = [
    "ProfileVerdict",
    "SentenceVerdict",
    "judge_differential",
    "judge_doctor",
    "judge_fidelity",
    "judge_profile",
    "judge_sentence",
]
