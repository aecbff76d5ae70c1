"""The judge that is no model: deterministic rules over text and record, named `rules` in all it says."""

from collections.abc import Callable, Iterator

from patientsim_core.dialogue import Dialogue
from patientsim_core.evaluation import ddx, disclosure, language, profile
from patientsim_core.evaluation.facts import lean, permitted, score_of, sentences_of
from patientsim_core.evaluation.verdict import RULES, Metric, Verdict
from patientsim_core.offline.judge import (
    judge_differential,
    judge_doctor,
    judge_fidelity,
    judge_profile,
    judge_sentence,
)
from patientsim_core.prompt import item_text


def by_rules(dialogue: Dialogue, metric: Metric) -> Iterator[Verdict]:
    """The verdicts of the rules on one metric of a dialogue."""
    return _RULES[metric](dialogue)


def _verdict(dialogue: Dialogue, metric: Metric, field: str, **about) -> Verdict:
    return Verdict(dialogue_id=dialogue.id, metric=metric, field=field, judge=RULES, **about)


def _fidelity(dialogue: Dialogue) -> Iterator[Verdict]:
    for field, (score, reason) in judge_fidelity(dialogue).items():
        yield _verdict(dialogue, Metric.fidelity, field.lower(), score=score, rationale=reason)


def _doctor(dialogue: Dialogue) -> Iterator[Verdict]:
    for field, (score, reason) in judge_doctor(dialogue).items():
        yield _verdict(dialogue, Metric.doctor, field, score=score, rationale=reason)


def _facts(dialogue: Dialogue) -> Iterator[Verdict]:
    recorded = disclosure.is_recorded(dialogue)
    for one in sentences_of(dialogue):
        found = judge_sentence(one.text, one.question, dialogue.case, dialogue.persona)
        turn = dialogue.turns[one.turn]
        detail = {
            "kind": found.kind,
            "items": found.items,
            "adds": found.adds,
            "plausibility": found.plausibility,
            "permitted": permitted(found.items, turn) if recorded else found.permitted,
        }
        about = {"score": score_of(found.items), "rationale": found.rationale, "detail": lean(detail)}
        yield _verdict(dialogue, Metric.facts, one.field, turn=one.turn, text=one.text, **about)


def _profile(dialogue: Dialogue) -> Iterator[Verdict]:
    question, turns = "", []
    for turn in dialogue.turns:
        if turn.role == "doctor":
            question = turn.text
        else:
            turns.append((question, turn.text))
    found = judge_profile(turns, dialogue.case)
    for item in profile.fields(dialogue):
        one = found.get(item)
        covered = bool(one and one.covered)
        detail = {
            "covered": covered,
            "extracted": one.extracted if covered else None,
            "true": item_text(dialogue.case, item),
        }
        about = {"score": one.score, "rationale": one.rationale} if covered else {}
        yield _verdict(dialogue, Metric.profile, item, detail=detail, **about)


def _ddx(dialogue: Dialogue) -> Iterator[Verdict]:
    if not dialogue.differential:
        yield ddx.named_none(dialogue)
        return
    right, rank, reason = judge_differential(dialogue.differential, dialogue.case.diagnosis)
    yield _verdict(
        dialogue, Metric.ddx, ddx.FIELD, score=float(right), rationale=reason, detail={"rank": rank}
    )


_RULES: dict[Metric, Callable[[Dialogue], Iterator[Verdict]]] = {
    Metric.fidelity: _fidelity,
    Metric.facts: _facts,
    Metric.profile: _profile,
    Metric.ddx: _ddx,
    Metric.doctor: _doctor,
    Metric.language: language.rules,
    Metric.disclosure: disclosure.rules,
}
