"""A row of the index: one dialogue and its verdicts as plain columns, so that no page has to read them whole.

A column of figures is named `metric/judge/field`; a judge's name may have slashes, the others have none.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from statistics import fmean
from typing import NamedTuple

from patientsim_core.case import Case, item_of
from patientsim_core.evaluation.ratios import Item, Sentence
from patientsim_core.evaluation.summary import dialogue_scores
from patientsim_core.evaluation.verdict import Metric, Verdict
from patientsim_core.facts import facts_of
from patientsim_core.persona import AXES, Persona
from patientsim_core.text import sentences, words

SPREAD, UNSCORED = "#spread", "#unscored"
"""Beside a column of figures: the standard deviation of repeats, and how many verdicts could not be read."""

INFORMS_NOT, ENTAILED, CONTRADICTED, PERMITTED, UNSUPPORTED, UNREAD, NONE = "-ecpu?."
"""A sentence's mark: tells nothing of the patient; is so; is not so; is not so and the persona is to say it;
is not on record; could not be judged; this judge said nothing of it, or of its plausibility alone."""

EFFORT = ("attempts", "prompt_tokens", "completion_tokens")


class Column(NamedTuple):
    """Where figures stand: a metric's field by a judge."""

    metric: str
    judge: str
    field: str

    @property
    def name(self) -> str:
        return "/".join(self)

    @classmethod
    def of(cls, name: str) -> "Column | None":
        """The column of a name; None for one that has no figures of a judge."""
        metric, _, rest = name.partition("/")
        judge, slash, field = rest.rpartition("/")
        return cls(metric, judge, field) if slash else None


def row_of(line: Mapping, case: Case, verdicts: Sequence[Verdict]) -> dict[str, object]:
    """The row of a dialogue, from its line in the run."""
    return {**_about(line, case), **_spoken(line["turns"]), **_scores(verdicts), **_sentences(verdicts)} | {
        **_items(verdicts),
        **_effort(verdicts),
    }


def _about(line: Mapping, case: Case) -> dict[str, object]:
    persona = Persona.from_key(line["persona"])
    return {
        "id": line["id"],
        "case": line["case"],
        "diagnosis": case.diagnosis,
        **{axis: str(getattr(persona, axis)) for axis in AXES},
        "persona": line["persona"],
        "repeat": line.get("repeat", 1),
        "end": line["end_reason"],
        "failure": (line.get("failure") or {}).get("kind", ""),
        "patient": line["models"]["patient"],
        "doctor": line["models"]["doctor"] or "",
        "differential": len(line.get("differential", ())),
        "facts": _facts(case),
    }


@lru_cache(maxsize=1_024)
def _facts(case: Case) -> int:
    """How many facts a record has."""
    return len(facts_of(case))


def _spoken(turns: Sequence[Mapping]) -> dict[str, object]:
    """How much each side said and what it took, and in which dazed phase each reply was given."""
    found: dict[str, object] = {"phases": "", "guarded": 0}
    for role, said in (("patient", "reply"), ("doctor", "question")):
        own = [turn for turn in turns if turn["role"] == role]
        parts = [one for turn in own for one in sentences(turn["text"])]
        about = [turn.get(said) or {} for turn in own]
        used = [one.get("usage") or {} for one in about]
        found |= {
            f"{role}_turns": len(own),
            f"{role}_sentences": len(parts),
            f"{role}_words": sum(len(words(part)) for part in parts),
            f"{role}_prompt_tokens": sum(one.get("prompt_tokens", 0) for one in used),
            f"{role}_completion_tokens": sum(one.get("completion_tokens", 0) for one in used),
            f"{role}_attempts": sum(one.get("attempts", 0) for one in about),
            f"{role}_seconds": sum(one.get("seconds", 0.0) for one in about),
            f"{role}_first_seconds": _mean([one["first_seconds"] for one in about if "first_seconds" in one]),
        }
        if role == "patient":
            found["phases"] = "".join((one.get("phase") or "normal")[0] for one in about)
            found["guarded"] = sum(len(one.get("guard") or ()) for one in about)
    return found


