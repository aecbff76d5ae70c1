"""What the page finds on the machine: no keys, and a file where it looks for them."""

from pathlib import Path

import pytest

from patientsim_core.models import Settings


@pytest.fixture(autouse=True)
def secrets(monkeypatch, tmp_path) -> Path:
    """The file that may hold keys, in place of the machine's own; it is not there yet."""
    file = tmp_path / "secrets.toml"
    monkeypatch.setattr(Settings.__init__, "__defaults__", (None, file))
    return file
