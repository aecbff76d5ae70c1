"""What clinicians said in a study, as tables: how far they are, how far they agree, and where they do not.

All are made from one table of ratings, the one that is exported as CSV: a row a rating with `place`, `run`,
`dialogue`, `persona`, `rater`, `metric`, `field`, `score` (1-4) and `reason`.
"""

import io
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

import numpy as np
import pandas as pd

from patientsim_core.errors import InputError
from patientsim_core.evaluation.aggregate import mean_interval
from patientsim_core.evaluation.agreement import ac1, ac2
from patientsim_core.evaluation.verdict import Metric, Verdict
from patientsim_core.formulas import written
from patientsim_core.storage.studies import Source
from patientsim_core.study import CRITERION, EVERYBODY, SCORES, Rating, Study, criteria, finished, targets
from patientsim_core.tables.estimates import with_interval

COLUMNS = ["place", "run", "dialogue", "persona", "rater", "metric", "field", "score", "reason"]
APART = 2
"""So many steps apart is a disagreement to talk about."""


def rating_table(study: Study, ratings: Sequence[Rating], sources: Sequence[Source]) -> pd.DataFrame:
    """The table of all others: the ratings that have a score, with where each dialogue is from."""
    found = [
        (
            one.place,
            sources[one.place].run,
            sources[one.place].dialogue,
            study.personas[one.place],
            one.rater,
            str(one.target.metric),
            one.target.field,
            one.score,
            one.reason,
        )
        for one in ratings
        if one.score is not None
    ]
    return pd.DataFrame(found, columns=COLUMNS)


def completion(study: Study, ratings: Sequence[Rating]) -> pd.DataFrame:
    """How far each rater is: `rater`, `dialogues` finished, `of` so many, `ratings` that are complete, `of
    ratings`, `reasons missing`, and the `share` of ratings (0-1)."""
    found = []
    for rater, places in study.order.items():
        own = [one for one in ratings if one.rater == rater]
        done = sum(finished(study, rater, own))
        total = sum(len(targets(study, place)) for place in places)
        complete = sum(one.is_complete for one in own)
        lacking = sum(one.score is not None and not one.is_complete for one in own)
        share = complete / total if total else 1.0
        found.append((rater, done, len(places), complete, total, lacking, share))
    columns = ["rater", "dialogues", "of", "ratings", "of ratings", "reasons missing", "share"]
    return pd.DataFrame(found, columns=columns)


def rater_agreement(table: pd.DataFrame, pairs: bool = True) -> pd.DataFrame:
    """Gwet's AC1 and AC2 (quadratic weights) for each criterion, of all raters and, with `pairs`, of each
    pair: `criterion`, `raters`, `coefficient`, `value`, `low`, `high`, `percent` (0-1), `n` of things that
    two or more rated. Intervals resample dialogues, each with all of its sentences."""
    found = []
    for criterion, part in _by_criterion(table):
        matrix = part.pivot_table(index=["place", "field"], columns="rater", values="score", aggfunc="first")
        places = matrix.index.get_level_values("place").to_numpy(int)
        found += _agreement(criterion, EVERYBODY, matrix.to_numpy(), places)
        for a, b in combinations(matrix.columns, 2) if pairs else ():
            found += _agreement(criterion, f"{a} and {b}", matrix[[a, b]].to_numpy(), places)
    columns = ["criterion", "raters", "coefficient", "value", "low", "high", "percent", "n"]
    return pd.DataFrame(found, columns=columns)


def side_by_side(found: pd.DataFrame) -> pd.DataFrame:
    """A table of agreement for people: a row for whom it is about, `AC1` and `AC2` as `0.42 [0.10, 0.85]`."""
    about = [name for name in ("criterion", "raters", "judge") if name in found]
    figures = found.assign(
        text=[with_interval(*one) for one in found[["value", "low", "high"]].to_numpy(float)]
    )
    wide = figures.pivot_table(index=about, columns="coefficient", values="text", aggfunc="first", sort=False)
    same = found[found["coefficient"] == "AC1"].set_index(about)
    wide["The same"] = same["percent"].map("{:.0%}".format)
    wide["Rated by both"] = same["n"]
    for name in ("mean of raters", "mean of judge"):
        if name in found:
            wide[name.capitalize()] = same[name].map("{:.2f}".format)
    return wide.reset_index().rename(columns=str.capitalize).rename(columns={"Ac1": "AC1", "Ac2": "AC2"})


def means_by_rater(table: pd.DataFrame) -> pd.DataFrame:
    """The means for people: a row a criterion, a column a rater, `3.20 [2.90, 3.50]`."""
    found = means(table)
    texts = found.assign(text=[with_interval(*one) for one in found[["mean", "low", "high"]].to_numpy(float)])
    wide = texts.pivot_table(index="criterion", columns="rater", values="text", aggfunc="first", sort=False)
    return wide.reset_index().rename(columns={"criterion": CRITERION})


