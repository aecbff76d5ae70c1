"""One question to several patients at once: personas, cases or models side by side.

The questions are the same for all; each patient has a dialogue of its own and catches up with them. So a
patient that failed, a page that was left, and questions that are replayed are one and the same thing.
"""

import random
import tomllib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple
from uuid import uuid4

from pydantic import Field

from patientsim_core.case import ITEMS, Case, item_of
from patientsim_core.consultation import MAX_QUESTION, Cast
from patientsim_core.dialogue import Dialogue, How, Record, Turn
from patientsim_core.disclosure import read_reply
from patientsim_core.errors import InputError
from patientsim_core.facts import facts_of
from patientsim_core.persona import ALL_PERSONAS, AXES, Persona
from patientsim_core.text import clean

MOST = 6
"""So many patients at once: as there are personalities."""
MOST_QUESTIONS = 100


class Comparison(Record):
    """What is asked of all patients. In a `guess`, the first patient's persona is `hidden` until it is
    `revealed`, and `host` is the browser that has it go on; a `replay` has, as its first patient, the saved
    dialogue that the questions are from."""

    id: str = Field(default_factory=lambda: uuid4().hex)
    created: datetime = Field(default_factory=lambda: datetime.now(UTC))
    title: str
    questions: list[str] = Field(default_factory=list)
    kind: Literal["side by side", "replay", "guess"] = "side by side"
    revealed: bool = False
    host: str = ""

    @property
    def is_hidden(self) -> bool:
        return self.kind == "guess" and not self.revealed

    def goes_on_by(self, browser: str) -> bool:
        """Whether that browser may have asked again, or left out, what was not answered. Before the reveal
        only the host's may: a patient that those who vote see silent may be answering there. Where the host
        is not known, each may."""
        return not self.is_hidden or self.host in ("", browser)


class Preset(NamedTuple):
    """What is often compared. `patients` name the levels that are not the usual ones."""

    label: str
    patients: tuple[dict[str, str], ...]
    questions: tuple[str, ...]

    @property
    def personas(self) -> list[Persona]:
        return [Persona(**levels) for levels in self.patients]


class Told(NamedTuple):
    """A fact of the record that an answer is about: its item's label, and how it was or was not told.
    `differs` says that not all patients told it, or not in the same way, at the same question."""

    label: str
    fact: str
    how: How | None
    asked: bool
    differs: bool


@cache
def presets() -> dict[str, Preset]:
    data = tomllib.loads((Path(__file__).parent / "presets.toml").read_text("utf-8"))
    return {
        key: Preset(one["label"], tuple(one["patients"]), tuple(one.get("questions", ())))
        for key, one in data.items()
    }


def side_by_side(patients: Sequence[Dialogue]) -> Comparison:
    """Raises InputError where there are too few or too many patients."""
    if not 2 <= len(patients) <= MOST:
        raise InputError(f"A comparison has two to {MOST} patients; these are {len(patients)}.")
    return Comparison(title=_title(patients))


def replay(original: Dialogue, patients: Sequence[Dialogue]) -> tuple[Comparison, list[Dialogue]]:
    """The doctor's turns of a saved dialogue put to other patients; it stands beside them as the first one,
    and can be asked more. Raises InputError where it has no question, or there are too many patients."""
    questions = [turn.text for turn in original.turns if turn.role == "doctor"]
    if original.doctor and original.differential:  # a played doctor's last turn names its diagnoses
        questions = questions[:-1]
    if not questions:
        raise InputError("This dialogue has no question that could be put to another patient.")
    if not 1 <= len(patients) < MOST:
        raise InputError(f"A dialogue is replayed to one to {MOST - 1} patients; these are {len(patients)}.")
    again_open = {"end_reason": None, "differential": [], "failure": None}
    first = original.model_copy(update={"turns": _answered(original.turns, len(questions)), **again_open})
    title = f"Replay · {original.case.title}"
    return Comparison(title=title, questions=questions, kind="replay"), [first, *patients]


def guess(case: Case, cast: Cast, draw: int | None = None, host: str = "") -> tuple[Comparison, Dialogue]:
    """A patient of one of the 37 personas that nobody is told; with a `draw`, always the same one."""
    persona = random.Random(draw).choice(ALL_PERSONAS)
    patient = Dialogue(case=case, persona=persona, **cast._asdict())
    return Comparison(title=f"Guess · {case.title}", kind="guess", host=host), patient


def asking(comparison: Comparison, questions: Sequence[str]) -> Comparison:
    """The comparison with further questions for all patients. Raises InputError for an empty or overlong one,
    and where there would be too many."""
    asked = [clean(one) for one in questions]
    if not asked or not all(asked):
        raise InputError("There is nothing to ask yet: type a question first.")
    if any(len(one) > MAX_QUESTION for one in asked):
        raise InputError(f"A question has at most {MAX_QUESTION:,} characters.")
    if len(comparison.questions) + len(asked) > MOST_QUESTIONS:
        raise InputError(f"A comparison has at most {MOST_QUESTIONS} questions; begin a new one.")
    return comparison.model_copy(update={"questions": [*comparison.questions, *asked]})


