"""Where credentialed cases may go."""

import json
import socket

import pytest
from kinds import ADDRESS_NAMES, KINDS, NOWHERE, settings

from patientsim_core import Persona, Turn, load_cases, make_patient
from patientsim_core.errors import InputError
from patientsim_core.models import Settings, check_permission
from patientsim_core.models.permission import OWN_SERVERS
from tests.cases import RELEASE, release

SECRET = release(provenance="credentialed")
HELLO = [Turn(role="doctor", text="Where does it hurt?")]
NAMES = {
    "hospital.example": ["10.1.2.3"],
    "both.example": ["10.1.2.3", "198.51.100.7"],
    "six.example": ["fd00::7", "192.168.0.9"],
    "public.example": ["198.51.100.7"],
    "own.example": ["198.51.100.7"],
    "name.openai.azure.com": ["198.51.100.7"],
}
"""Names and the addresses that they have; all others have none."""


@pytest.fixture(autouse=True)
def _names(monkeypatch):
    look_up = socket.getaddrinfo

    def found(host, *rest, **more):
        if host not in NAMES:
            return look_up(host, *rest, **more)
        return [(0, 0, 0, "", (address, 0)) for address in NAMES[host]]

    monkeypatch.setattr(socket, "getaddrinfo", found)


def allowed(kind: str, address: str, own: str = "") -> bool:
    given = Settings({ADDRESS_NAMES[kind]: address, OWN_SERVERS: own}, NOWHERE)
    try:
        check_permission(SECRET, f"{kind}:m", given)
    except InputError as error:
        return not str(error).endswith("Nothing was sent.")
    return True


@pytest.mark.parametrize(
    "address",
    [
        "http://localhost:8000",
        "http://LOCALHOST:8000/v1",
        "http://127.0.0.1:8000",
        "http://127.8.9.10",
        "http://2130706433/v1",
        "http://127.1:8000",
        "http://[::1]:8000/v1",
        "http://10.0.0.5:8000",
        "http://172.16.0.1",
        "http://172.31.255.254",
        "http://192.168.1.20:8080/v1",
        "http://[fd00::5]/v1",
        "https://hospital.example/v1",
        "https://HOSPITAL.example./v1",
        "http://six.example",
        "http://198.51.100.7@localhost:8000/",
    ],
)
def test_servers_on_this_machine_or_a_private_network_may_get_them(address):
    for kind in ("vllm", "azure", "vertex"):
        assert allowed(kind, address)


@pytest.mark.parametrize(
    "address",
    [
        "http://198.51.100.7",
        "http://8.8.8.8:8000/v1",
        "http://172.15.0.1",
        "http://172.32.0.1",
        "http://192.169.0.1",
        "http://11.0.0.1",
        "http://169.254.169.254",
        "http://100.64.0.1",
        "http://0.0.0.0:8000",
        "http://0:8000",
        "http://[::]:8000",
        "http://[fe80::1]:8000",
        "http://[::ffff:198.51.100.7]/v1",
        "http://3325256711/v1",
        "http://0xc6336407",
        "https://public.example/v1",
        "https://PUBLIC.example./v1",
        "https://both.example",
        "https://nowhere.invalid",
        "http://localhost@198.51.100.7/",
        "http://localhost:8000@198.51.100.7/",
        "http://localhost\\@198.51.100.7/",
        "http://localhost&@198.51.100.7/",
        "http://198.51.100.7/#@localhost",
        "http://198.51.100.7?@localhost/",
        "http://198.51.100.7/localhost",
        "http://localhost.public.example",
        "http://local%68ost/",
    ],
)
def test_public_addresses_may_not_get_them(address):
    for kind in ("vllm", "azure", "vertex"):
        assert not allowed(kind, address)


@pytest.mark.parametrize(
    "address", ["http:///v1", "https://:80/v1", "http://198.51.100.7:80@", "http://[::1", "ftp://x"]
)
def test_an_address_without_a_host_is_none(address):
    for kind in ("vllm", "azure", "vertex"):
        given = Settings({ADDRESS_NAMES[kind]: address}, NOWHERE)
        with pytest.raises(InputError, match=f"^{ADDRESS_NAMES[kind]}: must be an address"):
            check_permission(SECRET, f"{kind}:m", given)


@pytest.mark.parametrize(
    ("kind", "address", "may"),
    [
        ("azure", "https://name.openai.azure.com", True),
        ("azure", "https://name.openai.azure.com/", True),
        ("azure", "https://NAME.OpenAI.Azure.com.", True),
        ("azure", "https://name.cognitiveservices.azure.com", True),
        ("azure", "https://name.services.ai.azure.com", True),
        ("azure", "https://westeurope.api.cognitive.microsoft.com", True),
        ("azure", "https://name.openai.azure.us", True),
        ("azure", "http://name.openai.azure.com", False),
        ("azure", "https://name.westeurope.cloudapp.azure.com", False),
        ("azure", "https://name.azure-api.net", False),
        ("azure", "https://openai.azure.com.public.example", False),
        ("azure", "https://public.example/name.openai.azure.com", False),
        ("azure", "https://public.example#.openai.azure.com", False),
        ("azure", "https://public.example\\.openai.azure.com", False),
        ("azure", "https://nameopenai.azure.com", False),
        ("azure", "https://api.openai.com/v1", False),
        ("azure", "https://aiplatform.googleapis.com", False),
        ("vertex", "", True),
        ("vertex", "https://aiplatform.googleapis.com", True),
        ("vertex", "https://europe-west4-aiplatform.googleapis.com/", True),
        ("vertex", "https://aiplatform.eu.rep.googleapis.com", True),
        ("vertex", "http://aiplatform.googleapis.com", False),
        ("vertex", "https://generativelanguage.googleapis.com", False),
        ("vertex", "https://storage.googleapis.com", False),
        ("vertex", "https://aiplatform.googleapis.com.public.example", False),
        ("vertex", "https://evil.aiplatform.googleapis.com.public.example", False),
        ("vertex", "https://name.openai.azure.com", False),
        ("vllm", "https://name.openai.azure.com", False),
        ("vllm", "https://aiplatform.googleapis.com", False),
    ],
)
def test_a_cloud_is_its_own_hosts_alone(kind, address, may):
    assert allowed(kind, address) is may


