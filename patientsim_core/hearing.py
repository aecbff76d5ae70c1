"""Several patients answering at the same time, each on a thread of its own."""

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from threading import Condition, Lock, Thread

from patientsim_core.comparison import is_behind, next_question
from patientsim_core.consultation import answer, last_cast, last_persona
from patientsim_core.dialogue import Dialogue, Turn
from patientsim_core.errors import PatientSimError
from patientsim_core.models import Settings
from patientsim_core.patient import make_patient

PAUSE = 0.25
"""Seconds after which a listener hears that nothing is new: a page can only be left between two texts."""


class Hearing:
    """Has every patient answer the questions that it has not heard yet. Iterate to hear that something may
    be new; `patients`, `texts` (of the answer in the making) and `errors` say what there is. A patient that
    fails stops for itself, and what it has answered before is kept; the others go on."""

    def __init__(
        self,
        patients: Sequence[Dialogue],
        questions: Sequence[str],
        save: Callable[[int, Dialogue], None],
        settings: Sequence[Settings] | None = None,
    ):
        """`save(place, dialogue)` is called for every answer; `settings` hold, for each patient, keys typed
        for the session."""
        self.patients, self.texts = list(patients), [""] * len(patients)
        self.errors: dict[int, str] = {}
        self._questions, self._save = list(questions), save
        self._settings = settings or [None] * len(patients)
        self._stopped, self._news, self._changed = False, 0, Condition()
        self._keeping = [Lock() for _ in patients]
        places = [place for place, one in enumerate(patients) if is_behind(one, questions)]
        self._speaking = len(places)
        for place in places:
            Thread(target=self._catch_up, args=[place], daemon=True).start()

    @property
    def is_over(self) -> bool:
        return self._speaking == 0

    def __iter__(self) -> Iterator[None]:
        seen = -1
        while not self.is_over or seen != self._news:
            with self._changed:
                if seen == self._news:
                    self._changed.wait(PAUSE)
                seen = self._news
            yield

    def stop(self) -> None:
        """Ends all answers at once, whatever their models do. What was heard of them is kept, marked as
        stopped; nobody is asked further."""
        self._stopped = True
        for place in range(len(self.patients)):
            with self._noting(place), self._keeping[place]:
                self._keep(place, self.texts[place].strip(), stopped=True)

    def _catch_up(self, place: int) -> None:
        try:
            with self._noting(place):
                while not self._stopped and (asked := next_question(self.patients[place], self._questions)):
                    self._tell(place, asked)
                    self._answer(place, asked)
        finally:
            self._tell(place, is_over=True)

    def _answer(self, place: int, asked: Dialogue) -> None:
        """Passes on what the patient says, and keeps its whole answer, unless it is stopped before."""
        patient = make_patient(asked.case, last_persona(asked), *last_cast(asked), self._settings[place])
        reply = None
        with closing(patient.stream(asked.turns)) as stream:
            while not self._stopped and not reply:
                try:
                    self._tell(place, text=self.texts[place] + next(stream))
                except StopIteration as end:
                    reply = end.value
        with self._keeping[place]:  # out of reach of the exception, which would tell the reply to a log
            if reply and not self._stopped:
                self._keep(place, reply.text, reply=reply)

    def _keep(self, place: int, text: str, **about: object) -> None:
        """Saves an answer to the question that waits for one; an empty answer is none."""
        asked = self.patients[place]
        if text:
            turn = Turn(role="patient", text=text, persona=last_persona(asked), model=asked.model, **about)
            said = answer(asked, turn)
            self._save(place, said)
            self._tell(place, said)

    @contextmanager
    def _noting(self, place: int) -> Generator[None, None, None]:
        """Keeps what goes wrong with one patient as its error."""
        try:
            yield
        except PatientSimError as error:
            self.errors[place] = str(error)
        except Exception as error:  # a fault of ours in one column must not leave the page waiting for it
            self.errors[place] = f"This patient cannot go on ({type(error).__name__})."
            raise

    def _tell(
        self, place: int, patient: Dialogue | None = None, text: str = "", is_over: bool = False
    ) -> None:
        with self._changed:
            self.texts[place] = text
            self.patients[place] = patient or self.patients[place]
            self._speaking -= is_over
            self._news += 1
            self._changed.notify_all()
