"""The form of a structured answer as services take it: a pydantic model's JSON schema, made strict."""

import re
from functools import lru_cache

from pydantic import BaseModel


@lru_cache(maxsize=64)
def json_schema(schema: type[BaseModel]) -> dict:
    """As plain JSON schema, which Gemini takes."""
    return schema.model_json_schema()


@lru_cache(maxsize=64)
def response_format(schema: type[BaseModel]) -> dict:
    """As chat completions take it. Strict mode wants every property required, none but those, no defaults."""
    from openai import pydantic_function_tool  # the SDK's public way to its strict schemas

    strict = pydantic_function_tool(schema)["function"]["parameters"]
    name = re.sub(r"[^A-Za-z0-9_-]", "_", schema.__name__)[:64]
    form = {"name": name, "schema": _without_defaults(strict), "strict": True}
    return {"type": "json_schema", "json_schema": form}


def _without_defaults(schema: dict) -> dict:
    """A schema, and those within it, without `default`; a property may be called so."""
    kept = {}
    for key, value in schema.items():
        if key in ("properties", "$defs") and isinstance(value, dict):
            kept[key] = {name: _without_defaults(one) for name, one in value.items()}
        elif key in ("items", "additionalProperties") and isinstance(value, dict):
            kept[key] = _without_defaults(value)
        elif key in ("anyOf", "allOf", "oneOf", "prefixItems"):
            kept[key] = [_without_defaults(one) for one in value]
        elif key != "default":
            kept[key] = value
    return kept
