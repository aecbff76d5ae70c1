"""Which of the published system's files is whose judgement of what: by their names."""

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from patientsim_core.evaluation.verdict import Metric
from patientsim_core.storage.official_experts import read_labels
from patientsim_core.storage.official_facts import read_sentences
from patientsim_core.storage.official_files import read_rows, read_table
from patientsim_core.storage.official_profile import read_profile
from patientsim_core.storage.official_verdicts import Judged, read_criteria, read_ddx

EXTRACTED, LIKENESS = "profile_consistency", "profile_consistency_LLMscore"
_JUDGED = re.compile(
    r"(?P<judge>.+?)_(?P<kind>persona_quality|doc_quality|ddx|profile_consistency_LLMscore|profile_consistency|nli)"
    r"(?P<suffix>(?:_(?!BERT)[A-Za-z]+)*)(?:\.json)+"
)
_SENTENCES = re.compile(r"(?P<judge>sentence_label(?:_.+?)?)(?:\.json)+")
_LABELS = re.compile(r"(?P<judge>\w+)_plausibility_label\.jsonl")


def read_judges(files: Sequence[Path], name: Callable[[Path], str], judged: Judged) -> Iterator[Path]:
    """Reads the judges' files, and yields those that were; others are noted, as `name` calls them."""
    listing = judged.listing
    matches = {path: _JUDGED.fullmatch(path.name) for path in files}
    known = {path: match for path, match in matches.items() if match}
    pairs = _pairs(known)
    for path, match in matches.items():
        file, scores = name(path), pairs.get(path)
        kind = match["kind"] if match else ""
        if kind == LIKENESS:
            if path not in pairs.values():
                listing.add(file, "", "has no file of extracted items beside it")
                continue
        elif kind == EXTRACTED:
            likeness = read_table(scores, name(scores), listing) if scores else None
            if not scores:
                listing.add(file, "", "has no file of scores beside it")
            table = read_table(path, file, listing)
            read_profile(judged, table, file, match["judge"], likeness, name(scores) if scores else "")
        elif kind == "ddx":
            read_ddx(judged, read_table(path, file, listing), file, match["judge"])
        elif kind == "nli":
            read_sentences(judged, read_table(path, file, listing), file, match["judge"])
        elif kind:
            metric = Metric.fidelity if kind == "persona_quality" else Metric.doctor
            read_criteria(judged, read_table(path, file, listing), file, match["judge"], metric)
        elif match := _SENTENCES.fullmatch(path.name):
            judge = match["judge"].removeprefix("sentence_label_")
            read_sentences(judged, read_table(path, file, listing), file, judge)
        elif match := _LABELS.fullmatch(path.name):
            read_labels(judged, read_rows(path, file, listing), file, match["judge"])
        else:
            listing.notes.append(f"{file}: is of a kind that is not read.")
            continue
        yield path


def _pairs(known: dict[Path, re.Match]) -> dict[Path, Path]:
    """Each file of extracted items with that of their scores, by the same judge: the one with the same end of
    its name, else one that no other has a claim to."""
    profiles = {
        (one["judge"], one["suffix"]): path for path, one in known.items() if one["kind"] == EXTRACTED
    }
    scores = {(one["judge"], one["suffix"]): path for path, one in known.items() if one["kind"] == LIKENESS}
    pairs = {profiles[key]: scores.pop(key) for key in [*scores] if key in profiles}
    for (judge, _), path in profiles.items():
        free = [key for key in scores if key[0] == judge]
        if path not in pairs and free:
            pairs[path] = scores.pop(free[0])
    return pairs
