"""The database that all pages share, and what is kept in it."""

import os

import streamlit as st

from patientsim_core.storage import VARIABLE, Consultations, Database
from patientsim_core.storage.comparisons import Comparisons
from patientsim_core.storage.lessons import Lessons
from patientsim_core.storage.own_cases import OwnCases
from patientsim_core.storage.studies import Studies

_open = st.cache_resource(validate=lambda kept: isinstance(kept, Database))(Database)


def database() -> Database:
    """Opened once for each address, whoever uses it."""
    return _open(os.environ.get(VARIABLE))


def consultations() -> Consultations:
    return Consultations(database())


def comparisons() -> Comparisons:
    return Comparisons(database())


def lessons() -> Lessons:
    return Lessons(database())


def own_cases() -> OwnCases:
    return OwnCases(database())


def studies() -> Studies:
    return Studies(database())
