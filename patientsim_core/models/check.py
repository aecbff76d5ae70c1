"""A connection test: one small question to a model, and in words what came of it."""

from patientsim_core.errors import ModelError, PatientSimError
from patientsim_core.models.chat import Message, Options
from patientsim_core.models.faults import Fault
from patientsim_core.models.providers import load_model
from patientsim_core.models.retry import Limits
from patientsim_core.models.settings import Settings

LIMITS = Limits(attempts=1, seconds=30.0)
SHOWN = 8
"""So many names of models are listed when the one asked for is unknown."""


def check_model(name: str, settings: Settings | None = None) -> tuple[bool, str]:
    """Whether a model answers, and what to tell the user."""
    try:
        model = load_model(name, settings, LIMITS)
    except PatientSimError as error:
        return False, str(error)
    try:
        answer = model.complete(
            [Message("user", "Answer with the one word: ready")], Options(temperature=None)
        )
    except ModelError as error:
        has = model.names()[:SHOWN] if error.fault == Fault.name else []
        return False, str(error) + (f" It has: {', '.join(has)}." if has else "")
    return True, f"{name} answered in {answer.seconds:.1f} s."
