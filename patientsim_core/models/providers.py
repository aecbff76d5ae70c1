"""The six kinds of models by name, what each needs, and how it is made."""

from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from threading import Lock
from urllib.parse import urlsplit

from patientsim_core.errors import InputError
from patientsim_core.models.chat import ChatModel
from patientsim_core.models.retry import Limits
from patientsim_core.models.settings import Settings

OFFLINE = "offline"
OPENAI_URL = "https://api.openai.com/v1"
AZURE_VERSION = "2024-10-21"
"""Azure's last dated stable api-version of chat completions."""


@dataclass(frozen=True)
class Setting:
    """Something that a provider takes, by the environment variables that hold it, the first preferred."""

    names: tuple[str, ...]
    meaning: str
    secret: bool = False


@dataclass(frozen=True)
class Provider:
    """A kind of service. Of each group in `needs` one setting must be there; `takes` may be.

    `data` says which cases may go there; `examples` are names of models to begin with.
    """

    key: str
    label: str
    package: str
    needs: tuple[tuple[Setting, ...], ...]
    takes: tuple[Setting, ...] = ()
    examples: tuple[str, ...] = ()
    data: str = ""

    @property
    def settings(self) -> tuple[Setting, ...]:
        """All that it needs or takes."""
        return (*(one for group in self.needs for one in group), *self.takes)

    def missing(self, settings: Settings) -> list[str]:
        """What is not set yet, in words: `OPENAI_API_KEY (key)`."""
        return [
            " or ".join(f"{one.names[0]} ({one.meaning})" for one in group)
            for group in self.needs
            if not any(settings.get(*one.names) for one in group)
        ]


_OPENAI_KEY = Setting(("OPENAI_API_KEY",), "key", secret=True)
_OPENAI_URL = Setting(("OPENAI_BASE_URL",), "base URL, for another address than OpenAI's")
_AZURE_KEY = Setting(("AZURE_OPENAI_KEY", "AZURE_OPENAI_API_KEY"), "key", secret=True)
_AZURE_URL = Setting(("AZURE_ENDPOINT", "AZURE_OPENAI_ENDPOINT"), "endpoint, https://NAME.openai.azure.com")
_AZURE_API = Setting(("AZURE_OPENAI_API_VERSION", "OPENAI_API_VERSION"), f"api-version, else {AZURE_VERSION}")
_GOOGLE_KEY = Setting(("GENAI_API_KEY", "GOOGLE_API_KEY", "GEMINI_API_KEY"), "key", secret=True)
_GEMINI_URL = Setting(("GOOGLE_GEMINI_BASE_URL",), "base URL, for another address than Google's")
_VERTEX_URL = Setting(("GOOGLE_VERTEX_BASE_URL",), "base URL, for another address than Google's")
_PROJECT = Setting(("GOOGLE_CLOUD_PROJECT",), "project, signed in by Google Cloud's credentials")
_LOCATION = Setting(("GOOGLE_CLOUD_LOCATION",), "location of the project, else global")
_SERVER = Setting(("VLLM_BASE_URL", "VLLM_PORT"), "address, http://localhost:8000/v1, or a port by VLLM_PORT")
_SERVER_KEY = Setting(("VLLM_API_KEY",), "key, if the server wants one", secret=True)
VERTEX_FLAG = "GOOGLE_GENAI_USE_VERTEXAI"
_MAKING = Lock()

PROVIDERS: dict[str, Provider] = {
    one.key: one
    for one in (
        Provider("azure", "Azure OpenAI", "openai", ((_AZURE_URL,), (_AZURE_KEY,)), (_AZURE_API,),
                 ("gpt-4o-mini",), "Credentialed cases may go here, within your agreement with Microsoft."),
        Provider("openai", "OpenAI", "openai", ((_OPENAI_KEY,),), (_OPENAI_URL,),
                 ("gpt-4o-mini",), "No credentialed cases."),
        Provider("gemini", "Gemini (AI Studio)", "google-genai", ((_GOOGLE_KEY,),), (_GEMINI_URL,),
                 ("gemini-2.5-flash",), "No credentialed cases."),
        Provider("vertex", "Gemini (Vertex AI)", "google-genai", ((_GOOGLE_KEY, _PROJECT),),
                 (_LOCATION, _VERTEX_URL), ("gemini-2.5-flash",),
                 "Credentialed cases may go here, within your agreement with Google."),
        Provider("vllm", "Own server (vLLM …)", "openai", ((_SERVER,),), (_SERVER_KEY,),
                 (), "Credentialed cases may go here if it is on this machine or network."),
    )
}  # fmt: skip


