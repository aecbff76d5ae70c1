"""What a sentence says of one value of a list: illnesses, relatives, devices, drugs, allergies."""

from patientsim_core.debrief.asked import Asked
from patientsim_core.debrief.matching import Says, common, content, denials, shares
from patientsim_core.debrief.yes_no import agrees, bare, disagrees
from patientsim_core.offline.judge.lists import LISTED
from patientsim_core.offline.judge.record import Known, generic, related
from patientsim_core.offline.judge.said import Said, is_about, pattern

_KIN = {
    "mom": "mother", "mum": "mother", "mama": "mother", "dad": "father", "papa": "father", "daddy": "father",
    "grandma": "grandmother", "grandpa": "grandfather",
}  # fmt: skip


def listed(entry: str, said: Said, known: Known, asked: Asked) -> Says | None:
    """An illness, an operation or a device; unasked only by the name of one."""
    invited = entry in asked.entries
    if known.absent:
        return absent(entry, said, asked)
    kinds = any(mention.kind in LISTED[entry] for _, mention in said.concepts)
    if (invited or kinds) and (denied := denials(said, known, broad=invited)):
        return Says.not_so if all(denied) else Says.so
    if shares(said, known.value.words, 2, 0.5) or (invited and shares(said, known.value.words, 1, 0.5)):
        return Says.so
    if found := bare(said, known, asked):
        return found
    if not invited or said.asks:
        return None
    dated = {(number, unit) for number, unit in known.value.quantities if unit == "year" or number > 1900}
    if dated & set(said.quantities) and not said.concepts:
        return Says.weakly
    if known.fact in asked.named and not said.concepts and pattern("denials", entry).search(said.normal):
        return Says.not_so
    return Says.weakly if common(said.words, known.value.words) else None


def absent(entry: str, said: Said, asked: Asked) -> Says | None:
    """Whether a sentence says that there is nothing, where the record has nothing."""
    if entry not in asked.entries and not is_about(entry, said.normal):
        return None
    return Says.so if disagrees(said) or pattern("denials", entry).search(said.normal) else None


def family(said: Said, known: Known, asked: Asked) -> Says | None:
    """One relative's illness: by the relative, and by the illness or an answer to a question for it."""
    if known.absent:
        return absent("family_medical_history", said, asked)
    kin = {_KIN.get(word, word) for word in said.normal.split()}
    who = set(known.fact.value.split(":")[0].lower().split())
    if not kin & who:
        none = known.fact in asked.named and pattern("denials", "family_medical_history").search(said.normal)
        return Says.not_so if none else None
    named = [
        clause.denies(mention)
        for clause, mention in said.concepts
        if any(related(mention.id, id) for id in known.fact.concepts)
    ]
    if named:
        return Says.not_so if all(named) else Says.so
    if any(known.fact.is_about(id) for id in asked.about) and not said.concepts:
        return Says.not_so if disagrees(said) else Says.so
    return Says.so if common(said.words, known.value.words - content(" ".join(who))) else None


def drug(said: Said, known: Known, asked: Asked) -> Says | None:
    """One drug, by name, brand or purpose."""
    if known.absent:
        return absent("medication", said, asked)
    own = [clause.denies(m) for clause, m in said.drugs if generic(m.words) & known.drugs]
    if own:
        return Says.not_so if all(own) else Says.so
    if not known.drugs and shares(said, known.value.words, 1, 0.5):
        return Says.so
    kinds = {mention.kind for _, mention in said.drugs}
    purposes = (
        {mention.id for _, mention in said.drugs if mention.kind == "class"} if "drug" not in kinds else set()
    )
    if "medication" in asked.entries and purposes & known.fact.drugs and not disagrees(said):
        return Says.so
    if known.fact not in asked.named:
        return None
    if any(known.fact.is_about(id) for id in asked.about) and not generic(said.normal):
        return Says.so if agrees(said) else Says.not_so if disagrees(said) else None
    none = not said.drugs and pattern("denials", "medication").search(said.normal)
    return Says.not_so if none else None


def allergy(said: Said, known: Known, asked: Asked) -> Says | None:
    """One substance that is not borne."""
    if known.absent:
        return absent("allergies", said, asked)
    if "allergies" not in asked.entries and not is_about("allergies", said.normal):
        return None
    substance = content(known.fact.value.split("(")[0])
    if common(said.words, substance) or _parts(generic(said.normal)) & _parts(known.drugs):
        return Says.so
    return Says.not_so if pattern("denials", "allergies").search(said.normal) else None


def _parts(drugs: frozenset[str]) -> frozenset[str]:
    """The substances of drugs: trimethoprim-sulfamethoxazole has two."""
    return frozenset(word for drug in drugs for word in drug.split())
