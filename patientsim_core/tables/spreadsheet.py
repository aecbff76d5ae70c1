"""Tables as CSV, for spreadsheets."""

import pandas as pd

from patientsim_core.formulas import harmless


def as_csv(table: pd.DataFrame) -> str:
    """The table's columns and rows, without its index. Text of people and models is no formula to a
    spreadsheet (`formulas.written` takes that back); numbers stay numbers."""
    texts = {name: _cells(column) for name, column in table.items() if column.dtype.kind == "O"}
    return table.assign(**texts).rename(columns=harmless).to_csv(index=False)


def _cells(column: pd.Series) -> pd.Series:
    safe = [harmless(value) if isinstance(value, str) else value for value in column]
    return pd.Series(safe, column.index, dtype=object)