def split_name(name: str) -> tuple[Provider, str]:
    """`azure:gpt-4o-mini` as the provider and its model. Raises InputError for any other name."""
    kind, _, model = name.partition(":")
    if kind not in PROVIDERS or not model.strip():
        known = ", ".join([OFFLINE, *(f"{key}:MODEL" for key in PROVIDERS)])
        raise InputError(f"model {name!r}: is not known. Models are called {known}.")
    return PROVIDERS[kind], model.strip()


def load_model(name: str, settings: Settings | None = None, limits: Limits = Limits()) -> ChatModel:  # noqa: B008
    """The model of a name like `azure:gpt-4o-mini`; nothing is sent yet.

    Raises InputError, which names the variable to set or the package to install.
    """
    settings = settings or Settings()
    provider, model = split_name(name)
    if missing := provider.missing(settings):
        raise InputError(f"{name}: {provider.label} is not set up. Set {' and '.join(missing)}.")
    if provider.key == "gemini" and _vertex_keys(settings):
        raise InputError(
            f"{name}: {VERTEX_FLAG} says that the key is one of Vertex AI. Use vertex:{model}, or unset it."
        )
    if not _installed({"google-genai": "google.genai"}.get(provider.package, provider.package)):
        raise InputError(f"{name}: needs a package. Install it with: pip install {provider.package}")
    account = tuple((one, settings.get(*one.names) or "") for one in provider.settings)
    for one, value in account:
        if not (value.isascii() and value.isprintable()):
            raise InputError(
                f"{one.names[0]}: holds a line break or a letter that cannot be part of it. Copy it again."
            )
    address = address_of(name, settings)
    with _MAKING:  # of two who ask for the same one at once, both get it: the cache alone would make it twice
        return _made(f"{provider.key}:{model}", address, account, limits)


@lru_cache(maxsize=32)
def _made(name: str, address: str, account: tuple[tuple[Setting, str], ...], limits: Limits) -> ChatModel:
    """A model is made once: its connections stay open, and what it does not take stays known."""
    given = dict(account)
    if name.startswith(("gemini:", "vertex:")):
        from patientsim_core.models.gemini import Gemini

        url = _VERTEX_URL if name.startswith("vertex:") else _GEMINI_URL
        project = {"project": given.get(_PROJECT, ""), "location": given.get(_LOCATION, "")}
        words = _words(_GOOGLE_KEY if given[_GOOGLE_KEY] else _PROJECT, url)
        return Gemini(name, limits, given[_GOOGLE_KEY], address, **project, **words)
    from patientsim_core.models.openai_compatible import OpenAICompatible

    if name.startswith("azure:"):
        words, version = _words(_AZURE_KEY, _AZURE_URL), given[_AZURE_API] or AZURE_VERSION
        return OpenAICompatible(name, limits, given[_AZURE_KEY], address, version, **words)
    if name.startswith("openai:"):
        words = _words(_OPENAI_KEY, _OPENAI_URL)
        return OpenAICompatible(name, limits, given[_OPENAI_KEY], address or OPENAI_URL, **words)
    return OpenAICompatible(name, limits, given[_SERVER_KEY], address, **_words(_SERVER_KEY, _SERVER))


def address_of(name: str, settings: Settings) -> str:
    """Where requests for a model go: its base URL; "" for the provider's own address."""
    provider, _ = split_name(name)
    setting = {
        "azure": _AZURE_URL, "openai": _OPENAI_URL, "gemini": _GEMINI_URL, "vertex": _VERTEX_URL,
        "vllm": _SERVER,
    }[provider.key]  # fmt: skip
    address = settings.get(*setting.names) or ""
    if provider.key == "vllm" and address:
        address = f"http://localhost:{address}" if address.isdecimal() else address.rstrip("/")
        address += "" if "/" in address.partition("://")[2] else "/v1"
    if address and not _has_host(address):
        raise InputError(
            f"{setting.names[0]}: must be an address that begins with http:// or https:// and names a host."
        )
    return address


def _has_host(address: str) -> bool:
    try:
        parts = urlsplit(address)
        return address.startswith(("http://", "https://")) and bool(parts.hostname) and parts.port != 0
    except ValueError:  # an odd port or bracket
        return False


def is_set_up(provider: Provider, settings: Settings) -> bool:
    """Whether it has all it needs. One Google key serves AI Studio or, by its flag, Vertex AI."""
    if provider.missing(settings):
        return False
    if provider.key == "gemini":
        return not _vertex_keys(settings)
    return provider.key != "vertex" or _vertex_keys(settings) or bool(settings.get(*_PROJECT.names))


def _vertex_keys(settings: Settings) -> bool:
    return (settings.get(VERTEX_FLAG) or "").lower() in ("1", "true", "yes")


def _installed(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False


def _words(key: Setting, address: Setting) -> dict[str, str]:
    """The names of settings, as errors mention them; `key_name` to keep clear of the key itself."""
    return {"key_name": key.names[0], "address_name": address.names[0]}
