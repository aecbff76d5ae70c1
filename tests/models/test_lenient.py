"""Reading what a model wrote: almost JSON, with other text around it, or junk."""

import json
import random
import time
from typing import Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, JsonValue, field_validator

from patientsim_core.models.lenient import objects
from patientsim_core.models.structured import Unreadable, read


class Score(BaseModel):
    model_config = ConfigDict(extra="forbid")

    score: int = Field(ge=1, le=4)
    why: str | None = None


READABLE = [
    '{"score": 3, "why": "It hurts."}',
    '```json\n{"score": 3, "why": "It hurts."}\n```',
    'Here\'s what I think: {"score": 3, "why": "It hurts."} Don\'t you?',
    "{'score': 3, 'why': 'It hurts.'}",
    '{"score": 3, "why": "It hurts.",}',
    '{score: 3, why: "It hurts."}',
    '{"score": "3", "why": "It hurts."}',
    '{"score":3,"why":"It\\u0020hurts."}',
    '[{"score": 3, "why": "It hurts."}]',
    '{"verdict": {"score": 3, "why": "It hurts."}}',
    '{"verdicts": [1, [{"score": 3, "why": "It hurts."}],]}',
    'As in {"score": 1 or 2}, {}, {"score": 9}: {"score": 3, "why": "It hurts."}, {"score": 4}',
    'f(x) { return x; } {"score": 3, "why": "It hurts."}',
    '{broken {"score": 3, "why": "It hurts."}',
    '{"open": [{"score": 3, "why": "It hurts."}, {"score": 4}',
    '{{"score": 3, "why": "It hurts."}}',
    '\ufeff{\n\t"score"\n:\r\n3 ,"why":\u00a0"It hurts." }',
]


@pytest.mark.parametrize("text", READABLE)
def test_the_first_object_that_has_the_form_is_read(text):
    assert read(text, Score) == Score(score=3, why="It hurts.")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('{"score": 1, "why": "He said \\"no\\", then {left}."}', 'He said "no", then {left}.'),
        ('{"score": 1, "why": "He said "no" to me."}', 'He said "no" to me.'),
        ("{'score': 1, 'why': 'I don't know.'}", "I don't know."),
        ("{'score': 1, 'why': \"I don't know.\"}", "I don't know."),
        ('{"score": 1, "why": "two\nlines\\tand a tab"}', "two\nlines\tand a tab"),
        ('{"score": 1, "why": "\\ud83d\\ude42 \\\\ \\/ \\d"}', "\U0001f642 \\ / \\d"),
        ('{"score": 1, "why": "\\ud83d"}', "\ufffd"),
        ('{"score": 1, "why": ""}', ""),
        ('{"score": 1, "why": None}', None),
        ('{"score": 1, "why": null}', None),
        ('{"score": 2, "why": "a", "score": 1}', "a"),
    ],
)
def test_strings_are_read_as_they_were_meant(text, why):
    assert read(text, Score) == Score(score=1, why=why)


class Facts(BaseModel):
    yes: bool
    no: bool
    ratio: float
    many: list[int]


def test_the_literals_of_both_languages():
    facts = Facts(yes=True, no=False, ratio=-0.25, many=[1, 2])
    assert read("{'yes': True, 'no': False, 'ratio': -2.5e-1, 'many': [1, 2,]}", Facts) == facts
    assert read('{"yes": true, "no": false, "ratio": -0.25, "many": [1, 2]}', Facts) == facts


@pytest.mark.parametrize(
    "value", ["NaN", "Infinity", "-inf", "1e999", "01x", "yes", "3 4", "(3)", "9" * 5000]
)
def test_what_is_no_number_is_none(value):
    with pytest.raises(Unreadable):
        read(f'{{"yes": true, "no": false, "many": [], "ratio": {value}}}', Facts)


UNREADABLE = [
    ("", "there is no JSON object in it"),
    ("I would say 3.", "there is no JSON object in it"),
    ("[3]", "there is no JSON object in it"),
    ('"score": 3', "there is no JSON object in it"),
    ('{"score": 3', "its JSON object is broken or does not end"),
    ('{"score": 3, "why": "It', "its JSON object is broken or does not end"),
    ('{"score" 3}', "its JSON object is broken or does not end"),
    ('{"score": 3]', "its JSON object is broken or does not end"),
    ("{,}", "its JSON object is broken or does not end"),
    ("{}", "score is missing"),
    ('{"score": 9}', "score is wrong (input should be less than or equal to 4)"),
    ('{"score": [3]}', "score is wrong (input should be a valid integer)"),
    ('{"score": 3, "why": 3}', "why is wrong (input should be a valid string)"),
    ('{"score": 3, "zanzibar": 1}', "the object has a field that was not asked for"),
    ('{"why": 3, "zanzibar": 1}', "score is missing; why is wrong (input should be a valid string); "
     "the object has a field that was not asked for"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "reason"), UNREADABLE)
