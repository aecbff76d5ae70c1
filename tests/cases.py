"""Records for tests: the sample cases, and small ones in the release's shape."""

from pathlib import Path

from patientsim_core import Case, Persona, Reply, Turn, load_cases, make_patient
from patientsim_core.offline.lexicon import concepts, find_concepts
from patientsim_core.offline.spelling import normalise

SAMPLES = Path(__file__).parents[1] / "data_samples" / "cases.json"
CASES = {case.hadm_id: case for case in load_cases(SAMPLES)}
HEART = CASES["synthetic-01"]
"""A man of 54 with chest pain: every item known, five conditions, three drugs, a penicillin allergy."""

RELEASE = {
    "hadm_id": "910000001",
    "age": "61",
    "gender": "Female",
    "race": "White",
    "marital_status": "Married",
    "insurance": "Private",
    "occupation": "Bus driver",
    "living_situation": "Lives with husband",
    "children": "2 children",
    "exercise": "None",
    "tobacco": "1 pack per day for 25 years",
    "alcohol": "Socially",
    "illicit_drug": "Denies",
    "sexual_history": "Not recorded",
    "allergies": "Codeine (nausea)",
    "family_medical_history": "Father with myocardial infarction at 55",
    "medical_device": "None",
    "medical_history": "Hypertension; hyperlipidemia",
    "chiefcomplaint": "Chest pain",
    "pain": 8,
    "medication": "Hydrochlorothiazide, simvastatin",
    "arrival_transport": "AMBULANCE",
    "disposition": "ADMITTED",
    "diagnosis": "Myocardial infarction",
    "present_illness_positive": "crushing chest pain for 2 hours; radiation to left arm; diaphoresis",
    "present_illness_negative": "denies fever; denies cough",
}
"""A made-up record as the release writes it: free fragments, `denies`, values as text or number."""


def release(**changes: object) -> Case:
    return Case.model_validate(RELEASE | changes)


def consult(case: Case, persona: Persona, *questions: str, seed: int = 42) -> list[Reply]:
    """The replies to questions asked one after the other."""
    patient = make_patient(case, persona, seed=seed)
    history: list[Turn] = []
    replies = []
    for question in questions:
        history.append(Turn(role="doctor", text=question))
        replies.append(patient.reply(history))
        history.append(Turn(role="patient", text=replies[-1].text, persona=persona, reply=replies[-1]))
    return replies


def told(reply: Reply) -> set[str]:
    """The facts that reached the doctor."""
    return {disclosure.fact for disclosure in reply.disclosures if disclosure.how.reached}


def items(reply: Reply, how: str | None = None) -> set[str]:
    """The items a reply is about, all or those of one kind."""
    return {d.item for d in reply.disclosures if how is None or d.how == how}


def names_of(diagnosis: str) -> list[str]:
    """Every name by which a diagnosis could leak, the record's own first."""
    named = {m.id for m in find_concepts(normalise(diagnosis))}
    return [normalise(diagnosis), *(name for id in named for name in concepts()[id].names)]
