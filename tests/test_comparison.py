"""Several patients side by side: how they are put together, told apart, and what each has told."""

import pytest

from patientsim_core import (
    ALL_PERSONAS,
    Dialogue,
    Disclosure,
    How,
    InputError,
    Persona,
    Reply,
    Turn,
    make_patient,
)
from patientsim_core import comparison as compare
from patientsim_core.comparison import Told
from patientsim_core.comparison_text import to_json, to_markdown
from patientsim_core.consultation import MAX_QUESTION, Cast
from patientsim_core.dialogue import EndReason, Failure, concluding
from patientsim_core.facts import facts_of
from patientsim_core.persona import Dazed
from patientsim_core.state import read_state

PLAIN = Persona()
CHEST = ("chiefcomplaint", "Chest pain")
GOUT = ("medical_history", "gout")


def doctor(text: str) -> Turn:
    return Turn(role="doctor", text=text)


def says(text: str, *facts: tuple, **about) -> Turn:
    """A patient's turn with what it discloses: (item, fact), how, and whether it was asked for."""
    found = [Disclosure(item=item, fact=fact, how=how, asked=asked) for (item, fact), how, asked in facts]
    return Turn(role="patient", text=text, reply=Reply(text=text, disclosures=found), **about)


@pytest.fixture
def patient(case):
    """Makes a patient: of a persona's levels, with turns."""

    def make(*turns: Turn, case=case, model: str = "offline", **levels: str) -> Dialogue:
        return Dialogue(case=case, persona=Persona(**levels), model=model, turns=list(turns))

    return make


@pytest.fixture
def beside(patient):
    """A comparison of patients of given levels, and its labels."""

    def labels(*levels: dict, kind: str = "side by side", **about) -> list[str]:
        patients = [patient(**one) for one in levels]
        return compare.labels(compare.Comparison(title="t", kind=kind, **about), patients)

    return labels


def test_every_preset_fits_beside_each_other_and_names_levels_that_differ():
    assert [one.label for one in compare.presets().values()] == [
        "All six personalities",
        "A, B, C",
        "Recall low and high",
        "Confusion over time",
    ]
    for preset in compare.presets().values():
        personas = preset.personas
        assert 2 <= len(personas) == len(set(personas)) <= compare.MOST
        assert len(preset.questions) <= compare.MOST_QUESTIONS


def test_a_preset_changes_only_its_own_axis():
    levels = [one.key for one in compare.presets()["language"].personas]
    assert levels == [f"plain,{cefr},high,normal" for cefr in "ABC"]


def test_the_questions_that_come_with_confusion_clear_it_phase_by_phase(case):
    history, phases = [], []
    for question in compare.presets()["dazed"].questions:
        history += [doctor(question)]
        phases.append(read_state(case, history, facts_of(case), Dazed.high).phase)
        history += [says("Hm.")]
    assert list(dict.fromkeys(phases)) == [Dazed.high, Dazed.moderate, Dazed.normal]


@pytest.mark.parametrize("count", [0, 1, 7])
def test_two_to_six_patients_stand_beside_each_other(patient, count):
    with pytest.raises(InputError, match=f"two to 6 patients; these are {count}"):
        compare.side_by_side([patient()] * count)


def test_the_title_says_how_many_patients_and_which_case(patient, case):
    assert compare.side_by_side([patient()] * 6).title == "6 patients · Man, 52 · Chest pain"
    other = patient(case=case.model_copy(update={"age": 60}))
    assert compare.side_by_side([patient(), other]).title == "2 patients · Man, 52 · Chest pain and others"


def test_a_replay_has_the_questions_and_the_dialogue_they_are_from(dialogue, patient):
    other = patient(cefr="C")
    comparison, patients = compare.replay(dialogue, [other])
    assert comparison.questions == ["What brings you in?", "Do you feel sick?", "Do you smoke?"]
    assert (comparison.kind, comparison.title) == ("replay", "Replay · Man, 52 · Chest pain")
    assert patients == [dialogue, other]


@pytest.mark.parametrize("count", [0, 6])
def test_a_replay_is_put_to_one_to_five_patients(dialogue, patient, count):
    with pytest.raises(InputError, match=f"one to 5 patients; these are {count}"):
        compare.replay(dialogue, [patient()] * count)


def test_a_dialogue_without_a_question_cannot_be_replayed(patient):
    with pytest.raises(InputError, match="no question"):
        compare.replay(patient(), [patient()])
    only = patient(doctor(concluding(["Asthma"]))).model_copy(
        update={"doctor": "offline", "differential": ["Asthma"]}
    )
    with pytest.raises(InputError, match="no question"):
        compare.replay(only, [patient()])


