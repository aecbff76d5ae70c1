"""The five kinds of models, each set up to ask the service on this machine."""

from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from pathlib import Path

from pydantic import BaseModel
from service import KEY, Request

from patientsim_core.models import ChatModel, Completion, Limits, Message, Options, Settings, load_model

CHAT, GOOGLE = ("openai", "azure", "vllm"), ("gemini", "vertex")
KINDS = (*CHAT, *GOOGLE)
KEY_NAMES = {
    "openai": "OPENAI_API_KEY",
    "azure": "AZURE_OPENAI_KEY",
    "vllm": "VLLM_API_KEY",
    "gemini": "GENAI_API_KEY",
    "vertex": "GENAI_API_KEY",
}
ADDRESS_NAMES = {
    "openai": "OPENAI_BASE_URL",
    "azure": "AZURE_ENDPOINT",
    "vllm": "VLLM_BASE_URL",
    "gemini": "GOOGLE_GEMINI_BASE_URL",
    "vertex": "GOOGLE_VERTEX_BASE_URL",
}
QUESTION = [Message("system", "You are Mr Smith."), Message("user", "Where does it hurt?")]
QUICK = Limits(attempts=3, seconds=20, pause=0.001, longest=0.002)
"""Three attempts with hardly a pause between them."""

NOWHERE = Path("/nowhere/secrets.toml")


def settings(kind: str, url: str, key: str = KEY, more: Mapping[str, str] | None = None) -> Settings:
    """All that a kind needs, with no file beside it."""
    address = f"{url}/v1" if kind == "openai" else url
    return Settings({ADDRESS_NAMES[kind]: address, KEY_NAMES[kind]: key, **(more or {})}, NOWHERE)


def load(kind: str, url: str, name: str = "m", limits: Limits = QUICK, key: str = KEY) -> ChatModel:
    return load_model(f"{kind}:{name}", settings(kind, url, key), limits)


def label(value: object) -> str:
    """A short name of a row: of an answer or a problem, what is not as usual."""
    if not is_dataclass(value):
        return str(value)
    own = [(one.name, getattr(value, one.name)) for one in fields(value)]
    usual = [one.default_factory() if one.default is MISSING and one.name == "headers" else one.default
             for one in fields(value)]  # fmt: skip
    return " ".join(f"{name} {is_}" for (name, is_), was in zip(own, usual, strict=True) if is_ != was)


def sent(request: Request) -> dict:
    """What a request asks for, by the service's names, wherever in its body."""
    return request.body | request.body.get("generationConfig", {})


def ask(
    model: ChatModel,
    streamed: bool,
    options: Options | None = None,
    seed: int | None = None,
    messages: list[Message] = QUESTION,
    schema: type[BaseModel] | None = None,
) -> Completion:
    """The answer, in one of the two ways to get it."""
    if not streamed:
        return model.complete(messages, options, seed, schema)
    answer = model.stream(messages, options, seed, schema=schema)
    text = "".join(answer)
    assert answer.completion.text == text.strip()
    return answer.completion
