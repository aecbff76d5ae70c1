"""Splits and personas: every level of every axis about as often, and the same cases in, the same out."""

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import zip_longest

from patientsim_core.case import Case
from patientsim_core.persona import ALL_PERSONAS, Dazed, Persona
from patientsim_core.words import computed_lists

SIZES = {"persona": 108, "info": 52, "valid": 10}
"""Cases of each split (published release)."""


def assign(cases: Sequence[Case], seed: int, sizes: Mapping[str, int] = SIZES) -> list[Case]:
    """The cases of the splits, with personas and word lists, in order of split and hadm_id.

    Each split draws its cases over the diagnoses in turn. `persona` gets the 37 combinations, the dazed one
    for arrivals by ambulance; the others plain, B, high, normal. Of too few cases each split gets its share.
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


def balanced(count: int) -> list[Persona]:
    """So many standard personas: each combination about as often, and each level of an axis."""
    combinations, levels, found = Counter(), Counter(), []
    for _ in range(count):
        persona = min(
            ALL_PERSONAS,
            key=lambda one: (combinations[one], max(_load(one, levels)), sum(_load(one, levels))),
        )
        combinations[persona] += 1
        levels.update(persona.levels[:3])
        found.append(persona)
    return found


def _load(persona: Persona, levels: Counter) -> list[int]:
    """How often the levels of a persona were given, each as a share of its axis."""
    return [levels[level] * len(type(level)) for level in persona.levels[:3]]


def _personas(cases: Sequence[Case], seed: int) -> list[Persona]:
    """A persona for each case in order. Where too few came by ambulance, the dazed ones are clear instead."""
    personas = balanced(len(cases))
    dazed = sum(one.dazed is not Dazed.normal for one in personas)
    clear = [one for one in personas if one.dazed is Dazed.normal]
    random.Random(f"personas {seed}").shuffle(clear)
    places = [place for place, case in enumerate(cases) if "AMBULANCE" in case.arrival_transport.upper()]
    chosen = set(random.Random(f"dazed {seed}").sample(places, min(dazed, len(places))))
    clear += [Persona()] * (dazed - len(chosen))
    rest = iter(clear)
    return [Persona(dazed=Dazed.high) if place in chosen else next(rest) for place in range(len(cases))]


def _marked(case: Case, split: str, persona: Persona, seed: int) -> Case:
    levels = {
        "personality": persona.personality,
        "cefr": persona.cefr,
        "recall_level": persona.recall,
        "dazed_level": persona.dazed,
    }
    words = {name: ", ".join(found) for name, found in computed_lists(f"{case.hadm_id} {seed}").items()}
    return Case.model_validate(case.model_dump(exclude_unset=True) | {"split": split, **levels, **words})
