"""Questions in a doctor's own words: for something by its name, and for an entry of the map."""

import re
from collections.abc import Sequence
from string import Template

from patientsim_core.debrief.data import data
from patientsim_core.offline.data import table
from patientsim_core.offline.listen import pattern as heard
from patientsim_core.persona import Cefr

_ILLNESSES = ("lasting", "once")
_CONCEPTS, _DRUGS = ("symptom", *_ILLNESSES, "device"), ("drug",)
"""Tables of `wording.toml` with names."""


def by_name(id: str, cefr: Cefr, past: bool = False) -> list[str]:
    """Questions for a concept by its name, the best first; a beginner may know the plain name too. `past`
    asks whether it was ever so."""
    return _questions(id, cefr, _CONCEPTS, "past_" if past else "")


def by_purpose(drugs: str, cefr: Cefr) -> list[str]:
    """Questions for a class of drugs by what it is for."""
    return _questions(drugs, cefr, _DRUGS)


def in_family(id: str, cefr: Cefr) -> list[str]:
    """Questions for an illness of the family by its name."""
    forms = data("wording")["family"]
    names = [(level, re.sub(r"\byour\b", "their", name)) for _, level, name in _names(id, cefr, _ILLNESSES)]
    return [_filled(forms[level], name) for level, name in names if not re.search(r"\byou\b|\?$", name)]


def of_relative(kin: str, cefr: Cefr) -> list[str]:
    """A question for the illnesses of a relative; none for words that are no plain name of one."""
    known = re.fullmatch(r"[a-z]+( [a-z]+){0,2}", kin) and heard("frames", "kin").search(kin)
    return [_filled(data("wording")["relative"][_level(cefr)], kin)] if known else []


def symptom_question(id: str, cefr: Cefr) -> str:
    """The question for a concept, or a class of drugs, in words for a level; empty for what is neither."""
    return next(iter([*by_name(id, cefr), *by_purpose(id, cefr)]), "")


def wording_of(entry: str, cefr: Cefr) -> list[str]:
    """Questions for an entry in words for a language level; none for entries that nobody asks for."""
    doctor, words = table("doctor"), data("wording")
    asked_as = words["asked_as"].get(entry, entry)
    own = words["entries"].get(entry) or doctor["complaint"].get(asked_as) or doctor["background"].get(entry)
    return list((own or {}).get(_level(cefr), ()))


def _questions(id: str, cefr: Cefr, tables: Sequence[str], past: str = "") -> list[str]:
    found = []
    for kind, level, name in _names(id, cefr, tables):
        forms = data("wording")[kind]
        form = forms.get(f"{past}{level}", forms[level])
        found.append(name if name.endswith("?") else _filled(form, name))
    return list(dict.fromkeys(found))


def _names(id: str, cefr: Cefr, tables: Sequence[str]) -> list[tuple[str, str, str]]:
    """What it is called, each with the table and the level that it is of."""
    kind = next((one for one in tables if id in data("wording")[one]["names"]), None)
    if kind is None:
        return []
    known = data("wording")[kind]["names"][id]
    plain, simple = (known, known) if isinstance(known, str) else known
    names = [(kind, "simple", simple), (kind, "plain", plain)]
    return names if cefr is Cefr.A else names[1:]


def _level(cefr: Cefr) -> str:
    return "simple" if cefr is Cefr.A else "plain"


def _filled(form: str, name: str) -> str:
    return Template(form).substitute(x=name)
