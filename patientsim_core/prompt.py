"""The system prompt of a patient: a Markdown file with names to fill, from a case and a persona."""

import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from string import Template

from patientsim_core.case import HIDDEN, ITEMS, Case, values
from patientsim_core.errors import InputError
from patientsim_core.facts import PAST, Fact
from patientsim_core.guard import sentence_limit, word_limit
from patientsim_core.offline.disclose import forgets
from patientsim_core.offline.lexicon import concepts_in, covers
from patientsim_core.offline.spelling import normalise
from patientsim_core.persona import Cefr, Persona, Recall

FOLDER = Path(__file__).parent / "prompts"
MAX_CHARACTERS = 20_000
SHOWN_WORDS = 10
"""So many words of a list a prompt shows (published protocol)."""

_CHARACTER = ("personality", "language", "memory", "mind")
NAMES = ("record", *_CHARACTER, "sentences", "words", "known", "unknown", *ITEMS)
"""What a prompt may ask for by `$name`: the whole record, the persona's texts, the limits, the word
lists, and each item, diagnosis and disposition among them."""


@lru_cache(maxsize=8)
def sections(name: str) -> dict[str, str]:
    """The sections of a file of prompts by their headings; what stands before the first is for people."""
    parts = re.split(r"^## (.+)$", (FOLDER / name).read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {heading.strip(): text.strip() for heading, text in zip(parts[1::2], parts[2::2], strict=True)}


def own_prompt() -> str:
    """This project's prompt for a patient."""
    return (FOLDER / "patient.md").read_text(encoding="utf-8")


def read_prompt(path: str | Path, names: Sequence[str] = NAMES) -> str:
    """A user's own prompt from a file, which may ask for the `names`. Raises InputError that says what is
    wrong with it, and where."""
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise InputError(f"{path}: cannot be read as text; a prompt is a Markdown file.") from None
    return check_prompt(text, str(path), names)


def check_prompt(text: str, where: str = "prompt", names: Sequence[str] = NAMES) -> str:
    """The prompt, if it can be filled with the `names`. Raises InputError with the line for a name that is
    not known."""
    if not text.strip() or len(text) > MAX_CHARACTERS:
        raise InputError(f"{where}: must have between 1 and {MAX_CHARACTERS:,} characters.")
    for number, line in enumerate(text.splitlines(), 1):
        if not Template(line).is_valid():
            raise InputError(f"{where}, line {number}: a $ begins a name; write $$ for the sign itself.")
        for name in Template(line).get_identifiers():
            if name not in names:
                raise InputError(
                    f"{where}, line {number}: ${name} is not known. Known are "
                    f"{', '.join(f'${known}' for known in names)}."
                )
    return text


def system_prompt(case: Case, persona: Persona, facts: Sequence[Fact], prompt: str | None = None) -> str:
    """A prompt, this project's own by default, filled for a case and a persona."""
    words = _words(case, persona.cefr)
    levels = dict(zip(("personality", "cefr", "recall", "dazed"), persona.levels, strict=True))
    texts = [sections("persona.md")[f"{axis}: {level}"] for axis, level in levels.items()]
    names = {item: item_text(case, item) for item in ITEMS}
    names |= zip(_CHARACTER, (Template(text).substitute(words) for text in texts), strict=True)
    names |= {"record": record(case, persona, facts), "words": str(word_limit(persona)), **words}
    names["sentences"] = str(sentence_limit(persona))
    return Template(prompt or own_prompt()).substitute(names).strip()


def record(case: Case, persona: Persona, facts: Sequence[Fact]) -> str:
    """The record as this patient knows it, a line an item: no diagnosis, no disposition, and with a poor
    memory not what it has lost."""
    lines, unknown = [], []
    for item, label in ITEMS.items():
        if item in HIDDEN:
            continue
        known = item_text(case, item)
        if persona.recall is Recall.low and item in PAST:
            known = _remembered(case, item, facts)
        if known:
            lines.append(f"- {label}: {known}")
        else:
            unknown.append(label.lower())
    if unknown:
        lines.append(f"- Not in your record, so you cannot say: {', '.join(unknown)}")
    return "\n".join(lines)


def item_text(case: Case, item: str) -> str:
    """An item as the record has it; empty where it is not recorded."""
    if item == "present_illness":
        has, lacks = values(case.present_illness_positive), values(case.present_illness_negative)
        return "; ".join(has) + (f". Besides: {'; '.join(lacks)}" if lacks else "")
    if item == "pain":
        return "" if case.pain is None else f"{case.pain:g}"
    return "; ".join(values(str(getattr(case, item))))


def _remembered(case: Case, item: str, facts: Sequence[Fact]) -> str:
    own = [fact for fact in facts if fact.item == item]
    kept = [fact.text for fact in own if not forgets(case, fact)]
    if len(kept) < len(own):
        kept.append("more that you have forgotten" if kept else "you have forgotten")
    return "; ".join(kept)


def _words(case: Case, cefr: Cefr) -> dict[str, str]:
    """Ten words of each list: those of the level, and those that lie above it; none names the diagnosis."""
    lists, above = case.word_lists, {Cefr.A: "med_B", Cefr.B: "med_C"}.get(cefr)
    secret = concepts_in(normalise(case.diagnosis))
    hidden = set(normalise(case.diagnosis).split())

    def shown(*names: str) -> str:
        harmless = [[word for word in lists[name] if not tells(word)][:SHOWN_WORDS] for name in names]
        return ", ".join(word for words in harmless for word in words)

    def tells(word: str) -> bool:
        concepts = concepts_in(normalise(word))
        return normalise(word) in hidden or any(covers(one, other) for one in secret for other in concepts)

    return {
        "known": shown(f"cefr_{cefr}1", f"med_{cefr}"),
        "unknown": shown(f"cefr_{cefr}2", *([above] if above else [])),
    }
