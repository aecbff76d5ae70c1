"""A model that judges: asks for one JSON object at a time, and says where an answer could not be read."""

from collections.abc import Iterable, Sequence
from string import Template
from typing import TypeVar

from pydantic import BaseModel

from patientsim_core.case import HIDDEN, ITEMS, Case
from patientsim_core.dialogue import Dialogue, Turn
from patientsim_core.evaluation.verdict import Metric, Verdict
from patientsim_core.guard import without_directions
from patientsim_core.models import ChatModel, Message, Options
from patientsim_core.models.structured import Structured, ask
from patientsim_core.prompt import item_text, sections
from patientsim_core.text import sentences

Form = TypeVar("Form", bound=BaseModel)
TRIES = 3


class Judge:
    """One model as a judge, at temperature 0 unless said otherwise; `repeat` tells its judgements apart, and
    gives each a seed of its own."""

    def __init__(
        self, model: ChatModel, seed: int = 42, repeat: int = 1, options: Options | None = None
    ) -> None:
        self.model, self.seed, self.repeat = model, seed + repeat - 1, repeat
        self.options = options or Options(temperature=0)

    @property
    def name(self) -> str:
        return self.model.name

    def ask(self, common: str, question: str, form: type[Form]) -> Structured[Form]:
        """An object of a form; `common` is what this request shares with others of its dialogue. Raises
        ModelError where the service does not do its part."""
        system = Message("system", sections("judge.md")["system"])
        talk = [system, Message("user", f"{common}\n\n{question}")]
        return ask(self.model, talk, form, self.options, self.seed, TRIES)

    def verdict(self, dialogue: Dialogue, metric: Metric, field: str, answer: Structured, **about) -> Verdict:
        """A verdict of this judge; without a value unscored, with the reason and the answer as it came."""
        if answer.value is None:
            about = {"unscored": answer.reason or "the answer could not be read", "raw": answer.text}
        return Verdict(
            dialogue_id=dialogue.id,
            metric=metric,
            field=field,
            judge=self.name,
            repeat=self.repeat,
            seed=self.seed,
            **about,
        )


def counted(verdicts: Sequence[Verdict], answers: Iterable[Structured]) -> list[Verdict]:
    """The verdicts of some answers; what these took stands on the first, so that a sum counts it once."""
    used = list(answers)
    if not verdicts or not used:
        return list(verdicts)
    took = {
        "attempts": sum(one.attempts for one in used),
        "usage": sum((one.usage for one in used[1:]), used[0].usage),
    }
    return [verdicts[0].model_copy(update=took), *verdicts[1:]]


def said(name: str, **words: object) -> str:
    """A section of the judge's prompts, filled."""
    return Template(sections("judge.md")[name]).substitute({key: str(value) for key, value in words.items()})


def conversation(dialogue: Dialogue) -> str:
    """The dialogue for a judge, as the protocol has it: without stage directions, and the doctor's last turn
    cut to its first sentence (else it would give the diagnoses away)."""
    lines = []
    for number, turn in enumerate(dialogue.turns):
        text = spoken(turn)
        if turn.role == "doctor" and number == len(dialogue.turns) - 1:
            text = (sentences(text) or ("",))[0] if "[DDX]" not in text else text.partition("[DDX]")[0]
        if text.strip():
            lines.append(f"{number}{turn.role[0].upper()}: {text.strip()}")
    return said("dialogue", transcript="\n".join(lines))


def spoken(turn: Turn) -> str:
    """What was said aloud in a turn."""
    return without_directions(turn.text) if turn.role == "patient" else " ".join(turn.text.split())


def record_of(case: Case, hidden: bool = False) -> str:
    """The record for a judge, a line an item, without unknown ones; `hidden` ones too if asked."""
    shown = {item: item_text(case, item) for item in ITEMS if hidden or item not in HIDDEN}
    return said("record", record="\n".join(f"- {item}: {text}" for item, text in shown.items() if text))
