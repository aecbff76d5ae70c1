import json
import re

import pytest

from patientsim_core import Dialogue, Reply, Turn
from patientsim_core import consultation as consult
from patientsim_core.dialogue import GuardAction
from patientsim_core.export import effort, ended, escape, literal, to_json, to_markdown, triage
from patientsim_core.usage import Usage

NASTY = (
    "<b>x</b> <script>y</script> ![i](http://a.b/c.png) [l](http://a.b) `c` $x$ :smile: **b**\n# h\n1. one"
)


def plain(markdown: str) -> str:
    """What a Markdown reader shows of escaped text."""
    return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", markdown).replace("\\\n", "\n").replace("\u2060", "")


@pytest.fixture
def concluded(dialogue) -> Dialogue:
    return consult.end(dialogue, ["ACS", "Gastritis [link](http://a.b)"])


def test_json_of_an_ended_consultation_reads_back_the_same(concluded):
    assert Dialogue.model_validate_json(to_json(concluded)) == concluded


def test_json_of_an_open_consultation_does_not_give_the_case_away(dialogue):
    text = to_json(dialogue)
    assert [turn["text"] for turn in json.loads(text)["turns"]] == [turn.text for turn in dialogue.turns]
    for secret in ("infarction", "ADMITTED", "One pack", "t1", "nausea"):
        assert secret not in text
    assert json.loads(text)["case"]["chiefcomplaint"] == "Chest pain"


def test_markdown_has_the_chat_with_numbered_questions_and_the_mark(dialogue):
    text = plain(to_markdown(dialogue))
    said = re.findall(r"^\*\*(Doctor \d|Patient):\*\* (.*)$", text, re.MULTILINE)
    assert [what for _, what in said] == [turn.text for turn in dialogue.turns]
    assert [who for who, _ in said][::2] == ["Doctor 1", "Doctor 2", "Doctor 3"]
    mark = text.index("*From here: Distrustful · B · high recall*")
    assert text.index("A little.") < mark < text.index("Do you smoke?")


def test_markdown_of_an_open_consultation_does_not_give_the_case_away(dialogue):
    text = to_markdown(dialogue)
    assert "## Record" not in text
    for secret in ("infarction", "ADMITTED", "One pack", "nausea"):
        assert secret not in text


def test_markdown_of_an_ended_one_has_differential_and_record(concluded):
    text = plain(to_markdown(concluded))
    assert "1. ACS\n2. Gastritis [link](http://a.b)" in text
    assert "**Diagnosis:** Myocardial infarction" in text
    assert "### Previous medical history" in text
    assert "- **Medical history:** Hypertension; gout\n" in text
    assert "- **Tobacco:** One pack a day\n- **Alcohol:** Not recorded\n" in text
    without = to_markdown(concluded.model_copy(update={"differential": []}))
    assert "None was given." in without


def test_a_stopped_reply_is_marked(dialogue):
    turns = [Turn(role="doctor", text="Hm?"), Turn(role="patient", text="I was", stopped=True)]
    assert "I was *(stopped here)*" in to_markdown(dialogue.model_copy(update={"turns": turns}))


def model_reply(**about) -> Reply:
    used = about.pop("usage", Usage(prompt_tokens=1204, completion_tokens=38))
    known = {
        "model": "azure:gpt-4o-mini",
        "usage": used,
        "first_seconds": 0.41,
        "seconds": 1.19,
        "attempts": 1,
    }
    return Reply(text="Yes.", **known | about)


def test_a_line_says_what_an_answer_of_a_model_took():
    assert effort(model_reply()) == "gpt-4o-mini · 1,204 + 38 tokens · first words 0.4 s · 1.2 s in all"
    assert effort(Reply(text="Yes.")) == ""


