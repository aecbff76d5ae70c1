"""The numbers of visits: MIMIC's have eight digits, those of this project's generator nine."""

SUBJECT, HADM, STAY = 910_000_000, 920_000_000, 930_000_000
"""Where the generator's numbers begin, each with ten million of its own."""

_EACH = 10_000_000


def is_synthetic(subject_id: str, hadm_id: str, stay_id: str) -> bool:
    """Whether the generator made a visit: all three numbers are its own. Everything else counts as real."""
    own = zip((subject_id, hadm_id, stay_id), (SUBJECT, HADM, STAY), strict=True)
    return all(one.isascii() and one.isdecimal() and 0 <= int(one) - first < _EACH for one, first in own)
