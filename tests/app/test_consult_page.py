"""The Consult page, without a browser."""

import json
import sqlite3

import pytest
from driver import ROOT, address, ask, checked, errors, finish, labels, marks, page, plain, press, said, typed

from patientsim_core import ALL_PERSONAS, PatientSimError, Persona, Reply, load_cases
from patientsim_core.consultation import by_title
from patientsim_core.persona import AXES

CASES = load_cases(ROOT / "data_samples" / "cases.json")


class Echo:
    """A patient that tells which question it answers, and for whom."""

    def __init__(self, case, persona, seed=42):
        self.persona = persona

    def stream(self, history):
        text = f"{self.persona.personality} hears: {history[-1].text}"
        yield text
        return Reply(text=text)


class Away(Echo):
    def stream(self, history):
        yield "I was going to say "
        raise PatientSimError("The model service is away [now](http://a.b). Try again in a minute.")


@pytest.fixture
def patient(monkeypatch):
    def plays(patient):
        monkeypatch.setattr("patientsim_core.offline.patient.OfflinePatient", patient)

    plays(Echo)
    return plays


def test_a_fresh_machine_shows_cases_persona_and_what_offline_means():
    test = page()
    assert [slider.label for slider in test.select_slider] == [
        "Personality",
        "Language (CEFR)",
        "Recall",
        "Confusion",
    ]
    shown = " ".join(text.value for text in test.sidebar.markdown)
    for level in Persona().levels:
        assert level.description in shown
    assert "Scripted" in shown
    assert "no key" in shown
    assert "Free conversation needs a language model" in shown
    assert test.chat_input[0].placeholder == "Ask the patient"
    assert "Past consultations" not in [heading.value for heading in test.sidebar.subheader]


def test_cases_are_chosen_by_age_sex_and_complaint_never_by_diagnosis():
    options = page().selectbox[0].options
    assert options == list(by_title(CASES))
    assert len(options) == len(CASES) == 20
    ages = [int(title.split()[1]) for title in options]
    assert ages == sorted(ages)
    for title in options:
        for diagnosis in {case.diagnosis.lower() for case in CASES}:
            assert diagnosis not in title.lower()


def test_the_triage_card_shows_the_chosen_case_and_no_more():
    test = page()
    title = test.selectbox[0].options[7]
    case = by_title(CASES)[title]
    checked(test.selectbox[0].select(title).run())
    card = test.main.markdown[0].value.replace("\\", "")
    for known in (case.chiefcomplaint, str(case.age), case.gender, "Synthetic case"):
        assert known in card
    everything = " ".join(element.value for element in test.markdown)
    assert case.diagnosis not in everything
    assert case.tobacco not in everything


def test_a_question_is_answered_saved_and_found_again_by_its_address(patient, store):
    test = ask(page(), "What brings you in?")
    assert said(test) == ["What brings you in?", "plain hears: What brings you in?"]
    id = address(test)
    assert store.load(id).turns[1].text == said(test)[1]
    ask(test, "And then?")
    assert said(page(id)) == said(test)
    assert len(said(test)) == 4


def test_each_turn_keeps_persona_and_reply(patient, store):
    test = ask(page(), "Hello?")
    turn = store.load(address(test)).turns[1]
    assert turn.persona == Persona()
    assert turn.reply.text == turn.text


def test_the_built_in_patient_answers():
    test = ask(page(), "What brings you in today?")
    assert len(said(test)) == 2
    assert said(test)[1].strip()


def test_a_slider_moved_in_mid_chat_changes_the_next_reply_and_leaves_a_mark(patient):
    test = ask(page(), "First?")
    checked(test.select_slider(key="personality").set_value(AXES["personality"]("distrust")).run())
    assert marks(test) == [marks(test)[0]]
    assert "Distrustful · B · high recall" in marks(test)[0]
    ask(test, "Second?")
    assert said(test)[-1] == "distrust hears: Second?"
    assert len(marks(test)) == 1
    ask(test, "Third?")
    assert len(marks(test)) == 1
    again = page(address(test))
    assert marks(again) == marks(test)
    assert again.select_slider(key="personality").value == "distrust"


