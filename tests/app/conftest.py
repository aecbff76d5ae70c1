"""What the page finds on the machine: no keys, and a file where it looks for them."""

from pathlib import Path

import pytest
import streamlit as st

from patientsim_core.models import Settings
from patientsim_core.playing import VARIABLE
from patientsim_core.storage import run_list
from tests import played


@pytest.fixture(autouse=True)
def secrets(monkeypatch, tmp_path) -> Path:
    """The file that may hold keys, in place of the machine's own; it is not there yet."""
    file = tmp_path / "secrets.toml"
    monkeypatch.setattr(Settings.__init__, "__defaults__", (None, file))
    return file


@pytest.fixture
def folder_of_runs(tmp_path, monkeypatch) -> Path:
    """The folder of runs, with one run; nothing that comes with the project, nothing read before."""
    monkeypatch.setenv(VARIABLE, str(tmp_path / "runs"))
    monkeypatch.setattr(run_list, "SAMPLES", tmp_path / "samples")
    st.cache_resource.clear()
    (tmp_path / "runs").mkdir()
    played.copy(tmp_path / "runs" / "personas")
    return tmp_path / "runs"


@pytest.fixture
def offered(monkeypatch) -> list[str]:
    """What the page offers to download, each as its text."""
    found = []

    def offer(label, data, *given, **about):
        found.append(data() if callable(data) else data)
        return False

    monkeypatch.setattr(st, "download_button", offer)
    return found