def test_the_last_turn_of_a_played_doctor_names_diagnoses_and_is_no_question(dialogue, patient):
    last = [doctor(concluding(["ACS"])), says("Thank you.")]
    ended = {"differential": ["ACS"], "end_reason": EndReason.concluded, "turns": dialogue.turns + last}
    played = dialogue.model_copy(update={**ended, "doctor": "openai:gpt-4o"})
    comparison, (first, _) = compare.replay(played, [patient()])
    assert comparison.questions[-1] == "Do you smoke?"
    assert first.turns == dialogue.turns
    by_hand, (first, _) = compare.replay(dialogue.model_copy(update=ended), [patient()])
    assert by_hand.questions[-1] == "[DDX] 1. ACS"  # a person may say anything
    assert first.turns == ended["turns"]


def test_a_played_doctor_that_came_to_no_end_has_only_questions(dialogue, patient):
    cut = dialogue.model_copy(update={"doctor": "offline", "end_reason": EndReason.turn_limit})
    assert len(compare.replay(cut, [patient()])[0].questions) == 3


def test_an_ended_dialogue_can_be_asked_more_beside_its_replay(dialogue, patient):
    ended = {
        "end_reason": EndReason.model_failure,
        "failure": Failure(kind="x", text="y"),
        "differential": ["A"],
    }
    comparison, (first, _) = compare.replay(dialogue.model_copy(update=ended), [patient()])
    assert (first.end_reason, first.failure, first.differential) == (None, None, [])
    asked = compare.next_question(first, [*comparison.questions, "One more?"])
    assert asked.turns == [*dialogue.turns, doctor("One more?")]


def test_a_question_that_waits_for_its_answer_in_a_replayed_dialogue_stays_unanswered(patient):
    original = patient(doctor("Where?"), says("Here."), doctor("Since when?"))
    comparison, (first, other) = compare.replay(original, [patient(cefr="A")])
    assert comparison.questions == ["Where?", "Since when?"]
    assert not compare.is_behind(first, comparison.questions)
    assert compare.is_behind(other, comparison.questions)


def test_a_guess_with_a_number_is_always_the_same_of_the_37_personas(case):
    drawn = [compare.guess(case, Cast(), number)[1].persona for number in range(300)]
    assert drawn == [compare.guess(case, Cast(), number)[1].persona for number in range(300)]
    assert set(drawn) == set(ALL_PERSONAS)


def test_a_guess_without_one_is_another_each_time_whatever_the_seed_of_the_cast(case):
    assert len({compare.guess(case, Cast(seed=42))[1].persona for _ in range(40)}) > 5


def test_a_guess_is_of_the_case_and_played_by_the_cast_and_its_title_tells_nothing(case):
    comparison, hidden = compare.guess(case, Cast("vllm:m", 7))
    assert (hidden.case, hidden.model, hidden.seed) == (case, "vllm:m", 7)
    assert comparison.title == "Guess · Man, 52 · Chest pain"
    assert comparison.is_hidden
    assert not comparison.model_copy(update={"revealed": True}).is_hidden


def test_labels_say_only_what_differs(beside, case):
    assert beside({"cefr": "A"}, {"cefr": "C"}) == ["A", "C"]
    assert beside({"personality": "verbose", "recall": "low"}, {}) == [
        "Verbose · low recall",
        "Plain · high recall",
    ]
    assert beside({"dazed": "high"}, {"dazed": "normal"}) == ["high confusion", "normal confusion"]
    other = case.model_copy(update={"age": 60})
    persona = "Plain · B · high recall"
    assert beside({}, {"case": other}) == [
        f"{persona} · Man, 52 · Chest pain",
        f"{persona} · Man, 60 · Chest pain",
    ]
    assert beside({"cefr": "A"}, {"model": "vllm:m"}) == ["A · offline", "B · vllm:m"]


def test_namesakes_are_numbered_by_their_place(beside):
    persona = "Plain · B · high recall"
    assert beside({}, {}) == [f"{persona} (1)", f"{persona} (2)"]
    assert beside({"cefr": "A"}, {}, {"cefr": "A"}) == ["A (1)", "B", "A (3)"]


def test_the_label_of_a_replayed_dialogue_says_that_it_is_the_first_one(beside):
    assert beside({"cefr": "A"}, {"cefr": "B"}, kind="replay") == ["As it was: A", "B"]


