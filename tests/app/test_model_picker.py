"""The choice of a model at the side: what is set up, what is missing, keys for the session, advanced."""

import pytest
from driver import address, ask, checked, choose, errors, labels, notices, page, press, said, typed
from service import KEY, Answer, Problem

from patientsim_core import Case, Dialogue, Persona
from patientsim_core.consultation import Cast, last_cast
from patientsim_core.models import Options
from patientsim_core.prompt import own_prompt

TYPED = "typed-key-9f3a"
AZURE = {"AZURE_ENDPOINT": "https://a.openai.azure.com", "AZURE_OPENAI_KEY": TYPED}


def server(service) -> dict[str, str]:
    return {"VLLM_BASE_URL": service.url, "VLLM_API_KEY": KEY}


def choices(test) -> list[str]:
    return test.selectbox(key="provider").options


def test_on_a_fresh_machine_the_built_in_patient_is_chosen_and_the_others_say_what_they_need():
    test = page()
    first, *others = choices(test)
    assert test.selectbox(key="provider").value == "offline"
    assert first == "Built-in patient (offline)"
    assert len(others) == 5
    assert all(name.endswith((" · needs key", " · needs address")) for name in others)


def test_what_the_environment_sets_up_comes_next_and_is_not_marked(monkeypatch):
    monkeypatch.setenv("GENAI_API_KEY", TYPED)
    test = page()
    assert choices(test)[1] == "Gemini (AI Studio)"
    choose(test, "gemini", "gemini-2.5-flash")
    assert notices(test) == ""
    assert TYPED not in str(test)
    assert test.text_input(key="typed gemini GENAI_API_KEY").placeholder.startswith("is set")


@pytest.mark.parametrize(
    ("provider", "named"),
    [
        ("azure", "AZURE_ENDPOINT (endpoint, https://NAME.openai.azure.com) and AZURE_OPENAI_KEY (key)"),
        ("openai", "OPENAI_API_KEY (key)"),
        ("gemini", "GENAI_API_KEY (key)"),
        ("vertex", "GENAI_API_KEY (key) or GOOGLE_CLOUD_PROJECT"),
        ("vllm", "VLLM_BASE_URL (address"),
    ],
)
def test_what_is_missing_is_named_by_its_variable(provider, named):
    test = choose(page(), provider)
    assert "Not set up yet" in notices(test)
    assert named in notices(test)


def test_a_chosen_services_sdk_is_imported_beforehand_and_none_for_the_built_in_patient(monkeypatch):
    warmed = []
    monkeypatch.setattr("pages.parts.model.warm", warmed.append)
    test = page()
    assert warmed == []
    choose(test, "azure")
    assert set(warmed) == {"azure"}


def test_keys_typed_for_the_session_set_it_up_and_hide_themselves():
    test = choose(page(), "azure", **AZURE)
    assert notices(test) == ""
    key, endpoint = (test.text_input(key=f"typed azure {name}") for name in reversed(AZURE))
    assert key.proto.type == key.proto.Type.Value("PASSWORD")
    assert endpoint.proto.type == endpoint.proto.Type.Value("DEFAULT")


def test_a_choice_is_not_lost_while_the_session_sets_it_up(monkeypatch):
    test = page()
    before = choices(test)
    choose(test, "azure", **AZURE)
    monkeypatch.setenv("OPENAI_API_KEY", TYPED)
    checked(test.run())
    assert choices(test) == before, "the browser sends the label: a new one would not be known"
    assert test.selectbox(key="provider").value == "azure"


def test_the_data_that_may_go_there_is_said():
    test = choose(page(), "openai")
    assert "No credentialed cases." in [caption.value for caption in test.sidebar.caption]


def test_a_typed_key_goes_before_the_environment(monkeypatch, service):
    monkeypatch.setenv("VLLM_API_KEY", "another")
    monkeypatch.setenv("VLLM_BASE_URL", "http://127.0.0.1:1")
    ask(choose(page(), "vllm", "m", **server(service)), "Hello?")
    assert service.requests[-1].headers["authorization"] == f"Bearer {KEY}"