@pytest.mark.parametrize(
    ("about", "said"),
    [
        ({"usage": Usage(prompt_tokens=9, completion_tokens=3, estimated=True)}, "about 9 + 3 tokens"),
        (
            {"usage": Usage(prompt_tokens=9, completion_tokens=1320, reasoning_tokens=1300)},
            "9 + 1,320 tokens (of them 1,300 reasoning)",
        ),
        ({"attempts": 2}, "2 requests"),
        ({"ignored": ["seed", "temperature"]}, "not taken by the model: seed, temperature"),
        ({"guard": ["withheld", "asked again"]}, "1 sentence withheld · asked again"),
        ({"guard": ["withheld", "removed", "withheld"]}, "2 sentences withheld · 1 part removed"),
        ({"guard": ["shortened", "replaced"]}, "1 sentence shortened · nothing left of the answer"),
    ],
)
def test_the_line_also_says_what_was_not_as_usual(about, said):
    actions = [GuardAction(action=action, reason="names the diagnosis") for action in about.get("guard", [])]
    line = effort(model_reply(**about | {"guard": actions}))
    assert f" · {said}" in line
    assert "diagnosis" not in line


def test_markdown_names_the_models_that_answered_and_their_tokens(dialogue):
    def head(*turns):
        doctor = Turn(role="doctor", text="Hm?")
        spoken = [turn for answer in turns for turn in (doctor, answer)]
        changed = dialogue.model_copy(update={"turns": spoken, "model": "vllm:next"})
        return plain(to_markdown(changed)).splitlines()[2]

    azure = Turn(role="patient", text="Yes.", reply=model_reply())
    offline = Turn(role="patient", text="No.", reply=Reply(text="No."))
    stopped = Turn(role="patient", text="Y", model="openai:m", stopped=True)
    assert "Model: azure:gpt-4o-mini, offline (2,408 + 76 tokens). Persona" in head(azure, offline, azure)
    assert "Model: azure:gpt-4o-mini, openai:m (at least 1,204 + 38 tokens)." in head(azure, stopped)
    assert "Model: offline. Persona" in head(offline)
    assert "Model: vllm:next. Persona" in head()


def test_markdown_marks_where_another_model_took_over(dialogue):
    turn = Turn(role="patient", text="Yes.", reply=model_reply(model="azure:<b>*x*"))
    changed = consult.answer(consult.ask(dialogue, "Hm?"), turn)
    assert "*From here: azure:<b>*x**" in plain(to_markdown(changed))
    assert "<b>" not in to_markdown(changed).replace("\\<", "")


def test_nothing_in_a_text_is_left_for_markdown_to_act_on():
    assert plain(escape(NASTY)) == plain(literal(NASTY)) == NASTY
    unescaped = re.sub(r"\\([!-/:-@\[-`{-~]|\n)", "", literal(NASTY))
    assert not re.search(r"[!-/:-@\[-`{-~]", unescaped)


def test_a_markdown_file_can_be_read_as_text_and_still_does_nothing():
    assert escape("I'm Dr. Lee, 52; it's 2-3 days (or so)?") == "I'm Dr. Lee, 52; it's 2-3 days (or so)?"
    unescaped = re.sub(r"\\([!-/:-@\[-`{-~]|\n)", "", escape(NASTY))
    assert not re.search(r"[\\`*_\[\]<>#$&@^|~]|:(?=\S)|www\.|\d\.", unescaped)
    for line in (
        "# head",
        "- item",
        "+ item",
        "1. item",
        "2) item",
        "===",
        "http://a.b",
        "www.a.b",
        "me@a.b",
    ):
        assert escape(line) != line


def test_the_app_finds_no_bare_address_icon_or_arrow_in_a_text():
    said = literal("www.a.b http://a.b me@a.b :material/home: :red[x] a -> b --> c <- d").replace("\\", "")
    for alive in ("www.", "://", "@a", ":m", ":r", "->", "--", "<-"):
        assert alive not in said


def test_the_app_shows_triage_without_what_is_to_be_found_out(case):
    text = plain(triage(case))
    assert "### Chest pain" in text
    assert "Age **52**" in text
    assert "Arrival **Ambulance**" in text
    assert "Synthetic case" in text
    assert "infarction" not in text
    assert "Synthetic" not in triage(case.model_copy(update={"provenance": "unknown"}))


def test_the_app_shows_what_was_to_be_found_out_and_with_whom_one_spoke(concluded):
    text = plain(ended(concluded))
    assert "### Myocardial infarction" in text
    assert "Disposition **Admitted**" in text
    assert "then Distrustful · B · high recall" in text
