"""The SDKs take up to a second to import: it is done while a question is being typed."""

from contextlib import suppress
from functools import cache
from importlib import import_module
from threading import Thread

from patientsim_core.models.providers import PROVIDERS

_SPEAKERS = {"openai": "openai_compatible", "google-genai": "gemini"}
"""Package of an SDK -> the module here that imports it."""


def warm(name: str) -> None:
    """Begins to import what a model like `azure:gpt-4o-mini` needs, or any model of a service like `azure`,
    in the background. Nothing else is done, and nothing fails: what is wrong is said when the model is used,
    which waits for an import that has begun."""
    if provider := PROVIDERS.get(name.partition(":")[0].strip()):
        _begin(_SPEAKERS[provider.package])


@cache
def _begin(module: str) -> None:
    """Once for each SDK."""
    Thread(target=_import, args=[f"patientsim_core.models.{module}"], daemon=True).start()


def _import(module: str) -> None:
    with suppress(Exception):  # a model that is used imports it again, and says what is wrong
        import_module(module)
