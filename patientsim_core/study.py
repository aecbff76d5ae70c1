"""A study: dialogues that clinicians rate, each of them blind to the others and to the judges.

Criteria are those of the published protocol, 1 to 4: the persona's five and usefulness for teaching; and,
where the study asks for it, how plausible single sentences are.
"""

import random
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from itertools import combinations, islice, zip_longest
from pathlib import Path
from typing import Literal, NamedTuple
from uuid import uuid4

from pydantic import Field

from patientsim_core.dialogue import Dialogue, Record
from patientsim_core.errors import InputError
from patientsim_core.evaluation import facts, fidelity
from patientsim_core.evaluation.verdict import Metric, Verdict
from patientsim_core.persona import Persona
from patientsim_core.storage.index_rows import UNSUPPORTED, mark_of
from patientsim_core.text import clean

SCORES = (1, 2, 3, 4)
NEEDS_REASON = (1, 2)
"""Scores that a rater has to give a reason for."""
MAX_RATERS, MAX_DIALOGUES, MAX_NAME, MAX_REASON = 50, 500, 60, 2_000
EVERYBODY, CRITERION = "All raters", "Criterion"
"""What stands in tables where a rater's name could: instead of a pair, and over the first column. No rater is
called so."""

Asked = Literal["none", "unsupported", "all"]
"""Of which sentences the plausibility is asked: of none, of those that a judge found no support for in the
record, or of all that the patient said."""


class Criterion(NamedTuple):
    """What is rated, and what each step from 1 to 4 means."""

    label: str
    question: str
    steps: tuple[str, ...]


class Target(NamedTuple):
    """One thing that is rated of a dialogue, named as verdicts name it."""

    metric: Metric
    field: str

    @property
    def criterion(self) -> Criterion:
        return criteria()["plausibility" if self.metric is Metric.facts else self.field]


class Rating(NamedTuple):
    """What a rater says of one target of the dialogue at a place of the study; `score` is None if only a
    reason was written yet."""

    place: int
    rater: str
    target: Target
    score: int | None
    reason: str = ""

    @property
    def is_complete(self) -> bool:
        return self.score is not None and (self.score not in NEEDS_REASON or bool(self.reason))


class Study(Record):
    """`order` has for each rater the places of its dialogues, in the order in which it sees them. `personas`
    has the key of each dialogue's persona, `sentences` the fields of those sentences whose plausibility is
    asked for. While a study is open, ratings can change; once it is closed they stand in Results."""

    id: str = Field(default_factory=lambda: uuid4().hex)
    name: str
    created: datetime = Field(default_factory=lambda: datetime.now(UTC))
    each: int
    seed: int
    order: dict[str, list[int]]
    personas: list[str]
    sentences: list[list[str]]
    closed: bool = False

    @property
    def raters(self) -> list[str]:
        return list(self.order)


@cache
def criteria() -> dict[str, Criterion]:
    """What can be rated, by name."""
    data = tomllib.loads((Path(__file__).parent / "rating.toml").read_text("utf-8"))
    return {name: Criterion(one["label"], one["question"], tuple(one["steps"])) for name, one in data.items()}


def spread(keys: Sequence[str], count: int, seed: int) -> list[int]:
    """The places of `count` dialogues drawn so that each key, its persona, comes about as often."""
    chance = random.Random(seed)
    groups: dict[str, list[int]] = {}
    for place in chance.sample(range(len(keys)), len(keys)):
        groups.setdefault(keys[place], []).append(place)
    rounds = zip_longest(*chance.sample(list(groups.values()), len(groups)))
    drawn = (place for places in rounds for place in places if place is not None)
    return sorted(islice(drawn, count))


def plan(
    name: str,
    raters: Iterable[str],
    dialogues: Sequence[Dialogue],
    each: int,
    seed: int = 42,
    asked: Asked = "none",
    verdicts: Mapping[str, Sequence[Verdict]] | None = None,
) -> Study:
    """A study in which `each` of the raters see every dialogue. `verdicts`, by the dialogue's id, say which
    sentences are unsupported. Raises InputError that says what does not fit."""
    name, raters = clean(name), [clean(one) for one in raters if clean(one)]
    faults = [*_faults(name, raters, len(dialogues), each)]
    if faults:
        raise InputError("\n".join(faults))
    sentences = [_sentences(one, asked, (verdicts or {}).get(one.id, ())) for one in dialogues]
    order = assign(len(dialogues), raters, each, seed)
    personas = [one.persona.key for one in dialogues]
    return Study(name=name, each=each, seed=seed, order=order, personas=personas, sentences=sentences)


