"""What happens turn by turn: how much of the record is out, and how confused the patient is."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from patientsim_core.persona import AXES
from patientsim_core.storage.index_rows import Column
from patientsim_core.tables.estimates import estimates


def over_turns(rows: pd.DataFrame, judges: Sequence[str] = (), by: str | None = None) -> pd.DataFrame:
    """Share of the record's facts that are out after the patient's turn k, for each run and group: a dialogue
    that is over keeps what it has. As `estimates`, with `turn` from 1 on."""
    parts = []
    for name in [one for one in rows.columns if one.startswith("disclosure/") and one.endswith("/by_turn")]:
        judge = Column.of(name).judge
        if judges and judge not in judges:
            continue
        shares = _shares(rows[name], rows["facts"])
        longest = shares.shape[1]
        table = rows[["run", "case", "failed", *([by] if by else [])]].assign(
            **{f"turns/{judge}/{turn + 1}": shares[:, turn] for turn in range(longest)}
        )
        parts.append(estimates(table, [Column("turns", judge, str(turn + 1)) for turn in range(longest)], by))
    found = pd.concat(parts, ignore_index=True) if parts else estimates(rows, [])
    return found.assign(turn=found["field"].astype(int))


def _shares(told: pd.Series, facts: pd.Series) -> np.ndarray:
    """What is out after each turn, as a share of the facts: shape (dialogues, longest). `told` has the counts
    of a dialogue as `1,2,4`. They never fall, so that after the last turn the highest stays."""
    known = told.notna().to_numpy() & (facts > 0).to_numpy()
    texts = told[known]
    lengths = texts.str.count(",").to_numpy(int) + 1
    shares = np.zeros((len(told), int(lengths.max(initial=0))))
    if lengths.size:
        turns = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        shares[np.repeat(np.flatnonzero(known), lengths), turns] = np.array(",".join(texts).split(","), float)
    shares = np.maximum.accumulate(shares, axis=1) / np.where(facts > 0, facts, 1)[:, None]
    shares[~known] = np.nan
    return shares


def phases(rows: pd.DataFrame) -> pd.DataFrame:
    """For dialogues with confused patients: the share of each dazed phase at the patient's turn k, among the
    dialogues that last so long: `run`, `turn`, `phase`, `share`, `n`."""
    found = []
    for run, part in rows[(rows["dazed"] != "normal") & ~rows["failed"]].groupby("run", sort=False):
        texts = [text for text in part["phases"] if text]
        for turn in range(max(map(len, texts), default=0)):
            here = [text[turn] for text in texts if len(text) > turn]
            for level in AXES["dazed"]:
                share = here.count(level[0]) / len(here)
                found.append(
                    {"run": run, "turn": turn + 1, "phase": level.label, "share": share, "n": len(here)}
                )
    return pd.DataFrame(found, columns=["run", "turn", "phase", "share", "n"])
