"""What is wrong with a case: what is missing, contradicts, or is out of range."""

from patientsim_core.case_check.check import check
from patientsim_core.case_check.finding import KINDS, Finding

__all__ = ["KINDS", "Finding", "check"]
