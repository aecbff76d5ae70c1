"""What must not be overlooked with a complaint, by `red_flags.toml`, and whether it was asked for or told."""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from patientsim_core.case import Case
from patientsim_core.debrief.account import Account
from patientsim_core.debrief.answer import Came
from patientsim_core.debrief.evidence import Evidence, recorded
from patientsim_core.debrief.layout import entry_of
from patientsim_core.debrief.quotes import Exchange, Quote, answer, quote
from patientsim_core.dialogue import Dialogue
from patientsim_core.facts import Fact
from patientsim_core.offline.lexicon import concepts_in, covers
from patientsim_core.offline.names import with_broader
from patientsim_core.offline.spelling import normalise
from patientsim_core.offline.understand import ASPECTS


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


@lru_cache(maxsize=1)
def _tables() -> list[dict]:
    file = Path(__file__).parent / "red_flags.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))["table"]


def red_flags(dialogue: Dialogue, account: Account, heard: Evidence) -> tuple[FlagTable, ...]:
    """The tables of a dialogue's case, its diagnosis's first; at most two."""
    return tuple(_table(table, dialogue, account, heard) for table in _tables_for(dialogue.case))


def _tables_for(case: Case) -> list[dict]:
    """The tables of a case: its complaint's, and its diagnosis's."""
    named = with_broader(concepts_in(normalise(case.chiefcomplaint)))
    truth = normalise(case.diagnosis)
    found = [
        table
        for table in _tables()
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
    asking = [one for one in account.exchanges if one.asked is not None and _asks(flag, one, account)]
    settled = [one for one in asking if not _in_vain(flag, one, account)]
    told = next(iter(_told(wanted, heard)), None) or _came_out(entries, dialogue, account)
    words = [quote(dialogue.turns, one.asked) for one in settled or asking]
    return RedFlag(
        flag["name"],
        flag["why"],
        (*wanted, *entries)[0],
        asked=bool(settled),
        heard=told is not None,
        open=bool(asking) and not settled and not told,
        quote=words[0] if settled else told or next(iter(words), None),
        recorded=_recorded(wanted, entries, account),
    )


def _asks(flag: dict, one: Exchange, account: Account) -> bool:
    """Whether a question asks for a flag: by name, after one of its topics, or after its entry."""
    asked, wanted = account.asked[one.question - 1], flag.get("concepts", ())
    named = {id for ask in asked.asks if ask.topic not in ASPECTS for id in ask.about}
    of_topic = any(ask.topic in flag.get("topics", ()) for ask in asked.asks)
    of_entry = set(flag.get("entries", ())) & asked.entries and asked.is_narrow
    return of_topic or bool(of_entry) or any(covers(id, one) for id in wanted for one in named)


def _in_vain(flag: dict, one: Exchange, account: Account) -> bool:
    """Whether the answer left it open: none came, it was not understood, or some of it was forgotten or kept
    back."""
    if one.answered is None:
        return True
    here = [line for line in account.lines if line.exchange == one and line.came in _UNKNOWN]
    return any(line.came is Came.not_understood or _is_of(flag, line.fact) for line in here)


_UNKNOWN = (Came.forgotten, Came.refused, Came.not_understood, Came.unanswered)


def _is_of(flag: dict, fact: Fact) -> bool:
    named = any(
        covers(wanted, id) for wanted in flag.get("concepts", ()) for id in fact.concepts | fact.drugs
    )
    return named or entry_of(fact) in flag.get("entries", ())


def _told(wanted: Sequence[str], heard: Evidence) -> list[Quote]:
    return [
        words
        for kind in (heard.present, heard.denied, heard.past)
        for id, words in kind.items()
        if any(covers(one, id) for one in wanted)
    ]


def _came_out(entries: Sequence[str], dialogue: Dialogue, account: Account) -> Quote | None:
    for line in account.lines:
        if line.came.reached and entry_of(line.fact) in entries and line.exchange.answered is not None:
            return answer(dialogue.turns, line.exchange.answered, line.sentence)
    return None


def _recorded(wanted: Sequence[str], entries: Sequence[str], account: Account) -> tuple[str, ...]:
    by_name = [fact for id, fact in recorded(account.facts).items() if any(covers(one, id) for one in wanted)]
    by_entry = [
        fact for fact in account.facts if not wanted and entry_of(fact) in entries and not fact.absent
    ]
    return tuple(dict.fromkeys(fact.text for fact in (*by_name, *by_entry)))
