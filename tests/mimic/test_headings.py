"""What lines of a note are: nothing of exam, results or course reaches a section without a word."""

import pytest

from patientsim_core import InputError
from patientsim_core.mimic.sections import Sections, read_headings, split
from tests.mimic.made import GOOD, NOTE

HEADINGS = read_headings()
GIVEN = NOTE.format(**GOOD)
SPLIT = split(GIVEN, HEADINGS).texts


def changed(old: str, new: str) -> Sections:
    """The good note with one of its headings written otherwise."""
    assert old in GIVEN
    return split(GIVEN.replace(old, new), HEADINGS)


def within(section: str, text: str) -> Sections:
    """A note in which a section has this text."""
    return split(NOTE.format(**{**GOOD, section: text}), HEADINGS)


@pytest.mark.parametrize(
    "heading",
    ["2. Past Medical History:", "2) Past Medical History:", "(2) Past Medical History:", "#PMH:",
     "II. Past Medical History:", "#Past Medical History:", "# Past Medical History:",
     "- Past Medical History:", "[PMH]",
     "**Past Medical History:**", "**Past Medical History**:", "== Past Medical History ==", "== PMH ==",
     "Past medical history (per OMR):", "Past Medical History [from OMR]:", "P.M.H.:", "PAST MEDICAL HISTORY",
     "Past Medical History (per OMR)"],
)  # fmt: skip
def test_numbers_marks_and_a_bracket_are_no_part_of_a_heading(heading):
    assert changed("Past Medical History:", heading) == (SPLIT, {}, {})


def test_a_bracket_does_not_hide_the_heading_that_a_note_needs():
    found = changed("History of Present Illness:", "HPI (per admission note):")
    assert found == (SPLIT, {}, {})


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Past Medical History:", "Past medical history per OMR:"),
        ("Past Medical History:", "PMH per OMR:"),
        ("Past Medical History:", "3. Her other past medical history:"),
        ("Past Medical History:", "Past medical history is notable for:"),
        ("Past Medical History:", "PERTINENT PAST MEDICAL HISTORY"),
        ("Past Medical History:", "ILLNESSES BEFORE"),
        ("\n \nPast Medical History:", "\nPAST MEDICAL HX AND PROBLEMS:"),
        ("\n \nPast Medical History:", "\nPast Medical History per Wife: none else"),
        ("Past Medical History:", "Relevant Past Medical History: none but"),
        ("Past Medical History:", "Past Medical History per OMR"),
        ("Social History:", "Psychosocial/Family History: well"),
        ("Physical Exam:", "Physical exam in the ward:"),
        ("Physical Exam:", "Findings of physical examination:"),
        ("Physical Exam:", "Physical Exam in the Ward: VS 98.1"),
        ("Physical Exam:", "PHYSICAL EXAMINATION IN THE WARD"),
        ("Physical Exam:", "What the doctor found:"),
        ("Physical Exam:", "Exam at ___:"),
        ("Physical Exam:", "4. Findings of the doctor:"),
        ("Physical Exam:", "HOSPITAL COURSE BY PROBLEM"),
        ("History of Present Illness:", "Story of the illness:"),
        ("History of Present Illness:", "HPI per admission note:"),
    ],
)
def test_a_heading_worded_in_a_new_way_is_told_with_its_line(old, new):
    found = changed(old, new)
    line = GIVEN.replace(old, new).split("\n").index(new.strip("\n"))
    assert list(found.unknown) == [line]
    assert found.texts.items() <= SPLIT.items()


@pytest.mark.parametrize(
    "heading",
    ["Physical exam upon presentation:", "Physical Exam upon Presentation:", "Physical Exam on Arrival:",
     "PHYSICAL EXAMINATION", "Exam:", "Vitals:", "VS: 98.1 90/50", "Assessment & Plan:", "ED COURSE"],
)  # fmt: skip
def test_what_the_hospital_found_ends_the_family_history(heading):
    found = changed("Physical Exam:", heading)
    assert found.unknown == {}
    assert found.texts["family_history"] == "Father with stroke"


@pytest.mark.parametrize(
    "line",
    ["In the ED:", "In the ED, initial vitals were:", "ED COURSE", "Dear Mr. Smith:", "Dear Ms. ___:",
     "WBC-8.1 RBC-4.41 HGB-13.2", "LABS: WBC 10.2", "Labs notable for:", "BP 120/80 HR 88", "Of note:",
     "On arrival to the floor:", "At ___:", "In the ED, physical exam was notable for:", "REVIEW OF SYSTEMS",
     "Review of systems (on admission):", "ROS: (+) per HPI", "Vitals prior to transfer were:", "WBC 10"],
)  # fmt: skip
def test_ordinary_lines_of_a_present_illness_stop_nobody(line):
    text = f"{GOOD['present_illness']}\n\n{line}\nShe is well now."
    found = within("present_illness", text)
    assert found.unknown == {}
    assert found.texts["present_illness"] == text


