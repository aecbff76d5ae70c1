"""What is kept: consultations in a database."""

from patientsim_core.storage.consultations import VARIABLE, Consultations, Summary

__all__ = ["VARIABLE", "Consultations", "Summary"]
