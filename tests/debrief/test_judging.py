import json

import pytest
from kinds import settings
from service import Answer, Problem

from patientsim_core import InputError, ModelError
from patientsim_core.debrief import debrief
from patientsim_core.debrief.judging import ask_judge
from patientsim_core.evaluation.doctor import CRITERIA
from tests.debrief.scripted import talk

SCORE = Answer(json.dumps({"reason": "Seen.", "quote": "", "score": 1}))


@pytest.fixture
def dialogue():
    return talk("synthetic-01", "plain,B,high,normal", "D: Are you allergic to anything?")


def test_a_judge_scores_each_of_the_doctors_skills(dialogue, service):
    service.answers(SCORE)
    found = [one for some in ask_judge(dialogue, "vllm:j", settings("vllm", service.url)) for one in some]
    assert {one.field for one in found} == {*CRITERIA}
    assert {band.band for band in debrief(dialogue, found).communication.bands} == {"needs work"}


def test_what_a_judge_said_already_is_not_asked_again(dialogue, service):
    service.answers(SCORE)
    given = settings("vllm", service.url)
    known = next(iter(ask_judge(dialogue, "vllm:j", given)))
    again = [one for some in ask_judge(dialogue, "vllm:j", given, known) for one in some]
    assert len(again) == len(CRITERIA) - len(known)
    assert not {one.field for one in known} & {one.field for one in again}


def test_what_could_not_be_scored_is_asked_again(dialogue, service):
    service.answers(Answer("no JSON at all"))
    given = settings("vllm", service.url)
    known = next(iter(ask_judge(dialogue, "vllm:j", given)))
    assert known[0].unscored
    service.answers(SCORE)
    again = [one for some in ask_judge(dialogue, "vllm:j", given, known) for one in some]
    assert {one.field for one in again} == {*CRITERIA}


def test_a_credentialed_record_goes_to_no_service_that_it_may_not(dialogue, service):
    case = dialogue.case.model_copy(update={"provenance": "credentialed"})
    with pytest.raises(InputError, match="credentialed"):
        next(
            ask_judge(dialogue.model_copy(update={"case": case}), "openai:j", settings("openai", service.url))
        )
    assert not service.requests


@pytest.mark.parametrize("name", ["nonsense", "vllm:", "pigeon:j"])
def test_a_name_that_is_none_says_so(dialogue, name):
    with pytest.raises(InputError):
        next(ask_judge(dialogue, name))


def test_a_service_that_refuses_says_so(dialogue, service):
    service.answers(Problem(400))
    with pytest.raises(ModelError):
        next(ask_judge(dialogue, "vllm:j", settings("vllm", service.url)))
