"""Metrics that no judge is asked for: language and disclosure."""

import pytest

from patientsim_core import Dialogue, Disclosure, Persona, Reply, Turn
from patientsim_core.dialogue import How
from patientsim_core.evaluation import disclosure, language
from patientsim_core.evaluation.verdict import RULES
from patientsim_core.facts import facts_of
from patientsim_core.persona import Dazed
from patientsim_core.words import medical_words
from tests.cases import HEART

FACTS = len(facts_of(HEART))


def dialogue(*texts: str, persona=Persona(), accounts=()) -> Dialogue:  # noqa: B008
    turns, told = [], list(accounts)
    for number, text in enumerate(texts):
        role = ("doctor", "patient")[number % 2]
        reply = Reply(text=text, disclosures=told.pop(0)) if role == "patient" and told else None
        turns.append(Turn(role=role, text=text, reply=reply))
    return Dialogue(id="d1", case=HEART, persona=persona, turns=turns)


def scores(metric, one: Dialogue) -> dict[str, float | None]:
    found = list(metric.rules(one))
    assert [verdict.field for verdict in found] == metric.fields(one)
    assert {verdict.judge for verdict in found} == {RULES}
    return {verdict.field: verdict.score for verdict in found}


def test_lengths_are_means_and_shares_over_the_limits():
    long = "I really do feel that it hurts in the middle of my chest and it goes on and on and on and on."
    found = scores(language, dialogue("Where?", "Here. There. Now. Yes.", "And?", long))
    assert found["sentences_per_reply"] == 2.5
    assert found["words_per_sentence"] == pytest.approx((1 + 1 + 1 + 1 + 23) / 5)
    assert found["over_sentences"] == 0.5
    assert found["over_words"] == pytest.approx(1 / 5)


def test_three_sentences_are_not_too_many():
    assert scores(language, dialogue("Well?", "One. Two. Three."))["over_sentences"] == 0


def test_a_medical_word_is_known_from_its_own_level_on():
    word = min(word for word in medical_words()["B"] if word.isalpha())
    shares = {
        cefr: scores(language, dialogue("Well?", word, persona=Persona(cefr=cefr)))["above_level"]
        for cefr in "ABC"
    }
    assert shares == {"A": 1.0, "B": 0.0, "C": 0.0}


def test_the_verbose_may_say_eight_sentences():
    text = "One. Two. Three. Four. Five."
    assert scores(language, dialogue("Well?", text))["over_sentences"] == 1
    assert (
        scores(language, dialogue("Well?", text, persona=Persona(personality="verbose")))["over_sentences"]
        == 0
    )


def test_words_above_the_level_depend_on_the_level():
    text = "i have dyspnea and hypertension"
    by_level = {
        cefr: scores(language, dialogue("Well?", text, persona=Persona(cefr=cefr)))["above_level"]
        for cefr in "ABC"
    }
    assert by_level["A"] >= by_level["B"] > by_level["C"] == 0


def test_sentences_said_before_are_a_share_of_all():
    assert scores(language, dialogue("A?", "I don't know. No.", "B?", "I don't know!"))[
        "repeated"
    ] == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("stage_directions", "*coughs* It hurts."),
        ("speaks_as_ai", "As an AI, I cannot feel pain."),
        ("leaks", "I think it is a myocardial infarction."),
    ],
)
def test_what_the_guard_would_not_let_pass_is_a_share_of_replies(field, text):
    found = scores(language, dialogue("Well?", text, "And?", "It hurts."))
    assert {name: found[name] for name in ("stage_directions", "speaks_as_ai", "leaks")} == {
        name: 0.5 if name == field else 0.0 for name in ("stage_directions", "speaks_as_ai", "leaks")
    }


def test_a_diagnosis_that_the_doctor_named_first_is_no_leak():
    told = dialogue("Could it be a myocardial infarction?", "A myocardial infarction? Oh no.")
    assert scores(language, told)["leaks"] == 0


def test_a_silent_patient_has_no_scores():
    assert set(scores(language, dialogue("Hello?")).values()) == {None}
    found = scores(disclosure, dialogue("Hello?"))
    assert (found["told"], found["volunteered"], found["concealed"]) == (0, None, None)


def told(item: str, fact: str, how: How = How.told, asked: bool = True) -> Disclosure:
    return Disclosure(item=item, fact=fact, how=how, asked=asked)


def test_disclosure_is_counted_from_the_patients_own_account():
    accounts = [
        [told("chiefcomplaint", "Chest pain"), told("pain", "9", How.minimised, asked=False)],
        [told("tobacco", "x", How.refused), told("allergies", "y", How.forgotten)],
        [told("tobacco", "x")],
    ]
    one = dialogue("What?", "Chest pain.", "Smoke?", "No.", "Because…?", "Well, yes.", accounts=accounts)
    found = scores(disclosure, one)
    assert found["told"] == pytest.approx(3 / FACTS)
    assert found["volunteered"] == pytest.approx(1 / 3)
    assert found["bent"] == pytest.approx(1 / 3)
    assert found["refused"] == 0  # it was told in the end
    assert found["forgotten"] == pytest.approx(1 / FACTS)
    (first, *_) = disclosure.rules(one)
    assert first.detail == {"inferred": False, "by_turn": [2, 2, 3]}


def test_without_an_account_it_is_read_out_of_the_text_and_says_so():
    one = dialogue("Any pills?", "I take lisinopril.")
    (first, *_) = disclosure.rules(one)
    assert first.score == pytest.approx(1 / FACTS)
    assert first.detail["inferred"] is True


def test_an_empty_prompt_that_brings_the_chart_is_not_concealed():
    recites = [[], [told("chiefcomplaint", "Chest pain"), told("pain", "9")]]
    assert (
        scores(disclosure, dialogue("…", "Yes?", "...", "Chest pain, 9.", accounts=recites))["concealed"]
        == 0.5
    )


def test_a_dazed_patient_is_counted_like_any_other():
    assert (
        scores(language, dialogue("Well?", "Where is this?", persona=Persona(dazed=Dazed.high)))["leaks"] == 0
    )
