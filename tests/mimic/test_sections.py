"""Notes by their sections: headings in many variants, unknown ones with their place."""

from pathlib import Path

import pytest

from patientsim_core import InputError
from patientsim_core.mimic.cohort import read_visits, table
from patientsim_core.mimic.notes import read_notes
from patientsim_core.mimic.prepare import Sources, read_cohort
from patientsim_core.mimic.sections import SECTIONS, read_headings, split
from tests.mimic.made import GOOD, NOTE, hadm, write

HEADINGS = read_headings()
WHOLE = NOTE.format(**GOOD)


def told(text: str) -> dict[str, str]:
    return split(text, HEADINGS).texts


def test_a_note_has_all_seven_sections_and_nothing_of_others():
    found = split(WHOLE, HEADINGS)
    assert set(found.texts) == set(SECTIONS)
    assert found.unknown == {}
    assert found.texts["allergies"] == "Penicillins"
    assert found.texts["present_illness"] == GOOD["present_illness"]
    assert found.texts["past_history"] == "Hypertension\nGout"
    assert found.texts["family_history"] == "Father with stroke"


@pytest.mark.parametrize(
    "heading",
    ["History of Present Illness:", "HPI:", "hpi:", "HISTORY OF THE PRESENT ILLNESS :", "  Present  Illness:",
     "History of Present Illness", "History of Presenting Complaint:"],
)  # fmt: skip
def test_variants_of_a_heading_are_known(heading):
    assert told(f"{heading}\nIt hurts.")["present_illness"] == "It hurts."


@pytest.mark.parametrize(
    ("text", "section", "found"),
    [
        ("Allergies: Penicillin\nAttending: ___.", "allergies", "Penicillin"),
        ("PMH/PSH:\nGout", "past_history", "Gout"),
        ("Past Medical & Surgical History:\nGout", "past_history", "Gout"),
        (
            "PMH:\nGout\n\nPSH:\nAppendectomy\n\nSocial History:\n___",
            "past_history",
            "Gout\n\n\nAppendectomy",
        ),
        ("HPI:\nPain.\n\nROS:\nNo fever.\n\nPMH:\nGout", "present_illness", "Pain.\n\nROS:\nNo fever."),
        ("HPI:\nIn the ED, vitals were:\n98", "present_illness", "In the ED, vitals were:\n98"),
        ("HPI:\nThe pain: bad.\nNote: it is worse", "present_illness", "The pain: bad.\nNote: it is worse"),
        ("HPI:\nPain.\r\n\r\nPMH:\r\nGout", "past_history", "Gout"),
    ],
)
def test_a_section_ends_where_another_begins_and_no_sooner(text, section, found):
    assert told(text)[section] == found


def test_every_invented_heading_is_known():
    for section, variants in table("synthetic")["headings"].items():
        assert {told(f"{heading}\nx").get(section) for heading in variants} == {"x"}


def test_what_stands_under_an_unknown_heading_is_no_section():
    found = split("HPI:\nPain.\n\nStory of the Family:\nSecret.\n\nPMH:\nGout", HEADINGS)
    assert found.unknown == {3: "Story of the Family"}
    assert found.texts == {"present_illness": "Pain.", "past_history": "Gout"}


def test_an_unknown_heading_in_the_part_of_the_hospital_matters_to_nobody():
    assert split(f"{WHOLE}\n\nSome New Plan:\nRest.\n\nPMH:\nAsthma", HEADINGS).unknown == {}
    assert split("Service: MEDICINE\n\nStory of the Illness:\nPain.", HEADINGS).unknown == {
        2: "Story of the Illness"
    }


def changed(folder: Path, **visit) -> Path:
    write(folder, {}, {"text": WHOLE.replace("Social History:", "Habits of Life:")}, visit)
    return folder / "note" / "discharge.csv"


def place_of(path: Path, words: str) -> int:
    return path.read_text().split("\n").index(words) + 1


def test_an_unknown_heading_stops_with_file_and_line(tmp_path):
    path = changed(tmp_path)
    with pytest.raises(InputError) as error:
        read_cohort(Sources(tmp_path, tmp_path, tmp_path), [], print)
    line = place_of(path, "Habits of Life:")
    assert str(error.value).startswith(f"{path}, line {line}: a heading not known.")
    assert "Habits" not in str(error.value)


def test_an_unknown_heading_can_be_passed_over_and_is_told(tmp_path):
    path, said = changed(tmp_path), []
    visits = read_cohort(Sources(tmp_path, tmp_path, tmp_path, None, True), [], said.append)
    assert [("social_history" in one.sections) for one in visits] == [True, False, True]
    line = place_of(path, "Habits of Life:")
    assert said[-1] == f"{path}, line {line}: a heading not known; what stands there is left out."


def test_an_unknown_heading_outside_of_the_cohort_disturbs_nobody(tmp_path):
    write(tmp_path, {}, {"race": "UNKNOWN", "text": "Some Heading:\nx"})
    assert len(read_cohort(Sources(tmp_path, tmp_path, tmp_path), [], print)) == 1


def test_headings_of_ones_own_are_added(tmp_path):
    changed(tmp_path)
    own = tmp_path / "own.toml"
    own.write_text('[sections]\nsocial_history = ["Habits of Life"]\n')
    visits = read_cohort(Sources(tmp_path, tmp_path, tmp_path, own), [], print)
    assert all("social_history" in one.sections for one in visits)


