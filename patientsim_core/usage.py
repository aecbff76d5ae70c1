"""Tokens: what a call to a model used."""

from pydantic import BaseModel, ConfigDict

CHARACTERS_A_TOKEN = 4
"""English text has 4 to 5 characters a token in today's tokenizers; 4 errs on the dear side."""


class Usage(BaseModel):
    """Tokens of a reply; zero for the offline engine.

    `completion_tokens` include `reasoning_tokens`, as services bill them. `estimated` says that the
    service did not report them, or was cut short, and that they were counted by `estimate`.
    """

    model_config = ConfigDict(extra="forbid")

    prompt_tokens: int = 0
    completion_tokens: int = 0
    reasoning_tokens: int = 0
    estimated: bool = False

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(
            prompt_tokens=self.prompt_tokens + other.prompt_tokens,
            completion_tokens=self.completion_tokens + other.completion_tokens,
            reasoning_tokens=self.reasoning_tokens + other.reasoning_tokens,
            estimated=self.estimated or other.estimated,
        )


def estimate(text: str) -> int:
    """About how many tokens an English text has."""
    return -(-len(text) // CHARACTERS_A_TOKEN)
