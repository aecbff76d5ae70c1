"""Models by name: what each needs, what is missing, and that an SDK is imported only when used."""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from kinds import ADDRESS_NAMES, CHAT, GOOGLE, KEY_NAMES, KINDS, NOWHERE, QUESTION, ask, load, settings
from service import KEY

from patientsim_core.errors import InputError, ModelError
from patientsim_core.models import PROVIDERS, Settings, load_model, openai_compatible
from patientsim_core.models.openai_compatible import OpenAICompatible
from patientsim_core.models.providers import is_set_up

IMPORTED = """
import sys
from tests.cases import HEART
from patientsim_core import *
from patientsim_core.models import *

def show():
    print([name for name in ("openai", "google.genai") if name in sys.modules])

Settings().get("X")
make_patient(HEART, Persona()).reply([Turn(role="doctor", text="Hello?")])
show()
for name, key in (("openai:x", "OPENAI_API_KEY"), ("gemini:x", "GENAI_API_KEY")):
    load_model(name, Settings({key: "k"}))
    show()
"""
MISSING = """
import sys
from patientsim_core.errors import InputError
from patientsim_core.models import *

class Hidden:
    def find_spec(self, name, path=None, target=None):
        if name in ("openai", "google.genai"):
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Hidden())
for name in ("openai:m", "azure:m", "vllm:m", "gemini:m", "vertex:m"):
    try:
        load_model(name)
    except InputError as error:
        print(error)
"""
WARMED = """
import sys, threading, time
from patientsim_core.models import *

def begun():
    return [one for one in threading.enumerate() if one is not threading.main_thread()]

for name in {names}:
    warm(name)
threads = begun()
print(len(threads), all(one.daemon for one in threads))
for one in threads:
    one.join()
print([name for name in ("openai", "google.genai") if name in sys.modules])
"""
AT_ONCE = """
from patientsim_core.models import *

warm("openai")
print(load_model("openai:x", Settings({"OPENAI_API_KEY": "k"})).name)
"""
WARMED_WITHOUT = (
    MISSING.partition("for name")[0]
    + """
warm("openai:m")
warm("gemini:m")
import threading
for one in threading.enumerate():
    if one is not threading.main_thread():
        one.join()
try:
    load_model("openai:m", Settings({"OPENAI_API_KEY": "k"}))
except InputError as error:
    print(error)
"""
)


def run(code: str, **environment: str) -> list[str]:
    """The lines that a fresh interpreter prints."""
    command = [sys.executable, "-c", code]
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, timeout=60, env=os.environ | environment
    )
    return done.stdout.splitlines()


def test_an_sdk_is_imported_only_when_it_is_used():
    assert run(IMPORTED) == ["[]", "['openai']", "['openai', 'google.genai']"]


@pytest.mark.parametrize(
    ("names", "threads", "imported"),
    [
        (["openai:gpt-4o-mini"], 1, ["openai"]),
        (["vllm:m", "vllm:m", "azure", "openai:"], 1, ["openai"]),
        (["gemini", "vertex:m"], 1, ["google.genai"]),
        (["openai:m", "gemini:m"], 2, ["openai", "google.genai"]),
        (["offline", "the same", "", ":", "mistral:m", "OPENAI:m"], 0, []),
    ],
)
def test_a_chosen_models_sdk_is_imported_in_the_background_once(names, threads, imported):
    begun, found = run(WARMED.format(names=names))
    assert begun == f"{threads} True"
    assert found == str(imported)


def test_a_model_that_is_used_while_its_sdk_is_being_imported_waits_for_it():
    assert run(AT_ONCE) == ["openai:x"]


def test_an_sdk_that_cannot_be_imported_is_said_when_the_model_is_used_and_not_before():
    command = [sys.executable, "-c", WARMED_WITHOUT]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "openai:m: needs a package. Install it with: pip install openai\n"
    assert done.stderr == ""


def test_a_missing_package_is_told_with_the_command_that_installs_it():
    set_up = dict.fromkeys(KEY_NAMES.values(), "k") | dict.fromkeys(
        ADDRESS_NAMES.values(), "http://localhost:1"
    )
    assert run(MISSING, **set_up) == [
        f"{name}:m: needs a package. Install it with: pip install {package}"
        for package, names in (("openai", CHAT), ("google-genai", GOOGLE))
        for name in names
    ]


@pytest.mark.parametrize(
    "name", ["nothing", "", "openai", "openai:", "openai: ", ":m", "OPENAI:m", "gpt-4o", "local:m"]
)
def test_any_other_name_is_told_with_those_that_are_known(name):
    with pytest.raises(InputError) as caught:
        load_model(name, Settings({}, NOWHERE))
    for known in ("offline", *(f"{kind}:MODEL" for kind in KINDS)):
        assert known in str(caught.value)


@pytest.mark.parametrize("name", ["org/model-7b:latest", "gpt-4o-mini", " m "])
def test_a_models_name_is_taken_as_it_is(service, name):
    ask(load("vllm", service.url, name), False)
    assert service.requests[0].body["model"] == name.strip()


