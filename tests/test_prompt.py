"""The system prompt, this project's own and a user's."""

from string import Template

import pytest

from patientsim_core import ALL_PERSONAS, InputError, Persona
from patientsim_core.facts import facts_of
from patientsim_core.persona import AXES
from patientsim_core.prompt import (
    FOLDER,
    MAX_CHARACTERS,
    NAMES,
    check_prompt,
    own_prompt,
    read_prompt,
    record,
    sections,
    system_prompt,
)
from tests.cases import CASES, HEART, release

FACTS = facts_of(HEART)
LOW = Persona(recall="low")


def test_the_record_has_every_item_but_diagnosis_and_disposition():
    text = record(HEART, Persona(), FACTS)
    assert "Penicillin (rash)" in text
    assert "Lisinopril 20 mg daily; Atorvastatin 40 mg at bedtime" in text
    assert "onset: suddenly two hours ago" in text
    assert "Besides: no vomiting" in text
    assert "Diagnosis" not in text
    assert "Disposition" not in text
    assert HEART.disposition not in text


def test_what_is_not_recorded_is_said_to_be_unknown():
    text = record(release(tobacco="", pain=None), Persona(), facts_of(release(tobacco="", pain=None)))
    assert text.splitlines()[-1] == (
        "- Not in your record, so you cannot say: tobacco, sexual history, pain (0-10)"
    )


def test_a_poor_memory_is_not_given_what_it_has_lost():
    high, low = record(HEART, Persona(), FACTS), record(HEART, LOW, FACTS)
    assert "CPAP" in high
    assert "CPAP" not in low
    assert "- Medical devices: you have forgotten" in low
    assert "- Family history: Brother: type 2 diabetes; more that you have forgotten" in low
    assert "cold sweats" in low


def test_a_poor_memory_keeps_that_there_is_nothing():
    case = release(medical_device="None")
    assert "- Medical devices: None" in record(case, LOW, facts_of(case))


@pytest.mark.parametrize("axis", AXES)
def test_each_level_of_an_axis_has_a_text_of_its_own(axis):
    texts = {sections("persona.md")[f"{axis}: {level}"] for level in AXES[axis]}
    assert len(texts) == len(AXES[axis])


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_no_name_is_left_unfilled(case):
    for persona in ALL_PERSONAS:
        assert "$" not in system_prompt(case, persona, facts_of(case))


def test_the_limits_are_the_personas():
    assert "At most 8 sentences" in system_prompt(HEART, Persona(personality="verbose"), FACTS)
    assert "At most 3 sentences, none longer than 20 words" in system_prompt(HEART, Persona(), FACTS)


def test_ten_words_of_each_list_are_shown():
    easy = [f"easy{number}" for number in range(12)]
    case = release(cefr_A1=",".join(easy), cefr_A2="hard", med_A="ache", med_B="lesion")
    text = system_prompt(case, Persona(cefr="A"), facts_of(case), "$known | $unknown")
    assert text == f"{', '.join(easy[:10])}, ache | hard, lesion"


def test_no_word_of_a_list_names_the_diagnosis():
    case = release(diagnosis="Cerebral infarction", med_A="ache", med_B="stroke,cerebral,lesion")
    unknown = system_prompt(case, Persona(cefr="A"), facts_of(case), "$unknown").split(", ")
    assert "lesion" in unknown
    assert not {"stroke", "cerebral"} & set(unknown)


def test_every_name_can_be_asked_for_and_our_own_prompt_uses_known_ones_only():
    text = system_prompt(HEART, Persona(), FACTS, " | ".join(f"{name}=${name}" for name in NAMES))
    assert f"diagnosis={HEART.diagnosis}" in text
    assert "=$" not in text
    assert set(Template(own_prompt()).get_identifiers()) <= set(NAMES)
    assert not {"diagnosis", "disposition"} & set(Template(own_prompt()).get_identifiers())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "between 1 and"),
        ("  \n ", "between 1 and"),
        ("x" * (MAX_CHARACTERS + 1), "between 1 and 20,000 characters"),
        ("Play $record.\nYou are $nobody.", r"line 2: \$nobody is not known"),
        ("It costs 5$.", r"line 1: a \$ begins a name; write \$\$"),
        ("Play ${record", r"line 1: a \$ begins a name"),
    ],
)
def test_a_prompt_that_cannot_be_filled_is_refused_by_line(text, words):
    with pytest.raises(InputError, match=words):
        check_prompt(text)


def test_a_doubled_sign_is_the_sign_itself():
    assert system_prompt(HEART, Persona(), FACTS, check_prompt("It costs 5 $$.")) == "It costs 5 $."


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00", b"$nobody"])
def test_a_file_that_is_no_prompt_is_named(tmp_path, content):
    file = tmp_path / "mine.md"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(InputError, match=r"mine\.md"):
        read_prompt(file)


def test_a_prompt_is_read_from_a_file(tmp_path):
    (tmp_path / "mine.md").write_text("Play é, $age.", encoding="utf-8")
    assert read_prompt(tmp_path / "mine.md") == "Play é, $age."


def test_prompts_are_markdown_in_one_folder():
    assert {file.suffix for file in FOLDER.iterdir()} == {".md"}
