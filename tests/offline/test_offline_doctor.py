"""The built-in doctor: what it asks, how it adapts, when it concludes."""

from itertools import pairwise

import pytest

from patientsim_core import InputError, Persona, Reply, Turn, make_patient
from patientsim_core.case import Arrival
from patientsim_core.offline.agenda import items, items_asked
from patientsim_core.offline.comprehend import hard_word, too_long
from patientsim_core.offline.data import table
from patientsim_core.offline.doctor import OfflineDoctor
from patientsim_core.offline.follow import understand
from patientsim_core.offline.understand import read_alone
from patientsim_core.persona import Cefr
from tests.cases import CASES, HEART

MAN = Arrival(age=60, gender="Male", transport="AMBULANCE")
PLAIN = Persona(personality="plain", cefr="B", recall="high", dazed="normal")


def chat(*said: str) -> list[Turn]:
    """Turns by turns, the doctor's first."""
    return [Turn(role=("doctor", "patient")[place % 2], text=text) for place, text in enumerate(said)]


def ask(*said: str, arrival: Arrival = MAN, **setup: int) -> str:
    return OfflineDoctor(**setup).question(arrival, chat(*said)).text


def topics(text: str) -> set[str]:
    return {ask.topic for ask in read_alone(text).asks}


def interview(case=HEART, persona: Persona = PLAIN, seed: int = 42, max_turns: int = 30) -> list[Turn]:
    """A whole dialogue with the built-in patient, the conclusion at its end."""
    doctor, patient, history = OfflineDoctor(seed, max_turns), make_patient(case, persona), []
    while True:
        question = doctor.question(case.arrival, history)
        history.append(Turn(role="doctor", text=question.text, question=question))
        if question.differential:
            return history
        reply = patient.reply(history)
        history.append(Turn(role="patient", text=reply.text, persona=persona, reply=reply))


def questions(history: list[Turn]) -> list[str]:
    return [turn.text for turn in history if turn.role == "doctor"]


def respond(answer, turns: int = 30, arrival: Arrival = MAN) -> list[str]:
    """What the doctor says to a patient who answers by a function of the question."""
    history: list[Turn] = []
    for _ in range(turns):
        text = OfflineDoctor().question(arrival, history).text
        history.append(Turn(role="doctor", text=text))
        if text.startswith("[DDX]"):
            break
        history.append(Turn(role="patient", text=answer(text)))
    return questions(history)


# --- its words --------------------------------------------------------------------------------------


WORDINGS = [
    (item, text, simple)
    for item in items().values()
    for simple in (False, True)
    for text in item.words(simple)
]


@pytest.mark.parametrize(("item", "text", "simple"), WORDINGS, ids=lambda value: str(value)[:40])
def test_every_wording_is_understood_as_what_it_is_meant_for(item, text, simple):
    read = read_alone(text)
    assert item in items_asked(read.asks, read.acts)


@pytest.mark.parametrize("case", CASES.values(), ids=lambda case: case.hadm_id)
def test_no_wording_is_above_the_level_it_is_for(case):
    doctor = table("doctor")
    said = [(text, simple) for _, text, simple in WORDINGS]
    said += [
        (text, simple) for item in items().values() for simple in (False, True) for text in item.cues(simple)
    ]
    said += [(text, True) for texts in doctor["lead"].values() for text in texts]
    said += [(text, True) for texts in doctor["why_simple"].values() for text in texts]
    said += [(text, False) for texts in doctor["why"].values() for text in texts]
    for text, simple in said:
        assert hard_word(text, Cefr.A if simple else Cefr.B, case) is None, text
        assert not too_long(text), text


def test_a_cue_asks_for_something_by_name_in_its_list():
    for item in items().values():
        for simple in (False, True):
            for cue in item.cues(simple):
                assert any(ask.topic == item.topic and ask.about for ask in read_alone(cue).asks), cue