def _scores(verdicts: Sequence[Verdict]) -> dict[str, object]:
    found: dict[str, object] = {}
    for one in dialogue_scores(verdicts):
        name = Column(one.metric, one.judge, one.field).name
        found[name] = one.score
        if one.spread is not None:
            found[name + SPREAD] = one.spread
        if one.unscored:
            found[name + UNSCORED] = one.unscored
    for one in verdicts:
        if by_turn := one.detail.get("by_turn"):
            name = Column(one.metric, one.judge, "by_turn").name
            found.setdefault(name, ",".join(map(str, by_turn)))
    return found


def _sentences(verdicts: Iterable[Verdict]) -> dict[str, object]:
    """A mark and a plausibility (1-4) for every sentence, as strings as long as there are sentences, so that
    judges can be laid beside each other; and how many sentences are against each item of the record."""
    judged = [one for one in verdicts if one.metric is Metric.facts]
    places = {
        field: place for place, field in enumerate(sorted({one.field for one in judged}, key=_in_order))
    }
    marks: dict[str, list[str]] = defaultdict(lambda: [NONE] * len(places))
    plausible: dict[str, list[str]] = defaultdict(lambda: [NONE] * len(places))
    found: dict[str, object] = {}
    for one in judged:
        if marks[one.judge][places[one.field]] != NONE:  # a later repeat
            continue
        marks[one.judge][places[one.field]] = mark = mark_of(one)
        plausible[one.judge][places[one.field]] = str(one.detail.get("plausibility") or NONE)
        if mark in (CONTRADICTED, PERMITTED):
            kind = "wrong" if mark == CONTRADICTED else "permitted"
            for item in contradicted(one):
                name = Column(Metric.facts, one.judge, f"{kind}:{item}").name
                found[name] = found.get(name, 0) + 1
    for judge in marks:
        found[Column(Metric.facts, judge, "marks").name] = "".join(marks[judge])
        found[Column(Metric.facts, judge, "plausible").name] = "".join(plausible[judge])
    return found


def mark_of(verdict: Verdict) -> str:
    """What a verdict says of its sentence, as one character."""
    if verdict.unscored:
        return UNREAD
    sentence = Sentence.of(verdict)
    if sentence.bare:
        return NONE
    if not sentence.informs:
        return INFORMS_NOT
    if sentence.score is None:
        return UNSUPPORTED
    return ENTAILED if sentence.score else PERMITTED if sentence.permitted else CONTRADICTED


def contradicted(verdict: Verdict) -> list[str]:
    """The items of the record that a sentence is against."""
    items = verdict.detail.get("items") or {}
    return sorted({item_of(item) for item, relation in items.items() if relation == "contradicted"})


def _items(verdicts: Iterable[Verdict]) -> dict[str, object]:
    """Coverage (0 or 1) and similarity (1-4) of each item, averaged over repeats."""
    values: dict[str, list[float]] = defaultdict(list)
    for one in verdicts:
        if one.metric is not Metric.profile or one.unscored or not (item := Item.of(one)):
            continue
        values[Column(one.metric, one.judge, f"covered:{item.item}").name].append(item.covered)
        if item.score is not None:
            values[Column(one.metric, one.judge, f"similar:{item.item}").name].append(item.score)
    return {name: fmean(scores) for name, scores in values.items()}


def _effort(verdicts: Iterable[Verdict]) -> dict[str, object]:
    """Requests and tokens that each judge took."""
    found: dict[str, int] = defaultdict(int)
    for one in verdicts:
        if one.attempts:
            taken = (one.attempts, one.usage.prompt_tokens, one.usage.completion_tokens)
            for field, value in zip(EFFORT, taken, strict=True):
                found[Column("effort", one.judge, field).name] += value
    return dict(found)


def _in_order(field: str) -> tuple:
    """Sentences by turn and place; those of a release, which have other names, after them."""
    turn, _, place = field.partition(".")
    return (0, int(turn), int(place)) if turn.isdigit() and place.isdigit() else (1, field)


def _mean(values: Sequence[float]) -> float | None:
    return fmean(values) if values else None
