"""How well a doctor's side of a dialogue was led: eight criteria of practical skills examinations."""

from collections import Counter
from collections.abc import Callable

from patientsim_core.dialogue import Dialogue
from patientsim_core.offline.follow import understand
from patientsim_core.offline.understand import Understanding

SIDES = ("onset", "location", "radiation", "quality", "severity", "timing", "worse", "better")
"""OLDCARTS: the eight sides of a complaint."""

Scored = tuple[int, str]


def judge_doctor(dialogue: Dialogue) -> dict[str, Scored]:
    """Criterion -> score, 1-4, and why: by the topics that were asked and by what else was done."""
    spoken = [turn.text for turn in dialogue.turns if turn.role == "doctor"]
    turns = understand(spoken[:-1] if spoken and spoken[-1].startswith("[DDX]") else spoken)
    topics = Counter(ask.topic for turn in turns for ask in turn.asks)
    acts = Counter(act for turn in turns for act in turn.acts)
    return {
        criterion: (1, "the doctor said nothing") if not turns else rule(turns, topics, acts)
        for criterion, rule in _RULES.items()
    }


def _by_steps(found: int, steps: tuple[int, int, int], what: str) -> Scored:
    """1 below the first step, 4 from the last on."""
    return 1 + sum(found >= step for step in steps), f"{found} {what}"


def _complaint(turns: list[Understanding], topics: Counter, acts: Counter) -> Scored:
    sides = {side for side in (*SIDES, "pain") if topics[side]}
    if "pain" in sides:
        sides = sides - {"pain"} | {"severity"}
    if topics["course"]:
        sides.add("timing")
    return _by_steps(len(sides), (2, 4, 6), "of the complaint's 8 sides asked")


def _systems(turns: list[Understanding], topics: Counter, acts: Counter) -> Scored:
    named = {about for turn in turns for ask in turn.asks if ask.topic == "symptom" for about in ask.about}
    general = int(topics["associated"] + topics["more"] > 0)
    return _by_steps(len(named) + general, (2, 4, 6), "symptoms asked for")


def _past(turns: list[Understanding], topics: Counter, acts: Counter) -> Scored:
    asked = [topic for topic in ("medical_history", "surgery", "previous", "medical_device") if topics[topic]]
    found = len(asked) + int(topics["medical_history"] > 1)
    score, why = _by_steps(found, (1, 2, 3), "looks at the past: " + (", ".join(asked) or "none"))
    return (score if topics["medical_history"] + topics["surgery"] else min(score, 2)), why


def _family(turns: list[Understanding], topics: Counter, acts: Counter) -> Scored:
    return _by_steps(min(3, 2 * topics["family_medical_history"]), (1, 2, 3), "points of 3 for the family")


def _medication(turns: list[Understanding], topics: Counter, acts: Counter) -> Scored:
    found = (
        2 * (topics["medication"] > 0) + (topics["allergies"] > 0) + (topics["dose"] + topics["reaction"] > 0)
    )
    return _by_steps(int(found), (1, 2, 3), "points of 4 for drugs, allergies, doses and reactions")


def _concerns(turns: list[Understanding], topics: Counter, acts: Counter) -> Scored:
    found = acts["concerns"] * 2 + acts["explanation"] + acts["own_questions"] * 2 + acts["plan"]
    return _by_steps(found, (1, 2, 4), "points for asking after concerns, explaining and inviting questions")


def _empathy(turns: list[Understanding], topics: Counter, acts: Counter) -> Scored:
    found = sum(turn.reassures for turn in turns)
    return _by_steps(found, (1, 2, 4), "turns with empathy or reassurance")


def _welfare(turns: list[Understanding], topics: Counter, acts: Counter) -> Scored:
    courtesy = sum(acts[act] > 0 for act in _COURTESIES)
    short = sum(turn.longest <= _PLAIN for turn in turns) * 10 >= 9 * len(turns)
    single = sum(len(turn.asks) <= 2 for turn in turns) * 10 >= 9 * len(turns)
    return _by_steps(
        courtesy + short + single,
        (2, 3, 4),
        "of 8 marks of care: courtesy, short sentences, one thing at a time",
    )


_COURTESIES = ("greeting", "thanks", "explanation", "reassurance", "empathy", "plan")

_PLAIN = 20
"""Words of a sentence that a patient can follow."""

_RULES: dict[str, Callable[[list[Understanding], Counter, Counter], Scored]] = {
    "presenting_complaint": _complaint,
    "systems_review": _systems,
    "past_history": _past,
    "family_history": _family,
    "medication_history": _medication,
    "managing_concerns": _concerns,
    "empathy": _empathy,
    "patient_welfare": _welfare,
}
