"""The trainee's differential: each diagnosis against the truth, and against what was heard."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain

from patientsim_core.case import Case
from patientsim_core.debrief.account import Account
from patientsim_core.debrief.evidence import Evidence, name_of, words
from patientsim_core.debrief.quotes import Quote
from patientsim_core.debrief.red_flags import FlagTable, red_flags
from patientsim_core.dialogue import Dialogue
from patientsim_core.facts import Fact
from patientsim_core.offline.judge.differential import counts, is_broader, is_same, judge_differential
from patientsim_core.offline.judge.named import Name, names_in, plain
from patientsim_core.offline.lexicon import concepts, concepts_in, find_concepts
from patientsim_core.offline.names import with_broader
from patientsim_core.offline.rank import knowledge


class Match(StrEnum):
    """How a diagnosis stands to the truth (protocol: the same or more specific counts, broader does not)."""

    exact = "the diagnosis"
    specific = "more specific"
    broader = "too broad"
    wrong = "another diagnosis"

    @property
    def counts(self) -> bool:
        return self in (Match.exact, Match.specific)


@dataclass(frozen=True)
class Finding:
    """Something that was heard, in words, and where; without a quote it is known from triage."""

    name: str
    quote: Quote | None = None


@dataclass(frozen=True)
class Named:
    """One diagnosis of the trainee's list. `known` is False for one that the rules have no findings of."""

    rank: int
    text: str
    match: Match
    supports: tuple[Finding, ...]
    against: tuple[Finding, ...]
    known: bool = True


@dataclass(frozen=True)
class Differential:
    """`rank` is that of the first diagnosis that counts, None where none does; `unheard` are facts of the
    record that speak for the truth and never came out."""

    truth: str
    rank: int | None
    named: tuple[Named, ...]
    unheard: tuple[str, ...]
    red_flags: tuple[FlagTable, ...]


def differential(dialogue: Dialogue, account: Account, heard: Evidence) -> Differential:
    """The differential of a dialogue; one that is open, or ended without any, has an empty list."""
    case = dialogue.case
    named = tuple(_named(rank, text, case, heard) for rank, text in enumerate(dialogue.differential, start=1))
    return Differential(
        truth=case.diagnosis,
        rank=next((one.rank for one in named if one.match.counts), None),
        named=named,
        unheard=_unheard(case, account, heard),
        red_flags=red_flags(dialogue, account, heard),
    )


def match_of(named: str, truth: str) -> Match:
    """How a diagnosis, as a trainee writes it, stands to the record's."""
    if is_same(named, truth):
        return Match.exact
    right = [name for name in names_in(named) if counts(name, truth)]
    if right:
        return Match.exact if any(_is_exact(name, truth) for name in right) else Match.specific
    beside = re.compile(words()["match"]["beside"])
    broad = (is_broader(name, truth) and not beside.search(name.whole) for name in names_in(named))
    return Match.broader if any(broad) else Match.wrong


def _is_exact(name: Name, truth: str) -> bool:
    """Whether a name that counts says no more than the truth: it is another name of it, or several."""
    closer = re.compile(words()["match"]["specific"])
    same = {plain(truth)} | {name for id in concepts_in(plain(truth)) for name in concepts()[id].names}
    if closer.search(name.whole) and not closer.search(plain(truth)):
        return False
    bare = [_bare(one) for one in (name.whole, name.noun, *name.qualities)]
    plainly = [one in same or bool(re.fullmatch(words()["match"]["same"], one)) for one in bare]
    return plainly[0] or all(plainly[1:])


def _named(rank: int, text: str, case: Case, heard: Evidence) -> Named:
    match, id = match_of(text, case.diagnosis), _id_of(text)
    if id is None:
        return Named(rank, text, match, (), (), known=False)
    entry = knowledge()[id]
    speaks = [*entry["strong"], *entry["typical"], *entry["possible"]]
    supports = _findings(sorted(set(speaks)), heard.present)
    supports += _findings(sorted(entry["risk"]), heard.past | heard.present)
    supports += [
        Finding(f"{name_of(id)} in the family", heard.family[id])
        for id in sorted(entry["family"] & heard.family.keys())
    ]
    against = _findings(sorted(entry["against"]), heard.present)
    against += _findings(sorted(entry["excluded"]), heard.past)
    denied = {
        id for id in entry["strong"] | entry["typical"] if id in heard.denied.keys() - heard.present.keys()
    }
    lacks = [Finding(f"no {name_of(id)}", heard.denied[id]) for id in sorted(denied)]
    return Named(rank, text, match, _once(supports), _once(against + lacks))


def _once(found: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple({one.name: one for one in reversed([*found])}.values())[::-1]


def _findings(ids: Iterable[str], heard: Mapping[str, Quote]) -> list[Finding]:
    return [Finding(name_of(id), heard[id]) for id in ids if id in heard]


def _id_of(text: str) -> str | None:
    """The diagnosis of the built-in engine that a trainee's words name; None for others."""
    known, aliases = knowledge(), words()["aliases"]
    normal = " , ".join(name.whole for name in names_in(text)) or plain(text)
    ids = {re.escape(_bare(entry["name"])): id for id, entry in known.items()} | aliases
    exact = (id for name, id in ids.items() if re.fullmatch(name, _bare(text)))
    judged = (id for id, entry in known.items() if judge_differential([text], entry["name"])[0])
    close = (id for name, id in aliases.items() if re.search(rf"\b(?:{name})\b", normal))
    vague = words()["match"]["vague"]
    named = (one.id for one in find_concepts(normal) if not re.fullmatch(vague, one.words))
    return next((id for id in chain(exact, judged, close, named) if id in known), None)


def _bare(text: str) -> str:
    """A diagnosis without words that make it neither more nor less."""
    return " ".join(re.sub(words()["match"]["hedges"], " ", plain(text)).split())


_MOST_UNHEARD = 6
"""Facts that are named as not heard: the strongest; more are not taken to heart."""


def _unheard(case: Case, account: Account, heard: Evidence) -> tuple[str, ...]:
    """Facts that speak for the truth, and did not come out in any words, the strongest first."""
    id = _id_of(case.diagnosis)
    if id is None:
        return ()
    entry = knowledge()[id]
    own = [entry[kind] - heard.present.keys() - heard.past.keys() for kind in ("strong", "typical", "risk")]
    kinds = (*own, entry["family"] - heard.family.keys())
    out = {line.fact for line in account.lines if line.came.reached}
    found = [
        (place, fact.text)
        for fact in account.facts
        if fact not in out and (place := _speaks(fact, kinds)) is not None
    ]
    return tuple(text for _, text in sorted(found, key=lambda one: one[0])[:_MOST_UNHEARD])


def _speaks(fact: Fact, kinds: Sequence[frozenset[str]]) -> int | None:
    """Which of the kinds of findings a fact is the first of; those of the family are the last, and a reaction
    to a drug is none."""
    if fact.absent or fact.item == "allergies":
        return None
    of_family, ids = fact.item == "family_medical_history", with_broader(fact.concepts)
    last = len(kinds) - 1
    return next((n for n, kind in enumerate(kinds) if (n == last) == of_family and ids & kind), None)