@pytest.mark.parametrize("kind", [*table("doctor")["lead"], "why"])
def test_what_is_said_before_a_question_leaves_it_as_it_is(kind):
    doctor = table("doctor")
    before = doctor["lead"].get(kind) or [text for texts in doctor["why"].values() for text in texts]
    for lead in before:
        for item, text, _ in WORDINGS:
            if item.topic != "more" and item.id != "complaint.opener":
                assert [a.topic for a in read_alone(f"{lead} {text}").asks] == [
                    a.topic for a in read_alone(text).asks
                ]


def test_calming_words_calm_and_reasons_explain():
    doctor = table("doctor")
    assert all(read_alone(text).reassures for text in (*doctor["lead"]["calm"], *doctor["lead"]["comfort"]))
    reasons = [text for name in ("why", "why_simple") for texts in doctor[name].values() for text in texts]
    assert all("explanation" in read_alone(text).acts for text in reasons)


# --- the course of a history ------------------------------------------------------------------------


def test_it_opens_with_a_greeting_and_an_open_question():
    text = ask()
    assert topics(text) == {"opener"}
    assert "greeting" in read_alone(text).acts


def test_seeds_word_it_differently_and_the_same_seed_the_same():
    openings = {ask(seed=seed) for seed in range(12)}
    assert len(openings) > 1
    assert ask(seed=3) == ask(seed=3)


def test_a_history_is_taken_to_the_end_in_the_usual_rounds():
    asked = questions(interview())
    assert 18 <= len(asked) <= 26
    heard = set().union(*map(topics, asked))
    assert heard >= {"onset", "location", "quality", "severity", "radiation", "worse", "better", "previous"}
    assert heard >= {
        "medical_history",
        "medication",
        "allergies",
        "family_medical_history",
        "tobacco",
        "alcohol",
    }


@pytest.mark.parametrize(
    "hadm_id", ["synthetic-01", "synthetic-04", "synthetic-13", "synthetic-16", "synthetic-20"]
)
def test_a_plain_patient_is_asked_nothing_twice(hadm_id):
    case = CASES[hadm_id]
    asked = questions(interview(case))[:-1]
    assert len(set(asked)) == len(asked)
    keys = [(a.topic, a.about) for read in understand(asked) for a in read.asks if a.topic != "severity"]
    assert len(set(keys)) == len(keys)


def test_what_was_told_unasked_is_not_asked():
    asked = respond(lambda text: "I have a stabbing chest pain since yesterday, 8 out of 10.", 12)
    heard = [topics(text) for text in asked]
    assert not any(one & {"onset", "quality"} for one in heard)


def test_the_systems_review_follows_the_complaint():
    def asked_about(complaint: str) -> set[str]:
        def answer(text: str) -> str:
            return complaint if topics(text) == {"opener"} else "No."

        return {c for text in respond(answer) for a in read_alone(text).asks for c in a.about}

    chest, urine = asked_about("I have chest pain."), asked_about("It burns when I pee.")
    assert chest & {"cold_sweats", "dyspnea", "pleuritic_pain"}
    assert not chest & {"urinary_frequency", "cloudy_urine", "hematuria"}
    assert urine & {"urinary_frequency", "cloudy_urine", "hematuria", "flank_pain"}
    assert not urine & {"pleuritic_pain", "wheeze"}


def test_where_a_cough_spreads_is_not_asked():
    def answer(text: str) -> str:
        return "I have a cough." if topics(text) == {"opener"} else "No."

    heard = set().union(*map(topics, respond(answer)))
    assert not heard & {"radiation", "location"}
    assert "onset" in heard


def test_an_operation_is_asked_about_where_the_belly_hurts():
    def asked(complaint: str) -> set[str]:
        return set().union(
            *map(topics, respond(lambda text: complaint if topics(text) == {"opener"} else "No."))
        )

    assert "surgery" in asked("My belly hurts and I vomit.")
    assert "surgery" not in asked("My head hurts.")


