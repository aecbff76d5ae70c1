"""The four axes and the 37."""

import pytest
from pydantic import ValidationError

from patientsim_core import ALL_PERSONAS, Dazed, Persona
from patientsim_core.persona import AXES


def test_there_are_exactly_37_standard_personas_all_different():
    assert len(ALL_PERSONAS) == len(set(ALL_PERSONAS)) == 37
    assert sum(persona.dazed is Dazed.normal for persona in ALL_PERSONAS) == 36


def test_the_one_dazed_standard_persona_is_plain_b_high():
    dazed = [persona for persona in ALL_PERSONAS if persona.dazed is not Dazed.normal]
    assert [persona.key for persona in dazed] == ["plain,B,high,high"]


@pytest.mark.parametrize(
    ("levels", "standard"),
    [
        ({}, True),
        ({"personality": "distrust", "cefr": "A", "recall": "low"}, True),
        ({"dazed": "high"}, True),
        ({"dazed": "moderate"}, False),
        ({"dazed": "high", "recall": "low"}, False),
        ({"personality": "verbose", "dazed": "high"}, False),
    ],
)
def test_a_combination_outside_the_37_says_so(levels, standard):
    assert Persona(**levels).is_standard is standard


def test_every_level_has_a_label_and_one_sentence():
    for axis in AXES.values():
        for level in axis:
            assert level.label
            assert level.description.endswith(".")


@pytest.mark.parametrize("wrong", [{"personality": "grumpy"}, {"cefr": "D"}, {"cefr": "a"}, {"mood": "x"}])
def test_an_unknown_level_or_axis_is_refused(wrong):
    with pytest.raises(ValidationError):
        Persona(**wrong)


def test_a_persona_survives_json_with_plain_keys():
    persona = Persona(personality="verbose", cefr="C", recall="low")
    assert Persona.model_validate_json(persona.model_dump_json()) == persona
    assert '"personality":"verbose"' in persona.model_dump_json()
