"""Several patients answering at the same time, each on a thread of its own."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from threading import Condition, Thread

from patientsim_core.comparison import is_behind, next_question
from patientsim_core.consultation import Voice, answer, last_cast
from patientsim_core.dialogue import Dialogue, Turn
from patientsim_core.errors import PatientSimError
from patientsim_core.models import Settings
from patientsim_core.patient import make_patient

PAUSE = 0.25
"""Seconds after which a listener hears that nothing is new: a page can only be left between two texts."""


class Hearing:
    """Has every patient answer the questions that it has not answered yet. Iterate to hear that something may
    be new; `patients`, `texts` (of the answer in the making) and `errors` say what there is. A patient that
    fails stops for itself, and what it has answered before is kept; the others go on."""

    def __init__(
        self,
        patients: Sequence[Dialogue],
        questions: Sequence[str],
        save: Callable[[int, Dialogue], None],
        settings: Settings | None = None,
    ):
        """`save(place, dialogue)` is called for every answer; `settings` hold keys typed for the session."""
        self.patients, self.texts = list(patients), [""] * len(patients)
        self.errors: dict[int, str] = {}
        self._questions, self._save, self._settings = list(questions), save, settings
        self._stopped, self._news, self._changed = False, 0, Condition()
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
        """Ends all answers where they are. What was heard of them is kept, marked as stopped."""
        self._stopped = True

    def _catch_up(self, place: int) -> None:
        try:
            while not self._stopped and (asked := next_question(self.patients[place], self._questions)):
                self._tell(place, asked)
                self._answer(place, asked)
        except PatientSimError as error:
            self.errors[place] = str(error)
        except Exception as error:  # a fault of ours in one column must not leave the page waiting for it
            self.errors[place] = f"This patient cannot go on ({type(error).__name__})."
            raise
        finally:
            with self._changed:
                self._speaking -= 1
            self._tell(place)

    def _answer(self, place: int, asked: Dialogue) -> None:
        patient = make_patient(asked.case, asked.persona, *last_cast(asked), self._settings)
        voice, reply = Voice(asked.persona, asked.model), None
        with closing(patient.stream(asked.turns)) as stream:
            while not self._stopped:
                try:
                    self._tell(place, text=self.texts[place] + next(stream))
                except StopIteration as end:
                    reply = end.value
                    break
        text = reply.text if reply else self.texts[place].strip()
        if text:
            about = {"reply": reply} if reply else {"stopped": True}
            said = answer(asked, Turn(role="patient", text=text, **voice._asdict(), **about))
            self._save(place, said)
            self._tell(place, said)

    def _tell(self, place: int, patient: Dialogue | None = None, text: str = "") -> None:
        with self._changed:
            self.texts[place] = text
            self.patients[place] = patient or self.patients[place]
            self._news += 1
            self._changed.notify_all()
