"""Which dialogues a run has: cases x personas x repeats."""

from collections.abc import Mapping, Sequence
from itertools import product
from typing import NamedTuple

from patientsim_core.case import Case
from patientsim_core.errors import InputError
from patientsim_core.persona import ALL_PERSONAS, AXES, Level, Persona


class Item(NamedTuple):
    """One dialogue of a run: a case, a persona, and which repeat it is, from 1 on."""

    case: str
    persona: Persona
    repeat: int = 1

    @property
    def id(self) -> str:
        """`synthetic-01.distrust-B-low-normal.1`: the same for the same item in any run."""
        return f"{self.case}.{self.persona.key.replace(',', '-')}.{self.repeat}"


def select(
    cases: Sequence[Case],
    personas: str | Sequence[Persona] = "assigned",
    repeats: int = 1,
    cases_each: int | None = None,
) -> list[Item]:
    """The items of a run, case by case. `personas` are `assigned` (each case's own), `all` (the 37), one by
    its key, or given. With `cases_each` a persona that is not assigned meets only so many cases, taken in
    turn. Raises InputError where there is nothing to do, or a case has no persona of its own."""
    if not cases:
        raise InputError("There is no case to play: choose at least one.")
    if repeats < 1:
        raise InputError(f"repeats: must be 1 or more, not {repeats}.")
    if personas == "assigned":
        if cases_each is not None:
            raise InputError(
                "cases each: is not for assigned personas: each case has its own. Use all, or name some."
            )
        pairs = _assigned(cases)
    else:
        chosen = _named(personas) if isinstance(personas, str) else personas
        pairs = _in_turn(cases, chosen, len(cases) if cases_each is None else cases_each)
    if not pairs:
        raise InputError("personas: none is chosen.")
    return [Item(case.hadm_id, persona, number + 1) for case, persona in pairs for number in range(repeats)]


def _assigned(cases: Sequence[Case]) -> list[tuple[Case, Persona]]:
    """Each case with its own persona."""
    bare = [case.hadm_id for case in cases if case.persona is None]
    if bare:
        raise InputError(
            f"personas: the case file assigns none to {', '.join(bare[:5])}"
            f"{' and others' if len(bare) > 5 else ''}. Use all, or one such as plain,B,high,normal."
        )
    return [(case, case.persona) for case in cases]


def _in_turn(cases: Sequence[Case], personas: Sequence[Persona], each: int) -> list[tuple[Case, Persona]]:
    """`each` cases for every persona: the next one begins where the last one left off, and after the last
    case comes the first again, so that every case is met about equally often."""
    count = len(cases)
    if not 1 <= each <= count:
        raise InputError(f"cases each: must be 1 to {count}, the number of cases, not {each}.")
    return [
        (case, persona)
        for place, case in enumerate(cases)
        for number, persona in enumerate(personas)
        if (place - number * each) % count < each
    ]


def combinations(levels: Mapping[str, Sequence[Level]]) -> list[Persona]:
    """Every combination of the levels chosen on each axis; an axis without any keeps its plain level."""
    plain = Persona()
    chosen = [levels.get(axis) or [getattr(plain, axis)] for axis in AXES]
    return [Persona(**dict(zip(AXES, one, strict=True))) for one in product(*chosen)]


def _named(key: str) -> Sequence[Persona]:
    if key == "all":
        return ALL_PERSONAS
    if "," not in key:
        raise InputError(f"personas {key!r}: is assigned, all, or four levels such as plain,B,high,normal.")
    return [Persona.from_key(key)]
