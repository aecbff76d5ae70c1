"""Profile consistency: what a reader of the dialogue would put into the record, against what stands there.

Two requests: one extracts, one compares. Coverage (ICov) and consistency (ICon, protocol) are over the
record's known items; see `ratios.consistency`.
"""

from collections.abc import Collection, Iterator

from pydantic import BaseModel, Field

from patientsim_core.case import HIDDEN, ITEMS
from patientsim_core.dialogue import Dialogue
from patientsim_core.evaluation.judge import Judge, conversation, counted, said
from patientsim_core.evaluation.verdict import Metric, Verdict
from patientsim_core.models.structured import Structured
from patientsim_core.prompt import item_text


class Extracted(BaseModel):
    item: str
    value: str | None = Field(description="What the patient said of it, or null")


class Extraction(BaseModel):
    """A judge's answer to the first request."""

    items: list[Extracted]


class Compared(BaseModel):
    item: str
    reason: str
    score: int = Field(ge=1, le=4)


class Comparison(BaseModel):
    """A judge's answer to the second."""

    items: list[Compared]


def fields(dialogue: Dialogue) -> list[str]:
    """The items that the record knows and a patient may tell."""
    return [item for item in ITEMS if item not in HIDDEN and item_text(dialogue.case, item)]


def judge(dialogue: Dialogue, by: Judge, missing: Collection[str]) -> Iterator[list[Verdict]]:
    """The verdicts of all missing items at once, by two requests."""
    items = [item for item in fields(dialogue) if item in missing]
    if not items:
        return
    listed = ", ".join(f"{item} ({ITEMS[item]})" for item in items)
    first = by.ask(conversation(dialogue), said("profile: extract", items=listed), Extraction)
    values = {one.item: one.value for one in first.value.items} if first.value else {}
    covered = {
        item: value.strip() for item, value in values.items() if item in items and value and value.strip()
    }
    second = _compare(dialogue, by, covered) if covered else None
    scores = {one.item: one for one in second.value.items} if second and second.value else {}
    verdicts = []
    for item in items:
        detail = {
            "covered": item in covered,
            "extracted": covered.get(item),
            "true": item_text(dialogue.case, item),
        }
        if first.value is None:
            verdicts.append(by.verdict(dialogue, Metric.profile, item, first))
        elif item not in covered:
            verdicts.append(by.verdict(dialogue, Metric.profile, item, first, detail=detail))
        elif item in scores:
            about = {"score": scores[item].score, "rationale": scores[item].reason, "detail": detail}
            verdicts.append(by.verdict(dialogue, Metric.profile, item, first, **about))
        else:
            verdicts.append(_left_out(dialogue, by, item, second, detail))
    yield counted(verdicts, [one for one in (first, second) if one])


def _compare(dialogue: Dialogue, by: Judge, covered: dict[str, str]) -> Structured[Comparison]:
    pairs = [
        f"- {item}\n  record: {item_text(dialogue.case, item)}\n  reader: {value}"
        for item, value in covered.items()
    ]
    return by.ask("", said("profile: compare", pairs="\n".join(pairs)), Comparison)


def _left_out(dialogue: Dialogue, by: Judge, item: str, answer: Structured | None, detail: dict) -> Verdict:
    """An item that was extracted but not compared: covered, and without a score."""
    return Verdict(
        dialogue_id=dialogue.id,
        metric=Metric.profile,
        field=item,
        unscored=(answer and answer.reason) or "the judge left this item out",
        raw=answer.text if answer else "",
        judge=by.name,
        repeat=by.repeat,
        seed=by.seed,
        detail=detail,
    )
