"""A doctor's turn in clauses: one question, or one thing said, each."""

import re

_SPLIT = re.compile(
    r"\s*[.?!;]+\s*|(?:\s*,\s*|\s+)(?:and|or|but|also|plus)\s+"
    r"(?=(?:when|where|what|how|who|why|which|do|does|did|is|are|was|were|have|has|can|could|any|anything|tell|if)\b)"
    r"|\s*,\s*(?=(?:when|where|what|how|who|why|which|do|does|did|is|are|was|were|have|has|can|any|tell)\b)"
)
_HEADING = re.compile(
    r"^(what about |how about |tell me (more )?about |about |regarding |as for )*"
    r"(the|your|this|that) \w+( \w+)?$"
)
_LINK = re.compile(
    r"^((and|so|but|ok|okay|well|now|also|then|right|alright|oh|um|uh|if so|if yes|roughly) )+(?=\w)"
)
_PRONOUN = re.compile(
    r"^(how|when|what|did|does|is|was|has|had|do|are|were|any)\b.*\b(he|she|him|his|her|they)\b"
)


_ASIDE = re.compile(
    r"^(?:please )?(?:(?:can|could|would|will) you (?:please )?(?:tell|say|show)(?: to)? me(?: please)? "
    r"|tell me (?:a (?:little|bit) about )?|do you (?:know|remember|recall) "
    r"|(?:i would|i want) (?:like )?to (?:know|hear|ask(?: you)?) |(?:may|can|could) i ask(?: you)? "
    r"|(?:i am |i was )?(?:just )?wondering )(?=(?:when|where|what|how|who|why|if|whether)\b)"
)
_ANY_DRUG = re.compile(
    r"^any (?:other )?(?:medications?|medicines?|meds|drugs?|foods?|pills?)(?: or foods?)?(?: at all)?$"
)


_BOTH = re.compile(
    r"\b(mak(?:e|es|ing) (?:it|this|that|them|the \w+)) (better|worse) or (?:\w+ it )?(better|worse)\b"
)
"""`what makes it better or worse` asks two things."""


def _direct(clause: str) -> str:
    """`could you tell me if you smoke` as `do you smoke`."""
    asked = _ASIDE.sub("", clause)
    return re.sub(
        r"^(?:if|whether) you (?:have |are )?", "do you have " if "have" in asked else "do you ", asked
    )


def clauses(normal: str) -> list[str]:
    """The clauses of a turn; `the pain, does it move?` and `your brother, did he …?` stay together."""
    found: list[str] = []
    for part in _SPLIT.split(_BOTH.sub(r"\1 \2 ? what \1 \3", normal)):
        clause = _direct(_LINK.sub("", " ".join(part.replace(",", " ").split())))
        if not clause:
            continue
        if found and "allerg" in found[-1] and _ANY_DRUG.match(clause):
            continue
        if found and (_HEADING.match(found[-1]) or _PRONOUN.match(clause)):
            found[-1] += f" {clause}"
        else:
            found.append(clause)
    return found
