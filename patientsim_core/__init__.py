"""PatientSim: simulated emergency-department patients with a record and a persona."""

from patientsim_core.case import Case
from patientsim_core.case_file import load_cases
from patientsim_core.dialogue import Dialogue, Disclosure, EndReason, How, Question, Reply, Turn
from patientsim_core.doctor import Doctor, make_doctor
from patientsim_core.errors import InputError, ModelError, PatientSimError, StorageError
from patientsim_core.patient import Patient, make_patient
from patientsim_core.persona import ALL_PERSONAS, Cefr, Dazed, Persona, Personality, Recall

__all__ = [
    "ALL_PERSONAS",
    "Case",
    "Cefr",
    "Dazed",
    "Dialogue",
    "Disclosure",
    "Doctor",
    "EndReason",
    "How",
    "InputError",
    "ModelError",
    "Patient",
    "PatientSimError",
    "Persona",
    "Personality",
    "Question",
    "Recall",
    "Reply",
    "StorageError",
    "Turn",
    "load_cases",
    "make_doctor",
    "make_patient",
]
