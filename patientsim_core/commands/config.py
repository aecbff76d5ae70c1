"""What a command is to do: from a TOML file, and from flags, which go before it."""

import argparse
import tomllib
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from patientsim_core.errors import InputError

Kind = TypeVar("Kind", bound="Config")


class Config(BaseModel):
    """All that a command can be told; each field is a flag and a key of the file."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


def read_config(kind: type[Kind], given: argparse.Namespace) -> Kind:
    """The command's settings: what flags do not give, the file of `--config` does, else the usual value
    holds. Raises InputError in one line that names the flag or the key."""
    flags = {name: value for name, value in vars(given).items() if name in kind.model_fields}
    path = getattr(given, "config", None)
    filed = {key.replace("-", "_"): value for key, value in _file(path).items()} if path else {}
    try:
        return kind.model_validate({**filed, **flags})
    except ValidationError as error:
        fault = min(error.errors(), key=lambda one: one["type"] == "missing")  # what is there and wrong first
        name = str(fault["loc"][0])
        where = f"{path}, {name}" if name in filed and name not in flags else f"--{name.replace('_', '-')}"
        raise InputError(f"{where}: {_words(fault, kind)}") from None


def _words(fault: dict, kind: type[Config]) -> str:
    if fault["type"] == "missing":
        return "is needed."
    if fault["type"] == "extra_forbidden":
        return f"is not known. Known are {', '.join(kind.model_fields)}."
    text = fault["msg"].removeprefix("Value error, ").removesuffix(".")
    return f"{text[0].lower()}{text[1:]}."


def _file(path: Path) -> dict:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"--config {path}: cannot be read ({error.strerror}).") from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(f"--config {path}: is not TOML ({error}).") from None
