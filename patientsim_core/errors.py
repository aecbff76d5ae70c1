"""The errors that a user is meant to read."""


class PatientSimError(Exception):
    """Base of every error this project raises; its text is worded for the user."""


class InputError(PatientSimError):
    """Something given to the project is wrong: says what, where, and what would be right."""


class StorageError(PatientSimError):
    """Saved consultations cannot be read or written: says which database and what to check."""


class ModelError(PatientSimError):
    """A model service did not do its part: says what is wrong and what to do.

    `fault` names it in one word (`models.faults.Fault`), `passing` whether it may be gone a moment
    later, `after` how many seconds the service asks to wait, `attempts` how often it was asked.
    """

    def __init__(self, text: str, fault: str = "", passing: bool = False, after: float | None = None):
        super().__init__(text)
        self.fault, self.passing, self.after, self.attempts = fault, passing, after, 1

    def tried(self, attempts: int, seconds: float) -> "ModelError":
        """The same error, which also says that it came again and again."""
        tried = f" It was tried {attempts} times in {seconds:.0f} s." if attempts > 1 else ""
        wait = f" The service asks to wait {self.after:.0f} s." if self.after else ""
        error = ModelError(f"{self}{tried}{wait}", self.fault, self.passing, self.after)
        error.attempts = attempts
        return error
