"""What a doctor makes of what it heard: diagnoses in order, and what is worth asking next."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from patientsim_core.offline.data import table
from patientsim_core.offline.lexicon import drugs as drug_purposes
from patientsim_core.offline.names import with_broader

HOW_MANY = 5

_FOR = ("strong", "typical", "possible")


@dataclass(frozen=True)
class Findings:
    """All that was heard, and what is seen at the door.

    `present` are symptoms of now and signs, `denied` what there is not, `past` illnesses, operations,
    devices, habits (`smoker`, `drinker`) and sex (`female`), `family` illnesses of relatives. Broader
    concepts are among them.
    """

    age: int
    gender: str
    transport: str = ""
    present: frozenset[str] = frozenset()
    denied: frozenset[str] = frozenset()
    past: frozenset[str] = frozenset()
    family: frozenset[str] = frozenset()

    @property
    def female(self) -> bool:
        return self.gender[:1].lower() in ("f", "w")

    def lacks(self, concept: str) -> bool:
        """Whether a concept was denied, itself or by something broader."""
        return concept not in self.present and bool(with_broader([concept]) & self.denied)

    def knows(self, concept: str) -> bool:
        """Whether a concept needs no question any more."""
        return concept in self.present or self.lacks(concept)


@lru_cache(maxsize=1)
def knowledge() -> dict[str, dict]:
    """What speaks for and against each diagnosis, by id: `diagnoses.toml`, with its lists as sets."""
    return {id: _sets(entry) for id, entry in table("diagnoses")["diagnoses"].items()}


def _sets(entry: Mapping) -> dict:
    lists = ("core", *_FOR, "against", "excluded", "risk", "family")
    return dict(entry) | {name: frozenset(entry.get(name, ())) for name in lists}


@lru_cache(maxsize=1)
def _weights() -> dict[str, float]:
    return table("diagnoses")["weights"]


def purposes_of(drugs: Collection[str]) -> frozenset[str]:
    """What drugs are for; a purpose named without a drug stands for itself."""
    return frozenset(purpose for drug in drugs for purpose in drug_purposes().get(drug, {drug}))


def past_from_drugs(drugs: Collection[str]) -> frozenset[str]:
    """Illnesses that pills at home point to, and pills that are a risk themselves."""
    hints, purposes = table("diagnoses")["drug_hints"], purposes_of(drugs)
    return frozenset(hints[purpose] for purpose in purposes if purpose in hints) | (purposes & _RISKS)


_RISKS = frozenset(("insulin", "blood_thinner", "painkiller"))


def rank(findings: Findings, count: int = HOW_MANY) -> list[str]:
    """Names of the likeliest diagnoses in order; equal ones as the file has them."""
    return [knowledge()[id]["name"] for id in leading(findings, count)]


def leading(findings: Findings, count: int = HOW_MANY) -> list[str]:
    """Ids of the likeliest diagnoses in order."""
    points = scores(findings)
    return sorted(points, key=lambda id: -points[id])[:count]


@lru_cache(maxsize=4096)
def scores(findings: Findings) -> Mapping[str, float]:
    """Points of every diagnosis."""
    denied = frozenset(finding for finding in _weighed() if findings.lacks(finding))
    return {id: _points(entry, findings, denied) for id, entry in knowledge().items()}


@lru_cache(maxsize=1)
def _weighed() -> frozenset[str]:
    return frozenset().union(
        *(entry[name] for entry in knowledge().values() for name in ("strong", "typical"))
    )


def _points(entry: Mapping, findings: Findings, denied: frozenset[str]) -> float:
    weigh = _weights()
    heard = findings.present
    points = float(entry["prior"])
    points += sum(weigh[name] * len(entry[name] & heard) for name in (*_FOR, "against"))
    points += sum(weigh[f"denied_{name}"] * len(entry[name] & denied) for name in ("strong", "typical"))
    points += weigh["risk"] * len(entry["risk"] & (findings.past | _sex(findings)))
    points += weigh["family"] * len(entry["family"] & findings.family)
    points += weigh["excluded"] * len(entry["excluded"] & findings.past)
    if heard and not entry["core"] & heard:
        points += weigh["no_core"]
    return points + _at_the_door(entry, findings)


def _sex(findings: Findings) -> frozenset[str]:
    return frozenset(["female"] if findings.female else [])


def _at_the_door(entry: Mapping, findings: Findings) -> float:
    """What age, and the way of coming, say for a diagnosis."""
    weigh = _weights()
    youngest, oldest = entry.get("age", (0, 120))
    points = 0.0 if youngest <= findings.age <= oldest else weigh["wrong_age"]
    by_ambulance = "ambulance" in findings.transport.lower()
    return points + (weigh["ambulance"] if by_ambulance and entry.get("urgent") else 0.0)


_SHARES = (1.0, 0.8, 0.6, 0.45, 0.35)


def worth_asking(concept: str, among: Sequence[str]) -> float:
    """How much a yes about a concept would say for the leading diagnoses, the first of them most."""
    return _worth(concept, tuple(among))


@lru_cache(maxsize=32_768)
def _worth(concept: str, among: tuple[str, ...]) -> float:
    gains = (_gain(concept, knowledge()[id]) * share for id, share in zip(among, _SHARES, strict=False))
    return max(gains, default=0.0)


def _gain(concept: str, entry: Mapping) -> float:
    return max((_weights()[name] for name in _FOR if concept in entry[name]), default=0.0)
