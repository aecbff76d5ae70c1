"""What the record has of the present illness: a symptom by name, or a side of the complaint."""

import re
from collections.abc import Sequence

from patientsim_core.case import Case
from patientsim_core.facts import Fact
from patientsim_core.offline.found import AT_ONCE, Found, of, section, side
from patientsim_core.offline.lexicon import concepts, concepts_in, is_symptom
from patientsim_core.offline.spelling import normalise
from patientsim_core.offline.understand import Ask, yes_or_no

_EARLIER = re.compile(r"\b(in the past|before|previously|past few)\b")
PROVOKED = {"chest_wall_tenderness", "pleuritic_pain", "orthopnea"}
"""Symptoms that are asked as `is it worse when …?`."""

_SCALE = {"scale", "10", "ten", "rate", "rating", "number", "score", "level", "vas", "nrs"}
"""Words that ask for a number, not for a degree."""

_FUNCTIONS = {"no_flatus", "appetite_loss", "poor_feeding_drinking", "bowel_movement", "menstrual_period"}
"""Concepts asked for as a healthy function (`are you passing gas?`), to which a finding is no `yes`."""


def symptom(ask: Ask, case: Case, facts: Sequence[Fact]) -> Found:
    """A symptom by name: in the positives, the negatives, or neither."""
    asked = _brought_up(ask, facts) if ask.about else "pain"
    if asked == "pain" and case.pain is not None:
        return Found(ask, of(facts, "pain"), "pain")
    present = [f for f in facts if f.item == "present_illness_positive"]
    if _EARLIER.search(ask.words):
        earlier = tuple(f for f in present if f.label == "previous" and f.is_about(asked))
        if earlier:
            return Found(ask, earlier, "previous", by_name=True)
    denied = of(facts, "present_illness_negative")
    felt = () if any(asked in fact.concepts for fact in denied) else _felt_there(asked, case, facts)
    sources = (
        [f for f in present if "associated" in f.aspects],
        of(facts, "chiefcomplaint"),
        felt,
        denied,
        present,
        of(facts, "medical_history"),
    )
    for source in sources:
        matching = tuple(fact for fact in source if source is felt or fact.is_about(asked))
        if matching:
            said = "finding" if asked in _FUNCTIONS else section(matching[0])
            return Found(ask, matching[:AT_ONCE], said, by_name=True)
    for source in (*sources[:2], denied):
        matching = tuple(fact for fact in source if _broader(asked, fact))
        if matching:
            return Found(ask, matching[:1], section(matching[0]), by_name=True)
    if asked in _FUNCTIONS:
        return Found(ask, move="unknown" if asked == "menstrual_period" else "as_usual")
    return Found(ask, move="not_noticed", slots={"x": asked})


UP = re.compile(r"\b(bring|bringing|brought) (anything|something|stuff) up\b")
_VOMITED = {"sputum": "vomiting", "hemoptysis": "hematemesis"}
"""What comes up from the stomach, where the same from the chest is not meant."""


def _brought_up(ask: Ask, facts: Sequence[Fact]) -> str:
    """The symptom asked for; `bringing anything up` is of the chest for one who coughs, or where a cough was
    spoken of, else of the stomach."""
    asked = ask.about[0]
    if not UP.search(ask.words) or "nausea" in ask.words:
        return asked
    present = (f for f in facts if f.item in ("chiefcomplaint", "present_illness_positive"))
    if "cough" in ask.words or any(fact.is_about("cough") for fact in present):
        return next((chest for chest, stomach in _VOMITED.items() if stomach == asked), asked)
    return _VOMITED.get(asked, asked)


_PLACES = {"abdominal": "belly", "upper_abdominal": "upper belly", "lower_abdominal": "lower belly"}
_TIGHT = re.compile(r"\b(tight\w*|pressure|pressing|heavy|heaviness|squeez\w+|weight|band|clamp\w*)\b")


