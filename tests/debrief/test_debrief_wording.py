import re

import pytest

from patientsim_core.debrief.layout import places
from patientsim_core.debrief.wording import (
    by_name,
    by_purpose,
    in_family,
    of_relative,
    symptom_question,
    wording_of,
)
from patientsim_core.offline.comprehend import baffles
from patientsim_core.offline.lexicon import concepts, drug_classes
from patientsim_core.persona import Cefr
from tests.cases import CASES

CASE = CASES["synthetic-01"]
KIN = ("mother", "father", "sister", "brothers", "parents", "maternal grandmother")

NOT_ENGLISH = re.compile(
    r"\b[Aa] (?=[aeio]|hour|X-ray|HIV|IUD)|\b[Aa] u(?!rin|nit|se)|\ban (?![aeiouX]|hour|IUD)|\ban uri"
    r"|\b[Aa] (hormones|vitamins|drops|socks|aids|glasses|teeth|stones|chills|stockings|dentures)\b"
    r"|\b(when|before|after|while|if) I\b|\b(makes|gives|hurts) me\b|\bmy\b"
    r"|\b(have|had|take|use) (can|must|not|see|forget|want|hear|always|never|too heavy)\b"
    r"|\b(had|have|take|use) \w*(stent|pacemaker|section|hernia|stroke|seizure|rash|lump|cough|pill)(?=[?.,])"
    r"|  |\?\?|\$|_"
)
"""A wrong article, the patient's own `I` said by a doctor, two verbs in a row, a thing with no article."""


def _all(cefr: Cefr) -> set[str]:
    named = {one for id in concepts() for past in (False, True) for one in by_name(id, cefr, past)}
    family = {one for id in concepts() for one in in_family(id, cefr)}
    drugs = {one for id in drug_classes() for one in by_purpose(id, cefr)}
    kin = {one for who in KIN for one in of_relative(who, cefr)}
    return named | family | drugs | kin | {one for key in places() for one in wording_of(key, cefr)}


@pytest.mark.parametrize("cefr", list(Cefr))
def test_everything_that_is_known_by_name_has_a_question_of_its_own(cefr):
    assert [id for id in concepts() if not by_name(id, cefr)] == []
    assert [id for id in drug_classes() if not by_purpose(id, cefr)] == []


@pytest.mark.parametrize("cefr", list(Cefr))
def test_every_question_is_one_english_sentence_of_a_doctor(cefr):
    found = _all(cefr)
    assert len(found) > 500
    assert [one for one in found if NOT_ENGLISH.search(one)] == []
    assert [one for one in found if not (one[0].isupper() and one.endswith((".", "?")))] == []


@pytest.mark.parametrize("cefr", [Cefr.A, Cefr.B])
def test_the_first_question_for_a_name_is_understood_at_its_level(cefr):
    first = [symptom_question(id, cefr) for id in concepts()]
    first += [by_purpose(id, cefr)[0] for id in drug_classes()]
    assert [one for one in first if baffles(one, cefr, CASE)] == []


@pytest.mark.parametrize(
    "wrong",
    [
        "Do you take a hormones?",
        "Do you have a IUD?",
        "Do you have a oxygen at home?",
        "Do you have chest pain when I walk?",
        "Do you have can not pee?",
        "Did you have must pee too much?",
        "Did you have always afraid?",
        "Did you have stroke?",
    ],
)
def test_what_is_no_english_is_found(wrong):
    assert NOT_ENGLISH.search(wrong)


def test_a_relative_is_asked_after_only_by_a_plain_name_of_one():
    assert of_relative("mother", Cefr.B) == ["Did your mother have any illness?"]
    for none in ("", "hypertension", "mother (deceased), and father", "two of them"):
        assert of_relative(none, Cefr.B) == []


def test_an_illness_of_the_family_is_in_their_body():
    assert in_family("dvt", Cefr.B) == ["Has anyone in your family had a blood clot in their leg?"]


def test_what_is_no_name_has_no_question():
    assert symptom_question("no such thing", Cefr.A) == ""
    assert wording_of("disposition", Cefr.A) == []
