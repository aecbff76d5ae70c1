import re
from html.parser import HTMLParser

import pytest

from patientsim_core import Dialogue, InputError, Persona, Turn
from patientsim_core.debrief import debrief
from patientsim_core.debrief.document import from_json, to_html, to_json, to_markdown
from tests.cases import CASES, release
from tests.debrief.scripted import named, scripted

HOSTILE = (
    "<script>alert(1)</script> ![x](http://evil.example/a.png) [go](javascript:alert(2)) "
    "# heading | table *bold* </li></ul><img src=x onerror=alert(3)> &amp; \"quoted\" 'too' `code`\n- item"
)


@pytest.fixture
def hostile():
    case = release(
        medical_history=HOSTILE.replace(";", ","),
        chiefcomplaint=HOSTILE.replace(";", ",")[:200],
        diagnosis="<b>Gout</b>",
    )
    turns = [
        Turn(role="doctor", text=f"What brings you in? {HOSTILE}"),
        Turn(role="patient", text=f"My chest hurts. {HOSTILE}", persona=Persona()),
        Turn(role="doctor", text=f"Any illnesses? {HOSTILE}"),
        Turn(role="patient", text=HOSTILE, persona=Persona()),
    ]
    return debrief(Dialogue(case=case, persona=Persona(), turns=turns, differential=[HOSTILE[:180]]))


class Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found: list[tuple[str, dict]] = []
        self.open: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))
        if tag not in ("meta",):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def parsed(text: str) -> Tags:
    tags = Tags()
    tags.feed(text)
    tags.close()
    assert tags.open == []
    return tags


def test_html_of_hostile_text_has_no_tag_but_its_own(hostile):
    tags = parsed(to_html(hostile)).found
    own = {"html", "head", "meta", "title", "style", "body", "h1", "h2", "h3", "p", "ul", "li", "span"}
    assert {tag for tag, _ in tags} <= own | {"blockquote", "b"}
    assert all(not name.startswith("on") and name != "src" for _, attrs in tags for name in attrs)


def test_html_needs_nothing_else_and_prints(hostile):
    text = to_html(debrief(named("plain, a full history of the pain")))
    assert not re.search(r"https?://|src=|@import|url\(", text)
    assert "@media print" in text
    assert "@page" in text


def test_markdown_of_hostile_text_has_nothing_alive(hostile):
    text = to_markdown(hostile)
    assert not re.search(r"(?<!\\)<(?!/?br)", text)
    assert not re.search(r"(?<!\\)\[[^\]\\]*\]\(", text)
    headings = [line for line in text.splitlines() if re.match(r"#", line)]
    assert all("heading" not in line or line.startswith("# Debrief") for line in headings)
    assert "\n- item" not in text


def test_each_document_has_what_a_reader_looks_for():
    found = debrief(named("distrustful beginner who keeps things back"))
    for text in (to_markdown(found), to_html(found)):
        plain = text.replace("\\", "")
        for said in ("Next time", "History", "Red flags", "kept back", "Three beers on weekends"):
            assert said in plain
        assert "Myocardial infarction" in plain
        assert "I not tell you this." in plain


def test_html_says_where_there_is_nothing():
    text = to_html(debrief(Dialogue(case=CASES["synthetic-01"], persona=Persona())))
    assert "Nothing here." in text
    parsed(text)


def test_html_of_every_scripted_one_is_well_formed():
    for one in scripted():
        parsed(to_html(debrief(one.dialogue)))


def test_json_comes_back_as_it_was(hostile):
    for one in (hostile, *(debrief(one.dialogue) for one in scripted())):
        assert from_json(to_json(one)) == one


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("", "the file"),
        ("no json", "the file"),
        ("[]", "the file"),
        ("{}", "dialogue_id"),
        ('{"dialogue_id": 3}', "dialogue_id"),
    ],
)
def test_what_is_no_debrief_is_refused_with_the_place(text, where):
    with pytest.raises(InputError, match=f"This is no debrief as it is exported: {where}"):
        from_json(text)


def test_a_status_that_does_not_exist_is_refused():
    text = to_json(debrief(named("plain, a full history of the pain"))).replace('"elicited"', '"known"', 1)
    with pytest.raises(InputError, match="status"):
        from_json(text)


def test_a_debrief_is_the_same_every_time():
    dialogue = named("overanxious, pain made larger")
    assert debrief(dialogue) == debrief(dialogue)
