"""What every test of models gets: none of the machine's own keys, and models without a past."""

import os
import ssl

import pytest
from kinds import KINDS, load
from service import Service, service

from patientsim_core.models import ChatModel, providers

__all__ = ["service"]

_OTHERS = ("OPENAI_", "AZURE_", "GOOGLE_", "GEMINI_", "GENAI_", "VLLM_", "PATIENTSIM_OWN")
_PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


@pytest.fixture(autouse=True)
def _fresh(monkeypatch):
    for name in list(os.environ):
        if name.startswith(_OTHERS) or name.lower() in _PROXIES:
            monkeypatch.delenv(name)
    providers._made.cache_clear()


@pytest.fixture(params=KINDS)
def kind(request) -> str:
    return request.param


@pytest.fixture(params=[False, True], ids=["whole", "streamed"])
def streamed(request) -> bool:
    return request.param


@pytest.fixture
def model(kind, service: Service) -> ChatModel:
    return load(kind, service.url)


@pytest.fixture(autouse=True, scope="session")
def _no_certificates():
    """Reading the machine's certificates is most of what making a client takes; no test speaks TLS."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(ssl.SSLContext, "load_verify_locations", lambda *args, **more: None)
        yield
