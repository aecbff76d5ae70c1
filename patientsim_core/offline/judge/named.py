"""A diagnosis as somebody wrote it: what it names, and what qualifies that in brackets or behind a comma."""

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from patientsim_core.offline.judge.said import rules
from patientsim_core.offline.spelling import normalise

LONG = 300
"""Characters of a diagnosis that are read."""

_APART = r";|/|\?|\bvs\b\.?|\bversus\b"
"""Between diagnoses of which somebody could not decide for one: `MI vs PE`."""

_OUTSIDE = r"(?![^(]*\))"
"""Not in brackets."""

_ALSO_NOT = re.compile(r"(?<=\w) (without|with no|post)\b.*")
"""What goes on to say what there is not, or what was before: `pneumonia without effusion`."""

_NOT_SO = r"no|not|without|rule out|ruled out|unlikely|excluded|history of|old|prior|post"
_RULED_OUT = re.compile(rf"\b({_NOT_SO})\b")
_ONLY_RULED_OUT = re.compile(rf"^((is|was|now|since|very) )*(less likely|{_NOT_SO})$")


@dataclass(frozen=True)
class Name:
    """One diagnosis in normalised words: `stroke (ischemic)` and `stroke, ischemic` are the noun `stroke` and
    the quality `ischemic`."""

    noun: str
    qualities: tuple[str, ...] = ()

    @property
    def whole(self) -> str:
        """All of it as one phrase: `ischemic stroke`."""
        return " ".join((*self.qualities, self.noun))

    @property
    def readings(self) -> tuple[str, ...]:
        """What it may be called: by its noun, by a quality, and by both together."""
        return (self.noun, *self.qualities, *(f"{one} {self.noun}" for one in self.qualities))


def plain(text: str) -> str:
    """A diagnosis in normalised words, whatever its hyphens."""
    return normalise(re.sub(r"[-–—]", " ", text[:LONG])).strip(" .,")


@lru_cache(maxsize=1024)
def names_in(written: str) -> tuple[Name, ...]:
    """The diagnoses that a text names; what is ruled out, or long past, is not named."""
    text = re.sub(r"(?<=\b\w)\.(?=\w\b)", "", written[:LONG])
    for short, long in rules()["shorthand"].items():
        text = re.sub(rf"(?<!\w){re.escape(short)}(?!\w)", f"{long} ", text, flags=re.I)
    parts = re.split(rf"(?:{_APART}){_OUTSIDE}", text, flags=re.I)
    shared = [f"{one} {after.split()[-1]}" for one, after in pairwise(parts) if _lacks_noun(one, after)]
    return tuple(name for name in map(_name, (*parts, *shared)) if name)


def _lacks_noun(part: str, after: str) -> bool:
    """Whether a single word may stand for one with the noun behind it: `ischemic vs hemorrhagic stroke`."""
    return len(part.split()) == 1 and len(after.split()) > 1


def _name(text: str) -> Name | None:
    inside = "," + ",".join(re.findall(r"\(([^)]*)\)", text))
    parts = re.sub(r"\([^)]*\)", " ", text) + re.sub(_APART, ",", inside, flags=re.I)
    noun, *qualities = (_ALSO_NOT.sub("", plain(part)) for part in parts.split(","))
    if _RULED_OUT.search(noun) or any(map(_ONLY_RULED_OUT.search, qualities)):
        return None
    told = tuple(one for one in qualities if one and not _RULED_OUT.search(one))
    return Name(noun, told) if noun or told else None
