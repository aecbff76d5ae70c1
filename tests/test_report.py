"""A batch in words, and what it is expected to take."""

import pytest

from patientsim_core import Persona
from patientsim_core.dialogue import Failure
from patientsim_core.estimate import ROUNDS, plan
from patientsim_core.job import Parameters
from patientsim_core.models.prices import load_prices
from patientsim_core.report import duration, outcome, planned, so_far
from patientsim_core.selection import Item, select
from patientsim_core.usage import Usage
from patientsim_core.work import Progress
from tests.cases import CASES, HEART

PRICES = load_prices()
ITEMS = [Item(HEART.hadm_id, Persona(), number + 1) for number in range(10)]
BOTH = Parameters(patient="openai:gpt-4o-mini", doctor="vllm:own")


def progress(**about) -> Progress:
    return Progress(planned=10, started=0.0, ended=20.0, **about)


def test_the_built_in_engine_takes_no_calls():
    assert planned(plan(Parameters(), CASES, ITEMS), PRICES) == ["10 dialogues to play."]


def test_a_plan_counts_what_is_left_for_each_model():
    found = plan(BOTH, CASES, ITEMS, earlier=4)
    assert found.dialogues == 6
    assert found.calls == {"openai:gpt-4o-mini": 6 * ROUNDS, "vllm:own": 6 * ROUNDS}
    lines = planned(found, PRICES)
    assert lines[0] == "6 dialogues to play, 4 there already."
    assert lines[1].startswith("openai:gpt-4o-mini: about 108 calls, ")
    assert ", $" in lines[1]
    assert lines[2].endswith("price not known.")


def test_one_model_in_both_parts_is_counted_together():
    both = Parameters(patient="openai:gpt-4o", doctor="openai:gpt-4o")
    one = Parameters(patient="openai:gpt-4o")
    assert plan(both, CASES, ITEMS).calls == {"openai:gpt-4o": 2 * 10 * ROUNDS}
    assert plan(both, CASES, ITEMS).cost(PRICES) > plan(one, CASES, ITEMS).cost(PRICES)


def test_fewer_turns_and_a_longer_prompt_change_the_estimate():
    usual, short = (
        plan(Parameters(patient="openai:gpt-4o", max_turns=turns), CASES, ITEMS) for turns in (30, 5)
    )
    assert short.calls == {"openai:gpt-4o": 50}
    half = plan(Parameters(patient="openai:gpt-4o", max_turns=ROUNDS // 2), CASES, ITEMS)
    twice = 2 * half.usage["openai:gpt-4o"].prompt_tokens
    assert usual.usage["openai:gpt-4o"].prompt_tokens > 1.2 * twice  # what was said is sent again each time
    assert short.usage["openai:gpt-4o"].prompt_tokens < usual.usage["openai:gpt-4o"].prompt_tokens / 3
    long = plan(Parameters(patient="openai:gpt-4o", patient_prompt="word " * 3_000), CASES, ITEMS)
    assert long.usage["openai:gpt-4o"].prompt_tokens > usual.usage["openai:gpt-4o"].prompt_tokens


def test_an_estimate_is_of_the_persona_that_is_played():
    wordy = Persona(personality="verbose", cefr="A", recall="low")
    assigned = select([HEART], [wordy])

    def tokens(items, **about) -> int:
        by = Parameters(patient="openai:gpt-4o", **about)
        return plan(by, CASES, items).usage["openai:gpt-4o"].prompt_tokens

    assert tokens(assigned, play_as=Persona()) == tokens(select([HEART], [Persona()])) != tokens(assigned)


def test_nothing_left_is_no_call():
    found = plan(BOTH, CASES, select([HEART], "all"), earlier=37)
    assert (found.dialogues, found.calls, found.cost(PRICES)) == (0, {}, 0)


def test_how_far_it_is_has_rate_failures_tokens_cost_and_time_left():
    now = Progress(
        planned=10, finished=5, failed=1, usage={"openai:gpt-4o-mini": Usage(prompt_tokens=10_000_000)}
    )
    now.started -= 100.0
    assert (
        so_far(now, PRICES)
        == "5 of 10 · 3.0 a minute · 1 failed · 10,000,000 tokens · $1.50 · 1 min 20 s left"
    )
    assert so_far(Progress(planned=10), PRICES) == "0 of 10"


def test_what_came_of_it_lists_failures_up_to_ten():
    failures = {f"d{number}": Failure(kind="rate", text="m: is busy.") for number in range(12)}
    lines = outcome(progress(finished=2, failed=12, failures=failures, why="Enough."), "runs/x", PRICES)
    assert lines[:2] == ["Enough.", "runs/x: 2 of 10 dialogues are there; 2 played in 20 s, 0.1 a second."]
    assert lines[2] == "12 dialogues did not finish; the same again tries once more:"
    assert lines[3] == "- d0: m: is busy."
    assert lines[-1] == "- and 2 more, in failures.jsonl"


def test_what_is_missing_or_was_not_taken_is_said():
    lines = outcome(progress(finished=9, ignored={"m:x": {"seed", "max tokens"}}), "x", PRICES)
    assert lines[1:] == [
        "m:x does not take: max tokens, seed.",
        "1 dialogue missing; the same again goes on from here.",
    ]
    assert len(outcome(progress(earlier=1, finished=9), "x", PRICES)) == 1


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.4, "0 s"), (59, "59 s"), (200, "3 min 20 s"), (7500, "2 h 5 min")]
)
def test_durations_are_read_at_a_glance(seconds, words):
    assert duration(seconds) == words
