"""What was heard in a consultation, as diagnoses are weighed by, each with the words that told it."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from patientsim_core.debrief.account import Account
from patientsim_core.debrief.asked import Asked
from patientsim_core.debrief.data import data
from patientsim_core.debrief.functions import denies
from patientsim_core.debrief.quotes import Exchange, Quote, answer, spoken_sentences
from patientsim_core.debrief.recaps import confirmed, recap_of
from patientsim_core.debrief.unsaid import OF_ALLERGY, keeps_back, misread
from patientsim_core.dialogue import Dialogue
from patientsim_core.facts import Fact
from patientsim_core.offline.hear import hear
from patientsim_core.offline.judge.said import read
from patientsim_core.offline.lexicon import concepts, drug_classes
from patientsim_core.offline.names import with_broader
from patientsim_core.offline.rank import purposes_of


@dataclass(frozen=True)
class Evidence:
    """Findings by id -> the words that told them first: `present` of now and signs, `denied` what there is
    not, `past` of the patient's history and its drugs, `family` illnesses of relatives. Broader findings are
    among all but the denied."""

    present: dict[str, Quote] = field(default_factory=dict)
    denied: dict[str, Quote] = field(default_factory=dict)
    past: dict[str, Quote] = field(default_factory=dict)
    family: dict[str, Quote] = field(default_factory=dict)


def evidence_of(dialogue: Dialogue, account: Account) -> Evidence:
    """All that was heard in a dialogue."""
    found = Evidence()
    for one in account.exchanges:
        if one.answered is None:
            continue
        asked = account.asked[one.question - 1] if one.question else Asked()
        told = [s for s in spoken_sentences(dialogue.turns[one.answered].text) if not keeps_back(read(s))]
        whole = " ".join(told)
        of_all = _kinds(whole, asked)
        for sentence in sorted(told, key=_is_bare):
            own, unsaid = _kinds(sentence, asked), misread(read(sentence), asked, whole)
            for kind, known in vars(found).items():
                for id in sorted(own[kind] & of_all[kind] - unsaid):
                    known.setdefault(id, answer(dialogue.turns, one.answered, sentence))
        for kind, ids in agreed_to(one, account).items():
            for id in sorted(ids):
                vars(found)[kind].setdefault(id, answer(dialogue.turns, one.answered, told[0]))
    return found


def agreed_to(one: Exchange, account: Account) -> dict[str, frozenset[str]]:
    """What a yes to a recap tells: what the recap names, as far as the record has it so."""
    facts = [line.fact for line in confirmed(one, account)]
    if not facts:
        return {}
    known = with_broader(id for fact in facts for id in fact.concepts | purposes_of(fact.drugs))
    return {kind: ids & known for kind, ids in _kinds(recap_of(one, account), Asked()).items()}


def _kinds(text: str, asked: Asked) -> dict[str, frozenset[str]]:
    """What words tell in answer to a question, by kind. To one for allergies they tell no symptom of now, and
    to one for the family nothing of the patient."""
    heard = hear(text, asked.text, asked.asks)
    topics = {ask.topic for ask in asked.asks}
    found, lacks = _of_functions(text)
    now, past = heard.present | heard.signs, heard.past | purposes_of(heard.drugs)
    now, denied = now - lacks | found, heard.denied - found | lacks
    if topics and topics <= OF_ALLERGY:
        now = frozenset()
    if topics == {"family_medical_history"}:
        return dict.fromkeys(vars(Evidence()), frozenset()) | {"family": heard.family | heard.past}
    return {"present": now, "denied": denied, "past": past - lacks, "family": heard.family}


def _of_functions(text: str) -> tuple[frozenset[str], frozenset[str]]:
    """Findings that there are, and are not, by what words say of a function, where that is not how they are
    heard: `my speech is fine`, `I can't walk normally`."""
    said = [(clause, mention) for clause, mention in read(text).concepts if not clause.asks]
    there = {mention.id for clause, mention in said if not denies(clause, mention)}
    found = {mention.id for clause, mention in said if mention.id in there and clause.denies(mention)}
    lacks = {mention.id for clause, mention in said if denies(clause, mention) and not clause.denies(mention)}
    return with_broader(found), frozenset(lacks) - with_broader(there)


def _is_bare(sentence: str) -> bool:
    """Whether a sentence names nothing itself, as a yes does: it is quoted last."""
    said = read(sentence)
    return not said.concepts and not said.drugs


def recorded(facts: Iterable[Fact]) -> dict[str, Fact]:
    """Findings that the record has, by id -> the fact that has it: what there is, now or in the past; a
    symptom of its own before a side of the complaint that names it."""
    found: dict[str, Fact] = {}
    for fact in sorted(facts, key=lambda fact: bool(fact.label)):
        if not fact.absent:
            for id in with_broader(fact.concepts):
                found.setdefault(id, fact)
    return found


def words() -> dict[str, dict]:
    """How findings are called and read, and what trainees call diagnoses: `findings.toml`."""
    return data("findings")


def name_of(finding: str) -> str:
    """A finding as people call it."""
    if finding in words()["signs"]:
        return words()["signs"][finding]
    entry = concepts().get(finding) or drug_classes().get(finding)
    return entry.form("B") if entry else finding.replace("_", " ")
