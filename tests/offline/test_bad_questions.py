"""What a patient makes of questions that no clinician should ask."""

import pytest

from patientsim_core import Persona
from patientsim_core.text import sentences
from tests.cases import HEART, consult

NASTY = {
    "20,000 characters": "does it hurt " * 1540,
    "one endless word": "a" * 20_000,
    "control characters": "When\x00 did\x1b[31m it\u202e start?\x07",
    "HTML": "<script>alert('When did it start?')</script>",
    "Markdown": "![When did it start?](http://198.51.100.7/x.png) **now** `code` $x^2$",
    "only marks": "?!?! ... --- ;;; \u200b\u200b",
    "other script": "Когда это началось? いつから",
    "emoji": "🤕❓" * 50,
    "format string": "{0} {x} {complaint} %s %(x)s When did it start?",
    "regular expression": "(a+)+$ [[[ \\d{9} When did it start?",
    "new lines": "When\ndid\n\n\nit\nstart\n?",
    "lone surrogate": "When did it start? \ud83d",
}


@pytest.mark.parametrize("question", NASTY.values(), ids=list(NASTY))
@pytest.mark.parametrize("cefr", "ABC")
def test_any_text_gets_a_short_reply_in_role(question, cefr):
    (reply,) = consult(HEART, Persona(cefr=cefr), question)
    assert 1 <= len(sentences(reply.text)) <= 3
    assert len(reply.text) < 300
    assert not set(reply.text) & set("<>{}[]$`*")
    assert "infarct" not in reply.text.lower()


@pytest.mark.parametrize(
    "kind", ["control characters", "HTML", "format string", "new lines", "lone surrogate"]
)
def test_a_question_is_still_heard_through_the_dirt(kind):
    (reply,) = consult(HEART, Persona(cefr="C"), NASTY[kind])
    assert "two hours ago" in reply.text
