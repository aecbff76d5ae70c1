from patientsim_core import Persona
from patientsim_core.guessing import Tally, Vote, counted, tally
from patientsim_core.persona import AXES


def test_votes_are_counted_by_axis_and_level():
    cast = [
        Vote("a", "cefr", "B"),
        Vote("b", "cefr", "B"),
        Vote("c", "cefr", "A"),
        Vote("a", "recall", "low"),
    ]
    found = counted(cast)
    assert list(found) == list(AXES)
    assert found["cefr"] == {"B": 2, "A": 1}
    assert found["recall"] == {"low": 1}
    assert found["dazed"] == {}


def test_the_tally_counts_right_votes_over_all_rounds():
    distrust = Persona(personality="distrust")
    rounds = [
        (Persona(), [Vote("a", "personality", "plain"), Vote("b", "personality", "verbose")]),
        (distrust, [Vote("a", "personality", "distrust"), Vote("a", "cefr", "C")]),
        (distrust, []),
    ]
    assert tally(rounds) == {
        "personality": Tally(2, 3),
        "cefr": Tally(0, 1),
        "recall": Tally(0, 0),
        "dazed": Tally(0, 0),
    }
