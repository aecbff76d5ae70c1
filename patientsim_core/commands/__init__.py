"""The commands of `python -m patientsim_core`, one a file: its flags, and what it does."""