def test_a_key_typed_for_one_service_is_not_given_to_another():
    test = choose(page(), "gemini", "m", GENAI_API_KEY=TYPED)
    assert notices(test) == ""
    assert "GENAI_API_KEY" in notices(choose(test, "vertex"))


@pytest.mark.parametrize(("meant", "other"), [("vertex", "gemini"), ("gemini", "vertex")])
def test_one_google_key_of_the_environment_serves_the_service_it_is_meant_for(monkeypatch, meant, other):
    monkeypatch.setenv("GENAI_API_KEY", "theirs")
    monkeypatch.setenv("GOOGLE_GENAI_USE_VERTEXAI", str(meant == "vertex"))
    assert notices(choose(page(), meant, "m")) == ""
    test = choose(page(), other, "m")
    assert "meant for the other" in notices(test)
    assert notices(choose(test, other, GENAI_API_KEY=TYPED)) == ""


def test_a_faulty_file_of_secrets_is_said_and_the_built_in_patient_still_answers(secrets):
    secrets.write_text(f"OPENAI_API_KEY = {TYPED}")
    test = ask(page(), "Hello?")
    assert len(said(test)) == 2
    choose(test, "openai")
    assert "cannot be read as TOML" in notices(test)
    assert TYPED not in notices(test)


def test_the_connection_test_says_that_the_model_answers(service):
    test = press(choose(page(), "vllm", "m", **server(service)), "Test connection")
    assert "vllm:m answered in" in notices(test)
    assert not errors(test)
    assert len(service.requests) == 1


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        (Problem.wrong_key(), "refuses the key. Check VLLM_API_KEY"),
        (Problem.unknown_model(), "no model of this name"),
        (Problem.quota_exhausted(), "quota or credit is used up"),
        (Answer(malformed=True), "cannot be read"),
    ],
)
def test_the_connection_test_says_in_words_what_is_wrong(service, problem, words):
    service.answers(problem)
    test = press(choose(page(), "vllm", "[m](http://a.b)", **server(service)), "Test connection")
    assert words in notices(test)
    assert "[m](http" not in test.sidebar.error[0].value


def test_the_connection_test_asks_for_what_is_missing_first():
    test = press(choose(page(), "azure", **AZURE), "Test connection")
    assert "type the deployment's name" in notices(test)
    test = press(choose(page(), "openai", "m"), "Test connection")
    assert "Set OPENAI_API_KEY" in notices(test)


def test_a_credentialed_case_is_kept_from_a_service_at_once_and_when_asked(service, store, case):
    kept = Dialogue(case=case.model_copy(update={"provenance": "credentialed"}), persona=Persona())
    store.save(kept)
    test = choose(page(kept.id), "openai")
    assert "this case is credentialed data" in notices(test)
    choose(test, "openai", "m", OPENAI_API_KEY=KEY, OPENAI_BASE_URL=f"{service.url}/v1")
    ask(test, "Hello?")
    assert "Nothing was sent" in errors(test)
    assert said(test) == ["Hello?"]
    assert service.connections == 0
    assert "credentialed" not in notices(choose(test, "azure", "m", **AZURE))
    assert "credentialed data" in notices(choose(test, "azure", AZURE_ENDPOINT="https://a.b.example"))
    choose(test, "vllm", "m", **server(service))
    assert notices(test) == ""
    assert said(press(test, "Ask again"))[1] == Answer().text


def test_a_synthetic_case_may_go_anywhere():
    assert "credentialed data" not in notices(choose(page(), "openai"))


def test_of_the_built_in_patient_only_the_seed_can_be_set(store):
    test = page()
    assert [field.label for field in test.number_input] == ["Seed"]
    assert not test.text_area
    checked(test.number_input(key="seed").set_value(7).run())
    assert last_cast(store.load(address(ask(test, "Hello?")))) == Cast(seed=7)


def test_advanced_settings_go_to_the_model(service):
    test = choose(page(), "vllm", "m", **server(service))
    ask(test, "Hello?")
    assert [service.requests[-1].body.get(name) for name in ("temperature", "seed")] == [0.7, 42]
    assert not {"max_tokens", "reasoning_effort"} & set(service.requests[-1].body)
    test.number_input(key="temperature").set_value(None)
    test.number_input(key="max_tokens").set_value(90)
    test.selectbox(key="effort").set_value("low")
    checked(test.number_input(key="seed").set_value(7).run())
    ask(test, "And?")
    sent = service.requests[-1].body
    assert (sent["max_tokens"], sent["reasoning_effort"], sent["seed"]) == (90, "low", 7)
    assert "temperature" not in sent


