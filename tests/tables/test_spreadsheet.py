"""Tables as CSV: no text in them is a formula, numbers are numbers, and what was written can be had back."""

import csv
import io
import random

import numpy as np
import pandas as pd
import pytest

from patientsim_core.formulas import harmless, written
from patientsim_core.tables.spreadsheet import as_csv

FORMULAS = ["=1+1", "@SUM(A1)", "+1", "-2+3", '=HYPERLINK("http://a.b";"x")', "\t=1", "'=1", "x;=1", "＝1"]
SIGNS = ["=", "+", "-", "@", "'", '"', ";", ",", "\n", "\t", " ", "a", "1", "＝", "＠"]


def rows(text: str, delimiter: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


@pytest.mark.parametrize("kind", ["str", "object", "category"])
def test_no_cell_of_text_begins_a_formula_however_it_is_kept_and_read(kind):
    table = pd.DataFrame({"model": pd.Series(FORMULAS, dtype=kind), "n": range(len(FORMULAS))})
    text = as_csv(table)
    for delimiter in ",;\t":
        for row in rows(text, delimiter):
            assert not [cell for cell in row if cell.lstrip()[:1] in [*"=+-@＝＋－＠"]]
    assert [written(row[0]) for row in rows(text)[1:]] == FORMULAS


def test_the_names_of_columns_are_no_formulas_either():
    assert rows(as_csv(pd.DataFrame({"=1": [1], "judge @x": [2]})))[0] == ["'=1", "judge @x"]


def test_numbers_stay_as_they_are():
    table = pd.DataFrame(
        {
            "difference": [-0.25, np.nan, 1e-9],
            "count": [-1, 0, 3],
            "maybe": pd.array([-7, None, 2], dtype="Int64"),
            "some": pd.Series([-0.5, None, -3], dtype=object),
            "is": [True, False, True],
        }
    )
    assert as_csv(table) == table.to_csv(index=False)


def test_what_is_harmless_and_what_is_missing_stay_as_they_are():
    table = pd.DataFrame({"text": ["plain,B,high,normal", "a-b = c", None, "", "'quoted'", "1e5"]})
    assert as_csv(table) == table.to_csv(index=False)


def test_an_empty_table_has_its_header():
    assert as_csv(pd.DataFrame(columns=["a", "b"])) == "a,b\n"


def test_the_table_itself_is_left_as_it_is():
    table = pd.DataFrame({"=a": ["=1"]})
    as_csv(table)
    assert table.to_dict("list") == {"=a": ["=1"]}


@pytest.mark.parametrize("seed", range(5))
def test_any_text_comes_back(seed):
    chance = random.Random(seed)
    for _ in range(200):
        text = "".join(chance.choices(SIGNS, k=chance.randint(0, 12)))
        assert written(harmless(text)) == text