def test_the_label_of_a_hidden_patient_says_nothing_until_it_is_revealed(beside):
    hidden = {"personality": "distrust", "model": "vllm:m"}
    assert beside(hidden, kind="guess") == ["Who is this?"]
    assert beside(hidden, kind="guess", revealed=True) == ["Distrustful · B · high recall"]


def test_a_patient_catches_up_question_by_question(patient):
    questions = ["Where?", "Since when?"]
    one = patient()
    for number, question in enumerate(questions):
        assert compare.is_behind(one, questions)
        one = compare.next_question(one, questions)
        assert one.turns[-1] == doctor(question)
        one = one.model_copy(update={"turns": [*one.turns, says(f"Answer {number}")]})
    assert not compare.is_behind(one, questions)
    assert compare.next_question(one, questions) is None


def test_what_is_left_out_is_not_asked_again_and_keeps_the_place_of_later_answers(patient):
    questions = ["Where?", "Since when?", "How bad?"]
    left = compare.leave_out(patient(doctor("Where?"), says("Here.")), questions)
    assert [turn.text for turn in left.turns] == ["Where?", "Here.", "Since when?", "How bad?"]
    assert not compare.is_behind(left, questions)
    asked = compare.next_question(left, [*questions, "And now?"])
    assert asked.turns[-1].text == "And now?"
    said = asked.model_copy(update={"turns": [*asked.turns, says("Better.")]})
    assert [turn and turn.text for turn in compare.answers(said)] == ["Here.", None, None, "Better."]


def test_a_patient_that_has_answered_all_is_left_as_it_is(patient):
    one = patient(doctor("Where?"), says("Here."))
    assert compare.leave_out(one, ["Where?"]) == one


def test_answers_belong_to_their_questions(patient):
    assert compare.answers(patient()) == []
    assert compare.answers(patient(says("Help!"), doctor("Yes?"))) == [None]
    one = patient(doctor("Where?"), doctor("Where, please?"), says("Here."), says("I said it."))
    assert [turn and turn.text for turn in compare.answers(one)] == [None, "I said it."]


def test_told_says_how_and_marks_what_not_all_told(patient):
    open_ = patient(doctor("?"), says("…", (CHEST, How.told, True), (GOUT, How.told, False)))
    closed = patient(doctor("?"), says("…", (CHEST, How.told, True), (GOUT, How.refused, True)))
    assert compare.told([open_, closed], 0) == [
        [
            Told("Chief complaint", "Chest pain", How.told, True, False),
            Told("Medical history", "gout", How.told, False, True),
        ],
        [
            Told("Chief complaint", "Chest pain", How.told, True, False),
            Told("Medical history", "gout", How.refused, True, True),
        ],
    ]


@pytest.mark.parametrize("bent", [How.minimised, How.exaggerated])
def test_what_one_bent_and_another_told_as_it_is_differs(patient, bent):
    plain = patient(doctor("?"), says("…", (CHEST, How.told, True), (GOUT, How.told, True)))
    other = patient(doctor("?"), says("…", (CHEST, bent, False), (GOUT, How.told, False)))
    lines = compare.told([plain, other], 0)
    assert [[one.differs for one in own] for own in lines] == [[True, False]] * 2
    assert [own[0].how for own in lines] == [How.told, bent]


@pytest.mark.parametrize("bent", [How.minimised, How.exaggerated])
def test_what_all_bent_in_the_same_way_differs_in_nothing(patient, bent):
    same = [patient(doctor("?"), says("…", (CHEST, bent, True))) for _ in range(3)]
    assert [line.differs for own in compare.told(same, 0) for line in own] == [False] * 3


def test_how_bad_pain_is_differs_where_personalities_bend_it(case):
    case = case.model_copy(update={"pain": 6})
    question = doctor("How bad is your pain, from 0 to 10?")
    patients = [
        Dialogue(case=case, persona=Persona(personality=one), turns=[question])
        for one in ("plain", "pleasing", "overanxious")
    ]
    answered = [
        one.model_copy(update={"turns": [question, Turn(role="patient", text=reply.text, reply=reply)]})
        for one in patients
        for reply in [make_patient(case, one.persona, model="offline", seed=42).reply([question])]
    ]
    pain = [next(line for line in own if line.label == "Pain (0-10)") for own in compare.told(answered, 0)]
    assert [line.how for line in pain] == [How.told, How.minimised, How.exaggerated]
    assert all(line.differs for line in pain)


