"""A judged dialogue, sentence by sentence: every verdict at its sentence, and none lost."""

import json

import pytest

from patientsim_core import Dialogue, Disclosure, EndReason, Persona, Reply, Turn
from patientsim_core.dialogue import GuardAction, How
from patientsim_core.evaluation.facts import sentences_of
from patientsim_core.evaluation.verdict import Metric, Verdict
from patientsim_core.marked import MARKS, Marked, account, guarded, items_of, stage_note, to_json
from patientsim_core.patient import ModelPatient
from patientsim_core.storage.index_rows import row_of
from patientsim_core.storage.run_lines import to_line
from tests import played
from tests.cases import HEART

ENTAILED = {"kind": "information", "items": {"medical_history": "entailed"}}
AGAINST = {"kind": "information", "items": {"tobacco": "contradicted", "pain": "neutral"}}


def verdict(field: str, judge: str = "j", **about) -> Verdict:
    turn, _, place = field.partition(".")
    about.setdefault("turn", int(turn) if place.isdecimal() else None)
    return Verdict(dialogue_id="d", metric=Metric.facts, field=field, judge=judge, **about)


def informs(field: str, **about) -> Verdict:
    return verdict(field, score=1.0, detail=ENTAILED, **about)


def test_every_sentence_of_the_patient_stands_in_its_turn(dialogue):
    turns = Marked(dialogue, []).turns
    assert [[one.text for one in turn.sentences] for turn in turns] == [
        [],
        ["My chest hurts.", "I have gout, too."],
        [],
        ["A little."],
        [],
        ["Why do you need that?"],
    ]
    assert [turn.question for turn in turns] == [1, 1, 2, 2, 3, 3]
    assert [turn.place for turn in turns] == list(range(6))
    assert [one.field for turn in turns for one in turn.sentences] == ["1.0", "1.1", "3.0", "5.0"]


def test_a_verdict_stands_at_the_sentence_of_its_field(dialogue):
    marked = Marked(dialogue, [informs("1.1", text="I have gout, too.")])
    assert [one.mark("j") for one in marked.turns[1].sentences] == [".", "e"]
    assert marked.elsewhere == []


def test_a_verdict_without_a_text_goes_by_its_field(dialogue):
    assert Marked(dialogue, [informs("1.1")]).turns[1].sentences[1].mark("j") == "e"


def test_where_another_numbered_the_sentences_the_text_decides(dialogue):
    marked = Marked(dialogue, [informs("1.0", text="I have  gout, too.")])
    assert [one.mark("j") for one in marked.turns[1].sentences] == [".", "e"]


@pytest.mark.parametrize(
    ("field", "about"),
    [
        ("1.0", {"text": "My chest hurts. I have gout, too."}),
        ("1.7", {"text": "gout"}),
        ("1.7", {}),
        ("0.0", {"text": "What brings you in?"}),
        ("9.0", {"text": "My chest hurts."}),
        ("utter_3_1", {}),
        ("", {}),
    ],
)
def test_what_is_about_no_sentence_here_is_kept_apart(dialogue, field, about):
    one = verdict(field, **about)
    marked = Marked(dialogue, [one])
    assert marked.elsewhere == [one]
    assert marked.counts("j") == {".": 4}


@pytest.mark.parametrize(
    ("about", "mark"),
    [
        ({"score": 1.0, "detail": ENTAILED}, "e"),
        ({"score": 0.0, "detail": AGAINST}, "c"),
        ({"score": 0.0, "detail": AGAINST | {"permitted": "forgotten"}}, "p"),
        ({"detail": {"kind": "information", "adds": True, "plausibility": 2}}, "u"),
        ({"detail": {"kind": "emotion"}}, "-"),
        ({"unscored": "is null"}, "?"),
        ({"detail": {"kind": "information", "only": "plausibility", "plausibility": 3}}, "."),
    ],
)
def test_a_sentence_has_the_mark_of_its_verdict(dialogue, about, mark):
    sentence = Marked(dialogue, [verdict("3.0", **about)]).turns[3].sentences[0]
    assert sentence.mark("j") == mark
    assert sentence.mark("another") == "."
    assert sentence.plausibility("j") == about.get("detail", {}).get("plausibility")
    assert MARKS[mark].word


