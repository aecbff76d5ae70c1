import pytest

from patientsim_core import Dialogue, InputError, Persona
from patientsim_core.debrief.checklist import Check, check, read_checklist
from tests.cases import CASES
from tests.debrief.scripted import named, talk


def test_plain_lines_are_points_without_bullets_and_comments():
    text = "# for week 3\n- Introduces themself\n* Asks about allergies\n\nSums up\n"
    assert read_checklist(text, "list.txt") == [
        Check("Introduces themself"),
        Check("Asks about allergies"),
        Check("Sums up"),
    ]


def test_csv_has_a_text_an_item_and_words():
    text = "\ufefftext,item,words\nAllergies,allergies,\nFear,,worried;afraid\n,,\n"
    assert read_checklist(text, "list.CSV") == [
        Check("Allergies", "allergies"),
        Check("Fear", "", ("worried", "afraid")),
    ]


def test_csv_needs_only_texts():
    assert read_checklist("text\nAllergies\n", "a.csv") == [Check("Allergies")]


def test_json_is_a_list_of_texts_or_points():
    text = '["Sums up", {"text": "Smoking", "item": "tobacco"}, {"text": "Fear", "words": ["afraid"]}]'
    assert read_checklist(text, "a.json") == [
        Check("Sums up"),
        Check("Smoking", "tobacco"),
        Check("Fear", "", ("afraid",)),
    ]


@pytest.mark.parametrize(
    ("text", "name", "said"),
    [
        ("", "a.txt", "a.txt: has no points"),
        ("# only a comment", "a.txt", "has no points"),
        ("text\n", "a.csv", "has no points"),
        ("[]", "a.json", "has no points"),
        ("point\nAllergies\n", "a.csv", "needs a column named text; it has point"),
        ("", "a.csv", "needs a column named text; it has none"),
        ("text,weight\nA,3\n", "a.csv", "column 'weight' is none of text, item, words"),
        ('text\n"A', "a.csv", "is no CSV"),
        ("text,item\nA,allergy\n", "a.csv", "a.csv, point 1: item 'allergy' is not known. It is one of"),
        ("text,item\n,allergies\n", "a.csv", "point 1: has no text"),
        ("{", "a.json", "a.json: is no JSON"),
        ("[" * 100_000, "a.json", "is no JSON"),
        ('{"text": "A"}', "a.json", "must be a list of points"),
        ('[{"item": "allergies"}]', "a.json", "point 1: text: Field required"),
        ('["A", {"text": "B", "weight": 2}]', "a.json", "point 2: 'weight' is none of"),
        ("[3]", "a.json", "point 1"),
        ('[{"text": "A", "words": "afraid"}]', "a.json", "point 1: words"),
        ("A\n" * 201, "a.txt", "has 201 points; at most 200"),
        ("A" * 501, "a.txt", "has 501 characters"),
    ],
)
def test_a_bad_file_is_refused_with_what_and_where(text, name, said):
    with pytest.raises(InputError) as error:
        read_checklist(text, name)
    assert said in str(error.value)


def test_an_item_is_done_when_it_was_asked_for_and_the_question_is_quoted():
    (done,) = check([Check("Allergies", "allergies")], named("plain, a full history of the pain"))
    assert done.done
    assert done.quote.text == "Are you allergic to anything?"


def test_an_item_that_was_refused_was_still_asked_for():
    (done,) = check([Check("Alcohol", "alcohol")], named("distrustful beginner who keeps things back"))
    assert done.done


def test_an_item_that_was_volunteered_is_done_by_the_patients_words():
    (done,) = check([Check("Job", "occupation")], named("obstruction, verbose, much is volunteered"))
    assert done.quote.role == "patient"


def test_words_are_looked_for_in_what_the_doctor_said_only():
    dialogue = talk("synthetic-01", "plain,B,high,normal", "D: What frightens you?\nP: I am worried.")
    points = [Check("Fear", words=("frightens",)), Check("Worry", words=("worried",))]
    assert [one.done for one in check(points, dialogue)] == [True, False]


def test_a_word_is_no_part_of_another():
    dialogue = talk("synthetic-01", "plain,B,high,normal", "D: Are you unafraid?\nP: Yes.")
    assert not check([Check("Fear", words=("afraid",))], dialogue)[0].done


def test_a_point_without_item_and_words_is_done_by_most_of_its_own_words():
    dialogue = named("plain, a full history of the pain")
    done, not_done = check([Check("Asks about allergic reactions"), Check("Examines the abdomen")], dialogue)
    assert not not_done.done
    assert not_done.quote is None
    assert done.check.text == "Asks about allergic reactions"


def test_a_general_question_does_not_tick_every_item():
    dialogue = talk("synthetic-01", "plain,B,high,normal", "D: What brings you in?\nP: Chest pain.")
    (done,) = check([Check("Radiation", "radiation")], dialogue)
    assert not done.done


def test_nothing_is_done_in_an_empty_consultation():
    points = [Check("Allergies", "allergies"), Check("Sums up")]
    found = check(points, Dialogue(case=CASES["synthetic-01"], persona=Persona()))
    assert [one.done for one in found] == [False, False]
