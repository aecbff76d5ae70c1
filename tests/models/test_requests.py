"""What a service is asked."""

import pytest
from kinds import ADDRESS_NAMES, CHAT, GOOGLE, KEY_NAMES, NOWHERE, ask, load, settings
from service import KEY

from patientsim_core.models import Message, Options, Settings, load_model

PATHS = {
    "openai": "/v1/chat/completions",
    "azure": "/openai/deployments/m/chat/completions",
    "vllm": "/v1/chat/completions",
    "gemini": "/v1/models/m:",
    "vertex": "/v1beta1/publishers/google/models/m:",
}
CHAT_LOG = [
    Message("system", "You are Mr Smith."),
    Message("user", "Where does it hurt?"),
    Message("assistant", "Here."),
    Message("user", "Since when?"),
]
OPTIONS = Options(temperature=0.3, max_tokens=77, reasoning_effort="low")


def test_the_address_is_the_providers(model, kind, service, streamed):
    ask(model, streamed)
    (request,) = service.requests
    ending = "" if kind in CHAT else "streamGenerateContent" if streamed else "generateContent"
    assert request.path == PATHS[kind] + ending
    assert request.streamed is streamed
    query = {"azure": {"api-version": "2024-10-21"}}.get(kind, {"alt": "sse"} if ending and streamed else {})
    assert request.query == query


def test_the_key_goes_in_the_providers_header_and_nowhere_else(kind, service):
    service.key = "sk-distinct-4711"
    ask(load(kind, service.url, key="sk-distinct-4711"), False)
    (request,) = service.requests
    found = {name for name, value in request.headers.items() if "sk-distinct-4711" in value}
    assert found == {{"azure": "api-key"}.get(kind, "authorization" if kind in CHAT else "x-goog-api-key")}
    assert "sk-distinct-4711" not in f"{request.path}{request.query}{request.body}"


def test_system_prompt_roles_and_order(model, kind, service, streamed):
    ask(model, streamed, messages=CHAT_LOG)
    body = service.requests[0].body
    if kind in CHAT:
        assert body["model"] == "m"
        sent = [(message["role"], message["content"]) for message in body["messages"]]
        assert sent == [tuple(message) for message in CHAT_LOG]
    else:
        assert body["systemInstruction"]["parts"] == [{"text": "You are Mr Smith."}]
        sent = [(content["role"], content["parts"]) for content in body["contents"]]
        turns = [("user", "Where does it hurt?"), ("model", "Here."), ("user", "Since when?")]
        assert sent == [(role, [{"text": text}]) for role, text in turns]


def test_a_chat_without_a_system_prompt_sends_none(model, service):
    ask(model, False, messages=CHAT_LOG[1:])
    body = service.requests[0].body
    assert "systemInstruction" not in body
    assert body.get("messages", [{"role": "user"}])[0]["role"] == "user"


def test_options_and_seed_are_sent(model, kind, service, streamed):
    ask(model, streamed, OPTIONS, seed=9)
    body = service.requests[0].body
    if kind in GOOGLE:
        config = body["generationConfig"]
        assert (config["temperature"], config["seed"], config["maxOutputTokens"]) == (0.3, 9, 77)
        return
    assert (body["temperature"], body["seed"], body["reasoning_effort"]) == (0.3, 9, "low")
    limits = {name: body[name] for name in body if name.startswith("max_")}
    assert limits == {"max_tokens" if kind == "vllm" else "max_completion_tokens": 77}


def test_what_is_left_to_the_service_is_not_sent(model, kind, service, streamed):
    ask(model, streamed, Options(temperature=None))
    body = service.requests[0].body
    if kind in GOOGLE:
        assert set(body) <= {"contents", "systemInstruction", "generationConfig"}
        assert not body.get("generationConfig")
    else:
        assert set(body) == {"model", "messages", "stream"} | ({"stream_options"} if streamed else set())


@pytest.mark.parametrize("kind", CHAT)
def test_a_stream_is_asked_for_its_usage_and_a_whole_answer_is_not(model, service, streamed):
    ask(model, streamed)
    assert service.requests[0].body.get("stream_options") == ({"include_usage": True} if streamed else None)


