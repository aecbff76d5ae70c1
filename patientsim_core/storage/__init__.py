"""What is kept: runs in folders, everything else in a database."""

from patientsim_core.storage.consultations import Consultations, Summary
from patientsim_core.storage.database import VARIABLE, Database

__all__ = ["VARIABLE", "Consultations", "Database", "Summary"]
