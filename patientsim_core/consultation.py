"""What a clinician does in a consultation. Each action takes a Dialogue and returns a changed copy."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from typing import NamedTuple

from patientsim_core.case import Case
from patientsim_core.dialogue import Dialogue, EndReason, Turn
from patientsim_core.errors import InputError
from patientsim_core.models import OFFLINE, Options, Settings
from patientsim_core.patient import make_patient
from patientsim_core.persona import Persona
from patientsim_core.text import clean

MAX_QUESTION = 2_000
MAX_DIAGNOSIS = 200
MAX_DIAGNOSES = 5


class Cast(NamedTuple):
    """Who plays the patient and how, as a Dialogue keeps it."""

    model: str = OFFLINE
    seed: int = 42
    options: Options = Options()
    prompt: str | None = None


class Voice(NamedTuple):
    """Whom a clinician hears: a persona, played by a model. None is not known."""

    persona: Persona | None
    model: str | None


def by_title(cases: Sequence[Case]) -> dict[str, Case]:
    """Cases by what may be known before a word is said, in order of age; namesakes are numbered."""
    titles: dict[str, Case] = {}
    for case in sorted(cases, key=lambda case: (case.age, case.title)):
        title, number = case.title, 1
        while title in titles:
            number += 1
            title = f"{case.title} ({number})"
        titles[title] = case
    return titles


def ask(dialogue: Dialogue, question: str, cast: Cast | None = None) -> Dialogue:
    """The doctor's next turn, to be answered by `cast` if one is given. Raises InputError for an empty or
    overlong question."""
    _check_open(dialogue)
    question = clean(question)
    if not question:
        raise InputError("There is nothing to ask yet: type a question first.")
    if len(question) > MAX_QUESTION:
        raise InputError(
            f"The question has {len(question):,} characters; at most {MAX_QUESTION:,} can be asked at "
            "once. It is kept below: shorten it, or ask it in parts."
        )
    asked = _with(dialogue, [*dialogue.turns, Turn(role="doctor", text=question)])
    return recast(asked, cast) if cast else asked


def recast(dialogue: Dialogue, cast: Cast) -> Dialogue:
    """The same consultation, whose patient is played by `cast` from the next answer on."""
    _check_open(dialogue)
    return dialogue.model_copy(update=cast._asdict())


def last_cast(dialogue: Dialogue) -> Cast:
    return Cast(dialogue.model, dialogue.seed, dialogue.options, dialogue.prompt)


def take_back(dialogue: Dialogue) -> Dialogue:
    """Without the doctor's last turn and what was said after it."""
    _check_open(dialogue)
    if not dialogue.questions:
        return dialogue
    last = max(index for index, turn in enumerate(dialogue.turns) if turn.role == "doctor")
    return _with(dialogue, dialogue.turns[:last])


def again_from(dialogue: Dialogue, question: int) -> Dialogue:
    """A new consultation that goes on where this one was before a question, 1 being the first; this one stays
    as it is. The case, the persona that began, and who plays the patient are the same. Raises InputError for
    a question that was not asked."""
    places = [place for place, turn in enumerate(dialogue.turns) if turn.role == "doctor"]
    if not 1 <= question <= len(places):
        raise InputError(
            f"There is no question {question} to take up again: this consultation has {len(places)}."
        )
    return Dialogue(
        case=dialogue.case,
        persona=dialogue.persona,
        **last_cast(dialogue)._asdict(),
        turns=[turn.model_copy(deep=True) for turn in dialogue.turns[: places[question - 1]]],
    )


def edit(dialogue: Dialogue, question: str, cast: Cast | None = None) -> Dialogue:
    """The last question in other words; its old answer goes."""
    return ask(take_back(dialogue), question, cast)


def answer(dialogue: Dialogue, turn: Turn) -> Dialogue:
    """The patient's turn. The first one settles which persona the consultation began with."""
    _check_open(dialogue)
    changed = _with(dialogue, [*dialogue.turns, turn])
    first = next(turn for turn in changed.turns if turn.role == "patient")
    return changed.model_copy(update={"persona": first.persona or dialogue.persona})


def end(dialogue: Dialogue, differential: Sequence[str]) -> Dialogue:
    """Concluded, with one to five diagnoses in rank order; blanks and repeats are left out."""
    _check_open(dialogue)
    named = (clean(diagnosis) for diagnosis in differential)
    given = list({diagnosis.casefold(): diagnosis for diagnosis in named if diagnosis}.values())
    if not given:
        raise InputError("Name at least one diagnosis, even a guess: the record is shown afterwards.")
    if len(given) > MAX_DIAGNOSES or any(len(diagnosis) > MAX_DIAGNOSIS for diagnosis in given):
        raise InputError(f"At most {MAX_DIAGNOSES} diagnoses, each of at most {MAX_DIAGNOSIS} characters.")
    return dialogue.model_copy(update={"differential": given, "end_reason": EndReason.concluded})


