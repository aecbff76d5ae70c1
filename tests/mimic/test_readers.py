"""What is read out of notes, by rules and by a model; blanks of the de-identification reach no case."""

import json
import random

import pytest
from kinds import settings
from service import Answer as Served

from patientsim_core import InputError
from patientsim_core.case import UNKNOWN
from patientsim_core.mimic.cohort import Rule, Visit, sift
from patientsim_core.mimic.record import LIFESTYLE, OF_READING, Outcome, draft, joined, read_visit
from patientsim_core.mimic.requests import READ, ModelReader
from patientsim_core.mimic.rules import RulesReader
from patientsim_core.mimic.sections import SECTIONS, read_headings, split
from patientsim_core.models import load_model
from tests.mimic.made import GOOD, NOTE

RULES = RulesReader(42)
FOUND = {item: [] for item in READ} | {"present_illness_positive": ["crushing chest pain"]}


def visit(**changes) -> Visit:
    """A visit of the cohort, with its note."""
    one = {**GOOD, **changes}
    names = ("intime", "outtime", "gender", "race", "arrival_transport", "disposition", "chiefcomplaint",
             "pain", "insurance", "marital_status", "admittime")  # fmt: skip
    return Visit(
        "910000001",
        "920000001",
        "930000001",
        **{name: one[name] for name in names},
        codes=frozenset(one["codes"]),
        medications=tuple(one["medications"]),
        anchor=(one["anchor_age"], one["anchor_year"]),
        sections=split(NOTE.format(**one), read_headings()).texts,
    )


def read(one: Visit, reader=RULES) -> Outcome:
    return read_visit(one, reader, lambda: False)


def test_a_case_has_what_tables_and_note_say():
    case = read(visit(social_history="Lives alone. Smokes a pipe. Retired baker.")).case
    assert (case.age, case.gender, case.race, case.marital_status) == (61, "Female", "White", "Married")
    assert (case.diagnosis, case.pain, case.arrival_transport) == ("Myocardial infarction", 7, "AMBULANCE")
    assert case.medication == "aspirin 81 mg tablet; lisinopril 10 mg tablet"
    assert (case.living_situation, case.tobacco, case.occupation) == (
        "Lives alone", "Smokes a pipe", "Retired baker",
    )  # fmt: skip
    assert case.medical_history == "Hypertension; Gout"
    assert case.allergies == "Penicillins"
    assert case.present_illness_positive == "crushing chest pain for two hours; nausea and sweating"
    assert case.present_illness_negative == "no fever; no cough; no leg swelling"


def test_what_the_hospital_found_is_no_part_of_the_history():
    told = (
        "Presents with cough for a week. CXR showed pneumonia. In the ED he was given oxygen. He has chills."
    )
    case = read(visit(present_illness=told)).case
    assert case.present_illness_positive == "cough for a week"


def test_imagined_items_are_marked_and_told_ones_are_not():
    case = read(visit(social_history="Lives alone. Smokes a pipe.")).case
    assert case.imputed == "alcohol; illicit_drug; exercise; children; occupation"
    assert all(getattr(case, item) != UNKNOWN for item in LIFESTYLE)
    assert case == read(visit(social_history="Lives alone. Smokes a pipe.")).case


def test_sexual_history_is_there_for_urinary_tract_infections_only():
    told = {"social_history": "Sexually active with one partner."}
    uti = {"codes": [("10", "N390", "Urinary tract infection, site not specified")]}
    ill = {"present_illness": "Presents with burning with urination and urinary frequency. Denies fever."}
    assert read(visit(**told)).case.sexual_history == UNKNOWN
    assert read(visit(**told, **uti, **ill)).case.sexual_history == "Sexually active with one partner"


def test_the_fit_is_high_where_the_history_is_typical_and_low_where_it_is_of_another_illness():
    assert read(visit()).fit >= 4
    other = "Presents with burning with urination, urinary frequency and cloudy urine. Denies chest pain."
    assert read(visit(present_illness=other, chiefcomplaint="Dysuria")).fit == 1