def test_a_slider_moved_back_before_asking_leaves_no_mark(patient):
    test = ask(page(), "First?")
    for level in ("distrust", "plain"):
        checked(test.select_slider(key="personality").set_value(AXES["personality"](level)).run())
    assert marks(test) == []


def test_the_random_button_gives_a_standard_persona_and_others_are_pointed_out():
    test = page()
    for _ in range(5):
        press(test, "Random standard persona")
        chosen = Persona(**{axis: test.select_slider(key=axis).value for axis in AXES})
        assert chosen in ALL_PERSONAS
        assert "One of the 37" in captions(test)
    checked(test.select_slider(key="dazed").set_value(AXES["dazed"]("moderate")).run())
    assert "Outside the 37" in captions(test)


def captions(test) -> str:
    return " ".join(caption.value for caption in test.sidebar.caption)


def test_the_last_question_can_be_taken_back(patient, store):
    test = ask(ask(page(), "First?"), "Second?")
    press(test, "Take back")
    assert said(test) == ["First?", "plain hears: First?"]
    press(test, "Take back")
    assert said(test) == []
    assert address(ask(test, "Anew?"))
    assert len(store.recent()) == 1


def test_the_last_question_can_be_edited(patient):
    test = ask(ask(page(), "First?"), "Secnd?")
    press(test, "Edit")
    assert test.chat_input[0].placeholder == "Edit your question"
    ask(test, "Second?")
    assert said(test)[2:] == ["Second?", "plain hears: Second?"]
    ask(test, "Third?")
    assert len(said(test)) == 6


def test_editing_can_be_left(patient):
    test = press(press(ask(page(), "First?"), "Edit"), "Keep as it was")
    assert test.chat_input[0].placeholder == "Ask the patient"
    assert said(test)[0] == "First?"


def test_an_error_keeps_the_question_and_can_be_retried(patient, store):
    patient(Away)
    test = ask(page(), "Where does it hurt?")
    assert said(test) == ["Where does it hurt?"]
    assert "The model service is away [now](http://a.b). Try again" in errors(test)
    assert "[now](http" not in test.error[0].value
    id = address(test)
    assert [turn.text for turn in store.load(id).turns] == ["Where does it hurt?"]
    patient(Echo)
    for again in (test, page(id)):
        assert "Ask again" in labels(again)
    assert "has not answered" in again.warning[0].value
    press(again, "Ask again")
    assert said(again)[1] == "plain hears: Where does it hurt?"
    assert "Ask again" not in labels(again)


def test_an_unanswered_question_can_also_be_edited_or_taken_back(patient):
    patient(Away)
    test = ask(page(), "Hm?")
    patient(Echo)
    press(test, "Edit")
    assert said(ask(test, "Where?")) == ["Where?", "plain hears: Where?"]
    patient(Away)
    assert said(press(ask(test, "Why?"), "Take back")) == ["Where?", "plain hears: Where?"]


@pytest.mark.parametrize("empty", [" ", "\n\t ", "\x00\x07"])
def test_an_empty_question_asks_nothing(patient, store, empty):
    test = ask(page(), empty)
    assert "type a question" in errors(test)
    assert said(test) == []
    assert store.recent() == []
    assert not address(test)


def test_an_overlong_question_is_refused_and_the_chat_goes_on(patient, store):
    test = ask(ask(page(), "First?"), "long " * 4_000)
    assert "at most 2,000 can be asked" in errors(test)
    assert len(typed(test)) == 20_000
    assert len(said(test)) == 2
    assert said(ask(test, "Short?"))[2] == "Short?"
    assert not test.error


def test_control_characters_are_removed(patient):
    assert said(ask(page(), "Any\x00 \x1b[31mpain\u202e?"))[0] == "Any [31mpain?"