def test_a_prompt_of_ones_own_replaces_the_built_in_one(service):
    test = choose(page(), "vllm", "m", **server(service))
    checked(test.text_area(key="prompt").set_value("You have $diagnosis. [x](http://a.b)").run())
    assert notices(test) == ""
    ask(test, "Hello?")
    system = service.requests[-1].body["messages"][0]["content"]
    assert system.startswith("You have ")
    assert "$" not in system


def test_a_faulty_prompt_is_said_and_never_used(service, store):
    test = choose(page(), "vllm", "m", **server(service))
    checked(test.text_area(key="prompt").set_value("You are\n$nobody <b>x</b>").run())
    assert "Your own prompt, line 2: $nobody is not known. Known are $record" in notices(test)
    ask(test, "Hello?")
    assert "$nobody is not known" in errors(test)
    assert (said(test), typed(test), store.recent(), service.connections) == ([], "Hello?", [], 0)
    checked(test.text_area(key="prompt").set_value(" \n").run())
    ask(test, "Hello?")
    assert len(said(test)) == 2
    assert store.load(address(test)).prompt is None


def test_a_prompt_is_taken_from_a_file():
    test = choose(page(), "vllm")
    upload = test.get("file_uploader")[0]
    checked(upload.upload("mine.md", b"You are $age.\n", "text/markdown").run())
    assert test.text_area(key="prompt").value == "You are $age.\n"
    checked(test.get("file_uploader")[0].set_value(("<b>.md", b"\xff\xfe\x00", "text/markdown")).run())
    assert "<b>.md: cannot be read as text" in notices(test)
    assert test.text_area(key="prompt").value == "You are $age.\n"


def test_the_built_in_prompt_is_shown_as_it_is():
    test = choose(page(), "vllm")
    checked(test.toggle(key="built_in").set_value(True).run())
    assert test.sidebar.code[0].value == own_prompt().strip()


def test_a_question_for_a_model_without_a_name_stays_in_the_input(store):
    test = ask(choose(page(), "azure", **AZURE), "Hello?")
    assert "type the deployment's name" in errors(test)
    assert (said(test), typed(test), store.recent()) == ([], "Hello?", [])


def test_after_a_refresh_the_choice_stands_as_it_was_saved_without_the_keys(service, store):
    test = choose(page(), "vllm", "m", **server(service))
    test.number_input(key="temperature").set_value(1.3)
    test.number_input(key="seed").set_value(7)
    checked(test.text_area(key="prompt").set_value("You are $age.").run())
    id = address(ask(test, "Hello?"))
    saved = Cast("vllm:m", 7, Options(temperature=1.3), "You are $age.")
    assert last_cast(store.load(id)) == saved
    again = page(id)
    assert again.selectbox(key="provider").value == "vllm"
    assert again.text_input(key="name vllm").value == "m"
    assert again.number_input(key="temperature").value == 1.3
    assert again.number_input(key="max_tokens").value is None
    assert again.text_area(key="prompt").value == "You are $age."
    assert not again.text_input(key="typed vllm VLLM_API_KEY").value
    assert "VLLM_BASE_URL" in notices(again)
    ask(again, "And?")
    assert "Set VLLM_BASE_URL" in errors(again)
    assert "Ask again" in labels(again)
    assert last_cast(store.load(id)) == saved


def test_another_consultation_brings_its_own_choice(service, store, case: Case):
    first = address(ask(page(), "Hello?"))
    test = choose(page(), "vllm", "m", **server(service))
    second = address(ask(test, "Hello?"))
    checked(test.button(key=first).click().run())
    assert test.selectbox(key="provider").value == "offline"
    checked(test.button(key=second).click().run())
    assert test.selectbox(key="provider").value == "vllm"
    assert len(said(ask(test, "And?"))) == 4, "keys that were typed last for the session"
