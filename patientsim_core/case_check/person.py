"""Age and gender against what the record tells."""

import re
from collections.abc import Iterator

from patientsim_core.case import LABELS, Case, values
from patientsim_core.case_check.finding import Finding, quoted, rules
from patientsim_core.offline.lexicon import concepts_in
from patientsim_core.offline.spelling import normalise

_GENDERS = {"m": "man", "male": "man", "man": "man", "f": "woman", "female": "woman", "woman": "woman"}
"""Gender as records write it. No rule goes by any other."""

_OWN = ("medical_history", "present_illness_positive", "chiefcomplaint", "medical_device", "sexual_history")
_TIMES = ("tobacco", "alcohol", "illicit_drug", "medical_history", "medication")
_LASTED = re.compile(r"\b(?:for|over|x) (\d{1,3}) ?(?:years|yrs?)\b|\b(\d{1,3})[- ]years?[- ]history", re.I)
_AGO = re.compile(r"\b(\d{1,3}) years ago\b", re.I)
_AT = re.compile(r"\b(?:since|at|from) (?:the )?age (?:of )?(\d{1,3})\b", re.I)
_DESCRIBED = re.compile(
    r"^\W*(?:(?:the )?(?:patient|pt) is )?(?:an? )?(\d{1,3})[- ]?(?:(?:years?|yrs?)[- ]old|y/?o)\s+"
    r"(?:\w+ ){0,2}?(man|woman|male|female|gentleman|lady|boy|girl)\b",
    re.I,
)
_SEX_OF = {
    "gentleman": "man",
    "boy": "man",
    "male": "man",
    "lady": "woman",
    "girl": "woman",
    "female": "woman",
}
_NEGATED = re.compile(r"\b(no|not|never|denies|without)\b", re.I)


def person(case: Case) -> Iterator[Finding]:
    """What a person of this age and gender can hardly have."""
    yield from _by_age(case)
    yield from _times(case)
    gender = _GENDERS.get(case.gender.strip().lower())
    yield from _described(case, gender)
    if gender:
        yield from _by_gender(case, gender)


def _by_age(case: Case) -> Iterator[Finding]:
    said = set()
    for rule in rules()["age"]:
        if rule.get("least", 0) <= case.age <= rule.get("most", 200):
            continue
        for item in rule["items"]:
            for text in values(getattr(case, item)):
                excused = "unless" in rule and re.search(rule["unless"], text.lower())
                if re.search(rule["words"], text.lower()) and not excused and text not in said:
                    said.add(text)
                    says = f"Age {case.age}, but {rule['says']}: {quoted(text)}."
                    yield Finding(rule.get("kind", "contradiction"), ("age", item), says)


def _times(case: Case) -> Iterator[Finding]:
    """Years that would have begun before birth."""
    for item in _TIMES:
        for text in values(getattr(case, item)):
            lasted = [int(years) for found in _LASTED.findall(text) for years in found if years]
            ago = [int(years) for years in _AGO.findall(text)]
            before = max(lasted, default=0) + max(ago, default=0)
            at = max((int(years) for years in _AT.findall(text)), default=0)
            if max(before, at) > case.age:
                says = f"Age {case.age}, but {LABELS[item].lower()} {quoted(text)}."
                yield Finding("contradiction", ("age", item), says)


def _described(case: Case, gender: str | None) -> Iterator[Finding]:
    """`54-year-old woman` in the words of the visit."""
    for item in ("chiefcomplaint", "present_illness_positive"):
        for match in filter(None, map(_DESCRIBED.match, values(getattr(case, item)))):
            sex = _SEX_OF.get(match[2].lower(), match[2].lower())
            if int(match[1]) != case.age:
                yield Finding("contradiction", ("age", item), f"Age {case.age}, but {quoted(match[0])}.")
            if gender and sex != gender:
                says = f"Gender {case.gender}, but {quoted(match[0])}."
                yield Finding("contradiction", ("gender", item), says)


def _by_gender(case: Case, gender: str) -> Iterator[Finding]:
    other = "woman" if gender == "man" else "man"
    relative = re.compile(rules()["kin"]["any"], re.I)
    for item in _OWN:
        for text in values(getattr(case, item)):
            if _is_of(other, text) and not relative.search(text) and not _NEGATED.search(text):
                says = f"Gender {case.gender}, but {LABELS[item].lower()} {quoted(text)}."
                yield Finding("contradiction", ("gender", item), says)
    for text in values(case.present_illness_negative):
        if _is_of(other, text):
            says = f"Denied by a {gender}, though only a {other} is asked it: {quoted(text)}."
            yield Finding("hint", ("gender", "present_illness_negative"), says)
    for text in values(case.family_medical_history):
        for sex in ("man", "woman"):
            kin, illness = text.partition(":")[::2]
            opposite = "woman" if sex == "man" else "man"
            if re.search(rules()["kin"][sex], kin.lower()) and _is_of(opposite, illness):
                says = f"A relative's illness that a {sex} cannot have: {quoted(text)}."
                yield Finding("contradiction", ("family_medical_history",), says)


def _is_of(sex: str, text: str) -> bool:
    """Whether a text is about what one sex alone has."""
    rule = rules()["sex"][sex]
    return bool(re.search(rule["words"], text.lower()) or concepts_in(normalise(text)) & {*rule["concepts"]})