def test_past_consultations_are_listed_and_open(patient):
    first = ask(page(), "First?")
    second = page()
    assert "Past consultations" in [heading.value for heading in second.sidebar.subheader]
    assert any(" · 1 question" in caption.value for caption in second.sidebar.caption)
    id = address(first)
    checked(second.button(key=id).click().run())
    assert said(second) == said(first)
    assert address(second) == id


def test_a_new_consultation_begins_empty_and_leaves_the_old_one(patient, store):
    test = ask(page(), "First?")
    press(test, "New consultation")
    assert said(test) == []
    assert not address(test)
    ask(test, "Other?")
    assert len(store.recent()) == 2


def test_a_consultation_keeps_its_case_whatever_is_chosen_later(patient):
    test = page()
    title = test.selectbox[0].options[3]
    checked(test.selectbox[0].select(title).run())
    card = ask(test, "First?").main.markdown[0].value
    assert page(address(test)).main.markdown[0].value == card
    assert [box.key for box in test.selectbox] == ["provider"]


@pytest.mark.parametrize("id", ["nothing", "'; drop table consultations", "%00", "a" * 3_000])
def test_an_unknown_address_says_so_and_leads_on(patient, id):
    test = page(id)
    assert "There is no consultation with this address" in errors(test)
    press(test, "New consultation")
    assert test.chat_input
    assert not test.error


def test_a_damaged_consultation_says_so_and_the_others_work(patient, database_url, store):
    id = address(ask(page(), "First?"))
    with sqlite3.connect(database_url.removeprefix("sqlite:///")) as connection:
        connection.execute("update consultations set data = '{'")
    assert "cannot be read" in errors(page(id))
    assert said(ask(page(), "Another?"))[0] == "Another?"


def test_a_database_that_cannot_be_used_says_so_without_the_password(monkeypatch):
    monkeypatch.setenv("PATIENTSIM_DATABASE_URL", "postgresql+psycopg://me:s3cret@127.0.0.1:1/sims")
    test = page()
    assert "sims at 127.0.0.1 cannot be used" in errors(test)
    assert "s3cret" not in str(test)


def test_a_case_file_with_faults_says_so(monkeypatch):
    monkeypatch.setattr(
        "pages.parts.cases.load_cases", lambda path: (_ for _ in ()).throw(PatientSimError("cases.json: bad"))
    )
    from streamlit import cache_data

    cache_data.clear()
    assert "cases.json: bad" in errors(page())


def test_a_window_that_is_behind_is_told_and_its_question_is_kept(patient, store):
    one = ask(page(), "First?")
    other = page(address(one))
    ask(one, "Second?")
    ask(other, "Mine?")
    assert "gone on meanwhile" in errors(other)
    assert said(other) == said(one)
    assert typed(other) == "Mine?"


def test_ending_asks_for_a_differential_and_shows_diagnosis_and_record(patient, store):
    test = page()
    case = by_title(CASES)[test.selectbox[0].value]
    press(ask(test, "Hello?"), "End consultation")
    assert [field.label for field in test.text_input] == [
        "Diagnosis 1 (most likely)",
        *(f"Diagnosis {rank}" for rank in range(2, 6)),
        "Your name, for your teacher",
    ]
    test.text_input[0].set_value("Pneumonia")
    test.text_input[2].set_value("Bronchitis [x](http://a.b)")
    press(test, "End and debrief")
    shown = " ".join(text.value for text in test.main.markdown).replace("\\", "").replace("\u2060", "")
    assert f"### {case.diagnosis}" in shown
    assert "1. Pneumonia" in shown
    assert "2. Bronchitis [x](http://a.b)" in shown
    assert case.occupation in shown
    assert [group.label.split("**")[1] for group in test.expander[:6]] == [
        "Present illness",
        "Past history",
        "Drugs and allergies",
        "Family",
        "Social",
        "Known or hidden",
    ]
    assert store.load(address(test)).differential[0] == "Pneumonia"