@pytest.mark.parametrize(
    ("content", "words"),
    [("x", "is not TOML"), ("sections = 1", "needs lists"), ("[sections]\nx = ['Habits']", "needs lists"),
     ("[other]\nheadings = 3", "needs lists"), ("[sections]\nallergies = [3]", "needs lists")],
)  # fmt: skip
def test_a_file_of_headings_that_is_none_says_what_it_needs(tmp_path, content, words):
    (tmp_path / "own.toml").write_text(content)
    with pytest.raises(InputError, match=words):
        read_headings(tmp_path / "own.toml")
    with pytest.raises(InputError, match="cannot be read"):
        read_headings(tmp_path / "none.toml")


def test_the_first_summary_of_a_visit_counts_and_no_addition_to_it(tmp_path):
    write(tmp_path / "tables", {})
    again = {"ids": {"subject_id": 910000001, "hadm_id": hadm(1)}}
    addition, first, second = (
        {**again, "text": f"HPI:\n{word} note"} for word in ("added", "first", "second")
    )
    write(tmp_path / "notes", {**addition, "note_type": "AD"}, first, second)
    visits = read_visits(tmp_path / "tables", tmp_path / "tables", [], print)
    read_notes(tmp_path / "notes", visits, HEADINGS, False, print)
    assert visits[hadm(1)].sections == {"present_illness": "first note"}


def test_the_note_with_the_lowest_number_counts_wherever_it_stands(tmp_path):
    again = {"ids": {"subject_id": 910000001, "hadm_id": hadm(1)}}
    numbered = [
        {**again, "note_seq": number, "text": text}
        for number, text in (("10", "HPI:\ntenth"), ("2", "HPI:\nsecond"), ("21.0", "Nothing."))
    ]
    for name, notes in (("one", numbered), ("other", numbered[::-1])):
        write(tmp_path / "tables", {})
        write(tmp_path / name, *notes)
        visits = read_visits(tmp_path / "tables", tmp_path / "tables", [], print)
        read_notes(tmp_path / name, visits, HEADINGS, False, print)
        assert visits[hadm(1)].sections == {"present_illness": "second"}


def test_headings_of_a_note_that_does_not_count_stop_nobody(tmp_path):
    again = {"ids": {"subject_id": 910000001, "hadm_id": hadm(1)}}
    write(tmp_path / "tables", {})
    odd = {**again, "note_seq": "2", "text": WHOLE.replace("Social History:", "Habits of Life:")}
    write(tmp_path / "notes", odd, {**again, "note_seq": "1"})
    visits = read_visits(tmp_path / "tables", tmp_path / "tables", [], print)
    read_notes(tmp_path / "notes", visits, HEADINGS, False, print)
    assert "social_history" in visits[hadm(1)].sections


HABITS = {"text": WHOLE.replace("Social History:", "Habits of Life:")}
CUSTOMS = {"text": WHOLE.replace("Social History:", "Customs:").replace("Physical Exam:", "HABITS OF LIFE:")}


@pytest.mark.parametrize("pass_over", [False, True])
def test_different_headings_are_named_once_in_a_file_and_nowhere_else(tmp_path, pass_over):
    write(tmp_path, HABITS, {}, CUSTOMS, HABITS)
    listed, said = tmp_path / "out" / "cases.headings.csv", []
    sources = Sources(tmp_path, tmp_path, tmp_path, None, pass_over)
    try:
        read_cohort(sources, [], said.append, listed)
    except InputError as error:
        said.append(str(error))
    path = tmp_path / "note" / "discharge.csv"
    first, other = (place_of(path, heading) for heading in ("Habits of Life:", "Customs:"))
    assert listed.read_text() == f"heading,times,line\nHabits of Life,3,{first}\nCustoms,1,{other}\n"
    assert said[-1].startswith(
        f"{path}, line {first}, {other}: headings not known, at 4 places. {listed} has them, to be kept like "
    )
    assert "Customs" not in "".join(said)


def test_a_list_of_headings_from_before_is_gone_once_all_are_known(tmp_path):
    listed = tmp_path / "cases.headings.csv"
    listed.write_text("old")
    write(tmp_path, {})
    read_cohort(Sources(tmp_path, tmp_path, tmp_path), [], print, listed)
    assert not listed.exists()


def test_sections_that_come_too_late_are_told_with_file_and_line(tmp_path):
    late = "HPI:\nPain.\n\nPhysical Exam:\nWell.\n\nPMH:\nGout"
    write(tmp_path, {}, {"text": late})
    said = []
    read_cohort(Sources(tmp_path, tmp_path, tmp_path), [], said.append)
    path = tmp_path / "note" / "discharge.csv"
    assert said[-1].startswith(f"{path}, line {place_of(path, 'PMH:')}: a section after exam, results or")


def test_a_note_of_another_patient_than_its_admission_is_refused(tmp_path):
    write(tmp_path, {})
    path = tmp_path / "note" / "discharge.csv"
    path.write_text(path.read_text().replace(",910000001,", ",910000002,", 1))
    with pytest.raises(InputError, match=r"discharge\.csv, line 2: the note is of another patient"):
        read_cohort(Sources(tmp_path, tmp_path, tmp_path), [], print)