def labels(comparison: Comparison, patients: Sequence[Dialogue]) -> list[str]:
    """What tells the patients apart: what they differ in of persona, case and model; the whole persona where
    it is nothing. Of a hidden one, nothing."""
    if comparison.is_hidden:
        return ["Who is this?"] * len(patients)
    apart = [axis for axis in AXES if len({getattr(one.persona, axis) for one in patients}) > 1]
    found = []
    for place, one in enumerate(patients):
        parts = [_level(axis, one.persona) for axis in apart] or [one.persona.label]
        parts += [one.case.title] if len({other.case for other in patients}) > 1 else []
        parts += [one.model] if len({other.model for other in patients}) > 1 else []
        was = "As it was: " if comparison.kind == "replay" and place == 0 else ""
        found.append(was + " · ".join(parts))
    return [f"{name} ({place})" if found.count(name) > 1 else name for place, name in enumerate(found, 1)]


def next_question(patient: Dialogue, questions: Sequence[str]) -> Dialogue | None:
    """The patient with the next question that it has to answer; None if it has heard all."""
    if not is_behind(patient, questions):
        return None
    asked = Turn(role="doctor", text=questions[patient.questions])
    return patient.model_copy(update={"turns": [*patient.turns, asked]})


def is_behind(patient: Dialogue, questions: Sequence[str]) -> bool:
    """Whether there are questions that it has not heard. One that it heard and left without an answer, it
    is not asked again."""
    return patient.questions < len(questions)


def leave_out(patient: Dialogue, questions: Sequence[str]) -> Dialogue:
    """The patient with all questions, those that it has not answered left without an answer."""
    while asked := next_question(patient, questions):
        patient = asked
    return patient


def answers(patient: Dialogue) -> list[Turn | None]:
    """The patient's answer to each question, None where there is none yet."""
    found: list[Turn | None] = []
    for turn in patient.turns:
        if turn.role == "doctor":
            found.append(None)
        elif found:
            found[-1] = turn
    return found


def told(patients: Sequence[Dialogue], number: int) -> list[list[Told]]:
    """For each patient what its answer to a question (0 on) tells of the record. What another patient with
    the same record told and this one did not is there, too, without a `how`."""
    given = [_disclosed(patient, number) for patient in patients]
    cases = [patient.case for patient in patients]
    found = []
    for case, own in zip(cases, given, strict=True):
        if own is None:
            found.append([])
            continue
        beside = [other for it, other in zip(cases, given, strict=True) if it == case and other is not None]
        reached = [{(fact, how) for fact, (how, _) in other.items() if how.reached} for other in beside]
        apart = {fact for fact, _ in set.union(*reached) - set.intersection(*reached)}
        lines = [Told(_label(fact), fact[1], how, asked, fact in apart) for fact, (how, asked) in own.items()]
        lines += [Told(_label(fact), fact[1], None, True, True) for fact in sorted(apart - set(own))]
        found.append(lines)
    return found


def so_far(patients: Sequence[Dialogue]) -> dict[tuple[str, str], list[tuple[How, int] | None]]:
    """(item's label, fact) -> for each patient how it first came out, and at which question (1 on); in the
    order in which they came out."""
    found: dict[tuple[str, str], list[tuple[How, int] | None]] = {}
    longest = max((patient.questions for patient in patients), default=0)
    for number in range(longest):
        for place, patient in enumerate(patients):
            for fact, (how, _) in (_disclosed(patient, number) or {}).items():
                line = found.setdefault((_label(fact), fact[1]), [None] * len(patients))
                if line[place] is None or (how.reached and not line[place][0].reached):
                    line[place] = (how, number + 1)
    return found


def _level(axis: str, persona: Persona) -> str:
    """`Verbose`, `B`, `low recall`, `high confusion`."""
    level = getattr(persona, axis)
    return {"personality": level.label, "cefr": str(level), "recall": f"{level} recall"}.get(
        axis, f"{level} confusion"
    )


def _title(patients: Sequence[Dialogue]) -> str:
    cases = dict.fromkeys(patient.case.title for patient in patients)
    return f"{len(patients)} patients · {next(iter(cases))}" + (" and others" if len(cases) > 1 else "")


def _answered(turns: Sequence[Turn], questions: int) -> list[Turn]:
    """The turns up to the answer of the last of so many questions."""
    kept, asked = [], 0
    for turn in turns:
        asked += turn.role == "doctor"
        if asked > questions:
            break
        kept.append(turn)
    return kept


def _disclosed(patient: Dialogue, number: int) -> Mapping[tuple[str, str], tuple[How, bool]] | None:
    """(item, fact) -> how, and whether it was asked for; None where there is no answer. An answer that was
    stopped kept no account of itself: its text is read."""
    given = answers(patient)
    turn = given[number] if number < len(given) else None
    if turn is None:
        return None
    found = turn.reply.disclosures if turn.reply else read_reply(turn.text, facts_of(patient.case))
    return {(one.item, one.fact): (one.how, one.asked) for one in found}


def _label(fact: tuple[str, str]) -> str:
    item = item_of(fact[0])
    return ITEMS.get(item, item)
