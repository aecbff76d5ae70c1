"""Small things about text: cleaning what people type, sentences, words."""

import re
import unicodedata
from functools import lru_cache

from pysbd import Segmenter
from pysbd.lang.common.standard import Standard

WORD = re.compile(r"[A-Za-zÀ-ÿ0-9]+(?:['’.\-/][A-Za-zÀ-ÿ0-9]+)*")
_MISSED = re.compile(r"(?:(?<=[a-z]{2}[.!?])|(?<=vitamin [A-K]\.))\s+(?=[A-Z])")
_PLAIN = re.compile(
    r"(?:[A-Z](?:[A-Za-z0-9,'’ -]|[a-z][:;] )*(?:[ '’-][a-z]{2,}|[a-z]{2,} \d{1,4})[.!?](?: (?=[A-Z])|$))+"
)
_ENDS = re.compile(r"(?<=[.!?]) ")
_ABBREVIATED = re.compile(
    rf"\b(?:{'|'.join(map(re.escape, Standard.Abbreviation.ABBREVIATIONS))})\.", re.IGNORECASE
)
_TITLES = ("dr.", "mr.", "mrs.", "ms.", "st.", "prof.", "vs.", "approx.", "mt.", "jr.", "sr.")
_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn"}


def clean(text: str) -> str:
    """Composed Unicode without control, formatting or unassigned characters; lines are kept."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n"))
    kept = (" " if char == "\t" else char for char in text)
    return "".join(c for c in kept if c == "\n" or unicodedata.category(c) not in _HIDDEN).strip()


@lru_cache(maxsize=4096)
def sentences(text: str) -> tuple[str, ...]:
    """The sentences of a text, in order and trimmed; `Dr. Lee took 2.5 mg.` is one."""
    return split_sentences(text)


def split_sentences(text: str) -> tuple[str, ...]:
    """The same, not remembered: for texts that still grow.

    pysbd is right about abbreviations and numbers, but at times runs `it is. I know.` together. It takes
    milliseconds: texts without either are split where a plain word, or a number after one, has a full stop.
    """
    if _PLAIN.fullmatch(text) and not _ABBREVIATED.search(text):
        return tuple(_ENDS.split(text))
    found: list[str] = []
    for part in Segmenter(language="en", clean=False).segment(text):  # it keeps the text: one a call
        for piece in _MISSED.split(part.strip()):
            if found and found[-1].lower().split()[-1] in _TITLES:
                found[-1] += f" {piece}"
            elif piece:
                found.append(piece)
    return tuple(found)


def words(text: str) -> list[str]:
    """Words and numbers as written, without punctuation: `a 2.5-mg pill` has three."""
    return WORD.findall(text)
