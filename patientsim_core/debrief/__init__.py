"""Debrief: what a trainee elicited, missed, and was misled by, with the turns that show it."""

from patientsim_core.debrief.rows import TRIAGE, Brought, Row, Status, debrief, recorded
