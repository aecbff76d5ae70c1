import pytest

from patientsim_core.debrief import debrief
from tests.debrief.scripted import talk


def named(diagnosis: str, *lines: str, case: str = "synthetic-01"):
    """One diagnosis against a short talk: questions and answers by turns."""
    spoken = "\n".join(f"{'DP'[place % 2]}: {line}" for place, line in enumerate(lines))
    (one,) = debrief(talk(case, "plain,B,high,normal", spoken, (diagnosis,))).differential.named
    return one


def supports(diagnosis: str, *lines: str) -> dict[str, str]:
    return {one.name: one.quote.text for one in named(diagnosis, *lines).supports}


ILLNESSES = "What illnesses do you have?"


@pytest.mark.parametrize("answer", ["My father had a heart attack at 44.", "Yes, my father.", "Yes."])
def test_a_relatives_illness_is_not_the_patients(answer):
    asked = "Does anyone in your family have heart trouble?"
    assert supports("Heart failure", asked, answer) == {}
    assert supports("STEMI", asked, answer) == {"heart disease in the family": answer}


def test_a_relatives_illness_told_beside_the_patients_own_stays_apart():
    answer = "I have high blood pressure. My father had a heart attack."
    assert [*supports("Heart failure", ILLNESSES, answer)] == ["high blood pressure"]
    assert [*supports("STEMI", ILLNESSES, answer)] == ["high blood pressure", "heart disease in the family"]


def test_a_family_without_an_illness_has_none_and_denies_none_of_the_patients():
    asked = "Is there any diabetes in the family?"
    assert supports("Hypoglycemia", asked, "To my knowledge, diabetes doesn't run in the family.") == {}
    assert named("Migraine", "Any headaches in the family?", "No.").against == ()


@pytest.mark.parametrize(
    "answer",
    [
        "About smoking I say nothing.",
        "I'd want your reasons before I discuss smoking with anyone.",
        "Who wants to know about smoking, you or the insurance?",
    ],
)
def test_a_refusal_tells_no_habit(answer):
    assert supports("Heart attack", "Do you smoke?", answer) == {}


def test_a_grudging_yes_tells_it():
    assert [*supports("Heart attack", "Do you smoke?", "Yes, but that is private.")] == ["smokes or smoked"]


def test_who_cannot_talk_refuses_nothing():
    assert "trouble speaking" in supports("Stroke", "What happened?", "I can't talk since this morning.")


@pytest.mark.parametrize(
    "answer",
    [
        "I am unsure about any anticoagulant.",
        "As to any anticoagulant, I cannot say with certainty.",
        "I could not vouch for any anticoagulant.",
        "I'm not sure if I take a blood thinner.",
        "Blood thinner, maybe yes, maybe no.",
        "Blood thinner, I can't say for certain.",
    ],
)
def test_what_the_patient_is_not_sure_of_is_not_told(answer):
    assert supports("Intracerebral hemorrhage", "Do you take a blood thinner?", answer) == {}


def test_a_drug_that_is_taken_or_only_its_name_forgotten_is_told():
    for answer in ("I take warfarin.", "I take a blood thinner, but I can't remember its name."):
        found = supports("Intracerebral hemorrhage", "What pills do you take?", answer)
        assert [*found] == ["takes a blood thinner"]


def test_a_drug_that_is_not_tolerated_is_not_taken():
    assert supports("Intracerebral hemorrhage", "Any allergies?", "Clopidogrel gives me a rash.") == {}
    both = "I am allergic to clopidogrel and to shellfish, both. Every morning I take warfarin."
    found = supports("Intracerebral hemorrhage", "Tell me about your pills.", both)
    assert found == {"takes a blood thinner": "Every morning I take warfarin."}


WORSE = "What makes it worse?"
BEGAN = "What were you doing when it started?"


@pytest.mark.parametrize(
    ("diagnosis", "asked", "answer", "finding", "told"),
    [
        ("Unstable angina", BEGAN, "It began while I was unloading boxes.", "worse with effort", False),
        ("Unstable angina", BEGAN, "I was climbing stairs.", "worse with effort", False),
        ("Unstable angina", WORSE, "Unloading boxes.", "worse with effort", True),
        ("Unstable angina", "How is it?", "It gets worse on the stairs.", "worse with effort", True),
        ("Gallstones", BEGAN, "Two hours after dinner.", "worse after meals", False),
        ("Gallstones", BEGAN, "It comes after meals, every time.", "worse after meals", True),
        ("Gallstones", WORSE, "Fatty food.", "worse after meals", True),
        ("Gallstones", WORSE, "It does not change with food.", "worse after meals", False),
        ("Pneumonia", "What brings you in?", "Cough and trouble breathing.", "worse with breathing", False),
    ],
)
def test_what_makes_it_worse_is_told_in_answer_to_that_or_in_words_for_it(
    diagnosis, asked, answer, finding, told
):
    found = [name for name in supports(diagnosis, asked, answer) if name.startswith(finding)]
    assert bool(found) is told


@pytest.mark.parametrize(
    ("diagnosis", "asked", "answer", "finding"),
    [
        ("Appendicitis", "When did it start?", "Last night.", "for a day or more"),
        ("Appendicitis", "When did it start?", "Yesterday evening.", "for a day or more"),
        ("Pneumonia", "Do you have a catheter?", "Yes, it was changed two days ago.", "for a day or more"),
        ("Acute bronchitis", "Do you drink?", "Two beers a week.", "for weeks"),
        ("Stroke", "When did it start?", "Overnight, between ten and six.", "began within hours"),
        ("Stroke", "What happened?", "I woke up with a weak arm.", "sudden onset"),
        ("Stroke", "How did it start?", "It didn't come on suddenly.", "sudden onset"),
    ],
)
def test_a_time_of_something_else_or_a_rough_one_is_no_finding(diagnosis, asked, answer, finding):
    assert finding not in supports(diagnosis, asked, answer)


