"""What each answer did with the facts of the record: by the patient's own account where its engine keeps one,
and by the words themselves. No account is trusted to be whole: what was told counts wherever it stands."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from patientsim_core.case import Case
from patientsim_core.debrief.answer import Answer, Came, Line
from patientsim_core.debrief.asked import Asked, asked_of
from patientsim_core.debrief.quotes import Exchange, exchanges
from patientsim_core.debrief.whole import lacking
from patientsim_core.dialogue import Dialogue
from patientsim_core.facts import Fact, facts_of
from patientsim_core.offline.follow import understand
from patientsim_core.offline.judge.record import Known, record
from patientsim_core.offline.judge.said import Said, read


@dataclass(frozen=True)
class Account:
    """All lines in order, what each question asked for, and the exchanges of the dialogue."""

    case: Case
    facts: tuple[Fact, ...]
    exchanges: tuple[Exchange, ...]
    asked: tuple[Asked, ...]
    lines: tuple[Line, ...]


def account_of(dialogue: Dialogue) -> Account:
    """The account of a dialogue, open or ended."""
    case, facts = dialogue.case, facts_of(dialogue.case)
    read_turns = understand([turn.text for turn in dialogue.turns if turn.role == "doctor"])
    questions = [asked_of(turn, case, facts) for turn in read_turns]
    found = exchanges(dialogue.turns)
    known = {one.fact: one for its in record(case).values() for one in its}
    lines: list[Line] = []
    out: dict[Fact, list[Said]] = {}
    for one in found:
        if one.answered is None:
            continue
        asked = questions[one.question - 1] if one.question else Asked()
        if "explanation" in asked.acts:  # what was refused is asked for again
            asked = questions[one.question - 1] = asked.also(_pending(lines))
        turn = dialogue.turns[one.answered]
        reader = Answer(one, asked, turn, turn.persona or dialogue.persona, case, known)
        told = {line.fact for line in lines if line.came.reached}
        for line in (*reader.lines(), *reader.agreed(told)):
            lines.append(_weighed(line, asked, reader.said, known, out))
    return Account(case, facts, tuple(found), tuple(questions), tuple(lines))


def _pending(lines: Sequence[Line]) -> frozenset[Fact]:
    """What was refused and not told since."""
    refused = {line.fact for line in lines if line.came is Came.refused}
    return frozenset(refused - {line.fact for line in lines if line.came.reached})


def _weighed(
    line: Line, asked: Asked, spoken: Sequence[Said], known: dict[Fact, Known], out: dict[Fact, list[Said]]
) -> Line:
    """The line with what was said of its fact in all answers up to it: a dose may come a question later."""
    if line.came is not Came.told:
        return line
    words = out.setdefault(line.fact, [])
    words += spoken
    by_name = line.fact in asked.named  # then it is confirmed, however short the answer
    agreed = read(asked.text).words if by_name else frozenset()
    complaint = frozenset() if by_name else asked.complaint
    return replace(line, lacks=lacking(known[line.fact], words, agreed | asked.complaint, complaint))
