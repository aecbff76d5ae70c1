"""Scores the offline patient on the question bank: does each phrasing bring the right facts?

    python tests/benchmarks/question_bank.py [FILE.toml ...]

Each question of a bank names a case, what the doctor typed and what the reply must disclose; see
`question_bank/README.md`. Prints every miss, leak of the diagnosis and broken limit, then the share that
is right by outcome and by file. Measures and prints only; exit status 0.
"""

import sys
import tomllib
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from patientsim_core import Persona, Turn, load_cases, make_patient  # noqa: E402
from patientsim_core.guard import WORDS, sentence_limit  # noqa: E402
from patientsim_core.offline.data import table  # noqa: E402
from patientsim_core.offline.lexicon import find_concepts  # noqa: E402
from patientsim_core.offline.spelling import normalise  # noqa: E402
from patientsim_core.state import key  # noqa: E402
from patientsim_core.text import sentences, words  # noqa: E402
from tests.cases import names_of  # noqa: E402

BANKS = sorted((Path(__file__).parent / "question_bank").glob("*.toml"))
PERSONA = Persona(cefr="C")
NOTHING = {"unknown", "absent", "prompt", "social", "diagnosis", "role"}
NOT_GOT = ("prompt", "unclear")


def utterances(move: str) -> set[str]:
    """Everything the plain patient may say for a move, as sentences are compared."""
    entry = table("phrases")[move]
    return {key(text) for level in "ABC" for text in entry.get(level, [])}


LOST = set().union(*map(utterances, NOT_GOT))


def played(case, turns: list[str]):
    """The reply to the last of the doctor's turns, the earlier ones answered on the way."""
    patient = make_patient(case, PERSONA, seed=42)
    history: list[Turn] = []
    for text in turns:
        history.append(Turn(role="doctor", text=text))
        reply = patient.reply(history)
        history.append(Turn(role="patient", text=reply.text, persona=PERSONA, reply=reply))
    return reply


def fault(question: dict, reply) -> str | None:
    """What is wrong with a reply, None where it is right."""
    told = [(d.item, d.fact) for d in reply.disclosures if d.how.reached]
    lost = any(key(sentence) in LOST for sentence in sentences(reply.text))
    if question["outcome"] in NOTHING:
        if told:
            return f"tells {told}"
        if lost != (question["outcome"] == "prompt"):
            return "is lost" if lost else "no prompt"
        return None
    wanted = [tuple(part.strip() for part in entry.split(":", 1)) for entry in question["tells"]]
    for item, part in wanted:
        if not any(i == item and (part == "any" or part.lower() in fact.lower()) for i, fact in told):
            return f"lacks {item}: {part}; tells {told}"
    allowed = {item for item, _ in wanted} | set(question.get("may", ()))
    extra = [item for item, _ in told if item not in allowed]
    return f"adds {extra}" if extra else None


def broken(case, question: dict, reply) -> list[str]:
    """Leaks and limits: what no reply may do, whatever was asked."""
    said = sentences(reply.text)
    faults = []
    known = " ".join(
        [case.medical_history, case.family_medical_history, *question.get("before", ()), question["ask"]]
    )
    named = {mention.id for mention in find_concepts(normalise(known))}
    for mention in find_concepts(normalise(reply.text)):
        if mention.words in names_of(case.diagnosis) and mention.id not in named:
            faults.append(f"leak: {mention.words}")
    if len(said) > sentence_limit(PERSONA):
        faults.append(f"{len(said)} sentences")
    faults += [f"{len(words(one))} words" for one in said if len(words(one)) > WORDS]
    return faults


def main(paths: list[Path]) -> None:
    cases = {case.hadm_id: case for case in load_cases(ROOT / "data_samples" / "cases.json")}
    right, total, files, rules = Counter(), Counter(), {}, 0
    for path in paths:
        before_right, before_total = right.total(), total.total()
        for question in tomllib.loads(path.read_text(encoding="utf-8"))["question"]:
            case = cases[question["case"]]
            reply = played(case, [*question.get("before", ()), question["ask"]])
            wrong = fault(question, reply)
            for miss in broken(case, question, reply):
                rules += 1
                print(f"RULE {case.hadm_id} {question['ask']!r}: {miss}: {reply.text!r}")
            total[question["outcome"]] += 1
            right[question["outcome"]] += wrong is None
            if wrong:
                before = " | ".join(question.get("before", ()))
                print(
                    f"MISS {case.hadm_id} [{before}] {question['ask']!r}: {wrong}\n     said: {reply.text!r}"
                )
        files[path.name] = (right.total() - before_right, total.total() - before_total)
    for outcome, count in total.most_common():
        print(f"{outcome:16} {right[outcome]:4} of {count:4}")
    for name, (good, count) in files.items():
        print(f"{name:16} {good:4} of {count:4} ({100 * good / count:.1f}%)")
    share = 100 * right.total() / total.total()
    print(f"right: {right.total()} of {total.total()} ({share:.1f}%); leaks and broken limits: {rules}")


if __name__ == "__main__":
    main([Path(arg) for arg in sys.argv[1:]] or BANKS)