@pytest.mark.parametrize(
    ("kind", "missing"),
    [
        ("openai", ["OPENAI_API_KEY"]),
        ("azure", ["AZURE_ENDPOINT", "AZURE_OPENAI_KEY"]),
        ("gemini", ["GENAI_API_KEY"]),
        ("vertex", ["GENAI_API_KEY", "GOOGLE_CLOUD_PROJECT"]),
        ("vllm", ["VLLM_BASE_URL"]),
    ],
)
def test_what_is_not_set_is_named(kind, missing):
    with pytest.raises(InputError, match="is not set up") as caught:
        load_model(f"{kind}:m", Settings({}, NOWHERE))
    assert all(name in str(caught.value) for name in missing)
    assert not is_set_up(PROVIDERS[kind], Settings({}, NOWHERE))


@pytest.mark.parametrize(
    "address", ["localhost:8000", "ftp://localhost", "http://", "http://localhost:abc", "http://[::1"]
)
def test_what_is_no_address_is_told_with_its_name(kind, address):
    with pytest.raises(InputError, match=f"^{ADDRESS_NAMES[kind]}: must be an address"):
        load_model(f"{kind}:m", Settings({ADDRESS_NAMES[kind]: address, KEY_NAMES[kind]: "k"}, NOWHERE))


def test_an_address_that_no_client_takes_is_told(kind):
    given = Settings({ADDRESS_NAMES[kind]: "http://u:pass@0177.0.0.1/", KEY_NAMES[kind]: "k"}, NOWHERE)
    with pytest.raises(InputError, match=r"^0177\.0\.0\.1: is not an address"):
        load_model(f"{kind}:m", given)


@pytest.mark.parametrize("flag", ["true", "True", "1", "yes"])
def test_one_google_key_serves_vertex_ai_by_its_flag(service, flag):
    given = settings("vertex", service.url, more={"GOOGLE_GENAI_USE_VERTEXAI": flag})
    with pytest.raises(InputError, match=r"Use vertex:m, or unset it"):
        load_model("gemini:m", given)
    assert not is_set_up(PROVIDERS["gemini"], given)
    assert is_set_up(PROVIDERS["vertex"], given)
    assert ask(load_model("vertex:m", given), False).text == "It hurts here."


@pytest.mark.parametrize("flag", ["", "false", "0"])
def test_without_the_flag_it_is_a_key_of_ai_studio(service, flag):
    given = settings("gemini", service.url, more={"GOOGLE_GENAI_USE_VERTEXAI": flag})
    assert is_set_up(PROVIDERS["gemini"], given)
    assert not is_set_up(PROVIDERS["vertex"], given)
    assert ask(load_model("gemini:m", given), False).text == "It hurts here."


@pytest.mark.parametrize("kind", GOOGLE)
@pytest.mark.parametrize("name", ["GENAI_API_KEY", "GOOGLE_API_KEY", "GEMINI_API_KEY"])
def test_every_published_name_of_the_google_key_will_do(kind, name, service, monkeypatch):
    monkeypatch.setenv(name, KEY)
    given = Settings({ADDRESS_NAMES[kind]: service.url}, NOWHERE)
    assert ask(load_model(f"{kind}:m", given), False).text == "It hurts here."


def test_other_published_names_of_azure_will_do(service, monkeypatch):
    monkeypatch.setenv("AZURE_OPENAI_API_KEY", KEY)
    monkeypatch.setenv("AZURE_OPENAI_ENDPOINT", service.url)
    monkeypatch.setenv("OPENAI_API_VERSION", "2031-01-01")
    assert ask(load_model("azure:m", Settings({}, NOWHERE)), False).text == "It hurts here."
    assert service.requests[0].query == {"api-version": "2031-01-01"}


def test_a_project_without_a_sign_in_says_how_to_sign_in(service, monkeypatch):
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", "/nowhere.json")
    given = {"GOOGLE_CLOUD_PROJECT": "p", "GOOGLE_VERTEX_BASE_URL": service.url}
    model = load_model("vertex:m", Settings(given, NOWHERE))
    with pytest.raises(ModelError, match="gcloud auth application-default login") as caught:
        model.complete(QUESTION)
    assert (caught.value.fault, service.requests) == ("sign_in", [])


def test_a_model_is_made_once_for_the_same_settings(kind, service):
    model = load(kind, service.url)
    assert load(kind, service.url) is model
    assert load(kind, service.url, key="another") is not model
    assert load(kind, service.url, name="other") is not model


def test_a_model_that_many_ask_for_at_the_same_moment_is_made_once(service, monkeypatch):
    made = []

    class Slow(OpenAICompatible):
        def __init__(self, *given, **more):
            made.append(self)
            time.sleep(0.05)
            super().__init__(*given, **more)

    monkeypatch.setattr(openai_compatible, "OpenAICompatible", Slow)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: load("vllm", service.url), range(8)))
    assert made == found[:1]
    assert len({id(one) for one in found}) == 1


def test_a_model_that_cannot_be_made_does_not_block_the_next_one(service, monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr(openai_compatible, "OpenAICompatible", None)
        with pytest.raises(TypeError):
            load("vllm", service.url)
    assert load("vllm", service.url).name
