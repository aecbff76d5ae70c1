"""The errors that a user is meant to read."""


class PatientSimError(Exception):
    """Base of every error this project raises; its text is worded for the user."""


class InputError(PatientSimError):
    """Something given to the project is wrong: says what, where, and what would be right."""


class StorageError(PatientSimError):
    """Saved consultations cannot be read or written: says which database and what to check."""
