"""What every test gets: no network beyond this machine, no keys of the machine's own, and a database of its
own. Tests of models ask the `service` on this machine."""

import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import postgres as postgresql
import pytest
from network import block_network, hide_keys
from sqlalchemy import create_engine

sys.path.insert(0, str(Path(__file__).parent / "models"))

from service import service

from patientsim_core import Case, Dialogue, Disclosure, Persona, Reply, Turn
from patientsim_core.models import providers
from patientsim_core.storage import VARIABLE, Consultations, Database

__all__ = ["service"]


@pytest.fixture(autouse=True, scope="session")
def _no_network():
    with pytest.MonkeyPatch.context() as monkeypatch:
        block_network(monkeypatch)
        yield


@pytest.fixture(autouse=True)
def _no_keys(monkeypatch):
    hide_keys(monkeypatch)
    providers._made.cache_clear()  # models without a past


@pytest.fixture(autouse=True)
def database_url(tmp_path, monkeypatch) -> str:
    url = f"sqlite:///{tmp_path}/test.db"
    monkeypatch.setenv(VARIABLE, url)
    return url


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a PostgreSQL server of the tests' own."""
    with postgresql.server(*postgresql.FAST) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def any_database_url(request, database_url) -> Iterator[str]:
    """The address of an empty database of either kind."""
    if request.param == "sqlite":
        yield database_url
        return
    server = request.getfixturevalue("postgres")
    name = f"test_{uuid4().hex}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    engine.dispose()
    yield server.rpartition("/")[0] + f"/{name}"


@pytest.fixture
def store(database_url) -> Consultations:
    return Consultations(Database(database_url))


@pytest.fixture
def case() -> Case:
    return Case(
        hadm_id="t1",
        provenance="synthetic",
        age=52,
        gender="Male",
        tobacco="One pack a day",
        medical_history="Hypertension; gout",
        present_illness_positive="crushing chest pain; nausea",
        present_illness_negative="no fever",
        chiefcomplaint="Chest pain",
        pain=8,
        arrival_transport="AMBULANCE",
        disposition="ADMITTED",
        diagnosis="Myocardial infarction",
    )


@pytest.fixture
def dialogue(case) -> Dialogue:
    """Three questions; the persona moves before the third, which is refused."""
    plain, distrust = Persona(), Persona(personality="distrust")
    told = [("chiefcomplaint", "Chest pain", "told", True), ("medical_history", "gout", "told", False)]
    symptoms = [("present_illness", "nausea", "minimised", True)]
    refused = [("tobacco", "One pack a day", "refused", True)]
    return Dialogue(
        case=case,
        persona=plain,
        turns=[
            Turn(role="doctor", text="What brings you in?"),
            _patient("My chest hurts. I have gout, too.", plain, told),
            Turn(role="doctor", text="Do you feel sick?"),
            _patient("A little.", plain, symptoms),
            Turn(role="doctor", text="Do you smoke?"),
            _patient("Why do you need that?", distrust, refused),
        ],
    )


def _patient(text: str, persona: Persona, disclosures) -> Turn:
    found = [Disclosure(item=item, fact=fact, how=how, asked=asked) for item, fact, how, asked in disclosures]
    return Turn(role="patient", text=text, persona=persona, reply=Reply(text=text, disclosures=found))