@pytest.mark.parametrize(
    ("own", "may"),
    [
        ("own.example", True),
        ("other.example, OWN.example. ,", True),
        ("", False),
        (",", False),
        ("example", False),
        ("other.example", False),
        ("*", False),
    ],
)
def test_servers_that_the_user_answers_for_may_get_them(own, may):
    for kind in ("vllm", "azure", "vertex"):
        assert allowed(kind, "https://own.example/v1", own) is may


@pytest.mark.parametrize("kind", ["openai", "gemini"])
def test_openai_and_ai_studio_never_get_them(kind):
    for address in ("", "http://localhost", "https://own.example", "https://name.openai.azure.com"):
        assert not allowed(kind, address, "own.example, localhost")


def test_the_refusal_says_why_and_what_may_be_used():
    with pytest.raises(
        InputError, match=r"data use agreement.*OpenAI.*Use offline, azure:, vertex:, or vllm"
    ):
        check_permission(SECRET, "openai:m", Settings({}, NOWHERE))
    given = Settings({"VLLM_BASE_URL": "http://user:pass@public.example/v1?key=pass"}, NOWHERE)
    with pytest.raises(InputError, match=rf"public\.example is neither.*{OWN_SERVERS}") as caught:
        check_permission(SECRET, "vllm:m", given)
    assert "pass" not in str(caught.value)


@pytest.mark.parametrize("kind", KINDS)
def test_refused_before_a_byte_is_sent(kind, service):
    """What is refused here for its name or its address is asked as soon as the case may go there."""
    refused = kind in ("openai", "gemini")
    given = settings(kind, service.url)
    if refused:
        with pytest.raises(InputError, match="Nothing was sent"):
            make_patient(SECRET, Persona(), f"{kind}:m", settings=given)
        assert (service.requests, service.connections) == ([], 0)
    free = SECRET.model_copy(update={"provenance": "synthetic"})
    case = free if refused else SECRET
    assert make_patient(case, Persona(), f"{kind}:m", settings=given).reply(HELLO).text == "It hurts here."
    assert len(service.requests) == 1


def test_a_server_under_a_public_address_gets_no_connection(service, monkeypatch):
    monkeypatch.setitem(NAMES, "public.example", ["127.0.0.1", "198.51.100.7"])
    given = settings("vllm", service.url.replace("127.0.0.1", "public.example"))
    with pytest.raises(InputError, match="Nothing was sent"):
        make_patient(SECRET, Persona(), "vllm:m", settings=given)
    assert service.connections == 0


@pytest.mark.parametrize("provenance", ["synthetic", "unknown"])
def test_other_cases_go_anywhere(provenance):
    case = SECRET.model_copy(update={"provenance": provenance})
    for kind in KINDS:
        check_permission(case, f"{kind}:m", Settings({ADDRESS_NAMES[kind]: "http://198.51.100.7"}, NOWHERE))


def test_the_offline_patient_gets_all_cases():
    check_permission(SECRET, "offline", Settings({}, NOWHERE))
    assert make_patient(SECRET, Persona()).reply(HELLO).text


@pytest.mark.parametrize(("kind", "name"), [("vllm", "VLLM_BASE_URL"), ("azure", "AZURE_ENDPOINT")])
def test_a_model_that_is_not_set_up_is_told_as_such(kind, name):
    with pytest.raises(InputError, match=f"is not set up. Set {name}"):
        make_patient(SECRET, Persona(), f"{kind}:m", settings=Settings({}, NOWHERE))


def file_of(folder, **changes):
    path = folder / "cases.json"
    path.write_text(json.dumps([RELEASE | changes]), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("id", "marked", "release_file", "provenance"),
    [
        ("1", False, False, "unknown"),
        ("1", True, False, "credentialed"),
        ("1", False, True, "credentialed"),
        ("19999999", False, False, "unknown"),
        ("20000000", False, False, "credentialed"),
        ("29999999", False, False, "credentialed"),
        ("30000000", False, False, "unknown"),
        (" 20000000 ", False, False, "credentialed"),
    ],
)
def test_cases_are_known_as_credentialed(tmp_path, id, marked, release_file, provenance):
    if release_file:
        (tmp_path / "SHA256SUMS.txt").touch()
    (case,) = load_cases(file_of(tmp_path, hadm_id=id), credentialed=marked)
    assert case.provenance == provenance


def test_a_file_cannot_declare_itself_free(tmp_path):
    (case,) = load_cases(file_of(tmp_path, hadm_id="20000001", provenance="synthetic"))
    assert case.provenance == "credentialed"
    (tmp_path / "SHA256SUMS.txt").touch()
    (case,) = load_cases(file_of(tmp_path, hadm_id="1", provenance="synthetic"))
    assert case.provenance == "credentialed"