@pytest.mark.parametrize(
    "text",
    ["1. CARDIAC RISK FACTORS: Gout\n2. CARDIAC HISTORY:\n-CABG: none\n3. OTHER PAST MEDICAL HISTORY:\nGout",
     "CORONARY ARTERY DISEASE\n\nDIABETES MELLITUS\n\nGOUT", "# Asthma:\nmild\n\n# Gout:\nold",
     "- Procedures: stent\n- Social: no\n- Gout", "Gout, last:\nin May"],
)  # fmt: skip
def test_lists_of_a_past_history_stop_nobody_and_stay_whole(text):
    found = within("past_history", text)
    assert found.unknown == {}
    assert found.texts["past_history"] == text


def test_a_section_of_two_kinds_is_none_of_the_seven():
    found = within("past_history", "Gout\nSocial/Family History: lives alone, mother well")
    assert found == (SPLIT | {"past_history": "Gout"}, {}, {})


COURSE = """

Brief Hospital Course:
# NSTEMI: treated with heparin.
Family: son was updated by phone.
# NSTEMI: taken for stent.

PMH:
Asthma

HPI:
Told again."""


@pytest.mark.parametrize("heading", ["Brief Hospital Course:", "Pertinent Results:", "Physical Exam:"])
def test_no_section_begins_after_exam_results_or_course(heading):
    found = changed("Well.", "Well." + COURSE.replace("Brief Hospital Course:", heading))
    assert found == (SPLIT, {}, {})
    without = GIVEN.replace("Physical Exam:\nWell.\n", COURSE.replace("Brief Hospital Course:", heading))
    assert split(without, HEADINGS) == (SPLIT, {}, {})


def test_a_section_that_comes_only_after_the_exam_is_told():
    found = split("HPI:\nPain.\n\nPhysical Exam:\nWell.\n\nPMH:\nGout\n\nHPI:\nx\nFamily: well", HEADINGS)
    assert found == ({"present_illness": "Pain."}, {}, {6: "PMH"})


@pytest.mark.parametrize(
    "lines",
    ["Imaging: CXR clear.", "Imaging:\nCXR clear.", "Medications: took aspirin at home", "Vital signs: 98.4",
     "\nStudies: none", "Micro: none", "past medical history", "with a\nhistory of present illness\nof years",
     "no\n\npast medical history", "Past medical history"],
)  # fmt: skip
def test_a_present_illness_is_not_cut_in_its_middle(lines):
    text = f"She has crushing pain.\n{lines}\nwho presents today. She denies fever."
    found = within("present_illness", text)
    assert found.texts == SPLIT | {"present_illness": text}


def test_what_stands_alone_after_a_blank_line_ends_a_present_illness():
    found = within("present_illness", "She has pain.\n\nMedications:\naspirin")
    assert found.texts == SPLIT | {"present_illness": "She has pain."}


def test_medications_alone_on_their_line_end_a_list():
    assert within("past_history", "Gout\nMedications:\naspirin").texts["past_history"] == "Gout"
    assert within("past_history", "Micro: MRSA\nGout").texts["past_history"] == "Micro: MRSA\nGout"


@pytest.mark.parametrize("heading", ["Habits of Life:", "habits of life", "2. Habits of Life (told):"])
def test_a_heading_of_ones_own_may_be_written_as_it_stands_in_the_note(tmp_path, heading):
    own = tmp_path / "own.toml"
    own.write_text(f'[sections]\nsocial_history = ["{heading}"]\n')
    text = GIVEN.replace("Social History:", "Habits of Life:")
    assert split(text, read_headings(own)) == (SPLIT, {}, {})


@pytest.mark.parametrize(
    ("content", "place"),
    [
        ("[section]\nallergies = ['x']", "[section]"),
        ("headings = ['x']", "headings"),
        ("[sections]\nallergies = 'x'", "allergies in [sections]"),
        ("[sections]\nhabits = ['x']", "habits in [sections]"),
        ("[other]\nheadings = 'x'", "headings in [other]"),
        ("[other]\nheading = ['x']", "heading in [other]"),
        ("[end]\nheadings = [1]", "headings in [end]"),
        ("[words]\nprose = ['x']", "[words]"),
    ],
)
def test_a_mistake_in_a_file_of_headings_is_named_with_its_key(tmp_path, content, place):
    own = tmp_path / "own.toml"
    own.write_text(content)
    with pytest.raises(InputError) as error:
        read_headings(own)
    assert str(error.value).startswith(f"--headings {own}: {place} is wrong. It needs lists of headings")
