"""Which diagnoses a doctor thinks of."""

import pytest

from patientsim_core.offline.data import table
from patientsim_core.offline.lexicon import concepts
from patientsim_core.offline.names import with_broader
from patientsim_core.offline.rank import Findings, leading, past_from_drugs, rank, scores, worth_asking

TRUTHS = {
    "Myocardial infarction",
    "Pneumonia",
    "Urinary tract infection",
    "Intestinal obstruction",
    "Cerebral infarction",
}


def findings(present: str = "", age: int = 55, gender: str = "Male", **more: str) -> Findings:
    """Findings from ids in a line."""
    denied = frozenset(more.pop("denied", "").split())
    rest = {name: with_broader(ids.split()) for name, ids in more.items()}
    return Findings(age=age, gender=gender, present=with_broader(present.split()), denied=denied, **rest)


@pytest.mark.parametrize(
    ("told", "age", "first"),
    [
        (
            "chest_pain pressing to_arm_or_jaw cold_sweats with_effort within_hours",
            60,
            "Myocardial infarction",
        ),
        ("cough colored_sputum fever rigors pleuritic_pain", 40, "Pneumonia"),
        ("dysuria urinary_frequency cloudy_urine at_lower_belly", 30, "Urinary tract infection"),
        ("abdominal_pain vomiting bloating no_flatus in_waves crampy", 60, "Intestinal obstruction"),
        ("face_droop right_arm_weakness slurred_speech sudden at_one_side", 75, "Cerebral infarction"),
        ("dyspnea sudden pleuritic_pain calf_pain long_journey hemoptysis", 40, "Pulmonary embolism"),
        ("flank_pain to_groin in_waves hematuria sudden nausea", 40, "Kidney stone"),
        ("diarrhea vomiting nausea abdominal_cramps sick_contacts", 30, "Gastroenteritis"),
        ("abdominal_pain at_right_belly appetite_loss nausea fever with_movement", 20, "Appendicitis"),
        ("headache photophobia flashing_lights nausea had_before", 30, "Migraine"),
        ("vertigo with_movement nausea in_waves", 60, "Benign positional vertigo"),
        ("chest_pain tearing sudden to_back back_pain", 65, "Aortic dissection"),
        ("thunderclap_headache worst_ever vomiting sudden drowsiness", 55, "Intracerebral hemorrhage"),
        ("dyspnea orthopnea leg_swelling pnd weight_gain", 75, "Heart failure"),
        (
            "upper_abdominal_pain at_upper_belly jaundice after_meals vomiting nausea",
            45,
            "Gallstones or cholecystitis",
        ),
        ("heartburn burning after_meals when_lying eased_by_antacid", 40, "Reflux or gastritis"),
        (
            "muscle_aches fever headache sore_throat cough runny_nose",
            30,
            "Influenza or other viral infection",
        ),
        ("groin_lump groin_pain heavy_lifting", 50, "Inguinal hernia"),
        ("flank_pain fever rigors dysuria at_flank", 30, "Pyelonephritis"),
        ("dyspnea wheeze chest_tightness dry_cough", 20, "Asthma attack"),
    ],
)
def test_a_typical_story_leads_to_its_diagnosis(told, age, first):
    assert rank(findings(told, age))[0] == first


def test_five_different_names_come_in_a_settled_order():
    some = findings("chest_pain dyspnea")
    assert len(set(rank(some))) == 5
    assert rank(some) == rank(findings("dyspnea chest_pain"))
    assert rank(some, 3) == rank(some)[:3]


def test_the_names_of_the_published_truths_are_among_them():
    assert {entry["name"] for entry in table("diagnoses")["diagnoses"].values()} >= TRUTHS


def test_with_nothing_heard_only_what_is_common_counts():
    young, old = rank(findings(age=8)), rank(findings(age=80))
    assert "Myocardial infarction" not in young
    assert "Myocardial infarction" in old


def test_the_ambulance_makes_the_dangerous_likelier():
    walking, driven = (
        Findings(age=50, gender="Male", transport=way, present=frozenset({"chest_pain", "dyspnea", "cough"}))
        for way in ("WALK IN", "AMBULANCE")
    )
    gain = {id: scores(driven)[id] - points for id, points in scores(walking).items()}
    assert gain["myocardial_infarction"] > 0
    assert gain["bronchitis"] == 0


def test_what_is_denied_speaks_against():
    told = "cough dyspnea at_chest"
    assert leading(findings(told, denied="fever colored_sputum rigors chills"), 1) != ["pneumonia"]
    assert leading(findings(f"{told} fever rigors"), 1) == ["pneumonia"]


def test_denying_the_broad_denies_the_narrow():
    assert findings(denied="cough").lacks("dry_cough")
    assert not findings(denied="dry_cough").lacks("cough")
    assert not findings("dry_cough", denied="cough").lacks("dry_cough")


def test_risks_of_the_past_tip_the_scales():
    told = "abdominal_pain vomiting nausea"
    plain, operated = findings(told), findings(told, past="abdominal_surgery bowel_obstruction")
    order = [leading(one, 40).index("bowel_obstruction") for one in (plain, operated)]
    assert order[1] < order[0]


def test_who_has_no_appendix_has_no_appendicitis():
    told = "abdominal_pain at_right_belly nausea fever"
    assert leading(findings(told, 25), 1) == ["appendicitis"]
    assert leading(findings(told, 25, past="appendectomy"), 1) != ["appendicitis"]


def test_pills_tell_of_the_past():
    assert {"diabetes", "insulin"} <= past_from_drugs({"insulin glargine", "insulin"})
    assert past_from_drugs({"no such drug"}) == frozenset()


def test_a_question_is_worth_more_for_a_leading_diagnosis():
    among = ["pneumonia", "bronchitis", "asthma", "influenza", "sepsis"]
    assert worth_asking("colored_sputum", among) > worth_asking("wheeze", among) > 0
    assert worth_asking("groin_lump", among) == 0


def test_every_finding_that_is_weighed_can_be_heard():
    habits = {"smoker", "drinker", "female", "insulin", "blood_thinner", "painkiller"}
    known = {*concepts(), *table("hearing")["signs"], *habits}
    for id, entry in table("diagnoses")["diagnoses"].items():
        for group in ("core", "strong", "typical", "possible", "against", "excluded", "risk", "family"):
            for finding in entry.get(group, ()):
                assert finding in known, (id, group, finding)
