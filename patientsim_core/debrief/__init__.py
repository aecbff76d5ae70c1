"""Debrief: what a trainee elicited, missed, and was misled by, with the turns that show it.

`debrief` makes one of a dialogue; `document` writes it, `checklist` holds a teacher's own points against a
dialogue, `cohort` looks at a class, `compare` at two tries at the same case.
"""

from patientsim_core.debrief.answer import Came
from patientsim_core.debrief.compare import Change, Comparison, compare
from patientsim_core.debrief.debriefing import Debrief, debrief
from patientsim_core.debrief.history import Status
from patientsim_core.debrief.quotes import Quote

__all__ = ["Came", "Change", "Comparison", "Debrief", "Quote", "Status", "compare", "debrief"]