def is_waiting(dialogue: Dialogue) -> bool:
    """Whether the last question has no answer yet."""
    return bool(dialogue.turns) and dialogue.turns[-1].role == "doctor"


def last_question(dialogue: Dialogue) -> str:
    return next((turn.text for turn in reversed(dialogue.turns) if turn.role == "doctor"), "")


def last_persona(dialogue: Dialogue) -> Persona:
    """The persona that spoke last; before the first answer, the one that was chosen."""
    spoken = [turn.persona for turn in dialogue.turns if turn.persona]
    return spoken[-1] if spoken else dialogue.persona


def changes(dialogue: Dialogue, upcoming: Voice | None = None) -> dict[int, str]:
    """Where the patient changed: the place of the question that a new persona or model was the first to
    answer -> what is new, in words.

    `upcoming` is who will answer the question that waits, or the next one.
    """
    heard, question = [], 0
    for index, turn in enumerate(dialogue.turns):
        if turn.role == "doctor":
            question = index
        else:
            heard.append((question, voice(turn)))
    if upcoming:
        heard.append((question if is_waiting(dialogue) else len(dialogue.turns), upcoming))
    found: dict[int, str] = {}
    known = Voice(None, None)
    for place, (persona, model) in heard:
        new = [_player(model)] if known.model and model and model != known.model else []
        new += [persona.label] if known.persona and persona and persona != known.persona else []
        if new:
            found[place] = " · ".join(new)
        known = Voice(persona or known.persona, model or known.model)
    return found


def voice(turn: Turn) -> Voice:
    """Who spoke; a stopped turn has no reply to tell its model."""
    return Voice(turn.persona, turn.reply.model if turn.reply else turn.model)


def _player(model: str) -> str:
    return "built-in patient" if model == OFFLINE else model


class Listening:
    """A patient answering the last question. Iterate for the text so far; the whole answer saves itself.

    The patient speaks, and is saved, in a thread of its own: whoever listens may go and come back. The
    text so far comes again every `PAUSE` seconds although nothing new was said, because a page can only
    be left between two texts. Raises what the patient raised, or could not be made for, or what saving
    raised; nothing is saved then, and the question still waits.
    """

    PAUSE = 0.2

    def __init__(
        self,
        dialogue: Dialogue,
        persona: Persona,
        change: Callable[..., Dialogue],
        settings: Settings | None = None,
    ):
        """`change(dialogue, action, turn)` saves, as `Consultations.change` does; `settings` hold keys typed
        for the session."""
        self._dialogue, self._change, self._settings = dialogue, change, settings
        self.voice = Voice(persona, dialogue.model)
        self._pieces: SimpleQueue[str | Exception | None] = SimpleQueue()
        self._text = self._shown = ""
        self._over = self._saved = False
        self._lock = Lock()
        Thread(target=self._speak, daemon=True).start()

    def _speak(self) -> None:
        try:
            cast = last_cast(self._dialogue)
            patient = make_patient(self._dialogue.case, self.voice.persona, *cast, self._settings)
            with closing(patient.stream(self._dialogue.turns)) as stream:
                while not self._saved:
                    self._pieces.put(next(stream))
        except StopIteration as end:
            self._pieces.put(self._save(end.value.text, reply=end.value))
        except Exception as error:
            self._pieces.put(error)

    def __iter__(self) -> Iterator[str]:
        while not self._over:
            yield self._text
            self._shown = self._text
            try:
                piece = self._pieces.get(timeout=self.PAUSE)
            except Empty:
                continue
            self._over = not isinstance(piece, str)
            if isinstance(piece, Exception):
                raise piece
            self._text += piece or ""

    def stop(self) -> None:
        """Saves the sentences that were shown; what else the patient says is not heard."""
        if error := self._save(self._shown.strip(), stopped=True):
            raise error

    def _save(self, text: str, **about) -> Exception | None:
        """Saves once, whether the patient or the doctor comes first; an empty turn is none."""
        with self._lock:
            first, self._saved = not self._saved, True
        try:
            if first and text:
                turn = Turn(role="patient", text=text, **self.voice._asdict(), **about)
                self._change(self._dialogue, answer, turn)
        except Exception as error:
            return error


def _with(dialogue: Dialogue, turns: list[Turn]) -> Dialogue:
    return dialogue.model_copy(update={"turns": turns})


def _check_open(dialogue: Dialogue) -> None:
    if dialogue.end_reason is not None:
        raise InputError("This consultation has ended; begin a new one to ask more.")