def test_what_another_told_and_this_one_did_not_is_there_without_a_how(patient):
    open_ = patient(doctor("?"), says("…", (GOUT, How.exaggerated, True)))
    silent = patient(doctor("?"), says("Hm."))
    assert compare.told([open_, silent], 0)[1] == [Told("Medical history", "gout", None, True, True)]


def test_what_all_held_back_differs_in_nothing(patient):
    refused = patient(doctor("?"), says("…", (GOUT, How.refused, True)))
    forgot = patient(doctor("?"), says("…", (GOUT, How.forgotten, True)))
    assert [line.differs for lines in compare.told([refused, forgot], 0) for line in lines] == [False, False]


def test_patients_of_another_case_are_not_compared(patient, case):
    open_ = patient(doctor("?"), says("…", (GOUT, How.told, True)))
    other = patient(doctor("?"), says("Hm."), case=case.model_copy(update={"age": 60}))
    assert compare.told([open_, other], 0) == [
        [Told("Medical history", "gout", How.told, True, False)],
        [],
    ]


def test_a_patient_without_an_answer_yet_is_not_compared(patient):
    open_ = patient(doctor("?"), says("…", (GOUT, How.told, True)))
    for silent in (patient(), patient(doctor("?"))):
        assert compare.told([open_, silent], 0) == [
            [Told("Medical history", "gout", How.told, True, False)],
            [],
        ]


def test_an_answer_that_was_stopped_is_read(patient):
    stopped = Turn(role="patient", text="I have gout and", stopped=True)
    ((line,),) = compare.told([patient(doctor("?"), stopped)], 0)
    assert line == Told("Medical history", "gout", How.told, True, False)


def test_so_far_says_how_a_fact_first_came_out_and_at_which_question(patient):
    first = patient(
        doctor("1"),
        says("…", (GOUT, How.forgotten, True)),
        doctor("2"),
        says("…", (CHEST, How.told, True)),
        doctor("3"),
        says("…", (GOUT, How.minimised, True), (CHEST, How.exaggerated, True)),
        doctor("4"),
        says("…", (GOUT, How.refused, True)),
    )
    second = patient(doctor("1"), says("…", (GOUT, How.told, True)), doctor("2"))
    found = compare.so_far([first, second])
    assert list(found.items()) == [
        (("Medical history", "gout"), [(How.minimised, 3), (How.told, 1)]),
        (("Chief complaint", "Chest pain"), [(How.told, 2), None]),
    ]
    assert compare.so_far([]) == {}


def test_files_have_each_question_with_all_answers_and_nothing_alive(patient):
    first = patient(doctor("<b>?</b>"), says("[x](http://a.b)"), cefr="A")
    comparison = compare.side_by_side([first, patient(cefr="C")])
    comparison = comparison.model_copy(update={"questions": ["<b>?</b>"]})
    text = to_markdown(comparison, [first, patient(cefr="C")])
    assert "## 1. \\<b\\>?\\</b\\>" in text
    assert "**A**\\\n\\[x\\](http\\://a\\.b)" in text
    assert "**C**\\\n(no answer)" in text
    assert '"[x](http://a.b)"' in to_json(comparison, [first])


def test_questions_are_added_cleaned_to_those_there_are_and_what_is_none_is_refused():
    begun = compare.Comparison(title="t", questions=["Where?"])
    assert compare.asking(begun, ["  Since when?\x00"]).questions == ["Where?", "Since when?"]
    assert compare.asking(begun, ["w" * MAX_QUESTION]).questions[1:]
    for wrong in ([], [" "], ["Why?", ""], ["w" * (MAX_QUESTION + 1)], ["Why?"] * compare.MOST_QUESTIONS):
        with pytest.raises(InputError):
            compare.asking(begun, wrong)
    assert begun.questions == ["Where?"]


@pytest.mark.parametrize(
    ("host", "browser", "about", "goes_on"),
    [
        ("a", "a", {"kind": "guess"}, True),
        ("a", "b", {"kind": "guess"}, False),
        ("a", "", {"kind": "guess"}, False),
        ("", "b", {"kind": "guess"}, True),
        ("a", "b", {"kind": "guess", "revealed": True}, True),
        ("", "b", {}, True),
    ],
)
def test_a_hidden_patient_goes_on_by_its_host_alone(host, browser, about, goes_on):
    assert compare.Comparison(title="t", host=host, **about).goes_on_by(browser) is goes_on


def test_a_comparison_kept_before_there_were_hosts_can_be_read():
    old = compare.Comparison(title="t", kind="guess").model_dump(mode="json", exclude={"host"})
    assert compare.Comparison.model_validate(old).goes_on_by("any")
