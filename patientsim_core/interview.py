"""The same questions put to patients of different personas, and the transcripts of it."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from patientsim_core.case import Case
from patientsim_core.dialogue import Dialogue, EndReason, Turn
from patientsim_core.errors import InputError
from patientsim_core.export import escape
from patientsim_core.models import OFFLINE
from patientsim_core.patient import make_patient
from patientsim_core.persona import ALL_PERSONAS, Cefr, Dazed, Persona, Personality, Recall

SHOWN = (
    Persona(),
    Persona(personality=Personality.verbose),
    Persona(personality=Personality.pleasing, cefr=Cefr.A),
    Persona(personality=Personality.impatient),
    Persona(personality=Personality.distrust, recall=Recall.low),
    Persona(personality=Personality.overanxious, cefr=Cefr.C),
    Persona(dazed=Dazed.high),
)
"""One persona for each personality, and the dazed one; languages and recall vary."""


def read_questions(path: str | Path) -> list[str]:
    """The doctor's turns of an interview, one a line. Raises InputError where there are none."""
    try:
        lines = Path(path).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read as text; an interview has a question a line.") from error
    questions = [line.strip() for line in lines if line.strip()]
    if not questions:
        raise InputError(f"{path}: is empty; an interview has a question a line.")
    return questions


def interview(
    case: Case,
    persona: Persona,
    questions: Sequence[str],
    seed: int = 42,
    model: str = OFFLINE,
    prompt: str | None = None,
) -> Dialogue:
    """The dialogue that comes of the questions, whatever is answered. Raises what `make_patient` and the
    patient raise."""
    patient = make_patient(case, persona, model, seed, prompt=prompt)
    turns: list[Turn] = []
    for question in questions:
        turns.append(Turn(role="doctor", text=question))
        reply = patient.reply(turns)
        turns.append(Turn(role="patient", text=reply.text, persona=persona, reply=reply))
    return Dialogue(
        case=case,
        persona=persona,
        model=model,
        seed=seed,
        prompt=prompt,
        turns=turns,
        end_reason=EndReason.concluded,
    )


def transcripts(
    case: Case,
    personas: Sequence[Persona],
    history: Sequence[str],
    reassuring: Sequence[str],
    seed: int = 42,
    model: str = OFFLINE,
    prompt: str | None = None,
) -> Iterator[str]:
    """Markdown lines, a transcript a persona: of the questions of `history`, a dazed patient's of those of
    `reassuring`."""
    player = "the built-in patient" if model == OFFLINE else f"a patient played by {escape(model)}"
    yield HEAD.format(player=player, title=escape(case.title), provenance=case.provenance, seed=seed)
    for persona in personas:
        dazed = persona.dazed is not Dazed.normal
        dialogue = interview(case, persona, reassuring if dazed else history, seed, model, prompt)
        yield f"## {persona.label}\n"
        yield from (f"- **{turn.role.title()}:** {escape(turn.text)}" for turn in dialogue.turns)
        yield ""


HEAD = """# Transcripts of {player}

Written by `python -m patientsim_core transcripts`, unedited. One case ({title}, {provenance}), one
interview of 12 questions, seed {seed}; only the persona differs. The dazed patient gets an interview of the
same length in which the doctor reassures.
"""


def standard_personas(which: str) -> Sequence[Persona]:
    """`shown` (one for each personality, and a dazed one) or `all` (the 37)."""
    return ALL_PERSONAS if which == "all" else SHOWN