def _felt_there(asked: str, case: Case, facts: Sequence[Fact]) -> tuple[Fact, ...]:
    """A pain or a tightness by its place, where the record has place and feeling without a name for both."""
    place, _, feeling = asked.rpartition("_")
    there = tuple(f for f in side(facts, "location") if _PLACES.get(place, place) in f.value)
    if feeling == "tightness" and there:
        return tuple(fact for fact in side(facts, "quality") if _TIGHT.search(fact.value))
    return there if feeling == "pain" and case.pain else ()


def _broader(asked: str, fact: Fact) -> bool:
    """Whether a fact names the broader complaint: `weakness` where arm weakness is asked."""
    parents = concepts()[asked].parents if asked in concepts() else ()
    return any(parent in fact.concepts for parent in parents if parent != "pain")


def aspect_of(ask: Ask, case: Case, facts: Sequence[Fact]) -> Found:
    """A side of the complaint, or of another symptom or condition where one is meant."""
    provoked = next((concept for concept in ask.about if concept in PROVOKED), None)
    if ask.topic == "worse" and provoked:
        worse = tuple(fact for fact in side(facts, "worse") if fact.label and fact.is_about(provoked))
        asked = Ask("symptom", (provoked,), ask.words)
        return Found(ask, worse, "worse") if worse else symptom(asked, case, facts)
    if ask.topic == "severity" and _SCALE & set(ask.words.split()):
        return _severity(ask, facts)
    if other := _of_another(ask, case, facts):
        return other
    if ask.topic == "severity":
        return _severity(ask, facts)
    known = side(facts, ask.topic)
    labelled = tuple(fact for fact in known if fact.label)
    return Found(ask, labelled or known[:1], ask.topic if labelled else "symptom")


def _of_another(ask: Ask, case: Case, facts: Sequence[Fact]) -> Found | None:
    """The answer where a question names something else than the complaint: its own time or count, the
    symptom itself, or that there is none."""
    past = tuple(f for f in of(facts, "medical_history") if any(f.is_about(c) for c in ask.about))
    if ask.topic == "onset" and past and not any(is_symptom(concept) for concept in ask.about):
        return Found(ask, past, "medical_history", by_name=True)
    symptoms = [f for f in facts if f.item == "present_illness_positive" and "associated" in f.aspects]
    exact = set(ask.about) - {"pain"}
    timed = [fact for fact in symptoms if ask.topic in fact.aspects and any(map(fact.is_about, exact))]
    counts = ask.topic == "timing" and re.search(r"\bhow (often|many|frequent)", ask.words)
    if timed and (ask.topic == "onset" or counts):
        return Found(ask, tuple(timed[:1]), "symptom", by_name=True)
    about = [concept for concept in ask.about if not _main(concept, case)]
    if not about or ask.topic in ("previous", "worse", "better"):
        return None
    matching = tuple(fact for fact in symptoms if any(map(fact.is_about, about)))
    if matching:
        return Found(ask, matching[:1], "symptom", by_name=True)
    here = concepts_in(ask.words)
    alone = len(about) == len(ask.about) and here.issuperset(about)
    return symptom(ask, case, facts) if alone and ask.topic != "radiation" and yes_or_no(ask.words) else None


def _severity(ask: Ask, facts: Sequence[Fact]) -> Found:
    """A number for a scale, the degree in words for `how bad`."""
    degree, pain = side(facts, "severity"), of(facts, "pain")
    numeric = bool(_SCALE & set(ask.words.split()))
    if pain and (numeric or not degree):
        return Found(ask, pain, "pain")
    return Found(ask, degree, "severity") if degree else Found(ask)


def _main(concept: str, case: Case) -> bool:
    """Whether a concept is the complaint itself, in whatever words."""
    main = concepts_in(normalise(case.chiefcomplaint))
    entry = concepts().get(concept)
    family = {concept, *(entry.parents if entry else ())}
    return bool(main & family) or any(concept in concepts()[m].parents for m in main) or concept == "pain"
