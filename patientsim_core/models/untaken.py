"""Which option a service's refusal is about: those of this project are left out, the user's own are named."""

import re
from collections.abc import Iterable, Mapping

SCHEMA = "JSON schema"
"""The name for people of asking for a structured answer: the project's own doing, no option of the user's."""

_UNTAKEN = re.compile(r"unsupported|not support|not enabled|unrecognized|unexpected|extra|unknown")
_SCHEMA = re.compile(r"response ?format|response ?mime ?type|json ?(mode|object)|schema|grammar|guided")


def untaken(said: str, sent: Mapping[str, str], extra: Iterable[str], structured: bool) -> str | None:
    """Which of the options `sent` the service does not take at all, as far as the request can go without it;
    a value out of range is the user's to mend.

    `sent` has the word for each in refusals, `extra` the names of the user's own, which nothing is done
    without: whichever is named first is meant. A schema is no option, so any objection to it counts, where
    the request was `structured`.
    """
    said = _plain(said)
    places = []
    if _UNTAKEN.search(said):
        places = [(said.find(_plain(word)), 1, name) for name, word in sent.items() if _plain(word) in said]
    if structured and (found := _SCHEMA.search(said)):
        places.append((found.start(), 1, SCHEMA))
    places += [(found.start(), 0, "") for name in extra if (found := _whole(name).search(said))]
    return min(places)[2] or None if places else None


def named(said: str, extra: Iterable[str]) -> str | None:
    """Which of the user's own options an error is about, if it says so."""
    said = _plain(said)
    places = [(found.start(), name) for name in extra if (found := _whole(name).search(said))]
    return min(places)[1] if places else None


def _plain(text: str) -> str:
    """Words as both spellings have them: `top_p` and `topP`."""
    return text.lower().replace("_", "")


def _whole(name: str) -> re.Pattern:
    return re.compile(rf"(?<![a-z0-9]){re.escape(_plain(name))}(?![a-z0-9])")
