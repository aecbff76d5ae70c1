"""Keys and addresses: typed for the session, from the environment, or from `.streamlit/secrets.toml`."""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path

from patientsim_core.errors import InputError

SECRETS = Path(__file__).parents[2] / ".streamlit" / "secrets.toml"


class Settings:
    """Named settings. What is `given` goes before the environment, and that before the file."""

    def __init__(self, given: Mapping[str, str] | None = None, secrets: Path = SECRETS):
        self._given = {name: value.strip() for name, value in (given or {}).items() if value.strip()}
        self._secrets = secrets

    def get(self, *names: str) -> str | None:
        """The first value that one of the names has. Raises InputError for a file that is not TOML."""
        for source in (self._given, os.environ, self._file()):
            for name in names:
                value = str(source.get(name, "")).strip()
                if value:
                    return value
        return None

    def _file(self) -> Mapping[str, object]:
        try:
            return tomllib.loads(self._secrets.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
            pass  # these errors may hold the content
        raise InputError(f'{self._secrets}: cannot be read as TOML; it has one NAME = "value" a line.')

    def __repr__(self) -> str:
        return f"Settings({', '.join(sorted(self._given))})"