def test_marks_are_told_apart_without_their_colours():
    assert len({one.word for one in MARKS.values()}) == len(MARKS)
    icons = [one.icon for one in MARKS.values() if one.icon]
    assert len(set(icons)) == len(icons) == len(MARKS) - 1
    assert all(bool(one.icon) == bool(one.color) for one in MARKS.values())


def test_of_several_judgements_the_first_that_says_something_is_the_mark(dialogue):
    bare = verdict("3.0", detail={"kind": "information", "only": "plausibility", "plausibility": 4})
    again = [verdict("3.0", repeat=2, score=0.0, detail=AGAINST), informs("3.0", repeat=3)]
    sentence = Marked(dialogue, [bare, *again]).turns[3].sentences[0]
    assert (sentence.mark("j"), sentence.plausibility("j")) == ("c", 4)
    assert len(sentence.by("j")) == 3


def test_marks_are_those_of_the_index():
    one = played.dialogues()[3]
    verdicts = played.verdicts()[one.id]
    row = row_of(json.loads(to_line(one)), one.case, verdicts)
    marked = Marked(one, verdicts)
    marks = "".join(sentence.mark("rules") for turn in marked.turns for sentence in turn.sentences)
    assert marks == row["facts/rules/marks"]
    assert len(marks) == len(sentences_of(one)) == sum(marked.counts("rules").values())


def test_each_judge_is_counted_alone(dialogue):
    marked = Marked(dialogue, [informs("1.0"), verdict("3.0", "k", score=0.0, detail=AGAINST)])
    assert marked.judges == ["j", "k"]
    assert marked.counts("j") == {"e": 1, ".": 3}
    assert marked.counts("k") == {"c": 1, ".": 3}


def test_other_metrics_mark_no_sentence(dialogue):
    other = Verdict(dialogue_id="d", metric=Metric.fidelity, field="1.0", score=4.0, judge="j")
    marked = Marked(dialogue, [other])
    assert (marked.judges, marked.elsewhere, marked.counts("j")) == ([], [], {".": 4})


def test_a_sentence_is_found_by_the_field_of_a_verdict_on_it_before_its_own(dialogue):
    marked = Marked(dialogue, [informs("1.0", text="I have gout, too.")])
    assert marked.sentence("1.0").text == "I have gout, too."
    assert marked.sentence("5.0").text == "Why do you need that?"
    for unknown in ("", "7.0", "1", "utter_1_1", "../..", "1.0 "):
        assert marked.sentence(unknown) is None


def test_items_come_with_what_the_record_has_of_them(case):
    detail = AGAINST | {"mentions": ["tobacco", "alcohol", "present_illness"]}
    assert items_of(case, verdict("1.0", detail=detail)) == [
        ("Tobacco", "contradicted", "One pack a day"),
        ("Pain (0-10)", "neutral", "8"),
        ("Alcohol", "mentioned", ""),
        ("Present illness", "mentioned", "crushing chest pain; nausea. Besides: no fever"),
    ]


@pytest.mark.parametrize(
    ("detail", "found"),
    [
        ({}, []),
        ({"items": None, "mentions": None}, []),
        ({"items": ["pain"], "mentions": "pain"}, []),
        ({"items": {"unnamed 1": "entailed"}}, [("unnamed 1", "entailed", "")]),
        ({"items": {"hadm_id": "entailed"}}, [("hadm_id", "entailed", "")]),
        ({"items": {"pain": None}, "mentions": [7]}, [("Pain (0-10)", "None", "8"), ("7", "mentioned", "")]),
    ],
)
def test_items_that_are_none_of_the_record_are_named_and_malformed_ones_do_no_harm(case, detail, found):
    assert items_of(case, verdict("1.0", detail=detail)) == found


def test_the_record_says_how_many_sentences_are_so_or_against_it(dialogue):
    marked = Marked(
        dialogue,
        [
            informs("1.0"),
            informs("1.1", repeat=2),
            informs("3.0", judge="k"),
            verdict("3.0", score=0.0, detail=AGAINST),
            verdict("5.0", score=0.0, detail=AGAINST | {"permitted": "forgotten"}),
            verdict("utter_1", score=0.0, detail={"kind": "information", "items": {"pain": "contradicted"}}),
        ],
    )
    against = marked.against("j")
    assert against == {"medical_history": {"e": 1}, "tobacco": {"c": 1, "p": 1}, "pain": {"c": 1}}
    assert against["never seen"] == {}