def means(table: pd.DataFrame) -> pd.DataFrame:
    """The mean of each criterion by all raters and by each: `criterion`, `rater`, `mean`, `low`, `high`, `n`.
    Intervals resample dialogues."""
    found = []
    for criterion, part in _by_criterion(table):
        for rater, own in [(EVERYBODY, part), *part.groupby("rater")]:
            one = mean_interval(own["score"].to_numpy(float), own["place"].to_numpy(int))
            found.append((criterion, rater, one.mean, one.low, one.high, one.n))
    return pd.DataFrame(found, columns=["criterion", "rater", "mean", "low", "high", "n"])


def disagreements(table: pd.DataFrame) -> pd.DataFrame:
    """What raters are two steps or more apart on, the furthest first: `place`, `run`, `dialogue`, `metric`,
    `field`, `apart`, and `scores` as `Ana 1, Ben 4`."""
    found = []
    for (place, metric, field), part in table.groupby(["place", "metric", "field"], sort=True):
        apart = int(part["score"].max() - part["score"].min())
        if apart >= APART:
            said = ", ".join(f"{one.rater} {one.score}" for one in part.sort_values("rater").itertuples())
            first = part.iloc[0]
            found.append((place, first["run"], first["dialogue"], metric, field, apart, said))
    found.sort(key=lambda one: (-one[5], one[0]))
    return pd.DataFrame(found, columns=["place", "run", "dialogue", "metric", "field", "apart", "scores"])


def beside_judges(table: pd.DataFrame, verdicts: Mapping[int, Sequence[Verdict]]) -> pd.DataFrame:
    """How far each judge agrees with the clinicians, by criterion: the columns of `rater_agreement`, and the
    means of both. A judge is laid beside every rater of a dialogue, so a dialogue that three rated counts
    three times; intervals resample dialogues, each with all of its raters, who share the judge's score."""
    judged = pd.DataFrame(
        [
            (place, one.judge, str(one.metric), one.field, score)
            for place, own in verdicts.items()
            for one in own
            if one.repeat == 1 and (score := _score(one)) is not None
        ],
        columns=["place", "judge", "metric", "field", "judged"],
    )
    both = table.merge(judged, on=["place", "metric", "field"])
    found = []
    for criterion, part in _by_criterion(both):
        for judge, own in part.groupby("judge"):
            scores, places = own[["score", "judged"]].to_numpy(), own["place"].to_numpy(int)
            for line in _agreement(criterion, judge, scores, places):
                found.append((*line, own["score"].mean(), own["judged"].mean()))
    columns = ["criterion", "judge", "coefficient", "value", "low", "high", "percent", "n"]
    return pd.DataFrame(found, columns=[*columns, "mean of raters", "mean of judge"])


def read_ratings(csv: str | bytes) -> pd.DataFrame:
    """A table of ratings from the CSV that was exported (`as_csv`), the same as it was. Raises InputError if
    it is none, or not a whole one."""
    try:
        source = io.BytesIO(csv) if isinstance(csv, bytes) else io.StringIO(csv)
        table = pd.read_csv(source, dtype=str, na_filter=False)
    except (ValueError, pd.errors.ParserError) as error:
        raise InputError(f"This is no table of ratings ({error}).") from None
    if missing := [one for one in COLUMNS if one not in table]:
        raise InputError(f"The table of ratings lacks {', '.join(missing)}.")
    fits = table["score"].isin([*map(str, SCORES)]) & table["place"].str.fullmatch("[0-9]{1,6}")
    if not fits.all():
        raise InputError(f"Rating {fits.argmin() + 1} of the table lacks a place, or a score of 1 to 4.")
    if (again := table.duplicated(["place", "rater", "metric", "field"])).any():
        raise InputError(f"Rating {again.argmax() + 1} of the table is there twice.")
    return table[COLUMNS].map(written).astype({"place": int, "score": int})


def _by_criterion(table: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    """(label, rows) of each criterion that was rated, sentences' plausibility as one of them."""
    names = table["field"].where(table["metric"] != Metric.facts, "plausibility")
    for name, criterion in criteria().items():
        if (own := table[names == name]).size:
            yield criterion.label, own


def _agreement(criterion: str, raters: str, matrix: np.ndarray, places: np.ndarray) -> list[tuple]:
    """A line a coefficient, of scores with the place of the dialogue that each row is of; none where nothing
    was rated by two."""
    if not (pd.notna(matrix).sum(axis=1) > 1).any():
        return []
    found = []
    for name, measure in (("AC1", ac1), ("AC2", ac2)):
        one = measure(matrix, SCORES, units=places)
        found.append((criterion, raters, name, *one.coefficient, one.percent.value, one.items))
    return found


def _score(verdict: Verdict) -> int | None:
    score = verdict.detail.get("plausibility") if verdict.metric is Metric.facts else verdict.score
    return None if score is None else round(score)