def test_a_positive_answer_is_followed_up():
    def answer(text: str) -> str:
        if topics(text) == {"opener"}:
            return "I have a fever and a cough."
        return "I am allergic to penicillin." if topics(text) == {"allergies"} else "No."

    asked = respond(answer)
    assert any("How high" in text for text in asked)
    place = next(i for i, text in enumerate(asked) if topics(text) == {"allergies"})
    assert topics(asked[place + 1]) == {"reaction"}


def test_no_allergy_no_reaction_to_ask_for():
    asked = respond(
        lambda text: "No, I'm not allergic to anything." if topics(text) == {"allergies"} else "No."
    )
    assert not any(topics(text) == {"reaction"} for text in asked)


# --- adapting ---------------------------------------------------------------------------------------


def test_a_word_that_is_not_known_gets_simple_words_from_then_on():
    text = ask(
        "What brings you in?", "I have fever.", "Are you allergic to anything?", "What does allergic mean?"
    )
    assert topics(text) == {"allergies"}
    assert "allergic" not in text
    simple = {words for item in items().values() for words in item.simple}
    later = ask(
        "What brings you in?",
        "I have fever.",
        "Are you allergic?",
        "What does allergic mean?",
        text,
        "No, thanks.",
    )
    assert later in simple


def test_broken_grammar_is_met_with_simple_words():
    case = CASES["synthetic-08"]
    asked = questions(interview(case, Persona(personality="plain", cefr="A", recall="high", dazed="normal")))[
        3:-1
    ]
    for text in asked:
        assert hard_word(text, Cefr.A, case) is None, text


def test_the_same_is_not_asked_a_third_time():
    asked = respond(
        lambda text: "What? I do not understand." if topics(text) == {"onset"} else "I have chest pain."
    )
    assert sum(topics(text) == {"onset"} for text in asked) == 2


def test_who_refuses_is_told_why_once_and_then_left_alone():
    start = ("What brings you in?", "Chest pain.", "Do you smoke?", "Why do you need to know about smoking?")
    again = ask(*start)
    assert topics(again) == {"tobacco"}
    assert "explanation" in read_alone(again).acts
    assert "tobacco" not in topics(ask(*start, again, "I am not talking about smoking."))


def test_a_confused_patient_is_calmed_with_one_short_question():
    text = ask("What brings you in?", "The light… it's too bright in here.")
    read = read_alone(text)
    assert read.reassures
    assert topics(text) == {"opener"}
    assert read.longest <= 14
    assert "greeting" not in read.acts


def test_calming_goes_on_until_answers_fit_and_then_ends():
    confused = interview(
        CASES["synthetic-19"], Persona(personality="plain", cefr="B", recall="high", dazed="high")
    )
    calm = [read_alone(text).reassures for text in questions(confused)[1:-1]]
    assert all(calm[:8])
    assert not any(calm[-5:])
    assert sum(turn.reply.phase == "normal" for turn in confused if turn.reply) >= 8


def test_the_complaint_comes_before_its_details_with_a_confused_patient():
    asked = respond(lambda text: "Where's my coat… I had it right here.", 6)
    assert all(topics(text) <= {"opener", "symptom", "location"} for text in asked)


def test_fright_is_answered_once_in_a_while():
    asked = respond(lambda text: "I'm so scared, doctor, what if I die? I have chest pain.", 12)
    comforted = [
        place for place, text in enumerate(asked) if read_alone(text).acts & {"reassurance", "empathy"}
    ]
    assert comforted
    assert all(later - before >= 3 for before, later in pairwise(comforted))


def test_who_forgot_gets_something_concrete_once():
    start = ("What brings you in?", "Chest pain.", "What medicine do you take?", "I forget the name.")
    cue = ask(*start)
    assert topics(cue) == {"medication"}
    assert read_alone(cue).asks[-1].about
    assert "medication" not in topics(ask(*start, cue, "I can't remember."))


def test_a_cue_names_nothing_that_was_told():
    start = ("What brings you in?", "Chest pain.", "What medicine do you take?")
    assert "blood pressure" not in ask(*start, "I take lisinopril. There was something else, I forget.")


