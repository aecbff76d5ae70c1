"""Text as the lexicon reads it: contractions in full, typing errors mended."""

import re
from collections import Counter
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from patientsim_core.offline.data import table
from patientsim_core.offline.lexicon import concepts, drug_classes, drugs, topics
from patientsim_core.text import clean
from patientsim_core.words import cefr_level, medical_words

_TITLES = ("dr", "doctor", "mr", "mrs", "ms", "nurse")
"""What stands before a name, which is nothing to mend."""


@lru_cache(maxsize=1)
def _expansions() -> list[tuple[re.Pattern[str], str]]:
    return [(re.compile(entry["find"]), entry["as"]) for entry in table("spelling")["expand"]]


@lru_cache(maxsize=1)
def _vocabulary() -> tuple[frozenset[str], tuple[str, ...]]:
    """Words that need no mending, and those that a typing error may have meant."""
    texts = [name for concept in (*concepts().values(), *drug_classes().values()) for name in concept.names]
    texts += drugs()
    texts += [pattern.pattern for topic in topics() for pattern in topic.patterns]
    found = {word for text in texts for word in re.findall(r"(?<![\\a-z])[a-z]{3,}", text)}
    stems = {word for word in found if cefr_level(word) is None and word + "e" in found}
    medical = frozenset().union(*medical_words().values())
    return frozenset(found | medical), tuple(sorted(found - stems))


@lru_cache(maxsize=8192)
def _mend(word: str) -> str:
    """A mistyped word as the lexicon spells it; any word that is known to English stays."""
    known, candidates = _vocabulary()
    if (
        len(word) < 4
        or not word.isalpha()
        or word in known
        or word.removesuffix("s") in known
        or _common(word)
    ):
        return word
    allowed = 1 if len(word) < 7 else 2
    near = process.extract(word, candidates, scorer=OSA.distance, score_cutoff=allowed, limit=5)
    near = [(distance, _strange(word, found), found) for found, distance, _ in near]
    near = [found for found in near if found[2][0] == word[0] or found[0] == 1]
    if len(word) == 4:  # so short a word is another word sooner than a mistyped one
        near = [found for found in near if found[1] == 0]
    return min(near)[2] if near else word


def _strange(word: str, other: str) -> int:
    """How many letters two words do not share, wherever they stand."""
    return (Counter(word) - Counter(other)).total() + (Counter(other) - Counter(word)).total()


def _common(word: str) -> bool:
    """Whether English has the word; cefrpy's C2 is also where its oddities and misspellings are."""
    return cefr_level(word) not in (None, "C2")


@lru_cache(maxsize=4096)
def normalise(text: str) -> str:
    """Lower case, contractions in full, typing errors mended, only `. ? ! , ;` kept between words."""
    text = clean(text).lower().replace("’", "'").replace("`", "'").replace("&", " and ")
    for pattern, full in _expansions():
        text = pattern.sub(full, text)
    text = re.sub(r"(\d)\.(\d)", r"\1_\2", text)
    text = re.sub(r"(?<=\w)/(?=\w)", " or ", text)
    text = re.sub(r"\n+|:\s", " . ", text)
    text = re.sub(r"\s[-–—]+\s|[()]", " , ", text)
    text = re.sub(r"[^\w.?!,;]+", " ", text).replace("_", ".")
    tokens = re.findall(r"[\w]+(?:\.\d+)?|[.?!,;]", text)
    titled = [before in _TITLES for before in ["", *tokens]]
    return " ".join(token if name else _mend(token) for token, name in zip(tokens, titled, strict=False))