def test_an_unreadable_answer_is_told_by_its_reason(text, reason):
    with pytest.raises(Unreadable) as caught:
        read(text, Score)
    assert str(caught.value) == reason


class Strange(BaseModel):
    model_config = ConfigDict(extra="forbid")

    level: Literal["A", "B"]
    ages: dict[str, int]
    quote: str

    @field_validator("quote")
    @classmethod
    def _known(cls, quote: str) -> str:
        raise ValueError(f"nobody said {quote}")


def test_a_reason_holds_nothing_of_the_answer():
    text = (
        '{"level": "zanzibar", "ages": {"zanzibar": "zanzibar"}, "quote": "zanzibar", "zanzibar": "zanzibar"}'
    )
    with pytest.raises(Unreadable) as caught:
        read(text, Strange)
    told = caught.value
    assert str(told) == (
        "level is wrong (input should be 'A' or 'B'); "
        "ages is wrong (input should be a valid integer, unable to parse string as an integer); "
        "quote is not what may stand there; the object has a field that was not asked for"
    )
    assert "zanzibar" not in f"{told.args}{told.__cause__}{told.__context__}"


def test_a_reason_stays_short():
    with pytest.raises(Unreadable) as caught:
        read(json.dumps({f"field{n}": n for n in range(1000)}), Score)
    assert str(caught.value).endswith("; and 996 more")
    assert len(str(caught.value)) < 400


def anything(pick: random.Random, depth: int = 0) -> object:
    kind = pick.randrange(7 if depth < 4 else 4)
    if kind < 3:
        return [pick.choice([True, False, None]), pick.randint(-(10**20), 10**20), pick.uniform(-9, 9)][kind]
    if kind == 3:
        return words(pick)
    if kind == 4:
        return [anything(pick, depth + 1) for _ in range(pick.randrange(4))]
    return {words(pick): anything(pick, depth + 1) for _ in range(pick.randrange(4))}


def words(pick: random.Random) -> str:
    return "".join(pick.choices("ab\"'\\{}[],: \n\té\U0001f642\u2028", k=pick.randrange(9)))


def test_whatever_json_and_python_write_is_read_as_it_was():
    pick = random.Random(1)
    for _ in range(500):
        value = {words(pick): anything(pick) for _ in range(4)}
        indented = json.dumps(value, ensure_ascii=False, indent=1)
        for text in (json.dumps(value), indented, repr(value)):
            assert next(objects(f"Well: {text}. So.")) == value, text


def test_the_outer_object_comes_before_those_within_and_broken_ones_give_up_theirs():
    text = '{"a": {"b": {}}, "c": [{"d": 1}]} {"e": {"f": 2}, {"g": 3}'
    assert list(objects(text)) == [
        {"a": {"b": {}}, "c": [{"d": 1}]}, {"b": {}}, {}, {"d": 1}, {"f": 2}, {"g": 3},
    ]  # fmt: skip


JUNK = [
    "{", "{}", '{"a":', '{"a":[', "{'", '{"', "{'{\"", '{"\\', '{"\\"', '{"a" ', "{a:{", "[", "}", '"', "' ",
    '{"a": "" ', '{"score": 1, ', "{'a': '" + " " * 50, '{"a": 1} {"a": ', '\\"', "{it's ",
]  # fmt: skip


@pytest.mark.parametrize("junk", JUNK)
def test_junk_takes_no_longer_than_its_length(junk):
    def seconds(size: int) -> float:
        started = time.process_time()
        with pytest.raises(Unreadable):
            read(junk * (size // len(junk)), Score)
        return time.process_time() - started

    least = min(seconds(25_000) for _ in range(3))
    assert min(seconds(100_000) for _ in range(3)) < 8 * least + 0.05  # of 4 times the length


class Loose(BaseModel):
    a: JsonValue


def depth(value: object) -> int:
    return 1 + depth(value["a"]) if isinstance(value, dict) else 0


def test_what_is_read_is_never_deeper_than_can_be_walked_through():
    found = read('{"a": ' * 30_000 + "1" + "}" * 30_000, Loose)
    assert depth(found.a) < 100


def test_a_deep_answer_is_no_trouble():
    deep = '{"a": ' * 30_000 + '{"score": 3}' + "}" * 30_000
    assert read(deep, Score) == Score(score=3)
