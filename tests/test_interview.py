"""The command that writes transcripts."""

from pathlib import Path

import pytest

from patientsim_core import ALL_PERSONAS, InputError, Persona
from patientsim_core.__main__ import main
from patientsim_core.interview import SHOWN, interview, read_questions, transcripts
from tests.cases import HEART, SAMPLES

FOLDER = SAMPLES.parent / "interviews"
DOCS = Path(__file__).parents[1] / "docs" / "transcripts.md"


def test_the_published_transcripts_are_what_the_command_writes(tmp_path):
    assert main(["transcripts", "--out", str(tmp_path / "new" / "t.md")]) == 0
    assert (tmp_path / "new" / "t.md").read_text(encoding="utf-8") == DOCS.read_text(encoding="utf-8")


def test_they_show_each_personality_and_a_dazed_patient_in_12_turns():
    assert {persona.personality for persona in SHOWN} == {persona.personality for persona in ALL_PERSONAS}
    assert [persona for persona in SHOWN if persona.dazed == "high"]
    for name in ("history", "reassuring"):
        assert len(read_questions(FOLDER / f"{name}.txt")) == 12


def test_all_37_can_be_printed(capsys):
    assert main(["transcripts", "--personas", "all", "--case", "synthetic-12"]) == 0
    printed = capsys.readouterr().out
    assert printed.count("\n## ") == 37
    assert "groin" in printed.lower()


def test_a_transcript_holds_every_turn_as_it_was_said():
    questions = read_questions(FOLDER / "history.txt")
    text = "\n".join(transcripts(HEART, [Persona()], questions, []))
    for turn in interview(HEART, Persona(), questions).turns:
        assert f"- **{turn.role.title()}:** {turn.text}\n" in text


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--cases", "none.json"], "none.json: cannot be read"),
        (["--case", "nobody"], "--case nobody: is not in"),
        (["--interviews", "nowhere"], "cannot be read as text"),
        (["--out", "/proc/none/t.md"], "cannot be written"),
    ],
)
def test_wrong_input_ends_with_status_2_and_one_line_that_says_where(arguments, words, capsys):
    assert main(["transcripts", *arguments]) == 2
    error = capsys.readouterr().err
    assert words in error
    assert error.count("\n") == 1


def test_an_interview_without_a_question_is_refused(tmp_path):
    (tmp_path / "empty.txt").write_text("\n \n")
    with pytest.raises(InputError, match="is empty"):
        read_questions(tmp_path / "empty.txt")