def assign(count: int, raters: Sequence[str], each: int, seed: int) -> dict[str, list[int]]:
    """Rater -> places, 0 to count - 1, in an order of the rater's own. Every place goes to `each` raters;
    the raters' shares differ by one at most, and those who meet over a dialogue change."""
    chance = random.Random(seed)
    load, met = Counter(dict.fromkeys(raters, 0)), Counter()
    order: dict[str, list[int]] = {rater: [] for rater in raters}
    for place in chance.sample(range(count), count):
        team: list[str] = []
        while len(team) < each:
            left = [one for one in raters if one not in team]
            team.append(min(left, key=lambda one: (load[one], _meetings(met, one, team), chance.random())))
        for rater in team:
            load[rater] += 1
            order[rater].append(place)
        met.update(map(frozenset, combinations(team, 2)))
    for rater in raters:
        chance.shuffle(order[rater])
    return order


def targets(study: Study, place: int) -> list[Target]:
    """What is rated of a dialogue: the criteria that apply to its persona, usefulness, and sentences."""
    own = fidelity.fields_of(Persona.from_key(study.personas[place]))
    named = [Target(Metric.fidelity, field) for field in (*own, "usefulness")]
    return named + [Target(Metric.facts, field) for field in study.sentences[place]]


def finished(study: Study, rater: str, ratings: Iterable[Rating]) -> list[bool]:
    """For each of a rater's dialogues, in its order, whether all of it is rated, low scores with a reason."""
    done = {(one.place, one.target) for one in ratings if one.rater == rater and one.is_complete}
    return [all((place, one) in done for one in targets(study, place)) for place in study.order[rater]]


def checked(rating: Rating, allowed: Sequence[Target]) -> Rating:
    """A rating as it may be kept. Raises InputError for what is none."""
    if rating.target not in allowed:
        raise InputError(f"{rating.target.field[:40]} is not rated of this dialogue.")
    if rating.score is not None and rating.score not in SCORES:
        raise InputError(f"A score is 1, 2, 3 or 4, not {rating.score}.")
    if len(reason := clean(rating.reason)) > MAX_REASON:
        raise InputError(f"A reason has at most {MAX_REASON:,} characters; this one has {len(reason):,}.")
    return rating._replace(reason=reason)


def judge_of(rater: str) -> str:
    """The name under which a rater's scores stand among those of judges."""
    return f"clinician {rater}"


def verdict_of(rating: Rating, dialogue_id: str, repeat: int = 1) -> Verdict | None:
    """A rating as a verdict; None without a score. The plausibility of a sentence says nothing of whether it
    is so."""
    if rating.score is None:
        return None
    about = {"dialogue_id": dialogue_id, "judge": judge_of(rating.rater), "repeat": repeat}
    about |= {"metric": rating.target.metric, "field": rating.target.field, "rationale": rating.reason}
    if rating.target.metric is Metric.facts:
        detail = {"kind": "information", "items": {}, "mentions": [], "adds": True, "only": "plausibility"}
        return Verdict(**about, detail=detail | {"plausibility": rating.score})
    return Verdict(**about, score=rating.score)


def _meetings(met: Mapping[frozenset, int], rater: str, team: Sequence[str]) -> int:
    return sum(met[frozenset((rater, other))] for other in team)


def _faults(name: str, raters: Sequence[str], dialogues: int, each: int) -> Iterable[str]:
    if not name or len(name) > MAX_NAME:
        yield f"Give the study a name of at most {MAX_NAME} characters."
    if not raters:
        yield "Name at least one rater, each on a line."
    if len(raters) > MAX_RATERS:
        yield f"A study has at most {MAX_RATERS} raters; these are {len(raters)}."
    if twice := [one for one, times in Counter(map(str.casefold, raters)).items() if times > 1]:
        yield f"Each rater needs a name of its own; {', '.join(twice[:3])} is named more than once."
    labels = {label.casefold() for label in (EVERYBODY, CRITERION)}
    if taken := [one for one in raters if one.casefold() in labels]:
        yield f"No rater can be called {taken[0]}: tables use that word. Give the rater another name."
    if any(len(one) > MAX_NAME for one in raters):
        yield f"A rater's name has at most {MAX_NAME} characters."
    if not 1 <= dialogues <= MAX_DIALOGUES:
        yield f"A study has 1 to {MAX_DIALOGUES} dialogues; these are {dialogues}."
    if raters and not 1 <= each <= len(raters):
        yield f"A dialogue is rated by 1 to {len(raters)} of {len(raters)} raters, not by {each}."


def _sentences(dialogue: Dialogue, asked: Asked, verdicts: Sequence[Verdict]) -> list[str]:
    own = facts.fields(dialogue)
    if asked == "all":
        return own
    if asked == "none":
        return []
    found = {one.field for one in verdicts if one.metric is Metric.facts and mark_of(one) == UNSUPPORTED}
    return [field for field in own if field in found]
