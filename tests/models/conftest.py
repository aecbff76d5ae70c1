"""What tests of models get: each kind of model, asking the service on this machine."""

import ssl

import pytest
from kinds import KINDS, load
from service import Service

from patientsim_core.models import ChatModel


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