def test_irritation_at_a_repeat_gets_an_apology_and_another_question():
    text = ask(
        "What brings you in?", "Chest pain.", "When did it start?", "I already told you that, yesterday!"
    )
    assert text.lower().split()[0].strip(",") in ("sorry", "i'm")
    assert topics(text) != {"onset"}


def test_one_who_talks_at_length_is_steered_back_now_and_then():
    story = (
        "Chest pain. " + "And then my neighbor told me all about his garden and the weather up north. " * 6
    )
    asked = respond(lambda text: story, 14)
    steered = [text for text in asked if text.startswith(tuple(table("doctor")["lead"]["steer"]))]
    assert 1 <= len(steered) <= 4


def test_an_impatient_patient_is_asked_less():
    plain = len(questions(interview(CASES["synthetic-13"])))
    impatient = Persona(personality="impatient", cefr="B", recall="high", dazed="normal")
    assert len(questions(interview(CASES["synthetic-13"], impatient))) < plain


def test_pain_that_is_too_small_for_its_words_is_asked_again_once():
    def answer(text: str) -> str:
        if topics(text) == {"opener"}:
            return "My belly hurts, I can hardly stand."
        return "Oh, maybe 2." if "severity" in topics(text) else "No."

    assert sum("severity" in topics(text) for text in respond(answer)) == 2


def test_pain_that_goes_with_its_words_is_asked_once():
    def answer(text: str) -> str:
        if topics(text) == {"opener"}:
            return "My belly hurts, I can hardly stand."
        return "I'd say 9." if "severity" in topics(text) else "No."

    assert sum("severity" in topics(text) for text in respond(answer)) == 1


# --- the conclusion ---------------------------------------------------------------------------------


@pytest.mark.parametrize("max_turns", [1, 2, 3, 5, 10, 17, 30, 60])
def test_it_concludes_at_the_latest_in_its_last_round(max_turns):
    history = interview(max_turns=max_turns)
    asked = questions(history)
    assert len(asked) <= max_turns
    assert [bool(turn.question.differential) for turn in history if turn.question] == [False] * (
        len(asked) - 1
    ) + [True]


def test_the_conclusion_lists_five_in_one_text():
    last = interview()[-1].question
    assert last.text.startswith("[DDX] 1. ")
    assert len(last.differential) == 5
    assert last.text == "[DDX] " + "; ".join(f"{n}. {name}" for n, name in enumerate(last.differential, 1))
    assert (last.model, last.usage.prompt_tokens, last.seconds) == ("offline", 0, 0.0)


def test_few_rounds_go_to_what_matters_most():
    asked = set().union(*map(topics, questions(interview(max_turns=6))))
    assert {"opener", "onset"} <= asked
    assert not asked & {"occupation", "illicit_drug", "living_situation"}


@pytest.mark.parametrize("hadm_id", CASES)
def test_a_plain_history_has_the_truth_among_the_five(hadm_id):
    case = CASES[hadm_id]
    assert case.diagnosis in interview(case)[-1].question.differential


def test_a_patient_of_whom_nothing_can_be_learnt_is_not_asked_for_ever():
    assert len(respond(lambda text: "")) < 12
    assert len(respond(lambda text: "Nie rozumiem, proszę pana doktora, boli mnie brzuch.")) < 14


# --- it only hears ----------------------------------------------------------------------------------


def test_what_the_patient_engine_recorded_is_not_looked_at():
    plain = chat("What brings you in?", "I have chest pain.")
    marked = [
        plain[0],
        Turn(role="patient", text=plain[1].text, persona=PLAIN, reply=Reply(text="Something else.")),
    ]
    doctor = OfflineDoctor()
    assert doctor.question(MAN, plain) == doctor.question(MAN, marked)


