"""A judge model's look at one consultation: its sentences against the record, and the doctor's skills."""

from collections.abc import Iterable, Iterator

from patientsim_core.dialogue import Dialogue
from patientsim_core.evaluation import doctor, facts
from patientsim_core.evaluation.judge import Judge
from patientsim_core.evaluation.verdict import Metric, Verdict
from patientsim_core.models import Settings, check_permission, load_model

LOOKED_AT = {Metric.doctor: doctor, Metric.facts: facts}
"""What a debrief shows of a judge."""


def ask_judge(
    dialogue: Dialogue, model: str, settings: Settings | None = None, known: Iterable[Verdict] = ()
) -> Iterator[list[Verdict]]:
    """The verdicts of a model, request by request, but those that are `known`. Raises InputError for a name
    that is none, or a record that may not go there; ModelError where the service does not do its part."""
    check_permission(dialogue.case, model, settings)
    judge = Judge(load_model(model, settings))
    have = {(one.metric, one.field) for one in known if one.judge == judge.name and not one.unscored}
    for metric, way in LOOKED_AT.items():
        missing = {field for field in way.fields(dialogue) if (metric, field) not in have}
        if missing:
            yield from way.judge(dialogue, judge, missing)
