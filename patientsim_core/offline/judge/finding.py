"""What comparing a sentence with an item of the record comes to."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Status = Literal["entailed", "neutral", "contradicted"]


@dataclass(frozen=True)
class Finding:
    """`why` in plain words; `new` is whether something was said of the item that the record has not; `sure`
    whether the sentence itself, not only the question, makes it about the item."""

    status: Status
    why: str
    new: bool = False
    sure: bool = True


def entailed(why: str, new: bool = False, sure: bool = True) -> Finding:
    return Finding("entailed", why, new, sure)


def contradicted(why: str, sure: bool = True) -> Finding:
    return Finding("contradicted", why, False, sure)


def neutral(why: str, new: bool = True, sure: bool = True) -> Finding:
    return Finding("neutral", why, new, sure)


def together(found: Iterable[Finding]) -> Finding | None:
    """Several findings of one item as one: a contradiction goes before what is entailed."""
    found = list(found)
    for status in ("contradicted", "entailed", "neutral"):
        for one in found:
            if one.status == status:
                return Finding(
                    one.status, one.why, any(other.new for other in found), any(o.sure for o in found)
                )
    return None
