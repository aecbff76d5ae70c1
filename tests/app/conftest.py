"""What the page finds on the machine: no keys, and a model service to ask."""

import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "models"))

from service import service

from patientsim_core.models import Settings, providers

__all__ = ["service"]

_KEYS = ("OPENAI_", "AZURE_", "GOOGLE_", "GEMINI_", "GENAI_", "VLLM_", "PATIENTSIM_OWN")


@pytest.fixture(autouse=True)
def secrets(monkeypatch, tmp_path) -> Path:
    """Puts the machine's own keys out of sight; gives the file that may hold others."""
    for name in list(os.environ):
        if name.startswith(_KEYS) or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    file = tmp_path / "secrets.toml"
    monkeypatch.setattr(Settings.__init__, "__defaults__", (None, file))
    providers._made.cache_clear()
    return file