@pytest.mark.parametrize("kind", GOOGLE)
@pytest.mark.parametrize(
    ("name", "effort", "sent"),
    [
        ("gemini-2.5-flash", "none", 0),
        ("gemini-2.5-flash", "minimal", 512),
        ("gemini-2.5-pro", "low", 1024),
        ("gemini-2.5-pro", "medium", 8192),
        ("gemini-2.5-pro", "high", 24576),
        ("gemini-3-pro", "none", "MINIMAL"),
        ("gemini-3-pro", "minimal", "MINIMAL"),
        ("gemini-3-pro", "high", "HIGH"),
    ],
)
def test_gemini_thinks_by_a_budget_or_by_a_level(kind, name, effort, sent, service):
    ask(load(kind, service.url, name), False, Options(reasoning_effort=effort))
    (config,) = service.requests[0].body["generationConfig"]["thinkingConfig"].values()
    assert config == sent


def test_azure_is_asked_by_the_version_that_is_set(service):
    given = settings("azure", service.url, more={"AZURE_OPENAI_API_VERSION": "2030-01-01"})
    ask(load_model("azure:m", given), False)
    assert service.requests[0].query == {"api-version": "2030-01-01"}


def test_a_vertex_project_is_named_in_the_path_and_its_token_sent(service, monkeypatch):
    import google.auth
    from sdks import Token

    monkeypatch.setattr(google.auth, "default", lambda *args, **more: (Token(), "p"))
    given = {"GOOGLE_CLOUD_PROJECT": "p", "GOOGLE_CLOUD_LOCATION": "europe-west4"}
    given["GOOGLE_VERTEX_BASE_URL"] = service.url
    ask(load_model("vertex:m", Settings(given, NOWHERE)), True)
    (request,) = service.requests
    path = "/v1beta1/projects/p/locations/europe-west4/publishers/google/models/m:streamGenerateContent"
    assert (request.path, request.bearer, request.google_key) == (path, KEY, "")


OTHER = "sk-of-another-service"


@pytest.mark.parametrize("key", ["", KEY])
def test_a_server_of_ones_own_never_gets_the_key_of_openai(service, monkeypatch, key):
    for name in ("API_KEY", "ADMIN_KEY", "ORG_ID", "PROJECT_ID"):
        monkeypatch.setenv(f"OPENAI_{name}", OTHER)
    service.key = None
    ask(load("vllm", service.url, key=key), False)
    (request,) = service.requests
    assert OTHER not in str(request.headers)
    assert request.bearer == (key or "none")


def test_a_key_typed_for_the_session_goes_before_what_the_sdks_would_find(kind, service, monkeypatch):
    """The SDKs look into the environment themselves, and prefer some of it."""
    for name in (
        "OPENAI_API_KEY", "OPENAI_ADMIN_KEY", "AZURE_OPENAI_API_KEY", "AZURE_OPENAI_AD_TOKEN",
        "GOOGLE_API_KEY", "GEMINI_API_KEY", "GOOGLE_CLOUD_PROJECT",
    ):  # fmt: skip
        monkeypatch.setenv(name, OTHER)
    for name in ("OPENAI_BASE_URL", "AZURE_OPENAI_ENDPOINT", *ADDRESS_NAMES.values()):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    monkeypatch.setenv("GOOGLE_GENAI_USE_ENTERPRISE", "true")
    ask(load(kind, service.url), False)
    assert OTHER not in str(service.requests[0])


def test_a_plain_address_is_asked_directly_whatever_proxy_is_set(kind, service, monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert ask(load(kind, service.url), False).text == "It hurts here."


def test_a_port_is_a_server_on_this_machine(service):
    given = Settings({"VLLM_PORT": str(service.port), KEY_NAMES["vllm"]: KEY}, NOWHERE)
    assert ask(load_model("vllm:m", given), True).text == "It hurts here."
    assert service.requests[0].path == "/v1/chat/completions"


@pytest.mark.parametrize("path", ["", "/", "/v1", "/v1/"])
def test_the_path_of_a_server_may_be_left_out(service, path):
    given = Settings({"VLLM_BASE_URL": service.url + path, KEY_NAMES["vllm"]: KEY}, NOWHERE)
    ask(load_model("vllm:m", given), False)
    assert service.requests[0].path == "/v1/chat/completions"


def test_whole_answers_keep_their_connection(model, service):
    for _ in range(3):
        ask(model, False)
    assert (len(service.requests), service.connections) == (3, 1)
