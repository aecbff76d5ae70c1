"""The patient interface: a function of case, persona, seed and history."""

from collections.abc import Generator, Sequence
from typing import Protocol

from patientsim_core.case import Case
from patientsim_core.dialogue import Reply, Turn
from patientsim_core.errors import InputError
from patientsim_core.persona import Persona


class Patient(Protocol):
    """Someone who answers the last doctor's turn of a history. Keeps no state between calls."""

    def reply(self, history: Sequence[Turn]) -> Reply:
        """The whole answer. Raises InputError where the history does not end with the doctor."""

    def stream(self, history: Sequence[Turn]) -> Generator[str, None, Reply]:
        """The same answer in sentence-sized pieces; joined they are the text. Returns the Reply."""


def make_patient(case: Case, persona: Persona, model: str = "offline", seed: int = 42) -> Patient:
    """The patient of a case, with a persona, played by a model.

    Raises InputError for a model name that is not known.
    """
    if model == "offline":
        from patientsim_core.offline.patient import OfflinePatient

        return OfflinePatient(case, persona, seed)
    raise InputError(f"model {model!r}: is not known; the built-in engine is called offline.")
