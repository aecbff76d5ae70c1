"""What must not be overlooked with a complaint, by `red_flags.toml`, and whether it was asked for or told."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from patientsim_core.case import Case
from patientsim_core.debrief.account import Account
from patientsim_core.debrief.data import data
from patientsim_core.debrief.evidence import Evidence, agreed_to, recorded
from patientsim_core.debrief.flag_asking import (
    asks_for,
    completes,
    in_vain,
    is_all_of,
    is_aside,
    is_told_at,
    is_unsure,
    touches,
)
from patientsim_core.debrief.layout import entry_of
from patientsim_core.debrief.quotes import Exchange, Quote, answer, quote, spoken_sentences
from patientsim_core.debrief.raised import is_kind
from patientsim_core.debrief.recaps import confirmed
from patientsim_core.dialogue import Dialogue
from patientsim_core.offline.judge.said import is_about, read
from patientsim_core.offline.lexicon import Mention, concepts_in, covers, drug_classes, find_drugs
from patientsim_core.offline.listen import pattern
from patientsim_core.offline.names import with_broader
from patientsim_core.offline.spelling import normalise


@dataclass(frozen=True)
class RedFlag:
    """Something not to be overlooked: `asked` and answered, told unasked (`heard`), or asked in vain and
    still `open`, with the words; `recorded` is what the record has of it, empty where it has nothing. `asks`
    is the concept or the entry to ask for."""

    name: str
    why: str
    asks: str
    asked: bool
    heard: bool
    open: bool = False
    quote: Quote | None = None
    recorded: tuple[str, ...] = ()

    @property
    def elicited(self) -> bool:
        return self.asked or self.heard


@dataclass(frozen=True)
class FlagTable:
    """The red flags of one kind of complaint, with their sources."""

    name: str
    flags: tuple[RedFlag, ...]
    sources: tuple[str, ...]


def red_flags(dialogue: Dialogue, account: Account, heard: Evidence) -> tuple[FlagTable, ...]:
    """The tables of a dialogue's case, its diagnosis's first; at most two."""
    return tuple(_table(table, dialogue, account, heard) for table in _tables_for(dialogue.case))


def _tables_for(case: Case) -> list[dict]:
    """The tables of a case: its complaint's, and its diagnosis's."""
    named = with_broader(concepts_in(normalise(case.chiefcomplaint)))
    truth = normalise(case.diagnosis)
    found = [
        table
        for table in data("red_flags")["table"]
        if set(table["complaints"]) & named or re.match(rf"(acute )?(?:{table['diagnosis']})", truth)
    ]
    return sorted(found, key=lambda table: not re.match(rf"(acute )?(?:{table['diagnosis']})", truth))[:2]


def _table(table: dict, dialogue: Dialogue, account: Account, heard: Evidence) -> FlagTable:
    woman = dialogue.case.person == "woman"
    own = [
        flag
        for flag in table["flags"]
        if not ((flag.get("women") and not woman) or (flag.get("men") and woman))
    ]
    flags = tuple(_flag(flag, dialogue, account, heard) for flag in own)
    return FlagTable(table["name"], flags, tuple(table["sources"]))


def _flag(flag: dict, dialogue: Dialogue, account: Account, heard: Evidence) -> RedFlag:
    wanted, entries = flag.get("concepts", ()), flag.get("entries", ())
    told = next(iter(_told(wanted, heard, account)), None) or _came_out(flag, dialogue, account)
    questions = [one for one in account.exchanges if one.asked is not None]
    asking = [one for one in questions if asks_for(flag, one, account)]
    near = [one for one in questions if one not in asking and touches(wanted, one, account)]
    settled = [one for one in asking if not in_vain(flag, one, dialogue, account)]
    settled += [one for one in near if is_told_at(wanted, told, one, dialogue, account)]
    settled += [one for one in questions if _is_confirmed(flag, one, account)]
    words = [quote(dialogue.turns, one.asked) for one in settled or asking or near]
    return RedFlag(
        flag["name"],
        flag["why"],
        (*wanted, *entries)[0],
        asked=bool(settled),
        heard=told is not None,
        open=bool(asking or near) and not settled and not told,
        quote=words[0] if settled else told or next(iter(words), None),
        recorded=_recorded(wanted, entries, account),
    )


def _told(wanted: Sequence[str], heard: Evidence, account: Account) -> list[Quote]:
    """The words that told a flag. An illness of the family does not, nor a drug that is only spoken of."""
    found = []
    for kind in (heard.present, heard.denied, heard.past):
        for id, words in kind.items():
            own = [its for its in wanted if covers(its, id) and not _is_of_another(its, words, account)]
            if own and not (kind is heard.past and pattern("frames", "kin").search(read(words.text).normal)):
                found.append(words)
    return found


def _is_of_another(wanted: str, words: Quote, account: Account) -> bool:
    """Whether words answer a question for something else, or speak of a drug not taken, or not known."""
    if words.question and is_aside(account.asked[words.question - 1], (wanted,)):
        return True
    if wanted not in drug_classes():
        return False
    naming = [one for one in spoken_sentences(words.text) if any(is_kind(d.id, wanted) for d in _drugs(one))]
    return all(is_unsure(one) or is_about("allergies", read(one).normal) for one in naming or [words.text])


def _drugs(sentence: str) -> tuple[Mention, ...]:
    return find_drugs(normalise(sentence))


def _came_out(flag: dict, dialogue: Dialogue, account: Account) -> Quote | None:
    """The words that told a flag otherwise than by its name: those of a fact that it asks for, or what
    completes the name of what was asked after."""
    for line in account.lines:
        known = line.came.reached and line.exchange.answered is not None
        if known and is_all_of(flag, line.fact):
            return answer(dialogue.turns, line.exchange.answered, line.sentence)
    for one in account.exchanges:
        if completes(flag.get("concepts", ()), one, dialogue, account):
            return answer(dialogue.turns, one.answered)
    return None


def _is_confirmed(flag: dict, one: Exchange, account: Account) -> bool:
    """Whether a recap named a flag, and the answer was yes."""
    told = {id for kind, ids in agreed_to(one, account).items() if kind != "family" for id in ids}
    named = any(is_kind(id, its) for id in told for its in flag.get("concepts", ()))
    return named or any(is_all_of(flag, line.fact) for line in confirmed(one, account))


def _recorded(wanted: Sequence[str], entries: Sequence[str], account: Account) -> tuple[str, ...]:
    by_name = [fact for id, fact in recorded(account.facts).items() if any(covers(one, id) for one in wanted)]
    by_entry = [
        fact for fact in account.facts if not wanted and entry_of(fact) in entries and not fact.absent
    ]
    return tuple(dict.fromkeys(fact.text for fact in (*by_name, *by_entry)))