@pytest.mark.parametrize(
    ("diagnosis", "asked", "answer", "finding"),
    [
        ("Appendicitis", "When did it start?", "Three days ago.", "for a day or more"),
        ("Pneumonia", "Do you cough?", "Yes, for three days.", "for a day or more"),
        ("Stroke", "When did it start?", "It came on an hour ago.", "began within hours"),
        ("Stroke", "How did it start?", "I woke up and suddenly my arm was weak.", "sudden onset"),
        ("Acute bronchitis", "When did it start?", "Three weeks ago.", "for weeks"),
    ],
)
def test_a_time_of_the_complaint_is_a_finding(diagnosis, asked, answer, finding):
    assert supports(diagnosis, asked, answer)[finding] == answer


def test_a_sign_that_is_denied_speaks_for_nothing():
    assert supports("Pericarditis", "Is it sharp?", "No, it isn't sharp.") == {}
    assert supports("STEMI", "Does it go anywhere?", "It doesn't go to my arm or jaw.") == {}
    felt = supports("STEMI", "What does it feel like?", "It's not sharp, it's more like a heavy weight.")
    assert [*felt] == ["pressing"]


def test_what_a_patient_cannot_do_denies_nothing():
    found = supports("Kidney stone", "How is it?", "I can't lie still because it goes down to my groin.")
    assert "spreads to the groin" in found


def test_the_words_that_name_a_finding_are_quoted_before_a_bare_yes():
    answer = "Ah yes, now that you ask, I remember it! They told me that I have hypertension, years ago."
    found = supports("Stroke", "Do you have high blood pressure?", answer)
    assert found["high blood pressure"] == "They told me that I have hypertension, years ago."


FINE = [
    "No, my speech is fine.",
    "It's all okay, my speech is perfectly normal.",
    "My speech is not affected.",
]


@pytest.mark.parametrize("answer", FINE)
def test_a_healthy_function_speaks_against_what_is_wrong_with_it(answer):
    found = named("Ischaemic stroke", "Any change in your speech?", answer, case="synthetic-16")
    assert found.supports == ()
    assert "no trouble speaking" in [one.name for one in found.against]


@pytest.mark.parametrize("function", ["vision is fine", "balance is normal", "vision and balance are okay"])
def test_a_healthy_function_is_no_finding(function):
    assert supports("Ischaemic stroke", "How are you?", f"My {function}.") == {}


@pytest.mark.parametrize(
    "answer",
    [
        "My speech isn't fine.",
        "My speech was fine until yesterday.",
        "My speech is fine now.",
        "My speech was normal when I went to bed.",
        "I can't speak normally.",
        "I can hardly speak clearly.",
        "The trouble with my speech is fine.",
    ],
)
def test_a_function_that_is_not_healthy_or_was_not_is_a_finding(answer):
    assert "trouble speaking" in supports("Ischaemic stroke", "How are you?", answer)


def test_who_does_something_normally_has_no_trouble_with_it():
    assert supports("Ischaemic stroke", "How are you?", "I can speak normally and I walk normally.") == {}


def test_a_pain_that_is_made_little_of_is_not_denied():
    assert "headaches" in supports("Migraine", "How are you?", "The headache is fine, really.")


def test_another_function_leaves_the_finding():
    found = supports("Ischaemic stroke", "How are you?", "My speech is fine but I see double.")
    assert "double vision" in found
    assert "trouble speaking" not in found


@pytest.mark.parametrize(
    ("diagnosis", "asked", "answer", "case"),
    [
        ("Large bowel obstruction", "Any blood in the stool?", "Yes, on and off for weeks.", "synthetic-18"),
        ("Appendicitis", "Are you going more often?", "I'm going constantly.", "synthetic-10"),
        ("Appendicitis", "Do you smoke?", "All the time.", "synthetic-10"),
    ],
)
def test_what_another_symptom_is_like_is_not_told_of_the_complaint(diagnosis, asked, answer, case):
    found = [one.name for one in named(diagnosis, asked, answer, case=case).supports]
    assert not {"comes in waves", "constant"} & {*found}


@pytest.mark.parametrize(
    ("asked", "answer", "finding"),
    [
        ("Is the pain constant?", "It comes and goes.", "comes in waves"),
        ("How is it?", "It comes in waves.", "comes in waves"),
        ("Any nausea?", "Yes, and the pain comes in waves.", "comes in waves"),
    ],
)
def test_what_the_complaint_is_like_is_told(asked, answer, finding):
    found = named("Small bowel obstruction", asked, answer, case="synthetic-13").supports
    assert finding in [one.name for one in found]


RECAP = "So you have a fever and no cough. Is that right?"


def test_a_yes_to_a_recap_tells_what_it_names():
    found = named("Pneumonia", RECAP, "Yes.", case="synthetic-10")
    assert {one.name: one.quote.text for one in found.supports} == {"fever": "Yes."}
    assert "no cough" in [one.name for one in found.against]


@pytest.mark.parametrize(
    "answer", ["No.", "Sorry?", "", "Yes, maybe yes, maybe no", "Yes, I am not sure if I have."]
)
def test_a_recap_that_is_not_confirmed_tells_nothing(answer):
    assert named("Pneumonia", RECAP, answer, case="synthetic-10").supports == ()


def test_a_yes_to_a_recap_of_what_the_record_has_not_tells_no_more():
    recap = "So you have a fever and green sputum. Is that right?"
    found = named("Pneumonia", recap, "Yes.", case="synthetic-10")
    assert [one.name for one in found.supports] == ["fever"]
