import socket

import httpx2
import openai
import pytest
from google import genai
from google.genai.types import HttpOptions

from patientsim_core.errors import ModelError
from patientsim_core.models import Limits, Message, Settings, load_model

ELSEWHERE = ["http://198.51.100.7", "https://198.51.100.7", "https://example.org", "http://0xc6336407"]


@pytest.mark.parametrize("address", ["198.51.100.7", "example.org", "0.0.0.0"])
def test_no_test_reaches_another_machine(address):
    with socket.socket() as connection:
        connection.settimeout(1)
        with pytest.raises(OSError, match="a test tried to reach"):
            connection.connect((address, 80))
        with pytest.raises(OSError, match="a test tried to reach"):
            connection.connect_ex((address, 80))
    datagrams = socket.socket(type=socket.SOCK_DGRAM)
    with datagrams, pytest.raises(OSError, match="a test tried to reach"):
        datagrams.sendto(b"x", (address, 53))


def test_no_test_asks_another_machine_for_a_name():
    for look_up in (socket.gethostbyname, socket.gethostbyname_ex, lambda name: socket.getaddrinfo(name, 80)):
        with pytest.raises(OSError, match="a test tried to look up example"):
            look_up("example.org")


def test_this_machine_can_be_reached():
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket() as connection:
        connection.connect(server.getsockname())
    assert socket.gethostbyname("localhost") == "127.0.0.1"


def reasons(error: BaseException | None) -> str:
    """What an error and all that led to it say."""
    return f"{error} {reasons(error.__cause__ or error.__context__)}" if error else ""


@pytest.mark.parametrize("address", [None, *ELSEWHERE])
def test_no_sdk_reaches_another_machine(address):
    google = HttpOptions(base_url=address)
    for sdk in (
        openai.OpenAI(api_key="k", base_url=address, max_retries=0),
        genai.Client(api_key="k", http_options=google),
        genai.Client(vertexai=True, api_key="k", http_options=google),
    ):
        with pytest.raises((openai.APIConnectionError, httpx2.ConnectError)) as caught:
            sdk.models.list()
        assert "a test tried to" in reasons(caught.value)


@pytest.mark.parametrize("address", ELSEWHERE)
def test_no_model_reaches_another_machine(address, tmp_path):
    given = {"OPENAI_API_KEY": "k", "AZURE_OPENAI_KEY": "k", "GENAI_API_KEY": "k"}
    for name in ("OPENAI_BASE_URL", "AZURE_ENDPOINT", "VLLM_BASE_URL", "GOOGLE_GEMINI_BASE_URL"):
        given[name] = address
    given["GOOGLE_VERTEX_BASE_URL"] = address
    for name in ("openai:m", "azure:m", "vllm:m", "gemini:m", "vertex:m"):
        model = load_model(name, Settings(given, tmp_path / "none.toml"), Limits(attempts=1))
        with pytest.raises(ModelError) as caught:
            model.complete([Message("user", "Hello?")])
        assert caught.value.fault == "address"
