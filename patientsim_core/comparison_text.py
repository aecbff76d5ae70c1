"""A comparison as a file to keep: JSON with all there is, or Markdown to read."""

import json
from collections.abc import Sequence

from patientsim_core.comparison import Comparison, answers, labels
from patientsim_core.dialogue import Dialogue
from patientsim_core.export import escape


def to_json(comparison: Comparison, patients: Sequence[Dialogue]) -> str:
    data = comparison.model_dump(mode="json", exclude={"host"})
    data["patients"] = [one.model_dump(mode="json") for one in patients]
    return json.dumps(data, indent=1, ensure_ascii=False) + "\n"


def to_markdown(comparison: Comparison, patients: Sequence[Dialogue]) -> str:
    """Each question with all answers below it."""
    names, given = labels(comparison, patients), [answers(one) for one in patients]
    lines = [f"# {escape(comparison.title)}"]
    for number, question in enumerate(comparison.questions):
        lines.append(f"## {number + 1}. {escape(question)}")
        for name, own in zip(names, given, strict=True):
            turn = own[number] if number < len(own) else None
            lines.append(f"**{escape(name)}**\\\n{escape(turn.text) if turn else '(no answer)'}")
    return "\n\n".join(lines) + "\n"
