import re

import pytest

from patientsim_core.debrief import compare, debrief
from patientsim_core.debrief.checklist import Check, check, checked_by, read_checklist, template
from patientsim_core.debrief.quotes import Quote
from patientsim_core.debrief.shown import anchor, changed, checked, quoted, shown
from patientsim_core.debrief.text import Line, sections
from tests.debrief.scripted import scripted, talk

PLAIN = "plain,B,high,normal"
ASKED = "D: Are you allergic to anything?\nP: Penicillin, I get a rash."


def test_a_quotation_leads_to_its_question():
    words = Quote(2, 2, "patient", "It *hurts*\nhere.")
    assert quoted(words) == f"> :small[**[Patient 2](#{anchor(2)})** It \\*hurts\\* here\\.]"


def test_words_before_the_first_question_lead_nowhere():
    assert "](" not in quoted(Quote(0, 0, "patient", "Help me."))


def test_several_quotations_are_one_block():
    first, second = Quote(0, 1, "doctor", "Hi"), Quote(1, 1, "patient", "Hello")
    assert quoted(first, second).count("> ") == 2
    assert not quoted(first, second).endswith("\\")


@pytest.mark.parametrize(
    ("mark", "color"),
    [
        ("elicited", "green"),
        ("missed", "red"),
        ("missed (the patient erred)", "red"),
        ("forgotten", "orange"),
        ("too broad", "orange"),
        ("another diagnosis", "gray"),
        ("question 3", "gray"),
    ],
)
def test_a_marks_colour_says_how_it_went(mark, color):
    assert f":{color}-badge[" in shown([Line("x", mark)])


def test_every_section_of_every_consultation_leads_only_to_questions_that_were_asked():
    for one in scripted():
        found = debrief(one.dialogue)
        for section in sections(found):
            for part in (section, *section.parts):
                text = shown(part.lines)
                numbers = [int(number) for number in re.findall(r"\]\(#question-(\d+)\)", text)]
                assert all(1 <= number <= one.dialogue.questions for number in numbers)
                assert "](" not in re.sub(r"\]\(#question-\d+\)", "", text)


def test_a_checklist_says_which_points_were_done():
    points = [Check("Allergies", "allergies"), Check("Says goodbye", words=("goodbye",))]
    text = checked(check(points, talk("synthetic-01", PLAIN, ASKED)))
    assert "Allergies :green-badge[asked]" in text
    assert "Says goodbye :red-badge[missed]" in text


def test_a_class_did_each_point_so_often():
    talks = [talk("synthetic-01", PLAIN, one) for one in (ASKED, "D: Hi\nP: Hello.")]
    assert checked_by([Check("Allergies", "allergies")], talks) == [("Allergies", 1)]
    assert checked_by([], talks) == []


def test_the_template_is_a_checklist():
    assert len(read_checklist(template(), "template.csv")) == 3


def test_what_changed_between_two_tries_is_said():
    first = debrief(talk("synthetic-01", PLAIN, ASKED))
    second = debrief(talk("synthetic-01", PLAIN, "D: Do you smoke?\nP: A pack a day for 32 years."))
    text = changed(compare(first, second)).replace("\\", "")
    assert re.search(r"only before\] .*Penicillin", text)
    assert re.search(r"now\] .*pack", text, re.IGNORECASE)
    assert "nothing came out differently" in changed(compare(first, first))