def test_without_a_diagnosis_the_dialog_stays_and_says_what_is_missing(patient, store):
    test = press(ask(page(), "Hello?"), "End consultation")
    press(test, "End and debrief")
    assert "at least one diagnosis" in errors(test)
    assert test.text_input
    assert store.load(address(test)).end_reason is None
    test.text_input[0].set_value("Gastritis")
    press(test, "End and debrief")
    assert store.load(address(test)).differential == ["Gastritis"]


def test_the_result_says_whom_one_spoke_with_and_numbers_the_questions(patient):
    test = ask(page(), "Hello?")
    checked(test.select_slider(key="personality").set_value(AXES["personality"]("distrust")).run())
    finish(ask(test, "And now?"))
    shown = plain(" ".join(text.value for text in test.main.markdown))
    assert (
        "Plain · B · high recall, then Distrustful · B · high recall; played by the built-in patient" in shown
    )
    numbers = [heading.anchor for heading in test.main.subheader if "Question" in heading.value]
    assert numbers == ["question-1", "question-2"]


def test_the_hint_speaks_of_choosing_only_while_there_is_something_to_choose(patient):
    test = page()
    assert "Choose case" in test.main.caption[0].value
    press(ask(test, "Hello?"), "Take back")
    assert "Choose case" not in test.main.caption[0].value


def test_an_ended_consultation_is_read_only_and_stays_so(patient):
    test = finish(ask(page(), "Hello?"))
    again = page(address(test))
    for ended in (test, again):
        assert not ended.chat_input
        assert not ended.select_slider
        assert labels(ended) & {"Edit", "Take back", "End consultation", "Ask again"} == set()
        assert said(ended) == ["Hello?", "plain hears: Hello?"]
        assert "New consultation" in labels(ended)
        assert "Gastritis" in " ".join(text.value for text in ended.main.markdown)


def test_the_result_names_the_turn_that_brought_an_item():
    test = page()
    ask(test, "What brings you in today?")
    finish(ask(test, "How old are you?"))
    shown = " ".join(text.value for group in test.expander for text in group.markdown)
    assert "[Doctor 1](#question-1)** What brings you in today?" in plain(shown)


def test_downloads_are_there_once_something_was_asked(patient):
    test = page()
    assert not test.get("download_button")
    ask(test, "Hello?")
    assert [one.proto.label for one in test.get("download_button")] == ["Download JSON", "Download Markdown"]
    labels = [one.proto.label for one in finish(test).get("download_button")]
    assert {"Download JSON", "Download Markdown", "HTML, to print", "Markdown", "JSON"} <= {*labels}


def test_nothing_is_allowed_to_render_html():
    assert "unsafe_allow_html" not in (ROOT / "demo.py").read_text()


def contrast(one: str, other: str) -> float:
    """WCAG contrast of two #rrggbb colours, 1 to 21."""

    def luminance(colour):
        parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_colours_can_be_read_in_both_themes(theme):
    import tomllib

    colours = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())["theme"][theme]
    grounds = [colours["backgroundColor"], colours["secondaryBackgroundColor"]]
    grounds.append(colours["sidebar"]["backgroundColor"])
    for ground in grounds:
        assert contrast(colours["textColor"], ground) >= 7
        assert contrast(colours["primaryColor"], ground) >= 4.5
    assert contrast(colours["grayTextColor"], colours["grayBackgroundColor"]) >= 4.5
    caption = (
        "#"
        + "".join(  # captions are text at 60%
            f"{round(0.6 * int(text, 16) + 0.4 * int(ground, 16)):02x}"
            for text, ground in (
                (colours["textColor"][place : place + 2], colours["backgroundColor"][place : place + 2])
                for place in (1, 3, 5)
            )
        )
    )
    assert contrast(caption, colours["backgroundColor"]) >= 4.5


def test_the_json_download_is_what_the_chat_shows(patient, store):
    from patientsim_core.export import to_json

    test = ask(page(), 'Say "hello" <b>now</b>')
    file = json.loads(to_json(store.load(address(test))))
    assert [turn["text"] for turn in file["turns"]] == said(test)
