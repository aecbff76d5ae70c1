"""What a clinician does with the page and sees on it, without a browser."""

from pathlib import Path

from streamlit.testing.v1 import AppTest

ROOT = Path(__file__).parents[2]


def page(id: str | None = None) -> AppTest:
    test = AppTest.from_file(str(ROOT / "demo.py"), default_timeout=30)
    if id:
        test.query_params["consultation"] = id
    return checked(test.run())


def checked(test: AppTest) -> AppTest:
    assert not test.exception
    return test


def address(test: AppTest) -> str | None:
    """The consultation in the page's address."""
    given = test.query_params.get("consultation")
    return given[0] if isinstance(given, list) else given


def ask(test: AppTest, question: str) -> AppTest:
    return checked(test.chat_input[0].set_value(question).run())


def press(test: AppTest, label: str) -> AppTest:
    return checked(next(button for button in test.button if button.label == label).click().run())


def said(test: AppTest) -> list[str]:
    return [text.value for message in test.chat_message for text in message.text]


def labels(test: AppTest) -> set[str]:
    return {button.label for button in test.button}


def marks(test: AppTest) -> list[str]:
    return [text.value for text in test.main.markdown if "From here" in text.value]


def errors(test: AppTest) -> str:
    return " ".join(error.value for error in test.error).replace("\\", "").replace("\u2060", "")


def finish(test: AppTest, *diagnoses: str) -> AppTest:
    press(test, "End consultation")
    for field, diagnosis in zip(test.text_input, diagnoses or ["Gastritis"], strict=False):
        field.set_value(diagnosis)
    return press(test, "End and debrief")


def typed(test: AppTest) -> str:
    """What stands in the input for questions."""
    return test.chat_input[0].proto.value


def choose(test: AppTest, provider: str, name: str = "", **given: str) -> AppTest:
    """Picks a service and types its model's name and, by their variables, keys and addresses."""
    checked(test.selectbox(key="provider").set_value(provider).run())
    if name:
        test.text_input(key=f"name {provider}").set_value(name)
    for variable, value in given.items():
        test.text_input(key=f"typed {provider} {variable}").set_value(value)
    return checked(test.run())


def plain(text: str) -> str:
    """What a person reads of text that was kept from being rendered."""
    return text.replace("\\", "").replace("\u2060", "")


def notices(test: AppTest) -> str:
    """What the sidebar says about the chosen model."""
    shown = [*test.sidebar.warning, *test.sidebar.error, *test.sidebar.success]
    return plain(" ".join(notice.value for notice in shown))


def captions(test: AppTest) -> list[str]:
    """What stands below the answers."""
    return [plain(caption.value) for message in test.chat_message for caption in message.caption]
