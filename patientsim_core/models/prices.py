"""What tokens cost, by a dated table (`prices.toml`) that the user may extend."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from patientsim_core.errors import InputError
from patientsim_core.models.providers import OFFLINE, PROVIDERS
from patientsim_core.models.settings import Settings
from patientsim_core.usage import Usage

PRICES = "PATIENTSIM_PRICES"
"""Variable with the path of the user's own table."""

_OWN = Path(__file__).with_name("prices.toml")
_MILLION = 1_000_000
_SAME = {"azure": "openai", "vertex": "gemini"}
"""Whose models a service offers, as far as its own section does not know them."""

_VERSION = re.compile(r"-(\d{4}-\d{2}-\d{2}|\d{3})\Z")
"""What is added to a model's name for one version of it: `-2024-07-18`, Gemini's `-001`."""


class Price(BaseModel):
    """US dollars per million tokens; reasoning is billed as output."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    input: float = Field(ge=0, allow_inf_nan=False)
    output: float = Field(ge=0, allow_inf_nan=False)


class Section(BaseModel):
    """The prices of one service's models by name, from when and where they are."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    as_of: date | None = None
    source: str = ""
    models: dict[str, Price]


_TABLE = TypeAdapter(dict[str, Section])


@dataclass(frozen=True)
class Prices:
    """Tables by provider, the first that knows a model counts: the user's, then this project's."""

    tables: tuple[Mapping[str, Section], ...]

    def cost(self, model_name: str, usage: Usage) -> float | None:
        """US dollars for the tokens of a model like `azure:gpt-4o-mini`; None where its price is not known,
        as of a server of one's own, or of a deployment that does not have its model's name."""
        if model_name == OFFLINE:
            return 0.0
        price = self.price(model_name)
        if price is None:
            return None
        return (usage.prompt_tokens * price.input + usage.completion_tokens * price.output) / _MILLION

    def price(self, model_name: str) -> Price | None:
        """The price of a model, or of the one that it is a dated version of."""
        provider, _, model = model_name.partition(":")
        for name in (model, _VERSION.sub("", model)):
            for table in self.tables:
                for key in filter(None, (provider, _SAME.get(provider))):
                    if key in table and name in table[key].models:
                        return table[key].models[name]
        return None


def load_prices(path: str | Path | None = None, settings: Settings | None = None) -> Prices:
    """The project's prices, after those of the user's own file: `path`, or what PATIENTSIM_PRICES names.

    Raises InputError, with file and key, for one that cannot be read.
    """
    own = path or (settings or Settings()).get(PRICES)
    return Prices(tuple(_read(Path(one)) for one in filter(None, (own, _OWN))))


def _read(path: Path) -> dict[str, Section]:
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}). It holds prices as TOML.") from None
    except ValueError as error:  # of TOML, with the line; or no UTF-8
        raise InputError(f"{path}: is not TOML ({error}).") from None
    if unknown := next((name for name in found if name not in PROVIDERS), None):
        raise InputError(f"{path}: {unknown}: is no kind of models. They are {', '.join(PROVIDERS)}.")
    try:
        return _TABLE.validate_python(found)
    except ValidationError as error:
        fault = error.errors(include_url=False, include_input=False)[0]
    key = ".".join(map(str, fault["loc"]))
    raise InputError(
        f"{path}: {key}: {fault['msg']}. Each provider has a table of models, each model input and output in "
        'dollars per million tokens: "gpt-4.1" = { input = 2.0, output = 8.0 }, with its name in quotes.'
    )
