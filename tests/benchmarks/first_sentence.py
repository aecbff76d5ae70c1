"""Prints what this project adds to the time until a model's first sentence can be read.

    python tests/benchmarks/first_sentence.py

A service on this machine streams an answer word by word, in the wire format of each provider, to a
12-turn consultation with patients of several personas. What is added: the time from the question to the
request's arrival (state, note, messages, sending), and from the last word of the first sentence leaving
the service to the sentence being given to the page (receiving, finding its end, guard). Finding its end
takes the next word: pauses between words are the model's, and this wait is shown apart from them.
Medians in milliseconds. Measures and prints only; exit status 0.
"""

import statistics
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "models")]

from service import KEY, Answer, Service  # noqa: E402

from patientsim_core import ALL_PERSONAS, Case, Turn, load_cases, make_patient  # noqa: E402
from patientsim_core.interview import interview, read_questions  # noqa: E402
from patientsim_core.models import Settings  # noqa: E402

MODELS = ("openai:m", "azure:m", "gemini:gemini-2.5-flash", "vertex:gemini-2.5-flash", "vllm:m")
SPOKEN = "It has been hurting since this morning. I was at home then. Nothing helps so far."
FIRST = len(SPOKEN.partition(".")[0].split())


def settings(service: Service) -> Settings:
    """Every provider at the service's address."""
    addresses = ("OPENAI_BASE_URL", "AZURE_ENDPOINT", "GOOGLE_GEMINI_BASE_URL", "GOOGLE_VERTEX_BASE_URL")
    keys = ("OPENAI_API_KEY", "AZURE_OPENAI_KEY", "GENAI_API_KEY", "VLLM_API_KEY")
    given = dict.fromkeys(addresses, service.url) | dict.fromkeys(keys, KEY)
    return Settings(given | {"OPENAI_BASE_URL": f"{service.url}/v1", "VLLM_BASE_URL": f"{service.url}/v1"})


def measure(model: str, cases: list[Case], pause: float) -> tuple[list[float], list[float]]:
    """Seconds before the request arrives, and after the first sentence has left, of each turn."""
    before, after = [], []
    questions = read_questions(ROOT / "data_samples" / "interviews" / "history.txt")
    with Service() as service:
        service.answers(Answer(text=SPOKEN, pause=pause))
        for case, persona in zip(cases, ALL_PERSONAS[::5], strict=False):
            turns = interview(case, persona, questions).turns
            patient = make_patient(case, persona, model, settings=settings(service))
            for number in range(1, len(turns), 2):
                spoken = _first_sentence(patient, turns[:number])
                request = service.requests[-1]
                before.append(request.seconds - spoken[0])
                after.append(spoken[1] - request.sent[FIRST - 1])
    return before, after


def _first_sentence(patient, history: list[Turn]) -> tuple[float, float]:
    """When it was asked for and when it came; the rest is listened to as well."""
    start = time.monotonic()
    stream = patient.stream(history)
    next(stream)
    heard = time.monotonic()
    for _ in stream:
        pass
    return start, heard


def main() -> None:
    cases = load_cases(ROOT / "data_samples" / "cases.json")
    for pause in (0.0, 0.01):
        print(f"\n{1000 * pause:.0f} ms between two words: before the request + after the sentence = added")
        for model in MODELS:
            before, after = measure(model, cases, pause)
            both = [one + other for one, other in zip(before, after, strict=True)]
            middle = [1000 * statistics.median(times) for times in (before, after, both)]
            print(
                f"{model:26} median {middle[0]:6.1f} + {middle[1]:6.1f} = {middle[2]:6.1f} ms   "
                f"most {1000 * max(both):6.1f} ms   n {len(both)}"
            )


if __name__ == "__main__":
    main()