def test_both_halves_of_the_present_illness_are_one_item(dialogue):
    items = {"present_illness_positive": "entailed", "present_illness_negative": "entailed"}
    one = verdict("1.0", score=1.0, detail={"kind": "information", "items": items})
    assert Marked(dialogue, [one]).against("j") == {"present_illness": {"e": 2}}


def test_what_was_written_is_kept_where_stage_directions_were_taken_out(dialogue):
    turn = Turn(role="patient", text="*coughs* My chest\nhurts.")
    dialogue = dialogue.model_copy(
        update={"turns": [dialogue.turns[0], turn, dialogue.turns[2], dialogue.turns[3]]}
    )
    turns = Marked(dialogue, []).turns
    assert [one.text for one in turns[1].sentences] == ["My chest hurts."]
    assert turns[1].directions == "*coughs* My chest hurts."
    assert [turns[place].directions for place in (0, 2, 3)] == ["", "", ""]


def test_a_dialogue_without_a_word_has_no_sentences(case):
    for turns in ([], [Turn(role="doctor", text="Hello?")], [Turn(role="patient", text="")]):
        marked = Marked(Dialogue(case=case, persona=Persona(), turns=turns), [informs("1.0")])
        assert [turn.sentences for turn in marked.turns] == [()] * len(turns)
        assert len(marked.elsewhere) == 1
        assert marked.counts("j") == {}


class Silent:
    """A model of which only the messages matter."""

    name = "vllm:m"


@pytest.mark.parametrize("key", ["plain,B,high,normal", "plain,B,high,high", "distrust,A,low,normal"])
def test_the_stage_note_is_what_the_model_got(key):
    persona = Persona.from_key(key)
    questions = ("What brings you in?", "Do you smoke?", "Any infarctions in the family?")
    turns = []
    for text in questions:
        turns += [
            Turn(role="doctor", text=text),
            Turn(role="patient", text="No.", persona=persona, model="vllm:m"),
        ]
    one = Dialogue(case=HEART, persona=Persona(), model="vllm:m", turns=turns)
    for place in (1, 3, 5):
        messages = ModelPatient(HEART, persona, Silent()).messages(turns[:place])
        note = stage_note(one, place)
        assert note.startswith("[Stage note")
        assert messages[-1].text.endswith(note)


def test_there_is_no_stage_note_where_no_model_spoke_to_a_doctor(dialogue):
    assert [stage_note(dialogue, place) for place in range(6)] == [""] * 6
    by_model = [turn.model_copy(update={"model": "vllm:m"}) for turn in dialogue.turns]
    turned = dialogue.model_copy(update={"turns": [by_model[1], by_model[3], *by_model]})
    assert stage_note(turned, 0) == stage_note(turned, 1) == stage_note(turned, 2) == ""
    assert stage_note(turned, 3)


def test_a_replys_account_says_what_of_the_record_left_and_how():
    told = [
        Disclosure(item="present_illness_negative", fact="no fever", how=How.told, asked=False),
        Disclosure(item="tobacco", fact="One pack", how=How.refused, inferred=True),
        Disclosure(item="unheard of", fact="x", how=How.told),
    ]
    assert account(Reply(text="No.", disclosures=told)) == [
        ("Present illness", "no fever", "told, volunteered"),
        ("Tobacco", "One pack", "refused, asked, read from the text"),
        ("unheard of", "x", "told, asked"),
    ]


def test_the_guard_says_what_it_did_and_why():
    done = [
        GuardAction(action="removed", reason="stage direction"),
        GuardAction(action="asked again", reason="AI"),
    ]
    assert guarded(Reply(text="No.", guard=done)) == ["removed: stage direction", "asked again: AI"]


def test_the_file_has_dialogue_and_verdicts_whole(dialogue):
    dialogue.end_reason = EndReason.model_failure
    verdicts = [informs("1.0", text="é"), verdict("utter_1", unscored="is null", raw="{")]
    found = json.loads(to_json(dialogue, verdicts))
    assert Dialogue.model_validate(found["dialogue"]) == dialogue
    assert [Verdict.model_validate(one) for one in found["verdicts"]] == verdicts
