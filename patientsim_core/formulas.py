"""Text in a table's cells that no spreadsheet takes for a formula, and the same taken back."""

import re

_RUN = re.compile(r"""(?<![;,"'\s])([;,"'\s]*+)(?=[=+\-@＝＋－＠])""")
"""What stands before a sign that begins a formula where a cell begins: at the start of the text and, if the
file is read with another delimiter, after any of those inside of it."""


def harmless(text: str) -> str:
    """A cell with one apostrophe more wherever a formula could begin: a spreadsheet takes it for text."""
    return _RUN.sub(lambda run: "'".join(_halves(run)), text)


def written(cell: str) -> str:
    """What `harmless` was given."""

    def bare(run: re.Match[str]) -> str:
        before, *marks = _halves(run)
        return before + "".join(marks).removeprefix("'")

    return _RUN.sub(bare, cell)


def _halves(run: re.Match[str]) -> list[str]:
    """A run before a sign, cut where its last apostrophes begin; in one piece where no cell can begin."""
    before = run[0].rstrip("'")
    begins = run.start() == 0 or any(sign in before for sign in ";,\t\r\n")
    return [before, run[0][len(before) :]] if begins else [run[0]]