def test_the_same_history_gets_the_same_question_whatever_was_asked_between():
    doctor, history = OfflineDoctor(), interview()
    forwards = [doctor.question(HEART.arrival, history[:end]).text for end in range(0, len(history), 2)]
    backwards = [
        doctor.question(HEART.arrival, history[:end]).text for end in reversed(range(0, len(history), 2))
    ]
    assert forwards == backwards[::-1] == questions(history)


def test_it_takes_over_what_another_doctor_asked():
    told = (
        "Hi there, what's up?",
        "Chest pain.",
        "since when?",
        "Two hours ago.",
        "any allergies at all",
        "No.",
    )
    asked = {*chat(*told)[-1].text.split()}
    history = chat(*told)
    for _ in range(20):
        text = OfflineDoctor().question(MAN, history).text
        if text.startswith("[DDX]"):
            break
        asked |= topics(text)
        history += chat(text, "No.")
    assert not asked & {"opener", "onset", "allergies"}
    assert "location" in asked


# --- wrong input ------------------------------------------------------------------------------------


def test_it_does_not_speak_twice_in_a_row():
    with pytest.raises(InputError, match="doctor's turn"):
        OfflineDoctor().question(MAN, chat("What brings you in?"))


@pytest.mark.parametrize("max_turns", [0, -3])
def test_a_doctor_without_a_turn_is_refused(max_turns):
    with pytest.raises(InputError, match="max_turns"):
        OfflineDoctor(max_turns=max_turns)


@pytest.mark.parametrize(
    "answer",
    [
        "",
        " ",
        "\x00\ufffd",
        "🤒" * 50,
        "a" * 10_000,
        "No. " * 3_000,
        "Go to hell, you idiot!",
        "胸が痛いです",
        "[DDX] 1. x",
        "{lead} $record %s \\1",
        "<script>alert(1)</script>",
    ],
)
def test_whatever_a_patient_says_is_survived_and_not_echoed(answer):
    for text in respond(lambda _: answer):
        assert len(answer) < 3 or answer.strip()[:20] not in text or text.startswith("[DDX]")


def test_a_history_that_the_patient_begins_is_taken_up():
    history = [Turn(role="patient", text="Doctor, I have chest pain since this morning.")]
    assert topics(OfflineDoctor().question(MAN, history).text) & {"location", "quality"}


def test_a_very_long_history_is_read():
    history = chat(*["When did it start?", "Yesterday."] * 600)
    assert OfflineDoctor(max_turns=2_000).question(MAN, history).text


@pytest.mark.parametrize(("age", "gender"), [(0, "Female"), (120, "unknown"), (40, "X")])
def test_any_arrival_is_received(age, gender):
    arrival = Arrival(age=age, gender=gender, transport="")
    assert respond(lambda text: "I feel bad.", arrival=arrival)[-1].startswith("[DDX]")


# --- what is asked again, and what is not -------------------------------------------------------------


def test_a_confused_patient_is_not_asked_the_same_three_times_in_a_row():
    asked = [topics(text) for text in respond(lambda text: "The light… it's too bright in here.", 12)]
    assert all(len({*map(frozenset, asked[place : place + 3])}) > 1 for place in range(9))


def test_a_second_refusal_is_accepted_for_good():
    def answer(text: str) -> str:
        return "Why do you need to know about smoking?" if topics(text) == {"tobacco"} else "No."

    asked = respond(answer)
    assert sum(topics(text) == {"tobacco"} for text in asked) == 2


def test_nothing_is_said_before_anything_else():
    asked = respond(lambda text: "I have a cough and a rash. Hurry up, what if I die?")
    assert any(topics(text) == {"more"} for text in asked)
    assert all(len(text.split()) <= 5 for text in asked if topics(text) == {"more"})


def test_a_question_for_one_illness_leaves_the_others_to_ask():
    history = chat("What brings you in?", "Chest pain.", "Do you have diabetes?", "No.")
    asked = set()
    for _ in range(24):
        text = OfflineDoctor().question(MAN, history).text
        asked |= topics(text)
        history += chat(text, "No.")
    assert "medical_history" in asked
