"""Splits and personas: every level of every axis about as often, and the same cases in, the same out."""

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import zip_longest
from math import prod

from patientsim_core.case import Case
from patientsim_core.persona import ALL_PERSONAS, Cefr, Dazed, Level, Persona, Personality, Recall
from patientsim_core.words import computed_lists

SIZES = {"persona": 108, "info": 52, "valid": 10}
"""Cases of each split (published release)."""

DAZED = 8
"""Confused personas among the 108. The published figures say so: all that are given of the confused
are eighths, the accuracy of the diagnoses (0.62, 0.88) as well as the fidelity (3.38, 3.88, 2.50, 3.50)."""

CONFUSED = Persona(dazed=Dazed.high)
CLEAR = tuple(persona for persona in ALL_PERSONAS if persona != CONFUSED)


def assign(cases: Sequence[Case], seed: int, sizes: Mapping[str, int] = SIZES) -> list[Case]:
    """The cases of the splits, with personas and word lists, in order of split and hadm_id.

    Each split draws its cases over the diagnoses in turn. In `persona`, 8 of 108 are confused, all of them
    arrivals by ambulance, and the others get the 36 clear combinations. The other splits are plain, B, high,
    normal. Of too few cases each split gets its share.
    """
    drawn, found = _drawn(cases, seed), []
    for split, size in _shares(sizes, len(cases)).items():
        own, drawn = drawn[:size], drawn[size:]
        personas = _personas(own, seed) if split == "persona" else [Persona()] * len(own)
        chosen = zip(own, personas, strict=True)
        found += sorted(
            (_marked(case, split, persona, seed) for case, persona in chosen), key=lambda case: case.hadm_id
        )
    return found


def _drawn(cases: Sequence[Case], seed: int) -> list[Case]:
    """The cases in the order in which they are drawn: shuffled, one of each diagnosis after the other."""
    groups: dict[str, list[Case]] = {}
    for case in sorted(cases, key=lambda case: (case.diagnosis, case.hadm_id)):
        groups.setdefault(case.diagnosis, []).append(case)
    for diagnosis, own in groups.items():
        random.Random(f"draw {seed} {diagnosis}").shuffle(own)
    return [case for turn in zip_longest(*groups.values()) for case in turn if case is not None]


def _shares(sizes: Mapping[str, int], there: int) -> dict[str, int]:
    """The sizes, or what is there in their proportion, by largest remainders."""
    wanted = sum(sizes.values())
    if there >= wanted:
        return dict(sizes)
    shares = {split: size * there // wanted for split, size in sizes.items()}
    by_remainder = sorted(sizes, key=lambda split: -(sizes[split] * there % wanted))
    for split in by_remainder[: there - sum(shares.values())]:
        shares[split] += 1
    return shares


def balanced(count: int, confused: int = 0) -> list[Persona]:
    """So many clear standard personas. With the confused ones beside them, every level of an axis is as often
    as the others, one more or less at most; each combination about as often as that leaves room for it."""
    left = _levels(count + confused)
    left.subtract(dict.fromkeys(CONFUSED.levels[:3], confused))
    times, found = Counter(), []
    for _ in range(count):
        fitting = [one for one in CLEAR if all(left[level] > 0 for level in one.levels[:3])]
        room = {one: prod(left[level] for level in one.levels[:3]) for one in fitting}
        persona = min(fitting, key=lambda one: (times[one], -room[one]))
        times[persona] += 1
        left.subtract(persona.levels[:3])
        found.append(persona)
    return found


def _levels(count: int) -> Counter[Level]:
    """How often each level of personality, language and recall is given among so many."""
    return Counter(
        {
            level: (count + len(axis) - 1 - place) // len(axis)
            for axis in (Personality, Cefr, Recall)
            for place, level in enumerate(axis)
        }
    )


def _personas(cases: Sequence[Case], seed: int) -> list[Persona]:
    """A persona for each case in order. Where too few came by ambulance, fewer are confused."""
    places = [place for place, case in enumerate(cases) if "AMBULANCE" in case.arrival_transport.upper()]
    wanted = round(len(cases) * DAZED / SIZES["persona"])
    chosen = set(random.Random(f"dazed {seed}").sample(places, min(wanted, len(places))))
    clear = balanced(len(cases) - len(chosen), len(chosen))
    random.Random(f"personas {seed}").shuffle(clear)
    rest = iter(clear)
    return [CONFUSED if place in chosen else next(rest) for place in range(len(cases))]


def _marked(case: Case, split: str, persona: Persona, seed: int) -> Case:
    levels = {
        "personality": persona.personality,
        "cefr": persona.cefr,
        "recall_level": persona.recall,
        "dazed_level": persona.dazed,
    }
    words = {name: ", ".join(found) for name, found in computed_lists(f"{case.hadm_id} {seed}").items()}
    return Case.model_validate(case.model_dump(exclude_unset=True) | {"split": split, **levels, **words})