@pytest.mark.parametrize("fit", [None, 2, 3])
def test_the_fit_decides_from_3_on_and_unscored_is_dropped_by_a_rule_of_its_own(fit):
    case = draft(visit(), FOUND)
    steps = []
    kept = sift([Outcome("1", case, fit), Outcome("2", case, 5), Outcome("3")], OF_READING, steps)
    assert [one.hadm_id for one in kept] == (["1", "2"] if fit == 3 else ["2"])
    assert [step.dropped for step in steps] == [0, 1, fit is None, fit == 2]


@pytest.mark.parametrize(
    ("given", "text"),
    [
        (["Worked at ___", "baker"], "baker"),
        (["a; b ___; c"], "a; c"),
        (["a", "a", " a "], "a"),
        (["___"], UNKNOWN),
        (["_\u200b_\u200b_"], UNKNOWN),
        (["_\x00__ x"], UNKNOWN),
        (["two\nlines"], "two lines"),
        ([], UNKNOWN),
    ],
)
def test_a_value_with_a_blank_is_left_out_as_a_whole(given, text):
    assert joined(given) == text


def mutated(text: str, chance: random.Random) -> str:
    """A text with blanks of several lengths put over or between its words."""
    blanks = ("___", "____", "__\u200b_", "___-___", "(___)", "___,", "x___", "___:", "; ___ ;", "\n___\n")
    words = text.split(" ")
    for place in chance.sample(range(len(words)), chance.randint(1, max(1, len(words) // 4))):
        words[place] = (
            chance.choice(blanks) if chance.random() < 0.5 else words[place] + chance.choice(blanks)
        )
    return " ".join(words)


def test_blanks_never_reach_a_case_whatever_the_note_and_the_tables_have():
    chance = random.Random(7)
    texts = ("present_illness", "past_history", "social_history", "chiefcomplaint", "race", "insurance",
             "marital_status", "disposition", "arrival_transport")  # fmt: skip
    cases = 0
    for number in range(400):
        changed = {name: mutated(GOOD[name], chance) for name in texts if chance.random() < 0.6}
        names = [mutated(name, chance) for name in GOOD["medications"]]
        one = visit(**changed, medications=names)
        one.sections = {name: mutated(text, chance) for name, text in one.sections.items()}
        case = read(one, RulesReader(number)).case
        if case:
            cases += 1
            assert "__" not in json.dumps(case.model_dump(), ensure_ascii=True).replace("\\u200b", "")
    assert cases > 100  # the others had nothing left to tell


def test_a_note_of_which_only_blanks_are_left_makes_no_case():
    assert read(visit(present_illness="___ ___. " * 10)).case is None
    assert draft(visit(chiefcomplaint="___ pain, ___"), FOUND) is None


class Model:
    """A reader on the `service` of the tests, which answers what it is set to."""

    def __init__(self, service, path, **more):
        self.service, self.path = service, path
        service.key = None
        self.reader = ModelReader(load_model("vllm:reader", settings("vllm", service.url)), 42, path)


ANSWERS = {
    "extract": FOUND | {"tobacco": ["Smoked at ___", "quit"], "occupation": ["___"]},
    "fit": {"reason": "typical", "score": 4},
    "impute": {"items": [{"item": "alcohol", "value": "None"}, {"item": "pain", "value": "9"},
                         {"item": "exercise", "value": "walks to ___"}]},
}  # fmt: skip


def answers(service, **changes) -> list:
    given = [{**ANSWERS, **changes}[step] for step in ("extract", "fit", "impute")]
    served = [Served(one if isinstance(one, str) else json.dumps(one)) for one in given]
    service.answers(*served)
    return served


def test_a_model_is_asked_three_times_and_its_values_make_the_case(service, tmp_path):
    answers(service)
    outcome = read(visit(), Model(service, tmp_path / "a.jsonl").reader)
    assert len(service.requests) == 3
    assert (outcome.fit, outcome.failure) == (4, None)
    assert (outcome.case.tobacco, outcome.case.alcohol) == ("quit", "None")
    assert (outcome.case.occupation, outcome.case.exercise, outcome.case.pain) == (UNKNOWN, UNKNOWN, 7)
    assert outcome.case.imputed == "alcohol"


def test_what_a_model_is_told_has_the_note_and_never_the_diagnosis_where_it_imagines(service, tmp_path):
    answers(service)
    read(visit(), Model(service, tmp_path / "a.jsonl").reader)
    extract, fit, impute = (json.dumps(request.body) for request in service.requests)
    assert all(f"## {section}" in extract for section in SECTIONS)
    assert "infarction" in fit
    assert "infarction" not in extract + impute


def test_the_same_is_never_asked_twice(service, tmp_path):
    answers(service)
    first = read(visit(), Model(service, tmp_path / "a.jsonl").reader)
    again = read(visit(), Model(service, tmp_path / "a.jsonl").reader)
    assert len(service.requests) == 3
    assert again == first


def test_another_note_seed_or_model_is_asked_anew(service, tmp_path):
    answers(service)
    path = tmp_path / "a.jsonl"
    read(visit(), Model(service, path).reader)
    before = len(service.requests)
    answers(service)
    read(visit(social_history="A new text."), Model(service, path).reader)
    assert len(service.requests) > before


def test_a_torn_last_answer_is_asked_again_and_the_others_are_not(service, tmp_path):
    answers(service)
    path = tmp_path / "a.jsonl"
    first = read(visit(), Model(service, path).reader)
    path.write_bytes(path.read_bytes()[:-5])
    service.answers(Served(json.dumps(ANSWERS["impute"])))
    assert read(visit(), Model(service, path).reader) == first
    assert len(service.requests) == 4


@pytest.mark.parametrize(
    ("step", "dropped"), [("extract", "the note could be read"), ("fit", "the fit could be scored")]
)
def test_an_unreadable_answer_is_unscored_kept_and_no_default(service, tmp_path, step, dropped):
    before = [Served(json.dumps(ANSWERS["extract"]))] if step == "fit" else []
    service.answers(*before, Served("I would rather not."))
    model = Model(service, tmp_path / "a.jsonl")
    outcome = read(visit(), model.reader)
    assert len(service.requests) == len(before) + 3
    steps = []
    assert sift([outcome], OF_READING, steps) == []
    assert next(one.rule for one in steps if one.dropped) == dropped
    kept = [json.loads(line) for line in (tmp_path / "a.jsonl").read_text().splitlines()]
    assert [one["step"] for one in kept if one.get("unscored")] == [step]
    assert kept[-1]["raw"] == "I would rather not."
    assert "value" not in kept[-1]
    assert len(model.reader.unread) == 1


def test_a_score_outside_of_1_to_5_is_unscored(service, tmp_path):
    service.answers(Served(json.dumps(ANSWERS["extract"])), Served('{"reason": "", "score": 6}'))
    assert read(visit(), Model(service, tmp_path / "a.jsonl").reader).fit is None


def test_a_history_that_does_not_fit_gets_nothing_imagined(service, tmp_path):
    service.answers(Served(json.dumps(ANSWERS["extract"])), Served('{"reason": "", "score": 2}'))
    assert read(visit(), Model(service, tmp_path / "a.jsonl").reader).fit == 2
    assert len(service.requests) == 2


def test_a_line_that_is_no_answer_is_named(service, tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text('{"hadm_id": "1", "step": "fit", "asked": "x"}\n{"other": 1}\n')
    with pytest.raises(InputError, match=r"a\.jsonl, line 2: is not an answer"):
        Model(service, path)


def test_rules_are_sifted_in_order():
    steps = []
    rules = [Rule("even", lambda n: n % 2 == 0), Rule("large", lambda n: n > 4)]
    assert sift(range(10), rules, steps) == [6, 8]
    assert [(one.kept, one.dropped) for one in steps] == [(5, 5), (2, 3)]
